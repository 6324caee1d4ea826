"""At start, sort out what the last process left in the middle.

An answer that it was putting on the disk is gone on with; then the store decides about the rest.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.core.errors import Unavailable
from bot.core.events import Events, Failed, Requeued, about
from bot.core.jobs import State
from bot.core.ports import Answer, Clock, Vault
from bot.core.stores import Store
from bot.services.draw import Draw


class Recover:
    """Runs once, before anything is claimed or posted.

    Args:
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
        repeat: bool,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._draw = draw
        self._clock = clock
        self._events = events
        self._repeat = repeat
        self._report = report

    async def __call__(self) -> None:
        """Bring every running job to an end, or back into the queue.

        Raises:
            Unavailable: The store cannot be written; nothing is forgotten.
        """
        announced = await self._vault.announced()
        for answer in announced:
            await self._adopt(answer)
        now = self._clock.now()
        recovered = await self._store.recover(now, repeat=self._repeat)
        for job in recovered.requeued:
            self._events.announce(Requeued(**about(job, now), reason="restart"))
        for job in recovered.unknown:
            self._events.announce(Failed(**about(job, now), code="unknown", detail="restart"))
        # Only now has every job that they belong to come to its end.
        for answer in announced:
            await self._vault.withdraw(answer)

    async def _adopt(self, answer: Answer) -> None:
        job = await self._store.job(answer.job_id)
        if job is None or job.state is not State.RUNNING or job.attempt != answer.attempt:
            return
        try:
            await self._draw.adopt(job, answer)
        except Unavailable:
            raise
        except Exception as bug:  # noqa: BLE001 -- its author is told that the outcome is unknown
            self._report(f"job {job.id}", bug)
