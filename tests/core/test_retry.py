"""What may have been paid is not paid again; what surely was not is tried within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import DRAWING_FAILURES, DrawingFailed, TooFast, Unreachable
from bot.core.retry import BACKOFF, ELSEWHERE, MAX_CALLS, PATIENCE, Again, GiveUp, decide

BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

REPEATED = {"too_fast", "unreachable"}
ELSEWHERE_TOO = REPEATED | {"account", "model_unavailable"}


def at(seconds: float) -> datetime:
    """A moment after the first call."""
    return BEGAN + seconds * SECOND


@pytest.mark.parametrize("code", DRAWING_FAILURES)
def test_each_failure_is_repeated_or_told(code: str) -> None:
    """Given each failure once, when decided, then only what surely was not paid is repeated."""
    failure = DRAWING_FAILURES[code]()

    decision = decide(failure, calls=1, began=BEGAN, now=BEGAN)

    if code in REPEATED:
        assert decision == Again(at(2))
    else:
        assert decision == GiveUp(failure)


@pytest.mark.parametrize("code", DRAWING_FAILURES)
def test_each_failure_is_taken_elsewhere_or_not(code: str) -> None:
    """Given each failure, when another provider could be asked, then only if nothing was paid."""
    assert issubclass(DRAWING_FAILURES[code], ELSEWHERE) == (code in ELSEWHERE_TOO)


def test_what_may_be_paid_is_neither_repeated_nor_taken_elsewhere() -> None:
    """Given failures that may have been paid, when all rules are read, then none pays again."""
    paid = [kind for kind in DRAWING_FAILURES.values() if kind.may_be_paid]

    assert {kind.code for kind in paid} == {"unknown", "bad_answer"}
    for kind in paid:
        assert isinstance(decide(kind(), calls=1, began=BEGAN, now=BEGAN), GiveUp)
        assert not issubclass(kind, ELSEWHERE)


def test_pauses_grow() -> None:
    """Given a provider that names no time, when calls fail, then pauses are 2, 8, 20 seconds."""
    pauses = [
        decision.at - BEGAN
        for calls in range(1, MAX_CALLS)
        if isinstance(decision := decide(Unreachable(), calls=calls, began=BEGAN, now=BEGAN), Again)
    ]

    assert pauses == list(BACKOFF)


@pytest.mark.parametrize("kind", [TooFast, Unreachable])
def test_four_calls_are_enough(kind: type[DrawingFailed]) -> None:
    """Given the fourth call, when it fails too, then the author is told."""
    failure = kind(until=at(1))

    assert decide(failure, calls=MAX_CALLS, began=BEGAN, now=BEGAN) == GiveUp(failure)


def test_a_provider_names_its_own_time() -> None:
    """Given a time to wait for, when it is within patience, then the call is made then."""
    assert decide(TooFast(until=at(60)), calls=1, began=BEGAN, now=BEGAN) == Again(at(60))


def test_a_time_that_is_past_means_now() -> None:
    """Given a time that went by while the answer travelled, when decided, then it is now."""
    assert decide(TooFast(until=at(5)), calls=1, began=BEGAN, now=at(9)) == Again(at(9))


@pytest.mark.parametrize(
    ("until", "again"), [(PATIENCE, True), (PATIENCE + SECOND, False), (timedelta(days=1), False)]
)
def test_nobody_waits_longer_than_patience(until: timedelta, again: bool) -> None:
    """Given a time far away, when decided, then beyond five minutes the author is told."""
    decision = decide(TooFast(until=BEGAN + until), calls=1, began=BEGAN, now=BEGAN)

    assert isinstance(decision, Again) is again


def test_patience_counts_from_the_first_call() -> None:
    """Given much time spent already, when a short pause would exceed patience, then it ends."""
    late = BEGAN + PATIENCE - SECOND

    assert isinstance(decide(Unreachable(), calls=2, began=BEGAN, now=late), GiveUp)


@given(
    st.sampled_from([TooFast, Unreachable]),
    st.integers(1, 10),
    st.integers(0, 1000),
    st.one_of(st.none(), st.integers(-100, 1000)),
)
def test_an_answer_never_waits_without_end(
    kind: type[DrawingFailed], calls: int, spent: int, named: int | None
) -> None:
    """Given any failure, when it is repeated, then it is not before now nor after patience."""
    now = at(spent)
    until = None if named is None else now + named * SECOND

    decision = decide(kind(until=until), calls=calls, began=BEGAN, now=now)

    if isinstance(decision, Again):
        assert now <= decision.at <= BEGAN + PATIENCE
        assert calls < MAX_CALLS
