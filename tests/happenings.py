"""Waiting for what the app announces, instead of sleeping until it probably has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.core import events

Kind = TypeVar("Kind", bound=events.Happening)

PATIENCE = 60.0
"""Seconds until a test that waits for something gives up."""


class Happenings:
    """Everything that was announced so far, and a way to wait for more."""

    def __init__(self, announced: events.Events) -> None:
        self.all: list[events.Happening] = []
        self._more = asyncio.Event()
        announced.listen(self._heard)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """What was announced of one kind, in order."""
        return [event for event in self.all if isinstance(event, kind)]

    async def seen(
        self,
        kind: type[Kind],
        count: int = 1,
        *,
        where: Callable[[Kind], bool] = lambda _: True,
    ) -> list[Kind]:
        """Wait until so many of that kind were announced; answers them."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._more.clear()
                found = [event for event in self.of(kind) if where(event)]
                if len(found) >= count:
                    return found
                await self._more.wait()

    async def next(self) -> None:
        """Wait until anything more is announced."""
        self._more.clear()
        await self._more.wait()

    def _heard(self, event: events.Happening) -> None:
        self.all.append(event)
        self._more.set()
