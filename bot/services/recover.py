"""Sort out what a process left in the middle: at start, and where a lease has ended since.

An answer that it was putting on the disk is gone on with; then the store decides about the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.core.errors import Unavailable
from bot.core.events import Cancelled, Events, Failed, Requeued, about
from bot.core.jobs import Job, State
from bot.core.ports import Answer, Clock, Vault
from bot.core.stores import Store
from bot.services.draw import Draw

EVERY = timedelta(minutes=1)


class Recover:
    """Is called once, before anything is claimed or posted; then goes round once a minute.

    Args:
        in_hand: The jobs that this process is drawing.
        repeat: Whether a request whose call was lost is drawn once more.
        report: Told of an error that only a bug can cause.
    """

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        draw: Draw,
        clock: Clock,
        events: Events,
        in_hand: Callable[[], Collection[int]],
        repeat: bool,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._draw = draw
        self._clock = clock
        self._events = events
        self._in_hand = in_hand
        self._repeat = repeat
        self._report = report

    async def __call__(self) -> None:
        """Bring every running job to an end, or back into the queue.

        Raises:
            Unavailable: The store cannot be written; nothing is forgotten.
        """
        await self._round(None, "restart")

    async def run(self) -> None:
        """Look for leases that have ended, until cancelled.

        A lease ends where not even the failure of its job could be stored.
        """
        while True:
            await self._clock.sleep_until(self._clock.now() + EVERY)
            await self._round(self._in_hand(), "its lease has ended")

    async def _round(self, held: Collection[int] | None, why: str) -> None:
        announced = [
            answer
            for answer in await self._vault.announced()
            if held is None or answer.job_id not in held
        ]
        now = self._clock.now()
        for answer in announced:
            if await self._is_left(answer, now, at_start=held is None):
                await self._adopt(answer)
        recovered = await self._store.recover(now, repeat=self._repeat, held=held)
        for job in recovered.requeued:
            self._events.announce(Requeued(**about(job, now), reason=why))
        for job in recovered.ended:
            self._tell(job, now, why)
        # Only now has every job that they belong to come to its end.
        for answer in announced:
            if await self._ended(answer):
                await self._vault.withdraw(answer)

    def _tell(self, job: Job, now: datetime, why: str) -> None:
        if job.state is State.CANCELLED and job.cancelled_by is not None:
            self._events.announce(Cancelled(**about(job, now), by=job.cancelled_by))
        else:
            code = job.failure or "unknown"
            self._events.announce(Failed(**about(job, now), code=code, detail=why))

    async def _is_left(self, answer: Answer, now: datetime, *, at_start: bool) -> bool:
        """Whether nobody goes on with an answer: where others may, only its lease tells."""
        if at_start and self._store.alone:
            return True
        return await self._store.lapsed(answer.job_id, answer.attempt, now)

    async def _ended(self, answer: Answer) -> bool:
        """Whether the attempt that an answer belongs to is over."""
        job = await self._store.job(answer.job_id)
        return job is None or job.state is not State.RUNNING or job.attempt != answer.attempt

    async def _adopt(self, answer: Answer) -> None:
        job = await self._store.job(answer.job_id)
        if job is None or await self._ended(answer):
            return
        try:
            await self._draw.adopt(job, answer)
        except Unavailable:
            raise
        except Exception as bug:  # noqa: BLE001 -- its author is told that the outcome is unknown
            self._report(f"job {job.id}", bug)
