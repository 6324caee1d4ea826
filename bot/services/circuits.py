"""Keeps the circuit of each provider, and lets one call at a time find out whether it is back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bot.core.circuits import Circuit
from bot.core.errors import DrawingFailed
from bot.core.events import CircuitClosed, CircuitOpened, Events
from bot.core.ports import Clock


class Circuits:
    """One circuit for each provider.

    Args:
        providers: Their names.
    """

    def __init__(self, providers: Sequence[str], *, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events
        self._circuits = {name: Circuit() for name in providers}
        self._probed: set[str] = set()

    @property
    def until(self) -> datetime | None:
        """Until when no provider at all is asked; None while one may be.

        A time that is past means that one call may find out how things stand.
        """
        opened = [each.until for each in self._circuits.values()]
        known = [until for until in opened if until is not None]
        return min(known) if known and len(known) == len(opened) else None

    @contextmanager
    def calling(self, provider: str) -> Iterator[bool]:
        """Around a call: whether it may be made. Where the circuit is half open, one passes."""
        until = self._circuits[provider].until
        if until is None:
            yield True
        elif self._clock.now() < until or provider in self._probed:
            yield False
        else:
            self._probed.add(provider)
            try:
                yield True
            finally:
                self._probed.discard(provider)

    def heard(self, provider: str, failure: DrawingFailed | None) -> None:
        """Take note of how a call ended."""
        now = self._clock.now()
        before = self._circuits[provider]
        after = self._circuits[provider] = before.heard(failure, now)
        if after.until is not None and after.until != before.until:
            assert failure is not None  # nothing else opens it
            self._events.announce(
                CircuitOpened(provider=provider, until=after.until, at=now, code=failure.code)
            )
        elif before.until is not None and after.until is None:
            self._events.announce(CircuitClosed(provider=provider, at=now))
