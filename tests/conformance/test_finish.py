"""How attempts end: drawn, failed, or back in the queue."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.delivery import Route
from bot.core.errors import BadAnswer, Blocked, DrawingFailed, OutcomeUnknown, QuotaExceeded
from bot.core.jobs import Draft, Job, State
from bot.core.periods import Period
from bot.core.quotas import Account, Amount
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture, rule


async def running(store: Store, asked: Draft | None = None, at: datetime = NOW) -> Job:
    """A job that was submitted and claimed."""
    await store.submit(asked or draft(), LIMITS, at)
    job = await store.claim("w", at, LEASE)
    assert job is not None
    return job


async def taken(store: Store) -> tuple[set[Amount], set[Amount]]:
    """What all counters of the member and the server say: reserved, used."""
    counters = await store.counters(1, 1, NOW)
    return {c.reserved for c in counters}, {c.used for c in counters}


async def test_a_drawn_job_is_settled_and_put_out_in_one_step(store: Store, look: Look) -> None:
    """Pictures, cost, counters, ledger, call and delivery are there together."""
    job = await running(store, draft(pictures=2, estimate=80_000))
    await store.intend(job, 1, "openai", NOW)
    pictures = (picture(0), picture(1))

    assert await store.keep(job, pictures, 70_000, "openai", NOW + SOON)

    found = await store.job(job.id)
    assert found is not None
    assert (found.state, found.cost, found.provider) == (State.DRAWN, 70_000, "openai")
    assert (found.finished_at, found.failure) == (NOW + SOON, None)
    assert await taken(store) == ({Amount()}, {Amount(2, 70_000)})
    assert look("SELECT kind, attempt, pictures, micro FROM ledger ORDER BY kind") == [
        {"kind": "charge", "attempt": 1, "pictures": 2, "micro": 70_000},
        {"kind": "release", "attempt": 1, "pictures": 2, "micro": 80_000},
        {"kind": "reserve", "attempt": 0, "pictures": 2, "micro": 80_000},
    ]
    assert look("SELECT state, code FROM call") == [{"state": "answered", "code": None}]
    delivery = await store.next_delivery(NOW + SOON, LEASE)
    assert delivery is not None
    assert (delivery.job, delivery.pictures, delivery.route) == (found, pictures, Route.REPLY)


async def test_fewer_pictures_than_asked_for_are_charged_as_they_are(store: Store) -> None:
    """One of four came: one is counted."""
    job = await running(store, draft(pictures=4, estimate=80_000))

    await store.keep(job, [picture()], 20_000, "p", NOW)

    assert await taken(store) == ({Amount()}, {Amount(1, 20_000)})


async def test_a_cost_above_the_estimate_is_charged_in_full(store: Store) -> None:
    """The rule may be overrun by settling, and then lets nothing more in."""
    await store.set_rule(rule(pictures=None, micro=50_000))
    job = await running(store, draft(estimate=40_000))

    await store.keep(job, [picture()], 60_000, "p", NOW)

    [bound] = await store.bounds(1, 1, (), NOW)
    assert (bound.best.taken.micro, bound.best.micro_left) == (60_000, 0)
    assert bound.best.exceeded
    with pytest.raises(QuotaExceeded):
        await store.submit(draft(estimate=1), LIMITS, NOW)


async def test_a_job_counts_in_the_period_it_was_accepted_in(store: Store) -> None:
    """One that ends after midnight is settled in the day before."""
    late = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    job = await running(store, at=late)

    await store.keep(job, [picture()], 30_000, "p", late + timedelta(minutes=5))

    today = {c.tally.period: c for c in await store.counters(1, 1, late)}
    after = late + timedelta(minutes=5)
    tomorrow = {c.tally.period: c for c in await store.counters(1, 1, after)}
    assert today[Period.DAY].used == Amount(1, 30_000)
    assert today[Period.DAY].reserved == Amount()
    assert tomorrow[Period.DAY].taken == tomorrow[Period.HOUR].taken == Amount()
    assert tomorrow[Period.MONTH].used == Amount(1, 30_000)


async def test_a_failed_job_costs_nothing_and_is_told(store: Store, look: Look) -> None:
    """What was reserved is free again, and a notice is on its way."""
    job = await running(store)
    await store.intend(job, 1, "openai", NOW)

    assert await store.fail(job, Blocked("moderation"), NOW + SOON)

    found = await store.job(job.id)
    assert found is not None
    assert (found.state, found.failure, found.cost) == (State.FAILED, "blocked", None)
    assert found.finished_at == NOW + SOON
    assert await taken(store) == ({Amount()}, {Amount()})
    assert look("SELECT kind FROM ledger ORDER BY kind") == [
        {"kind": "release"},
        {"kind": "reserve"},
    ]
    delivery = await store.next_delivery(NOW + SOON, LEASE)
    assert delivery is not None
    assert (delivery.job, delivery.pictures) == (found, ())


async def test_a_lost_answer_charges_nobody_and_keeps_the_possible_cost_apart(
    store: Store, look: Look
) -> None:
    """The job is unknown, its author owes nothing, the ledger tells the operator."""
    job = await running(store, draft(pictures=2, estimate=80_000))
    await store.intend(job, 1, "openai", NOW)

    assert await store.fail(job, OutcomeUnknown("cut"), NOW)

    found = await store.job(job.id)
    assert found is not None
    assert (found.state, found.failure) == (State.UNKNOWN, "unknown")
    assert await taken(store) == ({Amount()}, {Amount()})
    assert look("SELECT attempt, pictures, micro FROM ledger WHERE kind = 'unknown'") == [
        {"attempt": 1, "pictures": 2, "micro": 80_000}
    ]
    assert look("SELECT state FROM call") == [{"state": "unknown"}]


@pytest.mark.parametrize(
    ("failure", "state"),
    [(Blocked(), "rejected"), (BadAnswer(), "answered"), (OutcomeUnknown(), "unknown")],
    ids=lambda value: value if isinstance(value, str) else value.code,
)
async def test_the_last_call_says_what_became_of_it(
    store: Store, look: Look, failure: DrawingFailed, state: str
) -> None:
    """No call of a finished job is still on its way."""
    job = await running(store)
    await store.intend(job, 1, "openai", NOW)
    await store.rejected(job, 1, "too_fast", NOW)
    await store.intend(job, 2, "other", NOW)

    await store.fail(job, failure, NOW)

    assert look("SELECT n, provider, state FROM call ORDER BY n") == [
        {"n": 1, "provider": "openai", "state": "rejected"},
        {"n": 2, "provider": "other", "state": state},
    ]


async def test_a_call_is_noted_before_it_is_made_and_only_once(store: Store, look: Look) -> None:
    """Whoever gets False must not open the socket."""
    job = await running(store)

    assert await store.intend(job, 1, "openai", NOW)
    assert not await store.intend(job, 1, "openai", NOW)
    assert look("SELECT attempt, n, provider, state, code FROM call") == [
        {"attempt": 1, "n": 1, "provider": "openai", "state": "sent", "code": None}
    ]

    assert await store.rejected(job, 1, "too_fast", NOW)
    assert not await store.rejected(job, 1, "too_fast", NOW)
    assert look("SELECT state, code FROM call") == [{"state": "rejected", "code": "too_fast"}]


async def test_a_requeued_job_waits_in_its_old_place(store: Store) -> None:
    """It goes before what its member asked for later, as if it had not been claimed."""
    job = await running(store)
    await store.submit(draft(), LIMITS, NOW)

    assert await store.requeue(job, NOW)

    waiting = await store.job(job.id)
    assert waiting is not None
    assert (waiting.state, waiting.attempt, waiting.started_at) == (State.QUEUED, 1, None)
    again = await store.claim("w", NOW, LEASE)
    assert again is not None
    assert (again.id, again.attempt) == (job.id, 2)


async def test_a_requeued_job_has_not_cost_its_lanes_a_turn(store: Store, look: Look) -> None:
    """Virtual times are what they were, and what is reserved stays reserved."""
    await store.submit(draft(), LIMITS, NOW)
    lanes = "SELECT vtime, ready FROM guild_lane UNION ALL SELECT vtime, ready FROM member_lane"
    before = look(lanes)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    assert look(lanes) != before

    await store.requeue(job, NOW)

    assert look(lanes) == before
    assert await taken(store) == ({Amount(1, job.estimate)}, {Amount()})


async def test_what_may_have_been_paid_is_not_queued_again(store: Store) -> None:
    """With a call on its way the job cannot go back; once that is surely unpaid, it can."""
    job = await running(store)
    await store.intend(job, 1, "openai", NOW)

    assert not await store.requeue(job, NOW)
    found = await store.job(job.id)
    assert found is not None
    assert found.state is State.RUNNING

    await store.rejected(job, 1, "unreachable", NOW)
    assert await store.requeue(job, NOW)


async def test_an_old_attempt_changes_nothing(store: Store, look: Look) -> None:
    """Whoever lost the job is told so by each call, and every row stays as it was."""
    old = await running(store)
    await store.requeue(old, NOW)
    new = await store.claim("w2", NOW, LEASE)
    assert new is not None
    await store.intend(new, 1, "openai", NOW)
    before = everything(look)

    assert not await store.keep(old, [picture()], 1, "p", NOW)
    assert not await store.fail(old, Blocked(), NOW)
    assert not await store.fail(old, OutcomeUnknown(), NOW)
    assert not await store.requeue(old, NOW)
    assert not await store.renew(old, NOW, LEASE)
    assert not await store.intend(old, 2, "openai", NOW)
    assert not await store.rejected(old, 1, "too_fast", NOW)

    assert everything(look) == before
    assert await store.keep(new, [picture()], 1, "p", NOW)


async def test_an_attempt_ends_once(store: Store, look: Look) -> None:
    """After it was kept, nothing about it can be settled a second time."""
    job = await running(store)
    await store.keep(job, [picture()], 30_000, "p", NOW)
    before = everything(look)

    assert not await store.keep(job, [picture()], 30_000, "p", NOW)
    assert not await store.fail(job, Blocked(), NOW)
    assert not await store.requeue(job, NOW)
    assert await store.cancel(job.id, 1, NOW) is State.DRAWN

    assert everything(look) == before


async def test_keeping_whose_caller_is_gone_is_whole(store: Store) -> None:
    """Paid pictures are not lost by a stop at the wrong moment."""
    job = await running(store)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await store.keep(job, [picture()], 30_000, "p", NOW)
    await store.close()  # what was handed over is finished by then
    await store.open()

    delivery = await store.next_delivery(NOW, LEASE)
    assert delivery is not None
    assert len(delivery.pictures) == 1
    assert await taken(store) == ({Amount()}, {Amount(1, 30_000)})


async def test_use_is_counted_for_members_apart(store: Store) -> None:
    """The server's counter has both, each member's only the own."""
    for member in (1, 2):
        await store.submit(draft(member=member), LIMITS, NOW)
        job = await store.claim("w", NOW, LEASE)
        assert job is not None
        await store.keep(job, [picture()], member * 10_000, "p", NOW)

    used = {(c.tally.account, c.tally.period): c.used for c in await store.counters(1, 2, NOW)}
    assert used[Account.SERVER, Period.DAY] == Amount(2, 30_000)
    assert used[Account.MEMBER, Period.DAY] == Amount(1, 20_000)


def everything(look: Look) -> list[object]:
    """Every row that a zombie could spoil."""
    tables = ("job", "call", "picture", "delivery", "ledger", "quota_counter", "guild_lane")
    return [look(f"SELECT * FROM {table}") for table in (*tables, "member_lane")]
