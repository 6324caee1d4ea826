"""What is kept about a member, how it is forgotten, and the part of the store that does it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.guilds import GuildSettings
from bot.core.jobs import Job

GRACE = timedelta(days=7)
"""How long a server that removed the bot may come back and find everything as it was."""

TOKEN_USELESS = timedelta(minutes=15)
"""Discord takes an interaction's token no longer than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is kept about one member, counted.

    Attributes:
        requests: Those with their words; in all servers, and in direct messages.
        unfinished: Those of them that wait, are drawn, or are being posted.
        since: When the oldest was accepted; None where there is none.
    """

    requests: int
    unfinished: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One step of forgetting.

    Attributes:
        jobs: How many requests were forgotten; where it is none, there is nothing to do now.
        files: The hashes of files that nobody needs any more, as often as they were named.
        done: Whether nothing is left to be forgotten; else something is not finished yet.
    """

    jobs: int
    files: tuple[str, ...] = ()
    done: bool = False


def kept_days(chosen: GuildSettings, operators: int) -> int:
    """Days that requests are kept: as the operator says, or less where a server chose so."""
    return operators if chosen.retention_days is None else min(operators, chosen.retention_days)


class Privacy(Protocol):
    """The part of the store that forgets. Each call is one transaction.

    What is forgotten keeps its sums: model, size, quality, pictures, cost, time, service, server.
    Counters and the ledger agree as before.
    """

    async def about(self, member_id: int) -> About:
        """What is kept about a member, counted."""
        ...

    async def everything_about(self, member_id: int) -> dict[str, Any]:
        """Every row about a member, as plain JSON values, and nothing about anybody else."""
        ...

    async def begin_erasing(self, member_id: int, now: datetime) -> tuple[Job, ...]:
        """Withdraw all that a member has waiting or drawn, and write down that they be erased.

        Answers what was withdrawn, as it was before.
        """
        ...

    async def erasing(self) -> tuple[int, ...]:
        """Who asked to be erased and is not yet."""
        ...

    async def erase_some(self, member_id: int, now: datetime) -> Erased:
        """Erase a part of what a member had when they asked; the rest with the last part.

        What used up limits in periods that are running goes on doing so, under a number that
        stands for the member and that only their own next request leads to.
        """
        ...

    async def due(self, days: int, now: datetime) -> tuple[int, ...]:
        """Servers of which something is older than it may be kept.

        Args:
            days: How long at most; servers may have chosen less.
            now: The time.
        """
        ...

    async def forget_some(self, guild_id: int, days: int, now: datetime) -> Erased:
        """Forget a part of what is older than that in a server."""
        ...

    async def forget_tokens(self, before: datetime) -> int:
        """Forget the tokens of finished requests that were accepted before; answers how many."""
        ...

    async def reconcile(self, present: Collection[int]) -> tuple[int, ...]:
        """Compare with the servers that the bot is in; answers those that it is newly gone from."""
        ...

    async def left(self, guild_id: int, now: datetime) -> tuple[Job, ...]:
        """The bot is no longer in a server: what waits is cancelled; answers it."""
        ...

    async def returned(self, guild_id: int) -> None:
        """The bot is in the server again."""
        ...

    async def departed(self, before: datetime) -> tuple[int, ...]:
        """Servers that the bot has not been in since then, or for longer."""
        ...

    async def erase_guild_some(self, guild_id: int, now: datetime) -> Erased:
        """Erase a part of what a server left behind; all that is not sums with the last part."""
        ...

    async def scrub(self) -> None:
        """Overwrite what was erased, as far as it may still be read in the database's files."""
        ...
