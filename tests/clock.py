"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

Result = TypeVar("Result")

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class ManualClock:
    """Implements `core.ports.Clock`; nobody wakes until `advance` says so."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._asleep: list[tuple[datetime, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """The time that the test chose."""
        return self._now

    async def sleep_until(self, moment: datetime) -> None:
        """Return once the test has moved the clock that far."""
        if moment <= self._now:
            return
        sleeper = (moment, asyncio.get_running_loop().create_future())
        self._asleep.append(sleeper)
        self._changed.set()
        try:
            await sleeper[1]
        finally:
            self._asleep.remove(sleeper)

    async def sleepers(self, count: int = 1) -> None:
        """Return once at least so many are asleep."""
        while len(self._asleep) < count:
            self._changed.clear()
            await self._changed.wait()

    async def advance(self, by: timedelta | float) -> None:
        """Move the clock, in seconds if it is a number; whoever is due wakes in order.

        Each gets to run before the next one wakes, and may go to sleep again within the time.
        """
        end = self._now + (by if isinstance(by, timedelta) else timedelta(seconds=by))
        await self.settle()
        while due := [sleeper for sleeper in self._asleep if sleeper[0] <= end]:
            moment, future = min(due, key=lambda sleeper: sleeper[0])
            self._now = max(self._now, moment)
            if not future.done():
                future.set_result(None)
            await self.settle()
        self._now = end
        await self.settle()

    async def run(self, work: Awaitable[Result]) -> Result:
        """Await the work; whenever it sleeps, the time it sleeps for is over at once."""
        async with asyncio.TaskGroup() as group:
            skipping = group.create_task(self._skip())
            try:
                return await work
            finally:
                skipping.cancel()

    async def _skip(self) -> None:
        while True:
            await self.sleepers()
            moment, future = min(self._asleep, key=lambda sleeper: sleeper[0])
            self._now = max(self._now, moment)
            if not future.done():
                future.set_result(None)
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """Let everything run that is not waiting for time or for anything outside."""
        # What the loop would run next; there is no public way to ask whether it is idle.
        ready = cast("Any", asyncio.get_running_loop())._ready
        while ready:  # noqa: ASYNC110 -- there is no event for it
            await asyncio.sleep(0)
