"""Starts the long-lived loops, watches over them, and stops them in order.

A loop is a coroutine that runs until it is cancelled. One that ends by an error is started again
after a pause, so that a fault in one part does not silence the others; the error is reported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.core.ports import Clock

RESTART_PAUSE = timedelta(seconds=1)

CANCEL_AGAIN_S = 1.0

Report = Callable[[str, BaseException], None]


class Lifecycle:
    """Owns every background task of the process.

    Args:
        clock: The time.
        report: Told the name of a loop that failed, and why.
    """

    def __init__(self, clock: Clock, report: Report) -> None:
        self._clock = clock
        self._report = report
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def spawn(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Start a loop and keep it running; one per name."""
        if name in self._tasks:
            raise RuntimeError(f"{name} is running already")
        # The one place that makes tasks: each has an owner, a name and an end.
        self._tasks[name] = asyncio.create_task(  # noqa: TID251
            self._supervise(name, run), name=name
        )

    async def join(self, name: str) -> None:
        """Wait until a loop has come to its own end."""
        if name in self._tasks:
            await asyncio.wait([self._tasks[name]])

    async def stop(self, *names: str) -> None:
        """Cancel these loops, or all of them, and wait until they are gone."""
        chosen = [
            self._tasks.pop(name) for name in names or tuple(self._tasks) if name in self._tasks
        ]
        left = set(chosen)
        while left:
            for task in left:
                task.cancel()
            # Again, where it was taken for something else: discord.py swallows one that comes
            # while it reconnects.
            _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_S)

    async def _supervise(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await run()
            except Exception as error:  # noqa: BLE001 -- a fault in one loop must not stop the rest
                self._report(name, error)
            else:
                return
            await self._clock.sleep_until(self._clock.now() + RESTART_PAUSE)
