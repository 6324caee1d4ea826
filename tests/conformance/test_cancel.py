"""Withdrawing requests."""

from __future__ import annotations

import pytest

from bot.core.errors import TooLate
from bot.core.jobs import State
from bot.core.quotas import Amount
from bot.core.stores import Store
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, rule


async def test_a_waiting_job_is_cancelled_and_what_it_held_is_free(store: Store) -> None:
    """Its author can ask for something else with the same quota at once."""
    await store.set_rule(rule(pictures=1))
    job = (await store.submit(draft(), LIMITS, NOW)).job

    assert await store.cancel(job.id, NOW + SOON) is State.QUEUED

    found = await store.job(job.id)
    assert found is not None
    assert (found.state, found.finished_at) == (State.CANCELLED, NOW + SOON)
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}
    assert await store.claim("w", NOW, LEASE) is None
    assert await store.next_delivery(NOW, LEASE) is None
    assert (await store.submit(draft(), LIMITS, NOW)).new


async def test_a_job_is_cancelled_once(store: Store) -> None:
    """A second press answers the state it is in, and releases nothing more."""
    job = (await store.submit(draft(), LIMITS, NOW)).job
    await store.submit(draft(), LIMITS, NOW)
    await store.cancel(job.id, NOW)

    assert await store.cancel(job.id, NOW) is State.CANCELLED
    assert {c.reserved.pictures for c in await store.counters(1, 1, NOW)} == {1}


async def test_a_running_job_is_not_cancelled(store: Store) -> None:
    """It may be paid for already; it is left as it is."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None

    assert await store.cancel(job.id, NOW) is State.RUNNING
    assert await store.job(job.id) == job


async def test_a_job_that_is_gone_is_too_late_to_cancel(store: Store) -> None:
    """Buttons outlive jobs."""
    with pytest.raises(TooLate):
        await store.cancel(404, NOW)


async def test_a_job_that_was_put_back_can_be_cancelled(store: Store) -> None:
    """Its earlier attempt does not stand in the way."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    await store.requeue(job, NOW)

    assert await store.cancel(job.id, NOW) is State.QUEUED
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}
