"""Which failure is tried again, and when.

What may have been paid is never paid again by itself: a request that was sent and not answered
ends as unknown. What was surely not paid (429, no connection) is tried again after the time the
provider asks for, within bounds that a waiting person would accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.errors import (
    AccountProblem,
    DrawingFailed,
    ModelUnavailable,
    TooFast,
    Unreachable,
)

MAX_CALLS = 4
"""Calls for one attempt at a job, the first included."""

PATIENCE = timedelta(minutes=5)
"""How long a job may wait in all for a provider that asks for time."""

BACKOFF = (timedelta(seconds=2), timedelta(seconds=8), timedelta(seconds=20))
"""Pauses where the provider names none."""


MAX_CRASHES = 4
"""Processes that may end with a job in hand before the job itself is taken for the reason."""


class AfterCrash(StrEnum):
    """What becomes of a request that was with the provider when the process died."""

    ASK = "ask"  #: Tell its author, who may press Try again.
    REPEAT = "repeat"  #: Draw it once more; at worst the operator pays twice.


ELSEWHERE = (TooFast, Unreachable, AccountProblem, ModelUnavailable)
"""Failures that another provider can cure, none of which can have been paid."""


@dataclass(frozen=True, slots=True)
class Again:
    """Call again at that time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Tell the author."""

    failure: DrawingFailed


def decide(failure: DrawingFailed, *, calls: int, began: datetime, now: datetime) -> Again | GiveUp:
    """What to do after a call failed.

    Args:
        failure: How it failed.
        calls: Calls made so far at this provider, this one included.
        began: When the first of them was made.
        now: The time.
    """
    if not isinstance(failure, TooFast | Unreachable):
        return GiveUp(failure)
    pause = BACKOFF[min(calls, len(BACKOFF)) - 1]
    at = max(failure.until or now + pause, now)
    if calls >= MAX_CALLS or at - began > PATIENCE:
        return GiveUp(failure)
    return Again(at)
