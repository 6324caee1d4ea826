"""How fast one key may draw: pictures per minute and calls in flight, learned from the service.

OpenAI counts like a bucket that holds one minute's worth and fills steadily ("Limit 5, Used 5,
Requested 1. Please try again in 12s"), so the pace is the same bucket, kept as a single moment:
when it will be full again.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import deque
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.errors import TooFast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.ports import Clock
    from bot.imageapi.providers import Pacing

MINUTE = timedelta(minutes=1)

LONGEST_PAUSE = timedelta(minutes=1)
"""Whatever a service asks for, after this long one call finds out how things stand."""

PAUSE = timedelta(seconds=2)
"""The pause after a 429 that names none."""

PROMISED = timedelta(minutes=1)
"""A turn whose call has not begun by then is taken back: its worker is gone."""

SPARSE = 10
"""Fewer pictures in a minute say nothing about the pace: the service is busy, and it is enough to
wait as long as it says."""

RECOVERY = 1.05
"""The pace grows by 5 % with each call that goes well: back where it was after fifteen."""

# Not "input-images per min": that one counts what is sent along, not what is drawn.
_LIMIT = re.compile(r"(?<!input-)images per min\w*\W.{0,40}?\blimit:? ?(\d{1,6})\b", re.IGNORECASE)
_CROWDED = re.compile(r"concurren|in flight|parallel|simultaneous", re.IGNORECASE)


class Pace:
    """The pace of one key.

    Args:
        pacing: Where to begin, and what is never exceeded.
        clock: The time.
    """

    def __init__(self, pacing: Pacing, clock: Clock) -> None:
        self._clock = clock
        self._allowed = float(pacing.pictures_per_minute or math.inf)
        self._most_per_minute = self._per_minute = self._allowed
        self._most_in_flight = self._in_flight = float(pacing.calls_in_flight or math.inf)
        self._full_at = self._paused_until = clock.now()
        self._refused_at: datetime | None = None
        self._named: int | None = None
        self._passed: deque[tuple[datetime, int]] = deque()
        self._promised: deque[datetime] = deque()
        self._calls = 0
        self._line = asyncio.Lock()
        self._freed = asyncio.Event()

    async def turn(self, pictures: int) -> None:
        """Wait, first come first served, until that many pictures may be asked for.

        One use of `calling` is expected to follow.
        """
        async with self._line:  # asyncio's locks are fair
            while True:
                if self._crowded():
                    await self._until_freed()
                elif (moment := self._not_before(pictures)) > self._clock.now():
                    await self._clock.sleep_until(moment)
                else:
                    break
            now = self._clock.now()
            self._full_at = max(self._full_at, now) + self._fill(pictures)
            self._passed.append((now, pictures))
            self._trim()
            self._promised.append(now)

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Count a call as in flight, and learn from how it ends."""
        if self._promised:
            self._promised.popleft()
        self._calls += 1
        began = self._clock.now()
        try:
            yield
        except TooFast as failure:
            self._slow_down(began, failure)
            raise
        else:
            self._per_minute = min(self._per_minute * RECOVERY, self._most_per_minute)
            self._in_flight = min(self._in_flight * RECOVERY, self._most_in_flight)
        finally:
            self._calls -= 1
            self._freed.set()

    def named(self, per_minute: int) -> None:
        """The service named its own limit, in pictures per minute.

        It is remembered for when it is enforced: gateways repeat limits that are not theirs.
        """
        kept_to = self._named is not None and self._most_per_minute == self._named
        self._named = max(per_minute, 1)
        if kept_to:
            self._most_per_minute = min(self._named, self._allowed)

    def _crowded(self) -> bool:
        while self._promised and self._promised[0] + PROMISED <= self._clock.now():
            self._promised.popleft()
        return self._calls + len(self._promised) + 1 > max(self._in_flight, 1)

    async def _until_freed(self) -> None:
        """Until a call ends, or a promise does."""
        self._freed.clear()
        async with asyncio.TaskGroup() as tasks:
            moment = self._promised[0] + PROMISED if self._promised else None
            alarm = tasks.create_task(self._ring(moment)) if moment else None
            await self._freed.wait()
            if alarm:
                alarm.cancel()

    async def _ring(self, moment: datetime) -> None:
        await self._clock.sleep_until(moment)
        self._freed.set()

    def _not_before(self, pictures: int) -> datetime:
        """When the bucket holds enough; when it is full, for more than it ever holds."""
        spare = max(MINUTE - self._fill(pictures), timedelta(0))
        return max(self._full_at - spare, self._paused_until)

    def _fill(self, pictures: int) -> timedelta:
        """How long the bucket takes to gain that many."""
        return MINUTE * (pictures / self._per_minute)

    def _trim(self) -> None:
        while self._passed and self._passed[0][0] + MINUTE <= self._clock.now():
            self._passed.popleft()

    def _recent(self) -> int:
        """Pictures that passed within the last minute."""
        self._trim()
        return sum(pictures for _, pictures in self._passed)

    def _slow_down(self, began: datetime, failure: TooFast) -> None:
        """Wait as long as the service says; learn from a second refusal soon after that."""
        now = self._clock.now()
        again = min(failure.until or now + PAUSE, now + LONGEST_PAUSE)
        if _CROWDED.search(failure.detail):
            self._in_flight = max(min(self._in_flight, self._calls) / 2, 1)
        elif self._refused_at is None or began > self._refused_at:
            # Calls that were under way together are refused together: only the first counts.
            if self._refused_at and began - max(self._refused_at, self._paused_until) <= MINUTE:
                self._learn(failure, again)
            self._refused_at = now
        self._paused_until = max(self._paused_until, again)

    def _learn(self, failure: TooFast, again: datetime) -> None:
        if found := _LIMIT.search(failure.detail):
            self.named(int(found[1]))
        recent = self._recent()
        # One that we did not use up is somebody else's, or only said.
        if self._named is not None and self._named <= recent:
            self._most_per_minute = min(self._named, self._allowed)
            self._per_minute = min(self._per_minute, self._most_per_minute)
            # Its bucket is empty now and holds one picture by then: so does ours.
            self._full_at = max(self._full_at, again + MINUTE - self._fill(1))
        elif recent > SPARSE:
            self._per_minute = max(min(self._per_minute, recent) / 2, 1)
