"""What the pretend API remembers of its visitors, for tests and for the curious."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from bot.demo.pretend_faults import Fault
from bot.demo.pretend_models import Usage
from bot.demo.pretend_parts import Part


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request as it came in.

    ``outcome`` is ``waiting`` until there is one, then ``answered``, ``streamed``, ``cut``,
    ``abandoned`` (nobody was left to answer), ``half``, ``html``, or the code of the error.
    ``received_at_monotonic`` is in seconds of the event loop's clock.
    """

    path: str
    model: str | None
    n: int
    fields: Mapping[str, object]
    parts: tuple[Part, ...]
    received_at_monotonic: float
    outcome: str = "waiting"

    @property
    def prompt(self) -> str:
        """The prompt, empty where none came."""
        return str(self.fields.get("prompt") or "")


class Ledger:
    """Counts requests in and out, adds up the bill and holds requests back when told to."""

    def __init__(self, remember: int | None) -> None:
        self.requests: list[Received] = []
        self.billed_microdollars = 0
        self.in_flight = 0
        self.peak_in_flight = 0
        self._remember = remember
        self._forgotten = 0
        self._came = asyncio.Condition()
        self._open = asyncio.Event()
        self._open.set()
        self._holders = 0

    async def enter(self, request: Received) -> int:
        """Write a request down; gives its number, from 0."""
        self.requests.append(request)
        if self._remember is not None and len(self.requests) > self._remember:
            del self.requests[0]
            self._forgotten += 1
        async with self._came:
            self._came.notify_all()
        return len(self.requests) + self._forgotten - 1

    def end(self, number: int, outcome: str) -> None:
        """Write down how a request ended."""
        index = number - self._forgotten
        if index >= 0:
            self.requests[index] = replace(self.requests[index], outcome=outcome)

    def bill(self, usage: Usage) -> None:
        """Charge for what was drawn."""
        self.billed_microdollars += usage.microdollars

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a request as in flight."""
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Let requests arrive but not go on while inside."""
        self._holders += 1
        self._open.clear()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._open.set()

    async def pass_gate(self) -> None:
        """Wait while requests are held."""
        await self._open.wait()

    async def arrived(self, count: int) -> None:
        """Wait until so many requests have come in, counted from the start."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests) + self._forgotten >= count)


Rule = Callable[[Received], Fault | None]
