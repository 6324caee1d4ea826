"""A provider that does not answer is left alone, and found again when it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.circuits import LONGEST_PAUSE, OPENS_AFTER, PAUSE, Circuit
from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    Blocked,
    DrawingFailed,
    OutcomeUnknown,
    TooFast,
    Unreachable,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def opened(failure: DrawingFailed | None = None) -> Circuit:
    """A circuit that has just opened."""
    circuit = Circuit()
    for _ in range(OPENS_AFTER):
        circuit = circuit.heard(failure or Unreachable(), NOW)
    return circuit


@pytest.mark.parametrize("silence", [Unreachable(), OutcomeUnknown()])
def test_a_few_failures_in_a_row_open_it(silence: DrawingFailed) -> None:
    """Given nothing but silence, when it was heard often enough, then it is open for a while."""
    before = Circuit()
    for _ in range(OPENS_AFTER - 1):
        before = before.heard(silence, NOW)

    assert before.until is None
    assert before.heard(silence, NOW).until == NOW + PAUSE


@pytest.mark.parametrize("answer", [None, Blocked(), TooFast(), AccountProblem(), BadAnswer()])
def test_any_sign_of_life_closes_it(answer: DrawingFailed | None) -> None:
    """Given an open circuit, when a call is answered, even with a refusal, then calls pass."""
    assert opened().heard(answer, NOW) == Circuit()


def test_failures_with_a_sign_of_life_between_them_do_not_open_it() -> None:
    """Given every other call answered, when many fail, then it stays closed."""
    circuit = Circuit()
    for _ in range(20):
        circuit = circuit.heard(Unreachable(), NOW).heard(None, NOW)

    assert circuit.until is None


def test_it_opens_for_longer_each_time_up_to_a_bound() -> None:
    """Given probes that all fail, when they are made at once each time, then pauses double."""
    circuit, pauses = opened(), list[timedelta]()
    for _ in range(8):
        assert circuit.until is not None
        pauses.append(circuit.pause)
        circuit = circuit.heard(Unreachable(), circuit.until)

    assert pauses[:3] == [PAUSE, 2 * PAUSE, 4 * PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_calls_that_were_under_way_say_nothing_new() -> None:
    """Given hundreds in flight, when they all fail after it opened, then it is open no longer."""
    circuit = opened()

    for _ in range(300):
        circuit = circuit.heard(OutcomeUnknown(), NOW + timedelta(seconds=1))

    assert circuit.until == NOW + PAUSE
