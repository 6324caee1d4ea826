"""Claim jobs in fair order and draw them, as many at once as there are slots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.core.errors import Unavailable
from bot.core.events import Event, Events, Refused, Started, about
from bot.core.jobs import Job
from bot.core.ports import Clock
from bot.core.stores import Store
from bot.services import waiting
from bot.services.draw import Draw, under_lease
from bot.services.slots import Slots

LEASE = timedelta(seconds=60)
POLL = timedelta(seconds=5)
"""How often the queue is looked at when nobody announced anything."""


class Work:
    """One worker process.

    Args:
        name: Names this process in the rows that it holds.
        report: Told of an error that only a bug can cause.
    """

    def __init__(
        self,
        *,
        store: Store,
        draw: Draw,
        slots: Slots,
        clock: Clock,
        events: Events,
        name: str,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._draw = draw
        self._slots = slots
        self._clock = clock
        self._events = events
        self._name = name
        self._report = report
        self._wake = asyncio.Event()
        self._claiming = True
        self._in_hand: dict[int, Job] = {}
        events.listen(self._heard)

    async def run(self) -> None:
        """Claim and draw until `drain` has been called and nothing is in hand."""
        async with asyncio.TaskGroup() as group:
            while self._claiming:
                job = await self._next()
                if job is not None:
                    await self._start(group, job)

    def drain(self) -> None:
        """Claim nothing more; `run` returns when what is in hand is finished."""
        self._claiming = False
        self._wake.set()

    def wake(self) -> None:
        """Look for a job now, not at the next poll."""
        self._wake.set()

    async def _next(self) -> Job | None:
        """The next job, once a slot is free and there is one."""
        await self._slots.take(1)
        try:
            while self._claiming:
                self._wake.clear()
                job = await self._claim()
                if job is not None:
                    return job
                await self._sleep()
        except BaseException:
            await self._slots.give(1)
            raise
        await self._slots.give(1)
        return None

    async def _claim(self) -> Job | None:
        try:
            return await self._store.claim(self._name, self._clock.now(), LEASE)
        except Unavailable as error:
            self._report("work", error)
            return None

    async def _sleep(self) -> None:
        """Until something happens that may make a job ready, or for the poll's time."""
        await waiting.until(self._clock.now() + POLL, self._wake, self._clock)

    async def _start(self, group: asyncio.TaskGroup, job: Job) -> None:
        """Hold the rest of the slots that the job needs, then draw it beside the others."""
        share = self._slots.share(job.request.count)
        await self._slots.take(share - 1)
        self._in_hand[job.id] = job
        waited = (self._clock.now() - job.accepted_at).total_seconds()
        self._events.announce(
            Started(
                **about(job, self._clock.now()),
                attempt=job.attempt,
                waited_s=waited,
            )
        )
        group.create_task(self._one(job, share), name=f"job-{job.id}")

    async def _one(self, job: Job, share: int) -> None:
        try:
            await under_lease(self._draw, self._store, self._clock, job, LEASE)
        except ExceptionGroup as lost:
            # Not even the failure could be stored. At the next start the job ends as the calls
            # that were written down say; the others go on.
            self._report(f"job {job.id}", lost)
        finally:
            del self._in_hand[job.id]
            await self._slots.give(share)

    def _heard(self, event: Event | Refused) -> None:
        # Anything that ends or adds a job may make a lane ready.
        if not isinstance(event, Started):
            self.wake()
