"""An outcome finds its way: the best route that is open, for as long as it is worth trying."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery import (
    ANSWER_GRACE,
    LATE_EDITS,
    LONGEST_PAUSE,
    MAX_TRIES,
    NONCE_LIFE,
    ORDER,
    TOKEN_LIFE,
    Delivery,
    Later,
    Part,
    Posted,
    Route,
    after_failure,
    answer_is_on_its_way,
    at_route,
    edits_card,
    first_route,
    may_be_overwritten,
    nonce,
    nonce_holds,
)
from bot.core.errors import Busy, Forbidden, Gone, PostingFailed, Rejected, TooLarge
from bot.core.images import ImageRequest, Quality, Size
from bot.core.jobs import Job, Place, State

ACCEPTED = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

PLACE = Place(guild_id=1, channel_id=2, member_id=3, interaction_id=4, token="t", application_id=5)
JOB = Job(
    id=9,
    place=PLACE,
    request=ImageRequest(
        prompt="a fox", model="painter", size=Size(1024, 1024), quality=Quality.LOW
    ),
    state=State.DRAWN,
    attempt=1,
    estimate=6_000,
    accepted_at=ACCEPTED,
)


def delivery(route: Route = Route.REPLY, tries: int = 0) -> Delivery:
    """An outcome on its way."""
    return Delivery(id=5, job=JOB, pictures=(), route=route, tries=tries)


def test_routes_are_tried_best_first() -> None:
    """Given all routes, when they are listed, then the reply is first and keeping is last."""
    assert ORDER == (Route.REPLY, Route.CHANNEL, Route.DIRECT, Route.KEEP)


@pytest.mark.parametrize(
    ("age", "route"),
    [
        (timedelta(), Route.REPLY),
        (TOKEN_LIFE - SECOND, Route.REPLY),
        (TOKEN_LIFE, Route.CHANNEL),
        (timedelta(days=3), Route.CHANNEL),
    ],
)
def test_a_reply_is_edited_only_while_its_token_lives(age: timedelta, route: Route) -> None:
    """Given a request of some age, when its outcome is shown, then a dead token is not tried."""
    assert first_route(delivery(), ACCEPTED + age) is route


@pytest.mark.parametrize("route", [Route.CHANNEL, Route.DIRECT, Route.KEEP])
def test_a_route_without_a_token_does_not_expire(route: Route) -> None:
    """Given another route than the reply, when much time went by, then it is still the one."""
    assert first_route(delivery(route), ACCEPTED + timedelta(days=30)) is route


def test_a_token_is_left_a_minute_for_the_upload() -> None:
    """Given Discord's fifteen minutes, when we stop using a token, then a minute is left."""
    assert TOKEN_LIFE + timedelta(minutes=1) <= timedelta(minutes=15)


@pytest.mark.parametrize(
    ("age", "message_id", "on_its_way"),
    [
        (timedelta(), None, True),
        (ANSWER_GRACE - SECOND, None, True),
        (ANSWER_GRACE, None, False),
        (timedelta(), 77, False),
    ],
)
def test_an_outcome_waits_for_its_card_a_little(
    age: timedelta, message_id: int | None, on_its_way: bool
) -> None:
    """Given an outcome that is faster than its card, when it is due, then the card comes first."""
    place = replace(PLACE, message_id=message_id)
    early = replace(delivery(), job=replace(JOB, place=place))

    assert answer_is_on_its_way(early, ACCEPTED + age, began=ACCEPTED) is on_its_way
    # What an earlier process did not answer, nobody will.
    assert not answer_is_on_its_way(early, ACCEPTED + age, began=ACCEPTED + timedelta(seconds=1))


def test_an_edit_of_an_earlier_process_is_let_land_first() -> None:
    """Given a request of an earlier process, when we have just begun, then its outcome waits."""
    began = ACCEPTED + SECOND

    assert may_be_overwritten(delivery(), began + SECOND, began)
    assert not may_be_overwritten(delivery(), began + LATE_EDITS, began)
    assert not may_be_overwritten(delivery(), ACCEPTED + SECOND, ACCEPTED)


@pytest.mark.parametrize("failure", [Gone(), Forbidden(), Rejected()])
@pytest.mark.parametrize(
    ("route", "following"),
    [
        (Route.REPLY, Route.CHANNEL),
        (Route.CHANNEL, Route.DIRECT),
        (Route.DIRECT, Route.KEEP),
        (Route.KEEP, Route.KEEP),
    ],
)
def test_a_closed_route_is_left_at_once(
    route: Route, following: Route, failure: PostingFailed
) -> None:
    """Given a place that is gone or forbidden, when posting fails, then the next is tried now."""
    now = ACCEPTED + SECOND

    assert after_failure(delivery(route, tries=3), failure, now) == Later(now, following, 0)


def test_a_busy_route_is_tried_again_with_longer_pauses() -> None:
    """Given an outage, when posting fails again and again, then pauses double up to a bound."""
    pauses = []
    current = delivery()
    while True:
        later = after_failure(current, Busy(), ACCEPTED)
        if later.route is not Route.REPLY:
            break
        pauses.append((later.at - ACCEPTED).total_seconds())
        current = replace(current, tries=later.tries)

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert later == Later(ACCEPTED, Route.CHANNEL, 0)
    assert len(pauses) == MAX_TRIES - 1


def test_a_rate_limit_names_its_own_time() -> None:
    """Given Discord's own time, when posting is tried again, then it is then, and never earlier."""
    until = ACCEPTED + timedelta(minutes=30)

    assert after_failure(delivery(), Busy(until=until), ACCEPTED) == Later(until, Route.REPLY, 1)
    past = Busy(until=ACCEPTED - SECOND)
    assert after_failure(delivery(), past, ACCEPTED).at == ACCEPTED


def test_a_file_that_is_too_large_is_tried_again_here() -> None:
    """Given a refused upload, when it comes back, then the same route is tried, with a pause."""
    later = after_failure(delivery(Route.CHANNEL), TooLarge(), ACCEPTED)

    assert later == Later(ACCEPTED + 2 * SECOND, Route.CHANNEL, 1)


@given(st.sampled_from(Route), st.integers(0, 50), st.sampled_from([Busy(), Gone(), TooLarge()]))
def test_a_failure_never_leads_back(route: Route, tries: int, failure: PostingFailed) -> None:
    """Given any failure, when it is decided, then the route is the same or a later one, soon."""
    later = after_failure(delivery(route, tries), failure, ACCEPTED)

    assert ORDER.index(later.route) >= ORDER.index(route)
    assert ACCEPTED <= later.at <= ACCEPTED + LONGEST_PAUSE


def test_every_delivery_ends() -> None:
    """Given a Discord that never works, when all routes were tried, then the outcome is kept."""
    current, steps = delivery(), 0
    while current.route is not Route.KEEP:
        later = after_failure(current, Busy(), ACCEPTED)
        current, steps = replace(current, route=later.route, tries=later.tries), steps + 1

    assert steps == 3 * MAX_TRIES


@given(st.integers(1, 10**16), st.integers(0, 9))
def test_a_nonce_fits_and_is_its_own(delivery_id: int, part: int) -> None:
    """Given any delivery, when a part has its nonce, then Discord takes it and no other has it."""
    assert len(nonce(delivery_id, part)) <= 25
    assert nonce(delivery_id, part) == nonce(delivery_id, part)
    assert nonce(delivery_id, part) != nonce(delivery_id, part + 1)
    assert nonce(delivery_id, part) != nonce(delivery_id + 1, part)


def test_another_route_starts_counting_afresh() -> None:
    """Given tries at one route, when another is taken, then it has all of its own tries."""
    tired = delivery(Route.REPLY, tries=7)

    assert at_route(tired, Route.CHANNEL).tries == 0
    assert at_route(tired, Route.CHANNEL).route is Route.CHANNEL
    assert at_route(tired, Route.REPLY) is tired


def test_only_the_first_message_of_a_reply_edits_the_card() -> None:
    """Given every way and two messages, when they are shown, then one of them is no new message."""
    assert [(route, part) for route in Route for part in (0, 1) if edits_card(route, part)] == [
        (Route.REPLY, 0)
    ]


def test_a_message_is_known_by_its_number() -> None:
    """Given a delivery whose second message was asked for, when it is looked up, then that."""
    part = Part(number=1, route=Route.CHANNEL, posted=Posted(1, 2), at=ACCEPTED)
    known = replace(delivery(), parts=(part,))

    assert known.part(1) is part
    assert known.part(0) is None


@pytest.mark.parametrize(
    ("route", "age", "holds"),
    [
        (Route.CHANNEL, timedelta(), True),
        (Route.CHANNEL, NONCE_LIFE - SECOND, True),
        (Route.CHANNEL, NONCE_LIFE, False),
        (Route.DIRECT, timedelta(), False),
    ],
)
def test_a_nonce_is_trusted_for_a_minute_where_it_was_used(
    route: Route, age: timedelta, holds: bool
) -> None:
    """Given a message asked for in a channel, when it is asked for again, then Discord knows it."""
    part = Part(number=0, route=Route.CHANNEL, posted=None, at=ACCEPTED)

    assert nonce_holds(part, route, ACCEPTED + age) is holds
