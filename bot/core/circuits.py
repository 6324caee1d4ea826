"""When a provider is left alone because it does not answer, and how it is found to be back.

Closed: calls pass. Open: nothing is asked of it for a while, and requests wait. Half open: one call
finds out how things stand. It closes the circuit, or opens it again for longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import DrawingFailed, OutcomeUnknown, Unreachable

OPENS_AFTER = 3
"""Failures in a row; any sign of life in between starts the count afresh."""

PAUSE = timedelta(seconds=5)
"""How long it is open at first; twice as long each time that it opens again."""

LONGEST_PAUSE = timedelta(minutes=1)

SILENCE = (Unreachable, OutcomeUnknown)
"""No connection, no answer, or an error of the server's own. Whatever else is said shows that
somebody is there, be it to refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What is known about one provider.

    Attributes:
        failures: In a row.
        until: Until when nothing is asked of it; None while calls pass.
        pause: How long it was opened for.
    """

    failures: int = 0
    until: datetime | None = None
    pause: timedelta = PAUSE

    def heard(self, failure: DrawingFailed | None, now: datetime) -> Circuit:
        """The circuit after a call ended.

        Args:
            failure: How it failed; None if it went well.
            now: The time.
        """
        if not isinstance(failure, SILENCE):
            return Circuit()
        failures = self.failures + 1
        if failures < OPENS_AFTER:
            return replace(self, failures=failures)
        if self.until is not None and now < self.until:
            # Calls that were under way when it opened say nothing new.
            return replace(self, failures=failures)
        pause = PAUSE if self.until is None else min(self.pause * 2, LONGEST_PAUSE)
        return Circuit(failures=failures, until=now + pause, pause=pause)
