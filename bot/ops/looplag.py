"""How late the event loop is: what every button and command waits for, whatever else is fast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class LoopLag:
    """Goes to sleep, and tells by how much it was woken too late.

    Args:
        observe: Told each lag, in seconds.
        every: Seconds between two measurements.
    """

    def __init__(self, observe: Callable[[float], None], *, every: float = 0.5) -> None:
        self._observe = observe
        self._every = every

    async def run(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._every
            await asyncio.sleep(self._every)
            self._observe(max(0.0, loop.time() - due))
