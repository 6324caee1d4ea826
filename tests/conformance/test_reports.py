"""What is told about the queue."""

from __future__ import annotations

import random

import pytest

from bot.core.jobs import Job, State
from bot.core.stores import Store
from tests.conformance.world import LEASE, LIMITS, NOW, draft, limits, picture

WIDE = limits(server_slots=1_000, member_slots=1_000)


async def test_a_job_that_does_not_exist_is_none(store: Store) -> None:
    """So are its place and its author's list."""
    assert await store.job(404) is None
    assert await store.ahead(404) is None
    assert await store.unfinished(1, 1) == ()


async def test_live_jobs_are_counted_by_state(store: Store) -> None:
    """Finished ones are not."""
    assert await store.counts() == {State.QUEUED: 0, State.RUNNING: 0, State.DRAWN: 0}
    for _ in range(6):
        await store.submit(draft(), WIDE, NOW)
    for _ in range(2):
        await store.claim("w", NOW, LEASE)
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    await store.keep(job, [picture()], 1, "p", NOW)

    assert await store.counts() == {State.QUEUED: 3, State.RUNNING: 2, State.DRAWN: 1}


async def test_a_member_sees_what_is_unfinished_oldest_first(store: Store) -> None:
    """Waiting, running and drawn; not what is done, nor what is somebody else's."""
    mine = [(await store.submit(draft(), WIDE, NOW)).job.id for _ in range(5)]
    await store.submit(draft(member=2), WIDE, NOW)
    await store.submit(draft(guild=2), WIDE, NOW)
    await store.cancel(mine[4], 1, NOW)
    claimed: list[Job] = []
    while len(claimed) < 2:
        job = await store.claim("w", NOW, LEASE)
        assert job is not None
        if job.place.guild_id == job.place.member_id == 1:
            claimed.append(job)
    await store.keep(claimed[0], [picture()], 1, "p", NOW)

    unfinished = await store.unfinished(1, 1)

    assert [each.job.id for each in unfinished] == mine[:4]
    assert [each.job.state for each in unfinished] == [
        State.DRAWN,
        State.RUNNING,
        State.QUEUED,
        State.QUEUED,
    ]
    assert [each.ahead for each in unfinished] == [0, 0, 0, 1]
    assert [await store.ahead(each.job.id) for each in unfinished] == [None, None, 0, 1]


async def started(store: Store) -> list[int]:
    """The ids of all that waits, in the order in which it starts."""
    ids = []
    while (job := await store.claim("w", NOW, LEASE)) is not None:
        ids.append(job.id)
    return ids


async def ask(store: Store, draw: random.Random, requests: int) -> list[int]:
    """Requests of one price by members of three servers."""
    return [
        (await store.submit(draft(draw.randint(1, 3), draw.randint(1, 3)), WIDE, NOW)).job.id
        for _ in range(requests)
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_as_many_start_before_it_as_was_said(store: Store, seed: int) -> None:
    """Where nobody had a turn yet and all cost the same, the place in the queue is exact."""
    waiting = await ask(store, random.Random(seed), 20)
    said = {job_id: await store.ahead(job_id) for job_id in waiting}

    order = await started(store)

    assert said == {job_id: order.index(job_id) for job_id in waiting}


@pytest.mark.parametrize("seed", range(4))
async def test_about_as_many_start_before_it_as_was_said(store: Store, seed: int) -> None:
    """In the middle of it all, each other lane may be wrong by one request."""
    draw = random.Random(seed)
    await ask(store, draw, 12)
    for _ in range(4):
        await store.claim("w", NOW, LEASE)
    waiting = await ask(store, draw, 12)
    said = {job_id: await store.ahead(job_id) for job_id in waiting}

    order = await started(store)

    for job_id, places in said.items():
        assert places is not None
        assert abs(places - order.index(job_id)) <= 4


async def test_a_busy_server_does_not_push_a_quiet_one_back(store: Store) -> None:
    """One request behind two hundred of somebody else has about one before it."""
    for _ in range(200):
        await store.submit(draft(guild=1), LIMITS, NOW)
    mine = (await store.submit(draft(guild=2), LIMITS, NOW)).job

    assert await store.ahead(mine.id) in {0, 1}


async def test_a_long_queue_of_ones_own_is_counted(store: Store) -> None:
    """Up to a hundred one by one, and as at least that many beyond."""
    ids = [(await store.submit(draft(), WIDE, NOW)).job.id for _ in range(120)]

    assert await store.ahead(ids[0]) == 0
    assert await store.ahead(ids[57]) == 57
    assert await store.ahead(ids[119]) == 99
