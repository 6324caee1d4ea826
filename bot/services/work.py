"""Claim jobs in fair order and draw them, as many at once as there are slots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta

from bot.core.errors import Unavailable
from bot.core.events import Events, Happening, Started, Withdrawn, about
from bot.core.jobs import Job
from bot.core.ports import Clock
from bot.core.stores import Store
from bot.services import waiting
from bot.services.ask import Ask
from bot.services.circuits import Circuits
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
        ask: Ask,
        circuits: Circuits,
        slots: Slots,
        clock: Clock,
        events: Events,
        name: str,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._draw = draw
        self._ask = ask
        self._circuits = circuits
        self._slots = slots
        self._clock = clock
        self._events = events
        self._name = name
        self._report = report
        self._wake = asyncio.Event()
        self._claiming = True
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._probe: int | None = None
        events.listen(self._heard)

    async def run(self) -> None:
        """Claim and draw until `drain` has been called and nothing is in hand."""
        async with asyncio.TaskGroup() as group:
            while self._claiming:
                job = await self._next()
                if job is not None:
                    await self._start(group, job)

    @property
    def in_hand(self) -> Collection[int]:
        """The jobs that are being drawn."""
        return self._in_hand.keys()

    def drain(self) -> None:
        """Claim nothing more; `run` returns when what was sent is finished.

        What waits for a provider goes back into the queue at once.
        """
        self._claiming = False
        for job_id in self._in_hand:
            if self._ask.waits(job_id):
                self._in_hand[job_id].cancel()
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
                job = await self._claim() if self._may_claim() else None
                if job is not None:
                    return job
                await self._sleep()
        except BaseException:
            await self._slots.give(1)
            raise
        await self._slots.give(1)
        return None

    def _may_claim(self) -> bool:
        """Not while no provider answers; then one request at a time finds out how things stand."""
        until = self._circuits.until
        return until is None or (self._probe is None and until <= self._clock.now())

    async def _claim(self) -> Job | None:
        try:
            job = await self._store.claim(self._name, self._clock.now(), LEASE)
        except Unavailable as error:
            self._report("work", error)
            return None
        if job is not None and self._circuits.until is not None:
            self._probe = job.id
        return job

    async def _sleep(self) -> None:
        """Until something happens that may make a job ready, or for the poll's time."""
        now = self._clock.now()
        opened = self._circuits.until
        at = min(opened, now + POLL) if opened is not None and opened > now else now + POLL
        await waiting.until(at, self._wake, self._clock)

    async def _start(self, group: asyncio.TaskGroup, job: Job) -> None:
        """Hold the rest of the slots that the job needs, then draw it beside the others."""
        share = self._slots.share(job.request.count)
        await self._slots.take(share - 1)
        waited = (self._clock.now() - job.accepted_at).total_seconds()
        self._events.announce(
            Started(
                **about(job, self._clock.now()),
                attempt=job.attempt,
                waited_s=waited,
            )
        )
        # It begins when this task waits next, so that it is known by then.
        self._in_hand[job.id] = group.create_task(self._one(job, share), name=f"job-{job.id}")

    async def _one(self, job: Job, share: int) -> None:
        try:
            await under_lease(self._draw, self._store, self._clock, job, LEASE)
        except ExceptionGroup as lost:
            # Not even the failure could be stored. At the next start the job ends as the calls
            # that were written down say; the others go on.
            self._report(f"job {job.id}", lost)
        finally:
            del self._in_hand[job.id]
            if self._probe == job.id:
                self._probe = None
            await self._slots.give(share)
            self._wake.set()

    def _give_up(self, job_id: int) -> None:
        """Let go of a job that nobody wants, if it costs nothing yet."""
        free = self._ask.waits(job_id) or self._ask.interruptible(job_id)
        if free and job_id in self._in_hand:
            self._in_hand[job_id].cancel()

    def _heard(self, event: Happening) -> None:
        if isinstance(event, Withdrawn):
            self._give_up(event.job_id)
        # Anything that ends or adds a job may make a lane ready.
        if not isinstance(event, Started):
            self.wake()
