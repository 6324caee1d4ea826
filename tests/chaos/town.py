"""Who asks for pictures, and where: three servers, one of them busy, two of them with limits."""

from __future__ import annotations

from dataclasses import dataclass

from tests.wire.discord_standin import Channel, Guild, Standin, User


@dataclass(frozen=True)
class Member:
    """Somebody who asks.

    Attributes:
        pause: Seconds between two acts, on the average.
    """

    name: str
    user: User
    channels: tuple[Channel, ...]
    pause: float


@dataclass(frozen=True)
class Limit:
    """What an owner sets, as options of /quota set."""

    channel: Channel
    owner: User
    options: dict[str, object]


@dataclass(frozen=True)
class Town:
    """Everybody and every place."""

    members: tuple[Member, ...]
    channels: tuple[Channel, ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Plan:
    """One server."""

    name: str
    members: int
    channels: int
    pause: float
    limits: tuple[dict[str, object], ...] = ()


PLANS = (
    Plan("Bazaar", members=7, channels=2, pause=1.0),
    Plan(
        "Studio",
        members=3,
        channels=1,
        pause=2.5,
        limits=({"who": "everyone", "period": "day", "pictures": 25},),
    ),
    Plan(
        "Attic",
        members=2,
        channels=1,
        pause=3.0,
        limits=(
            {"who": "server", "period": "month", "dollars": "0.25"},
            {"who": "everyone", "period": "week", "pictures": 40},
        ),
    ),
)


async def build(discord: Standin) -> Town:
    """Let it all be there."""
    members: list[Member] = []
    channels: list[Channel] = []
    limits: list[Limit] = []
    for plan in PLANS:
        names = [f"{plan.name.lower()}-{number}" for number in range(1, plan.members + 1)]
        users = [await discord.user(name) for name in names]
        owner = await discord.user(f"{plan.name.lower()}-owner")
        guild: Guild = await discord.guild(plan.name, members=[*users, owner], owner=owner)
        rooms = tuple(
            [await discord.channel(guild, f"room-{number}") for number in range(plan.channels)]
        )
        channels += rooms
        members += [
            Member(name, user, rooms, plan.pause) for name, user in zip(names, users, strict=True)
        ]
        limits += [Limit(rooms[0], owner, options) for options in plan.limits]
    return Town(tuple(members), tuple(channels), tuple(limits))
