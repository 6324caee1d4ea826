"""Taking the next job."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.errors import Blocked
from bot.core.jobs import Job, State
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, limits, picture


async def claims(store: Store, most: int = 1_000) -> list[Job]:
    """What is claimed until nothing may start, or that many."""
    found: list[Job] = []
    while len(found) < most and (job := await store.claim("w", NOW, LEASE)) is not None:
        found.append(job)
    return found


async def test_nothing_is_claimed_where_nothing_waits(store: Store) -> None:
    """None is an answer, not an error."""
    assert await store.claim("w", NOW, LEASE) is None


async def test_a_claimed_job_runs_with_a_new_attempt(store: Store, look: Look) -> None:
    """Its state, attempt, start and lease are set, and what was accepted stays."""
    job = (await store.submit(draft(), LIMITS, NOW)).job

    claimed = await store.claim("worker-1", NOW + SOON, LEASE)

    assert claimed is not None
    assert claimed == await store.job(job.id)
    assert (claimed.state, claimed.attempt, claimed.started_at) == (State.RUNNING, 1, NOW + SOON)
    assert (claimed.request, claimed.accepted_at) == (job.request, NOW)
    [row] = look("SELECT worker, lease_until - started_at AS lease FROM job")
    assert row == {"worker": "worker-1", "lease": LEASE // timedelta(microseconds=1)}


async def test_a_member_is_served_in_the_order_of_asking(store: Store) -> None:
    """Nothing of one member overtakes."""
    ids = [(await store.submit(draft(), LIMITS, NOW)).job.id for _ in range(3)]
    await store.set_limits(limits(member_slots=9, server_slots=9))

    assert [job.id for job in await claims(store)] == ids


async def test_caps_count_the_pictures_that_are_drawn_at_once(store: Store) -> None:
    """A lane below its cap may start one more request, however large; one at its cap may not."""
    caps = limits(member_slots=4, server_slots=100)
    for pictures in (3, 5, 1):
        await store.submit(draft(pictures=pictures), caps, NOW)

    running = await claims(store)
    assert [job.request.count for job in running] == [3, 5]

    await store.keep(running[1], [picture(i) for i in range(5)], 1, "p", NOW)
    assert [job.request.count for job in await claims(store)] == [1]


async def test_a_member_at_the_cap_does_not_hold_up_the_server(store: Store) -> None:
    """The others' requests start meanwhile."""
    caps = limits(member_slots=1, server_slots=3)
    for member in (1, 1, 1, 2):
        await store.submit(draft(member=member), caps, NOW)

    assert [job.place.member_id for job in await claims(store)] == [1, 2]


async def test_a_server_at_its_cap_does_not_hold_up_the_others(store: Store) -> None:
    """Neither do two hundred requests that wait in it: the other's request is next."""
    caps = limits(member_slots=2, server_slots=2)
    for _ in range(200):
        await store.submit(draft(guild=1), caps, NOW)
    assert len(await claims(store)) == 2

    await store.submit(draft(guild=2), caps, NOW)

    assert [job.place.guild_id for job in await claims(store)] == [2]


async def test_a_quiet_server_is_next_behind_a_busy_one(store: Store) -> None:
    """Two hundred of one server wait and its cap is not reached: the other's request is next."""
    caps = limits(member_slots=1_000, server_slots=1_000)
    for _ in range(200):
        await store.submit(draft(guild=1), caps, NOW)
    await claims(store, 10)

    await store.submit(draft(guild=2), caps, NOW)

    assert [job.place.guild_id for job in await claims(store, 1)] == [2]


async def test_a_quiet_member_is_next_behind_a_busy_one(store: Store) -> None:
    """The same inside one server."""
    caps = limits(member_slots=1_000, server_slots=1_000)
    for _ in range(200):
        await store.submit(draft(member=1), caps, NOW)
    await claims(store, 10)

    await store.submit(draft(member=2), caps, NOW)

    assert [job.place.member_id for job in await claims(store, 1)] == [2]


async def test_two_servers_take_turns_by_cost(store: Store) -> None:
    """One that asks for pictures of four times the price gets a quarter as many."""
    caps = limits(member_slots=1_000, server_slots=1_000)
    for _ in range(50):
        await store.submit(draft(guild=1, estimate=10_000), caps, NOW)
        await store.submit(draft(guild=2, estimate=40_000), caps, NOW)

    served = [job.place.guild_id for job in await claims(store, 50)]

    assert served.count(1) == 40
    assert served.count(2) == 10


async def test_free_pictures_take_turns_as_well(store: Store) -> None:
    """An estimate of nothing does not go first for ever."""
    caps = limits(member_slots=1_000, server_slots=1_000)
    for guild in (1, 2):
        for _ in range(10):
            await store.submit(draft(guild=guild, estimate=0), caps, NOW)

    assert sorted(job.place.guild_id for job in await claims(store, 4)) == [1, 1, 2, 2]


async def test_having_been_quiet_earns_no_credit(store: Store) -> None:
    """A server that comes back takes turns at once, and does not first catch up."""
    caps = limits(member_slots=1_000, server_slots=1_000)
    for _ in range(40):
        await store.submit(draft(guild=1), caps, NOW)
    await claims(store, 20)
    for _ in range(20):
        await store.submit(draft(guild=2), caps, NOW)

    served = [job.place.guild_id for job in await claims(store, 10)]

    assert served.count(1) == served.count(2) == 5


async def test_a_turn_that_was_dearer_than_thought_is_paid_for(store: Store) -> None:
    """The lane moves by what it did cost once that is known."""
    caps = limits(member_slots=1_000, server_slots=1_000)
    for _ in range(10):
        await store.submit(draft(guild=1, estimate=10_000), caps, NOW)
        await store.submit(draft(guild=2, estimate=10_000), caps, NOW)
    for job in await claims(store, 2):
        dear = job.place.guild_id == 1
        await store.keep(job, [picture()], 50_000 if dear else 10_000, "p", NOW)

    served = [job.place.guild_id for job in await claims(store, 5)]

    assert served == [2, 2, 2, 2, 1]


async def test_a_refused_request_has_had_its_turn(store: Store) -> None:
    """Asking for what always fails does not go first for ever."""
    caps = limits(member_slots=1, server_slots=1)
    for guild in (1, 2):
        for _ in range(3):
            await store.submit(draft(guild=guild), caps, NOW)
    served = []
    for _ in range(4):
        [job] = await claims(store, 1)
        served.append(job.place.guild_id)
        if job.place.guild_id == 1:
            await store.fail(job, refusal(), NOW)
        else:
            await store.keep(job, [picture()], job.estimate, "p", NOW)

    assert served == [1, 2, 1, 2]


async def test_new_slots_hold_for_every_lane_at_once(store: Store) -> None:
    """Raised caps let waiting jobs start; lowered ones let nothing more start."""
    for member in (1, 1, 2, 2):
        await store.submit(draft(member=member), limits(member_slots=1, server_slots=1), NOW)
    assert len(await claims(store)) == 1

    await store.set_limits(limits(member_slots=1, server_slots=2))
    assert len(await claims(store)) == 1

    await store.set_limits(limits(member_slots=2, server_slots=1))
    assert await claims(store) == []

    await store.set_limits(limits(member_slots=2, server_slots=9))
    assert len(await claims(store)) == 2


async def test_more_slots_are_no_credit_for_the_time_without(store: Store) -> None:
    """A server, and a member, that could not go on takes turns at once and does not catch up."""
    for guild, member in ((1, 1), (2, 1), (2, 2)):
        for _ in range(30):
            await store.submit(draft(guild, member), limits(member_slots=1, server_slots=2), NOW)
    for _ in range(10):
        for job in await claims(store):
            if (job.place.guild_id, job.place.member_id) == (2, 2):
                await store.keep(job, [picture()], job.estimate, "p", NOW)

    await store.set_limits(limits(member_slots=1_000, server_slots=1_000))
    served = [(job.place.guild_id, job.place.member_id) for job in await claims(store, 12)]

    assert 5 <= len([guild for guild, _ in served if guild == 1]) <= 7
    assert 2 <= served.count((2, 1)) <= 4


async def test_the_same_slots_again_touch_no_lane(store: Store, look: Look) -> None:
    """A start with unchanged settings does not depend on how many lanes there are."""
    await store.submit(draft(), LIMITS, NOW)
    await store.set_limits(LIMITS)
    look("UPDATE guild_lane SET cap = 77")

    await store.set_limits(LIMITS)

    assert look("SELECT cap FROM guild_lane") == [{"cap": 77}]


async def test_flags_that_were_changed_by_hand_are_put_right(store: Store, look: Look) -> None:
    """A ready lane with nothing in it does not stop the others."""
    await store.submit(draft(guild=1), LIMITS, NOW)
    await store.submit(draft(guild=2), LIMITS, NOW)
    look("UPDATE job SET state = 'cancelled' WHERE guild_id = 1")

    assert [job.place.guild_id for job in await claims(store)] == [2]
    assert (
        look("SELECT ready FROM guild_lane UNION ALL SELECT ready FROM member_lane")
        == [{"ready": 0}] * 4
    )


async def test_a_lease_is_prolonged_by_who_holds_it(store: Store, look: Look) -> None:
    """And by nobody else."""
    await store.submit(draft(), LIMITS, NOW)
    [job] = await claims(store)

    assert await store.renew(job, NOW + LEASE, LEASE)
    [row] = look("SELECT lease_until - started_at AS lease FROM job")
    assert row == {"lease": 2 * LEASE // timedelta(microseconds=1)}

    assert await store.requeue(job, NOW)
    assert not await store.renew(job, NOW, LEASE)


async def test_a_claim_whose_caller_is_gone_is_whole(store: Store, look: Look) -> None:
    """The job runs, its lanes are charged, and the next start finds it."""
    job = (await store.submit(draft(), LIMITS, NOW)).job

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await store.claim("w", NOW, LEASE)
    await store.close()  # what was handed over is finished by then
    await store.open()

    assert await store.claim("w", NOW, LEASE) is None
    assert look("SELECT state, attempt FROM job") == [{"state": "running", "attempt": 1}]
    assert look("SELECT vtime FROM guild_lane") == [{"vtime": 40_000_000}]
    recovered = await store.recover(NOW + LEASE, repeat=False)
    assert [each.id for each in recovered.requeued] == [job.id]


def refusal() -> Blocked:
    """A provider that does not want to draw this."""
    return Blocked("moderation")
