"""What a member may ask about what is kept of them: how much, all of it, and that it be erased."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.core.errors import InvalidRequest
from bot.core.events import Cancelled, Events, Withdrawn, about
from bot.core.jobs import Job, State
from bot.core.ports import Clock, Vault
from bot.core.privacy import About, Erased
from bot.core.stores import Store

MADE_BY = "Everything that Easel keeps about you. Times are in UTC."


@dataclass(frozen=True, slots=True)
class Export:
    """A file for one member."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Erasing:
    """What became of the wish to be erased.

    Attributes:
        withdrawn: Requests that were cancelled for it, as they are then.
        done: Whether everything is erased; else something is still being drawn or posted, and is
            erased after that.
    """

    withdrawn: tuple[Job, ...]
    done: bool


class Erase:
    """For the member themselves, and for nobody else.

    Args:
        settled: Awaited with a job's id, so that no late progress overwrites its last card.
    """

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        clock: Clock,
        events: Events,
        settled: Callable[[int], Awaitable[None]],
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._events = events
        self._settled = settled
        self._one_at_a_time = asyncio.Lock()
        self.waiting: set[int] = set()

    async def about(self, member_id: int) -> About:
        """How much is kept about a member."""
        return await self._store.about(member_id)

    async def export(self, member_id: int, limit: int) -> Export:
        """All of it as a file of at most so many bytes, packed where it is too long otherwise.

        Raises:
            InvalidRequest: It is too long even so.
        """
        found = await self._store.everything_about(member_id)
        plain = await asyncio.to_thread(_written, found)
        if len(plain) <= limit:
            return Export("easel-mine.json", plain)
        packed = await asyncio.to_thread(gzip.compress, plain)
        if len(packed) > limit:
            raise InvalidRequest(
                "This is more than Discord lets me send here. Ask for it in a server with a larger "
                "upload limit, or ask whoever runs this bot."
            )
        return Export("easel-mine.json.gz", packed)

    async def __call__(self, member_id: int) -> Erasing:
        """Cancel what a member has waiting or drawn, and erase all that is finished."""
        now = self._clock.now()
        withdrawn = await self._store.begin_erasing(member_id, now)
        for job in withdrawn:
            waited = job.state is State.QUEUED
            kind = Cancelled if waited else Withdrawn
            self._events.announce(kind(**about(job, now), by=member_id))
        for job in withdrawn:
            await self._settled(job.id)
        done = await self.go_on(member_id)
        return Erasing(tuple(_cancelled(job, member_id) for job in withdrawn), done)

    async def go_on(self, member_id: int) -> bool:
        """Erase what can be erased by now; answers whether that was all."""
        self.waiting.add(member_id)
        async with self._one_at_a_time:
            while True:
                step = await self._store.erase_some(member_id, self._clock.now())
                await self.drop(step)
                if step.done or not step.jobs:
                    break
            if step.done:
                self.waiting.discard(member_id)
                await self._store.scrub()
        return step.done

    async def go_on_with_all(self) -> None:
        """Likewise, for everybody who asked and is not erased yet."""
        for member_id in await self._store.erasing():
            await self.go_on(member_id)

    async def drop(self, step: Erased) -> None:
        """Let go of the files of what was forgotten."""
        for name in step.files:
            await self._vault.drop(name)


def _cancelled(job: Job, by: int) -> Job:
    state = State.CANCELLED if job.state is State.QUEUED else job.state
    return replace(job, state=state, cancelled_by=by)


def _written(found: dict[str, Any]) -> bytes:
    return json.dumps({"what": MADE_BY, **found}, indent=2, ensure_ascii=False).encode()
