"""All waiting of a run by the clock: a load has a schedule, and the end a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


def now() -> float:
    """Seconds of the event loop's clock."""
    return asyncio.get_running_loop().time()


async def until(moment: float) -> None:
    """Return at that moment, or at once where it has passed."""
    await asyncio.sleep(max(0.0, moment - now()))


async def ends_within(seconds: float, work: Awaitable[object]) -> bool:
    """Whether the work came to its end in that time; it is cancelled where it did not."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await work
    except TimeoutError:
        return False
    return True


async def comes_true(check: Callable[[], bool], *, within: float, every: float = 0.5) -> bool:
    """Ask again and again until the answer is yes, or until the time is over."""
    ends = now() + within
    while not check():
        if now() >= ends:
            return False
        await until(now() + every)
    return True
