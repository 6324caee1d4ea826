"""Withdraw a request that still waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.core.errors import NotYours, TooLate
from bot.core.events import Cancelled, Events, about
from bot.core.jobs import Job, State
from bot.core.ports import Clock
from bot.core.stores import Store


class Cancel:
    """The way out of the queue.

    Args:
        settled: Awaited with the job's id, so that no late progress overwrites its last card.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        events: Events,
        settled: Callable[[int], Awaitable[None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._settled = settled

    async def __call__(self, job_id: int, *, by: int, guild_id: int, moderator: bool) -> Job:
        """Cancel a waiting request and release what was reserved for it.

        Args:
            job_id: Which.
            by: The member who asks.
            guild_id: Where they ask; a moderator there is none elsewhere.
            moderator: Whether they may act on other people's requests.

        Raises:
            NotYours: It is somebody else's, or there is none of that number here.
            TooLate: It is being drawn, or finished.
        """
        job = await self._store.job(job_id)
        if job is None or job.place.guild_id != guild_id:
            raise NotYours
        if job.place.member_id != by and not moderator:
            raise NotYours
        before = await self._store.cancel(job_id, self._clock.now())
        if before is State.RUNNING:
            raise TooLate("It is being drawn already, so it cannot be cancelled any more.")
        if before is State.CANCELLED:
            raise TooLate("This request is cancelled already.")
        if before is not State.QUEUED:
            raise TooLate("This request is finished already, so there is nothing to cancel.")
        self._events.announce(
            Cancelled(
                **about(job, self._clock.now()),
                by=by,
            )
        )
        await self._settled(job_id)
        return replace(job, state=State.CANCELLED)
