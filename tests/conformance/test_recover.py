"""What a start makes of what the last process left behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.jobs import Job, State
from bot.core.quotas import Amount
from bot.core.retry import MAX_CRASHES
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.engines import Engine
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture

OVER = timedelta(0)
"""The lease of a worker that is gone; where several may work, nothing else tells that it is."""


async def running(store: Store, *, sent: bool, member: int = 1) -> Job:
    """A claimed job, with a call on its way or not."""
    await store.submit(draft(member=member), LIMITS, NOW)
    job = await store.claim("w", NOW, OVER)
    assert job is not None
    if sent:
        assert await store.intend(job, 1, "openai", NOW)
    return job


async def test_a_job_with_no_call_on_its_way_is_queued_again(store: Store) -> None:
    """Nothing was paid, so nothing is lost: not even its place."""
    job = await running(store, sent=False)

    recovered = await store.recover(NOW + SOON, repeat=False)

    assert [each.id for each in recovered.requeued] == [job.id]
    assert [each.state for each in recovered.requeued] == [State.QUEUED]
    assert recovered.ended == ()
    again = await store.claim("w", NOW, LEASE)
    assert again is not None
    assert (again.id, again.attempt) == (job.id, 2)


async def test_a_job_whose_call_was_surely_not_paid_is_queued_again(store: Store) -> None:
    """A rejected call is no reason to give up."""
    job = await running(store, sent=True)
    await store.rejected(job, 1, "too_fast", NOW)

    recovered = await store.recover(NOW, repeat=False)

    assert [each.id for each in recovered.requeued] == [job.id]


async def test_a_call_without_an_answer_ends_as_unknown(store: Store, look: Look) -> None:
    """Its author is told and not charged; the ledger keeps what it may have cost."""
    job = await running(store, sent=True)

    recovered = await store.recover(NOW + SOON, repeat=False)

    assert recovered.requeued == ()
    [unknown] = recovered.ended
    assert unknown == await store.job(job.id)
    assert (unknown.state, unknown.failure) == (State.UNKNOWN, "unknown")
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}
    assert look("SELECT micro FROM ledger WHERE kind = 'unknown'") == [{"micro": job.estimate}]
    delivery = await store.next_delivery(NOW + SOON, LEASE)
    assert delivery is not None
    assert (delivery.job.id, delivery.pictures) == (job.id, ())


async def test_repeating_draws_once_more_and_no_more(store: Store, look: Look) -> None:
    """The second loss ends as unknown; both possible costs are in the ledger."""
    job = await running(store, sent=True)

    first = await store.recover(NOW, repeat=True)
    again = await store.claim("w", NOW, OVER)
    assert again is not None
    await store.intend(again, 1, "openai", NOW)
    second = await store.recover(NOW, repeat=True)

    assert [each.id for each in first.requeued] == [job.id]
    assert [each.id for each in second.ended] == [job.id]
    assert look("SELECT attempt FROM ledger WHERE kind = 'unknown' ORDER BY attempt") == [
        {"attempt": 1},
        {"attempt": 2},
    ]
    assert look("SELECT DISTINCT state FROM call") == [{"state": "unknown"}]


async def test_a_job_that_is_repeated_can_be_drawn(store: Store) -> None:
    """It is charged once."""
    await running(store, sent=True)
    await store.recover(NOW, repeat=True)
    again = await store.claim("w", NOW, LEASE)
    assert again is not None

    assert await store.keep(again, [picture()], 30_000, "p", NOW)
    assert {c.used for c in await store.counters(1, 1, NOW)} == {Amount(1, 30_000)}


async def test_being_put_back_by_an_orderly_stop_does_not_use_up_the_repeat(
    store: Store,
) -> None:
    """Only a lost call does."""
    job = await running(store, sent=False)
    await store.requeue(job, NOW)
    again = await store.claim("w", NOW, OVER)
    assert again is not None
    await store.intend(again, 1, "openai", NOW)

    recovered = await store.recover(NOW, repeat=True)

    assert [each.id for each in recovered.requeued] == [job.id]


async def test_a_job_is_left_alone_while_somebody_else_may_be_drawing_it(
    store: Store, engine: Engine
) -> None:
    """Where several may work, until its lease ends; a process that works alone takes it at once."""
    await store.submit(draft(), LIMITS, NOW)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None

    early = await store.recover(NOW + LEASE - SOON, repeat=False)
    late = await store.recover(NOW + LEASE, repeat=False)

    assert [each.id for each in early.requeued] == ([] if engine.shared else [job.id])
    assert [each.id for each in late.requeued] == ([job.id] if engine.shared else [])


async def test_a_delivery_that_was_being_posted_is_free_once_nobody_can_be_posting_it(
    store: Store, engine: Engine
) -> None:
    """Paid pictures do not wait for the lease of a process that is gone for sure."""
    job = await running(store, sent=False)
    await store.keep(job, [picture()], 1, "p", NOW)
    await store.next_delivery(NOW, LEASE)
    assert await store.next_delivery(NOW + SOON, LEASE) is None

    await store.recover(NOW + SOON, repeat=False)

    when = NOW + LEASE if engine.shared else NOW + SOON
    assert await store.next_delivery(when - SOON, LEASE) is None
    delivery = await store.next_delivery(when, LEASE)
    assert delivery is not None
    assert delivery.job.id == job.id


async def test_what_waits_and_what_is_finished_is_left_alone(store: Store, look: Look) -> None:
    """Recovering twice is the same as once."""
    await store.submit(draft(member=2), LIMITS, NOW)
    await running(store, sent=True)
    await running(store, sent=False)
    await store.recover(NOW, repeat=False)
    before = [look(f"SELECT * FROM {table}") for table in ("job", "ledger", "member_lane")]

    recovered = await store.recover(NOW, repeat=False)

    assert (recovered.requeued, recovered.ended) == ((), ())
    assert [look(f"SELECT * FROM {table}") for table in ("job", "ledger", "member_lane")] == before


async def test_lanes_that_were_changed_by_hand_are_put_right(store: Store, look: Look) -> None:
    """Jobs that an operator queued again in a shell are found after a restart."""
    job = (await store.submit(draft(), LIMITS, NOW)).job
    await store.cancel(job.id, 1, NOW)
    look("UPDATE job SET state = 'queued'")
    assert await store.claim("w", NOW, LEASE) is None

    await store.recover(NOW, repeat=False)

    claimed = await store.claim("w", NOW, LEASE)
    assert claimed is not None
    assert claimed.id == job.id


async def test_a_job_that_is_in_hand_at_each_crash_is_given_up(store: Store) -> None:
    """It may be what brings the process down; its author is told and charged nothing."""
    job = await running(store, sent=False)

    for _ in range(MAX_CRASHES - 1):
        recovered = await store.recover(NOW, repeat=False)
        assert [each.id for each in recovered.requeued] == [job.id]
        await store.claim("w", NOW, OVER)
    recovered = await store.recover(NOW, repeat=False)

    assert [(each.id, each.failure) for each in recovered.ended] == [(job.id, "crashed")]
    assert {c.taken for c in await store.counters(1, 1, NOW)} == {Amount()}


async def test_our_own_stop_is_not_held_against_a_job(store: Store) -> None:
    """However often it is put back, it waits again."""
    job = await running(store, sent=False)
    for _ in range(2 * MAX_CRASHES):
        await store.requeue(job, NOW)
        again = await store.claim("w", NOW, OVER)
        assert again is not None
        job = again

    recovered = await store.recover(NOW, repeat=False)

    assert [each.id for each in recovered.requeued] == [job.id]


async def test_while_others_work_only_leases_that_ended_are_sorted_out(store: Store) -> None:
    """What is in hand, and what is still within its time, is left alone."""
    gone = await running(store, sent=False)
    lost = await running(store, sent=True)
    in_hand = await running(store, sent=True, member=2)
    late = NOW + LEASE + SOON
    await store.submit(draft(member=2), LIMITS, late)
    recent = await store.claim("w", late, LEASE)
    assert recent is not None

    recovered = await store.recover(late, repeat=False, held={in_hand.id})

    assert [each.id for each in recovered.requeued] == [gone.id]
    assert [(each.id, each.state) for each in recovered.ended] == [(lost.id, State.UNKNOWN)]
    assert await store.renew(in_hand, late, LEASE)
    assert await store.renew(recent, late, LEASE)


async def test_deliveries_in_hand_stay_there_while_others_work(store: Store) -> None:
    """Only a start sets them free."""
    job = await running(store, sent=True)
    await store.keep(job, [picture()], 1, "p", NOW)
    assert await store.next_delivery(NOW, LEASE) is not None

    await store.recover(NOW + SOON, repeat=False, held=())

    assert await store.next_delivery(NOW + SOON, LEASE) is None


@pytest.mark.parametrize("repeat", [False, True])
async def test_everything_survives_closing_and_opening(
    engine: Engine, tmp_path: Path, repeat: bool
) -> None:
    """What one process stored, the next one finds."""
    first = engine.store(tmp_path)
    await first.open()
    sent = await running(first, sent=True)
    unsent = await running(first, sent=False)
    waiting = (await first.submit(draft(), LIMITS, NOW)).job
    await first.close()

    second = engine.store(tmp_path)
    await second.open()
    try:
        recovered = await second.recover(NOW, repeat=repeat)
        lost = [sent.id] if not repeat else []
        assert [each.id for each in recovered.ended] == lost
        assert {unsent.id} <= {each.id for each in recovered.requeued}
        assert await second.job(waiting.id) == waiting
    finally:
        await second.close()
