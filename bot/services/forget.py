"""Forget what is old, what members asked to be forgotten, and servers that removed the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from bot.core.errors import Unavailable
from bot.core.events import Cancelled, Delivered, Events, Happening, Kept, about
from bot.core.jobs import NOBODY
from bot.core.ports import Clock
from bot.core.privacy import GRACE, TOKEN_USELESS, Erased
from bot.core.stores import Store
from bot.services import waiting
from bot.services.erase import Erase

EVERY = timedelta(minutes=5)

OLD_EVERY = timedelta(hours=1)
"""How often it is looked for what is old."""


class Forget:
    """Goes round every five minutes, and whenever something ends that is to be erased then.

    Args:
        days: How long finished requests are kept; servers may choose less.
        settled: Awaited with a job's id, so that no late progress overwrites its last card.
        report: Told where the database does not answer.
    """

    def __init__(
        self,
        *,
        store: Store,
        erase: Erase,
        clock: Clock,
        events: Events,
        days: int,
        settled: Callable[[int], Awaitable[None]],
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._erase = erase
        self._clock = clock
        self._events = events
        self._settled = settled
        self._report = report
        self._present: frozenset[int] = frozenset()
        self._looked_at: datetime | None = None
        self._wake = asyncio.Event()
        self.days = days
        events.listen(self._heard)

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self.once()
            except Unavailable as locked:
                self._report("forgetting", locked)
            await waiting.until(self._clock.now() + EVERY, self._wake, self._clock)

    async def once(self) -> None:
        """One round."""
        now = self._clock.now()
        await self._erase.go_on_with_all()
        await self._store.forget_tokens(now - TOKEN_USELESS)
        if self._looked_at is None or now - self._looked_at >= OLD_EVERY:
            await self._forget_old(now)
            await self._forget_guilds(now)
            self._looked_at = now

    async def _forget_old(self, now: datetime) -> None:
        for guild_id in await self._store.due(self.days, now):

            async def some(guild_id: int = guild_id) -> Erased:
                return await self._store.forget_some(guild_id, self.days, now)

            await self._all_of_it(some)

    async def _forget_guilds(self, now: datetime) -> None:
        for guild_id in await self._store.departed(now - GRACE):
            if guild_id in self._present:
                continue  # it came back, which is about to be written down

            async def some(guild_id: int = guild_id) -> Erased:
                return await self._store.erase_guild_some(guild_id, now)

            if (await self._all_of_it(some)).done:
                await self._store.scrub()

    async def _all_of_it(self, some: Callable[[], Awaitable[Erased]]) -> Erased:
        while True:
            step = await some()
            await self._erase.drop(step)
            if step.done or not step.jobs:
                return step

    async def present(self, guilds: Collection[int]) -> None:
        """The bot is in these servers and no others: what it did not see is caught up with."""
        self._present = frozenset(guilds)
        for guild_id in await self._store.reconcile(self._present):
            await self.left(guild_id)

    async def left(self, guild_id: int) -> None:
        """The bot was removed from a server, or the server is gone: its queue is cancelled."""
        self._present -= {guild_id}
        now = self._clock.now()
        cancelled = await self._store.left(guild_id, now)
        for job in cancelled:
            self._events.announce(Cancelled(**about(job, now), by=NOBODY))
        for job in cancelled:
            await self._settled(job.id)

    async def joined(self, guild_id: int) -> None:
        """The bot is in a server, perhaps again."""
        self._present |= {guild_id}
        await self._store.returned(guild_id)

    def _heard(self, event: Happening) -> None:
        kinds = (Delivered, Kept, Cancelled)
        if isinstance(event, kinds) and event.member_id in self._erase.waiting:
            self._wake.set()
