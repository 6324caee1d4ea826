"""The real time; everything else asks a Clock for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """Implements `core.ports.Clock` with this machine's clock."""

    def now(self) -> datetime:
        """The time, in UTC and aware of it."""
        return datetime.now(UTC)  # noqa: TID251 -- the one place that may

    async def sleep_until(self, moment: datetime) -> None:
        """Return at that time, at once if it is past."""
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))
