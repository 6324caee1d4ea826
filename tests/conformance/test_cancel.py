"""Withdrawing requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Blocked, OutcomeUnknown, TooLate
from bot.core.jobs import Job, State
from bot.core.quotas import Amount
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture, rule


async def test_a_waiting_job_is_cancelled_and_what_it_held_is_free(store: Store) -> None:
    """Its author can ask for something else with the same quota at once."""
    await store.set_rule(rule(pictures=1))
    job = (await store.submit(draft(), LIMITS, NOW)).job

    assert await store.cancel(job.id, 1, NOW + SOON) is State.QUEUED

    found = await store.job(job.id)
    assert found is not None
    assert (found.state, found.finished_at) == (State.CANCELLED, NOW + SOON)
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}
    assert await store.claim("w", NOW, LEASE) is None
    delivery = await store.next_delivery(NOW + SOON, LEASE)
    assert delivery is not None
    assert (delivery.job, delivery.pictures) == (found, ())
    assert (await store.submit(draft(), LIMITS, NOW)).new


async def test_a_job_is_cancelled_once(store: Store) -> None:
    """A second press answers the state it is in, and releases nothing more."""
    job = (await store.submit(draft(), LIMITS, NOW)).job
    await store.submit(draft(), LIMITS, NOW)
    await store.cancel(job.id, 1, NOW)

    assert await store.cancel(job.id, 1, NOW) is State.CANCELLED
    assert {c.reserved.pictures for c in await store.counters(1, 1, NOW)} == {1}


async def withdrawn(store: Store, *, sent: bool = False, lease: timedelta = LEASE) -> Job:
    """A job that is being drawn and that member 7 does not want any more."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, lease)
    assert job is not None
    if sent:
        assert await store.intend(job, 1, "openai", NOW)
    assert await store.cancel(job.id, 7, NOW) is State.RUNNING
    return job


async def ended(store: Store, job: Job) -> Job:
    """The job, once a notice of its end is on its way."""
    delivery = await store.next_delivery(NOW + SOON, LEASE)
    assert delivery is not None
    assert (delivery.job.id, delivery.pictures) == (job.id, ())
    assert (delivery.job.state, delivery.job.cancelled_by) == (State.CANCELLED, 7)
    return delivery.job


async def test_a_running_job_is_marked_and_runs_on(store: Store) -> None:
    """It may be paid for already. Who asked first is remembered."""
    job = await withdrawn(store)

    assert await store.cancel(job.id, 8, NOW) is State.RUNNING
    assert await store.job(job.id) == replace(job, cancelled_by=7)
    assert {c.reserved.pictures for c in await store.counters(1, 1, NOW)} == {1}


async def test_what_was_withdrawn_is_not_sent_any_more(store: Store) -> None:
    """Put back instead, it is cancelled and free."""
    job = await withdrawn(store)

    assert not await store.intend(job, 1, "openai", NOW)
    back = await store.requeue(job, NOW + SOON)

    assert back == await ended(store, job)
    assert back.cost is None
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}


async def test_what_was_drawn_all_the_same_counts_and_is_not_posted(
    store: Store, look: Look
) -> None:
    """It was paid for; no picture of it is named, so its file goes."""
    job = await withdrawn(store, sent=True)

    kept = await store.keep(job, [picture()], 30_000, "openai", NOW + SOON)

    assert kept == await ended(store, job)
    assert kept.cost == 30_000
    assert {c.used for c in await store.counters(1, 1, NOW)} == {Amount(1, 30_000)}
    assert look("SELECT * FROM picture") == []
    assert await store.files_in_use(NOW, NOW) == frozenset()


async def test_a_withdrawn_job_that_fails_is_cancelled(store: Store) -> None:
    """Why does not matter to anybody any more."""
    job = await withdrawn(store, sent=True)

    failed = await store.fail(job, Blocked(), NOW + SOON)

    assert failed == await ended(store, job)
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}


async def test_a_withdrawn_job_whose_answer_is_lost_is_cancelled_and_its_cost_kept_apart(
    store: Store, look: Look
) -> None:
    """Its author is not charged; the operator may be."""
    job = await withdrawn(store, sent=True)

    await store.fail(job, OutcomeUnknown(), NOW + SOON)

    await ended(store, job)
    assert look("SELECT micro FROM ledger WHERE kind = 'unknown'") == [{"micro": job.estimate}]


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("repeat", [False, True])
async def test_a_withdrawn_job_that_a_crash_left_behind_is_cancelled(
    store: Store, sent: bool, repeat: bool
) -> None:
    """It is not drawn once more for somebody who does not want it."""
    job = await withdrawn(store, sent=sent, lease=timedelta(0))

    recovered = await store.recover(NOW + SOON, repeat=repeat)

    assert (recovered.requeued, recovered.ended) == ((), (await ended(store, job),))


async def test_a_job_that_is_gone_is_too_late_to_cancel(store: Store) -> None:
    """Buttons outlive jobs."""
    with pytest.raises(TooLate):
        await store.cancel(404, 1, NOW)


async def test_a_job_that_was_put_back_can_be_cancelled(store: Store) -> None:
    """Its earlier attempt does not stand in the way."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    await store.requeue(job, NOW)

    assert await store.cancel(job.id, 1, NOW) is State.QUEUED
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}
