"""Everything that happened, in order, by topic, with a way to wait for more."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Clock, Json

TRANSCRIPT = "transcript"


@dataclass(frozen=True)
class Entry:
    """One thing that happened; number grows by one with each."""

    number: int
    time: float
    kind: str
    data: Json

    def json(self) -> Json:
        """The entry as it travels to a test."""
        return {"number": self.number, "time": self.time, "kind": self.kind, "data": self.data}


class Journal:
    """An append-only list with an index by topic; waiting costs nothing until something comes."""

    def __init__(self, clock: Clock) -> None:
        """Stamp entries with clock."""
        self._clock = clock
        self._number = 0
        self._topics: defaultdict[str, list[Entry]] = defaultdict(list)
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def add(self, kind: str, data: Json, *topics: str) -> Entry:
        """Write down one thing under its kind and its topics."""
        self._number += 1
        entry = Entry(self._number, self._clock.now(), kind, data)
        for topic in {kind, *topics}:
            self._topics[topic].append(entry)
            for future in self._waiting.pop(topic, ()):
                if not future.done():
                    future.set_result(None)
        return entry

    def since(self, topic: str, after: int = 0) -> list[Entry]:
        """The entries of a topic whose number is greater than after."""
        entries = self._topics.get(topic, [])
        return entries[bisect_right(entries, after, key=lambda entry: entry.number) :]

    async def wait(self, topic: str, after: int, seconds: float) -> list[Entry]:
        """The same, but where there are none yet, wait for the first; empty after seconds."""
        found = self.since(topic, after)
        if found:
            return found
        future = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            pass
        finally:
            self._waiting.get(topic, set()).discard(future)
        return self.since(topic, after)

    def violate(self, sentence: str, **where: object) -> None:
        """Write down that the bot did what no correct bot does."""
        self.add("violation", {"sentence": sentence, **where})

    def forget(self, topic: str) -> None:
        """Drop a topic's entries, for a test that has dealt with them."""
        self._topics.pop(topic, None)
