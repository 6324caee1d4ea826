"""Every step of a job leads somewhere, and every end is an end."""

from __future__ import annotations

import re

from bot.core import jobs
from bot.core.jobs import LIVE, TRANSITIONS, State

ENDS = {state for state in State if not TRANSITIONS[state]}


def reachable(start: State) -> set[State]:
    """Every state that a job can come to from there."""
    found, left = {start}, [start]
    while left:
        for state in TRANSITIONS[left.pop()] - found:
            found.add(state)
            left.append(state)
    return found


def test_every_state_says_what_may_follow() -> None:
    """Given all states, when the table is read, then it names each, and none that is not one."""
    assert set(TRANSITIONS) == set(State)
    assert set().union(*TRANSITIONS.values()) <= set(State)


def test_every_state_can_be_reached() -> None:
    """Given a new job, when all its ways are followed, then no state is left out."""
    assert reachable(State.QUEUED) == set(State)


def test_every_job_can_end() -> None:
    """Given any state, when all ways are followed, then one leads to an end."""
    told = {State.DELIVERED, State.KEPT, State.FAILED, State.UNKNOWN}
    assert {*told, State.CANCELLED} == ENDS
    assert all(reachable(state) & ENDS for state in State)


def test_no_job_stays_where_it_is() -> None:
    """Given any state, when it is left, then it is for another."""
    assert all(state not in following for state, following in TRANSITIONS.items())


def test_what_was_paid_is_never_lost_again() -> None:
    """Given a drawn picture, when all ways are followed, then it is posted or kept, no less."""
    assert reachable(State.DRAWN) == {State.DRAWN, State.KEPT, State.DELIVERED}


def test_money_is_reserved_only_before_the_outcome() -> None:
    """Given states that hold a reservation, when they are left for good, then none holds it."""
    assert {State.QUEUED, State.RUNNING} == LIVE
    assert not LIVE & (ENDS | reachable(State.DRAWN))


def test_only_what_waits_can_be_taken_by_a_worker() -> None:
    """Given the running state, when its ways in are read, then the queue is the only one."""
    assert [state for state in State if State.RUNNING in TRANSITIONS[state]] == [State.QUEUED]


def test_the_drawing_above_the_code_shows_every_state() -> None:
    """Given the picture in the module's text, when it is read, then all states are in it."""
    assert jobs.__doc__ is not None
    assert set(re.findall(r"[a-z]+", jobs.__doc__)) >= {state.value for state in State}
