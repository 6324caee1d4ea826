"""Says in the terminal what happens to one request, as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.core import events
from bot.core.ports import Clock
from bot.core.pricing import dollars


class Timeline:
    """A listener of `core.events` that prints one line each.

    `ended` receives the outcome once it can be seen.

    Args:
        clock: The time.
        say: Prints a line.
    """

    def __init__(self, clock: Clock, say: Callable[[str], None]) -> None:
        self._clock = clock
        self._say = say
        self._began = clock.now()
        self.ended: asyncio.Queue[events.Delivered] = asyncio.Queue()

    def line(self, what: str, detail: str = "", at: datetime | None = None) -> None:
        """Print one moment."""
        seconds = ((at or self._clock.now()) - self._began).total_seconds()
        self._say(f"  {max(0.0, seconds):6.2f} s  {what:<9} {detail}".rstrip())

    def hear(self, event: events.Happening) -> None:
        """Called with each event."""
        match event:
            case events.Accepted():
                self.line(
                    "queued",
                    f"request {event.job_id} for {event.model}; "
                    f"{dollars(event.estimate)} of the quota reserved",
                    event.at,
                )
            case events.Started():
                self.line("drawing", f"after {event.waited_s:.2f} s in the queue", event.at)
            case events.Sent():
                self.line("sent", f"to {event.provider}", event.at)
            case events.Sketched():
                self.line("sketched", f"a partial picture, {len(event.picture):,} bytes", event.at)
            case events.Drawn():
                self.line("drawn", f"and paid: {dollars(event.cost)}", event.at)
            case events.Failed():
                self.line("failed", event.code, event.at)
            case events.Delivered():
                self.line("posted", f"as message {event.message_id}", event.at)
                self.ended.put_nowait(event)
            case _:
                return
