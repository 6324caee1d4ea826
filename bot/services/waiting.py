"""Wait for something to happen, but not for ever."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.core.ports import Clock


async def until(moment: datetime, wake: asyncio.Event, clock: Clock) -> None:
    """Return when `wake` is set, or at that time, whichever is first."""
    async with asyncio.TaskGroup() as group:
        both = {
            group.create_task(clock.sleep_until(moment)),
            group.create_task(wake.wait()),
        }
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
