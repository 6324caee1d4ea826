"""How many pictures are drawn at once: a counting semaphore that hands out several at a time."""

from __future__ import annotations

import asyncio


class Slots:
    """First come, first served; a request for more than there are gets all of them.

    Args:
        total: Pictures at once.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._free = total
        self._changed = asyncio.Condition()

    @property
    def idle(self) -> bool:
        """Whether all are free."""
        return self._free == self.total

    def share(self, wanted: int) -> int:
        """How many a request for that many pictures occupies."""
        return min(wanted, self.total)

    async def take(self, wanted: int) -> None:
        """Wait until that many are free, and hold them.

        Only one task may take at a time: a large request then waits for its turn instead of
        being overtaken for ever by small ones.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: self._free >= wanted)
            self._free -= wanted

    async def give(self, held: int) -> None:
        """Let go of them."""
        async with self._changed:
            self._free += held
            self._changed.notify_all()
