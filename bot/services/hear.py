"""Go on at once when another process has changed something, instead of at the next look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.core.errors import Unavailable
from bot.core.ports import Clock
from bot.core.stores import Hints

PAUSE = timedelta(seconds=10)
"""Before listening anew. Nothing is lost meanwhile: the loops look from time to time."""


class Hear:
    """Listens to the database where others write to it.

    Args:
        wake: Called for each hint: the loops that may have something to do.
        report: Told when nothing is heard any more.
    """

    def __init__(
        self,
        *,
        store: Hints,
        clock: Clock,
        wake: Sequence[Callable[[], None]],
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._report = report

    async def run(self) -> None:
        """Listen until cancelled, or until it is plain that there is nothing to hear."""
        while True:
            try:
                await self._store.listen(self._changed)
            except Unavailable as trouble:
                self._report("listening to the database", trouble)
                await self._clock.sleep_until(self._clock.now() + PAUSE)
            else:
                return

    def _changed(self) -> None:
        for wake in self._wake:
            wake()
