"""The real time; everything else asks a Clock for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

STEP = timedelta(seconds=1)
"""A smaller difference between the two clocks is how one of them is kept right."""


class SystemClock:
    """Implements `core.ports.Clock` with this machine's clock, except that it never goes back.

    A clock that is set back an hour would make everything wait an hour that waits for a moment.
    Time goes on from where it was instead, until the machine's clock has caught up.
    """

    def __init__(self) -> None:
        self._last = datetime.now(UTC)  # noqa: TID251 -- the one place that may
        self._measured = monotonic()

    def now(self) -> datetime:
        """The time, in UTC and aware of it."""
        measured = monotonic()
        expected = self._last + timedelta(seconds=measured - self._measured)
        told = datetime.now(UTC)  # noqa: TID251 -- the one place that may
        self._last = told if told > expected - STEP else expected
        self._measured = measured
        return self._last

    async def sleep_until(self, moment: datetime) -> None:
        """Return at that time, at once if it is past."""
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))
