"""When a service wants to be asked again, from its headers or its words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = timedelta(days=1)
"""Longer waits are cut: nobody waits for them, and a nonsensical one must not overflow."""

_SPAN = r"\d{1,9}(?:\.\d{1,9})?"
_IN_WORDS = re.compile(
    rf"(?:try again|retry) (?:in|after) ((?:{_SPAN}\s?[a-z]+\s?)+|{_SPAN})", re.IGNORECASE
)
_PART = re.compile(rf"({_SPAN})\s?([a-z]*)", re.IGNORECASE)
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def when_again(headers: Mapping[str, str], message: str, *, now: datetime) -> datetime | None:
    """The moment to try again, or None where nobody says.

    `retry-after-ms`, then `retry-after` as seconds or a date, then words such as "Please try again
    in 2.4s" (OpenAI) or "in 1m12s", then the time until the picture limit is reset.
    """
    wait = (
        _seconds(headers.get("retry-after-ms"), 0.001)
        or _seconds(headers.get("retry-after"), 1.0)
        or _until(headers.get("retry-after"), now)
        or _in_words(message)
        or _span(headers.get("x-ratelimit-reset-images", ""))
    )
    return None if wait is None else now + min(wait, LONGEST)


def _seconds(text: str | None, unit: float) -> timedelta | None:
    if not text or not re.fullmatch(_SPAN, text.strip()):
        return None
    return timedelta(seconds=float(text) * unit)


def _until(text: str | None, now: datetime) -> timedelta | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))


def _in_words(message: str) -> timedelta | None:
    found = _IN_WORDS.search(message)
    return _span(found[1]) if found else None


def _span(text: str) -> timedelta | None:
    """`2.4s`, `20ms`, `1m12.5s`, `6m0s`, `30 seconds`; a bare number is seconds."""
    total = 0.0
    found = False
    for number, unit in _PART.findall(text):
        known = "ms" if unit.lower().startswith(("ms", "milli")) else unit.lower()[:1]
        if known in _UNITS:
            total += float(number) * _UNITS[known]
            found = True
    return timedelta(seconds=min(total, LONGEST.total_seconds())) if found else None
