"""What goes wrong with Discord: errors, limits, lost connections, lost cards, lost permissions."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random

from tests.chaos import pauses
from tests.chaos.seen import Seen
from tests.chaos.town import Town
from tests.wire.discord_standin import MIB, Fault, Message, Standin, StandinError

ROUTES = (
    ("POST", "/interactions/*"),
    ("PATCH", "/webhooks/*"),
    ("PATCH", "/webhooks/*"),
    ("POST", "/webhooks/*"),
    ("POST", "/channels/*/messages"),
    ("PATCH", "/channels/*/messages/*"),
    ("POST", "/users/@me/channels"),
)

DELAY_S = 4.0
EDIT_DELAY_S = 0.4
"""What a dead process sent has to be over before its successor edits the same message: Discord has
no means to say which of two edits is the newer one."""

UPLOAD_LIMIT = 10 * MIB
LOW_LIMIT = 150_000
"""Bytes; less than a grainy picture has. Discord has been seen to report more than it takes."""

DENIED = (
    ("attach_files",),
    ("send_messages",),
    ("view_channel",),
    ("send_messages", "attach_files"),
)


class Trouble:
    """Makes some every second or so; `struck` says what, and how often it was felt."""

    def __init__(self, discord: Standin, town: Town, seen: Seen, dice: Random) -> None:
        self._discord = discord
        self._town = town
        self._seen = seen
        self._dice = dice
        self._names: dict[int, str] = {}
        self._done: Counter[str] = Counter()
        self._kinds: tuple[
            tuple[str, int, Callable[[str, Random], Coroutine[None, None, None]]], ...
        ] = (
            ("429 on a route", 10, self._route_limit),
            ("429 everywhere", 4, self._global_limit),
            ("5xx", 10, self._error),
            ("5xx after it was done", 6, self._error_after),
            ("cut before", 8, self._cut),
            ("cut after it was done", 10, self._cut_after),
            ("slow", 6, self._slow),
            ("slow after it was done", 3, self._slow_after),
            ("gateway cut", 4, self._gateway_cut),
            ("gateway asks to reconnect", 2, self._reconnect),
            ("session invalid", 1, self._invalid),
            ("session invalid, resumable", 1, self._invalid_resumable),
            ("card deleted", 8, self._delete_card),
            ("files too large", 5, self._low_limit),
            ("permission lost", 5, self._deny),
            ("no way to reach anybody", 4, self._nowhere),
            ("files of members", 5, self._files),
            ("outage", 1, self._outage),
        )

    async def make(self, until: float) -> None:
        """Trouble until then; returns when all of it is over."""
        moment = pauses.now()
        async with asyncio.TaskGroup() as group:
            while (moment := moment + self._dice.uniform(0.2, 1.0)) < until:
                await pauses.until(moment)
                weights = [weight for _, weight, _ in self._kinds]
                [(name, _, make)] = self._dice.choices(self._kinds, weights)
                group.create_task(make(name, Random(self._dice.random())))
        await self._discord.clear_faults()

    async def struck(self) -> Counter[str]:
        """How often each kind was felt."""
        felt = Counter(self._done)
        for entry in await self._discord.entries("fault"):
            felt[self._names.get(entry.fault, "?")] += 1
        return felt

    # ---- requests ------------------------------------------------------------------------

    async def _route_limit(self, name: str, dice: Random) -> None:
        await self._fault(name, dice, rate_limit={"after": dice.uniform(0.2, 2.0)})

    async def _global_limit(self, name: str, dice: Random) -> None:
        limit = {"after": dice.uniform(0.2, 1.2), "global_": True}
        await self._fault(name, dice, ("*", "/channels/*"), rate_limit=limit)

    async def _error(self, name: str, dice: Random) -> None:
        await self._fault(name, dice, times=dice.randint(1, 3), status=dice.choice((500, 502, 503)))

    async def _error_after(self, name: str, dice: Random) -> None:
        await self._fault(name, dice, when="after", status=dice.choice((500, 502)))

    async def _cut(self, name: str, dice: Random) -> None:
        await self._fault(name, dice, times=dice.randint(1, 2), cut=True)

    async def _cut_after(self, name: str, dice: Random) -> None:
        await self._fault(name, dice, when="after", cut=True)

    async def _slow(self, name: str, dice: Random) -> None:
        route = dice.choice(ROUTES)
        longest = EDIT_DELAY_S if route[0] == "PATCH" else DELAY_S
        delay = dice.uniform(longest / 10, longest)
        await self._fault(name, dice, route, times=dice.randint(1, 4), delay_s=delay)

    async def _slow_after(self, name: str, dice: Random) -> None:
        await self._fault(name, dice, when="after", delay_s=dice.uniform(0.2, 3.0))

    async def _files(self, name: str, dice: Random) -> None:
        """What members handed in cannot be fetched, or only slowly."""
        ways: tuple[dict[str, object], ...] = (
            {"status": 404},
            {"status": 503},
            {"cut": True},
            {"delay_s": dice.uniform(0.5, 4.0)},
        )
        how = dice.choice(ways)
        await self._fault(name, dice, ("GET", "*attachments/*"), times=dice.randint(1, 3), **how)

    async def _outage(self, name: str, dice: Random) -> None:
        await self._discord.cut_gateway()
        await self._fault(name, dice, ("*", "*"), times=None, status=503)

    async def _fault(
        self,
        name: str,
        dice: Random,
        route: tuple[str, str] | None = None,
        **how: object,
    ) -> None:
        method, path = route or dice.choice(ROUTES)
        span = dice.uniform(0.5, 3.0)
        fault: Fault = await self._discord.fault(method=method, route=path, **how)  # type: ignore[arg-type]
        self._names[int(fault.id)] = name
        await pauses.until(pauses.now() + span)
        await fault.release()

    # ---- the gateway ---------------------------------------------------------------------

    async def _gateway_cut(self, name: str, _dice: Random) -> None:
        await self._discord.cut_gateway()
        self._done[name] += 1

    async def _reconnect(self, name: str, _dice: Random) -> None:
        await self._discord.reconnect()
        self._done[name] += 1

    async def _invalid(self, name: str, _dice: Random) -> None:
        await self._discord.invalidate()
        self._done[name] += 1

    async def _invalid_resumable(self, name: str, _dice: Random) -> None:
        await self._discord.invalidate(resumable=True)
        self._done[name] += 1

    # ---- messages and places -------------------------------------------------------------

    async def _delete_card(self, name: str, dice: Random) -> None:
        """A moderator deletes a card that waits, or is drawn."""
        if cards := self._cards():
            await self._delete(name, dice.choice(cards))

    async def _low_limit(self, name: str, dice: Random) -> None:
        self._done[name] += 1
        low = {"attachment_size_limit": LOW_LIMIT, "reported_size_limit": UPLOAD_LIMIT}
        await self._discord.settings(**low)
        await pauses.until(pauses.now() + dice.uniform(0.5, 3.0))
        await self._discord.settings(attachment_size_limit=UPLOAD_LIMIT)

    async def _deny(self, name: str, dice: Random) -> None:
        self._done[name] += 1
        channel = dice.choice(self._town.channels)
        await self._discord.deny(channel, *dice.choice(DENIED))
        await pauses.until(pauses.now() + dice.uniform(0.5, 3.0))
        await self._discord.deny(channel)

    async def _nowhere(self, name: str, dice: Random) -> None:
        """No card, no channel, no direct messages: what is drawn now can only be kept."""
        self._done[name] += 1
        channel = dice.choice(self._town.channels)
        people = [each.user for each in self._town.members if channel in each.channels]
        await self._discord.deny(channel, "send_messages", "attach_files")
        for user in people:
            await self._discord.close_dms(user)
        for card in self._cards():
            if card.channel == channel:
                await self._delete("card deleted", card)
        await pauses.until(pauses.now() + dice.uniform(1.0, 3.0))
        for user in people:
            await self._discord.close_dms(user, closed=False)
        await self._discord.deny(channel)

    def _cards(self) -> list[Message]:
        """Of requests that wait, or are drawn."""
        return [sight.now for sight in self._seen.sights.values() if sight.is_open]

    async def _delete(self, name: str, card: Message) -> None:
        # Somebody else may have been faster.
        with suppress(StandinError):
            await self._discord.delete_message(card)
            self._done[name] += 1
