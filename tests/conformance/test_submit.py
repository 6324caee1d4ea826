"""Accepting requests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import QueueFull, QuotaExceeded, Unavailable
from bot.core.images import Background, Format, ImageRequest, Quality, Size, Style
from bot.core.jobs import Draft, Place, State
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Subject
from bot.core.stores import Store, Submitted
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, draft, limits, rule


async def test_an_accepted_request_is_stored_to_the_last_letter(store: Store) -> None:
    """Every field that was submitted is there when the job is read again."""
    asked = Draft(
        place=Place(
            guild_id=2**62,
            channel_id=2**62 + 1,
            member_id=2**62 + 2,
            interaction_id=2**62 + 3,
            token="secret",
            application_id=2**62 + 4,
            message_id=2**62 + 5,
            upload_limit=50 * 1024 * 1024,
        ),
        request=ImageRequest(
            prompt="quotes ' \" ; -- and 🌊\nlines",
            model="a-model",
            size=Size(1536, 1024),
            quality=Quality.HIGH,
            count=3,
            format=Format.WEBP,
            background=Background.TRANSPARENT,
            style=Style.OIL_PAINTING,
            avoid="rain",
            spoiler=True,
        ),
        estimate=123_456,
    )

    job = (await store.submit(asked, LIMITS, NOW)).job

    assert await store.job(job.id) == job
    assert (job.place, job.request, job.estimate) == (asked.place, asked.request, 123_456)
    assert (job.state, job.attempt, job.accepted_at) == (State.QUEUED, 0, NOW)
    assert (job.started_at, job.finished_at, job.cost, job.failure) == (None, None, None, None)


async def test_the_same_interaction_is_accepted_once(store: Store, look: Look) -> None:
    """The second submission answers the first job, and reserves nothing."""
    first = await store.submit(draft(interaction=5), LIMITS, NOW)

    second = await store.submit(draft(interaction=5, pictures=9), LIMITS, NOW)

    assert first.new
    assert second == Submitted(job=first.job, new=False)
    assert look("SELECT count(*) AS n FROM job") == [{"n": 1}]
    assert look("SELECT sum(pictures) AS n FROM ledger") == [{"n": 1}]


async def test_the_same_interaction_is_answered_even_where_nothing_more_fits(
    store: Store,
) -> None:
    """A double click on a full queue is not refused: its request is in that queue."""
    tight = limits(member_queue=1)
    first = await store.submit(draft(interaction=5), tight, NOW)
    await store.set_rule(rule(pictures=0))

    assert (await store.submit(draft(interaction=5), tight, NOW)).job == first.job


async def test_what_is_reserved_is_counted_for_server_and_member_in_every_period(
    store: Store, look: Look
) -> None:
    """Eight counters, four for the operator and one row of the ledger hold the estimate."""
    await store.submit(draft(pictures=3, estimate=900), LIMITS, NOW)

    counters = await store.counters(1, 1, NOW)

    whose = {Account.SERVER: 1, Account.MEMBER: 1}
    assert {(c.tally.account, c.tally.account_id, c.tally.period) for c in counters} == {
        (account, account_id, period) for account, account_id in whose.items() for period in Period
    }
    assert {c.reserved for c in counters} == {Amount(3, 900)}
    assert {c.used for c in counters} == {Amount()}
    assert all(c.starts_at == c.tally.period.start(NOW) for c in counters)
    paid = look("SELECT * FROM quota_counter WHERE account = 'operator'")
    assert {(row["guild_id"], row["account_id"], row["period"]) for row in paid} == {
        (0, 0, "day"),
        (0, 0, "month"),
        (1, 1, "day"),
        (1, 1, "month"),
    }
    assert {(row["reserved_pictures"], row["reserved_micro"]) for row in paid} == {(3, 900)}
    assert look("SELECT kind, attempt, pictures, micro FROM ledger") == [
        {"kind": "reserve", "attempt": 0, "pictures": 3, "micro": 900}
    ]


async def test_a_member_may_have_only_so_much_waiting(store: Store) -> None:
    """The next request is refused by name of the member; what runs does not count."""
    tight = limits(member_queue=2, member_slots=1)
    await store.submit(draft(), tight, NOW)
    await store.claim("w", NOW, LEASE)
    for _ in range(2):
        await store.submit(draft(), tight, NOW)

    with pytest.raises(QueueFull) as refused:
        await store.submit(draft(), tight, NOW)

    assert (refused.value.whose, refused.value.waiting) == ("member", 2)
    assert (await store.submit(draft(member=2), tight, NOW)).new


async def test_a_server_may_have_only_so_much_waiting(store: Store) -> None:
    """The next request of whichever member is refused, and other servers are not."""
    tight = limits(server_queue=2)
    await store.submit(draft(member=1), tight, NOW)
    await store.submit(draft(member=2), tight, NOW)

    with pytest.raises(QueueFull) as refused:
        await store.submit(draft(member=3), tight, NOW)

    assert (refused.value.whose, refused.value.waiting) == ("server", 2)
    assert (await store.submit(draft(guild=2), tight, NOW)).new


async def test_a_full_queue_is_the_members_own_where_both_are_full(store: Store) -> None:
    """What the member can do something about is said first."""
    tight = limits(server_queue=1, member_queue=1)
    await store.submit(draft(), tight, NOW)

    with pytest.raises(QueueFull, match="member"):
        await store.submit(draft(), tight, NOW)


async def test_a_refused_request_leaves_nothing_behind(store: Store, look: Look) -> None:
    """No job, no lane, no counter, no ledger row."""
    await store.set_rule(rule(pictures=2))

    with pytest.raises(QuotaExceeded):
        await store.submit(draft(pictures=3), LIMITS, NOW)

    for table in ("job", "guild_lane", "member_lane", "quota_counter", "ledger"):
        assert look(f"SELECT * FROM {table}") == []


async def test_a_rule_for_the_server_counts_all_members_together(store: Store) -> None:
    """One member's pictures leave less for the others."""
    await store.set_rule(rule(Subject.SERVER, pictures=3))
    await store.submit(draft(member=1, pictures=2), LIMITS, NOW)

    with pytest.raises(QuotaExceeded) as refused:
        await store.submit(draft(member=2, pictures=2), LIMITS, NOW)

    assert (refused.value.whose, refused.value.period) == ("server", "day")
    assert refused.value.until == datetime(2026, 11, 21, tzinfo=UTC)
    assert (await store.submit(draft(member=2, pictures=1), LIMITS, NOW)).new


async def test_a_rule_for_everyone_counts_each_member_alone(store: Store) -> None:
    """One member's pictures leave the others theirs."""
    await store.set_rule(rule(Subject.EVERYONE, pictures=2))
    await store.submit(draft(member=1, pictures=2), LIMITS, NOW)

    with pytest.raises(QuotaExceeded) as refused:
        await store.submit(draft(member=1), LIMITS, NOW)

    assert (refused.value.whose, refused.value.period) == ("everyone", "day")

    assert (await store.submit(draft(member=2, pictures=2), LIMITS, NOW)).new


async def test_a_rule_in_dollars_counts_the_estimate(store: Store) -> None:
    """The estimate is the most a request can cost, so the rule cannot be overrun by accepting."""
    await store.set_rule(rule(pictures=None, micro=100_000))
    await store.submit(draft(estimate=60_000), LIMITS, NOW)

    with pytest.raises(QuotaExceeded):
        await store.submit(draft(estimate=40_001), LIMITS, NOW)

    assert (await store.submit(draft(estimate=40_000), LIMITS, NOW)).new


async def test_a_rule_starts_again_with_its_period(store: Store) -> None:
    """What was taken before midnight does not count after it."""
    late = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    await store.set_rule(rule(pictures=1))
    await store.submit(draft(), LIMITS, late)

    with pytest.raises(QuotaExceeded):
        await store.submit(draft(), LIMITS, late)

    assert (await store.submit(draft(), LIMITS, late + timedelta(microseconds=1))).new


async def test_a_rule_of_one_server_says_nothing_about_another(store: Store) -> None:
    """Counters and rules belong to one server."""
    await store.set_rule(rule(pictures=0, guild=2))

    assert (await store.submit(draft(guild=1), LIMITS, NOW)).new


async def test_fifty_at_once_on_a_quota_of_twenty_are_twenty(store: Store, look: Look) -> None:
    """No overshoot, whoever comes first."""
    await store.set_rule(rule(pictures=20))
    accepted: list[Submitted] = []
    refused: list[QuotaExceeded] = []

    async def ask(member: int) -> None:
        try:
            accepted.append(await store.submit(draft(member=member), LIMITS, NOW))
        except QuotaExceeded as full:
            refused.append(full)

    async with asyncio.TaskGroup() as group:
        for member in range(50):
            group.create_task(ask(member))

    assert (len(accepted), len(refused)) == (20, 30)
    assert look("SELECT sum(pictures) AS n FROM ledger WHERE kind = 'reserve'") == [{"n": 20}]
    [bound] = await store.bounds(1, 0, (), NOW)
    assert (bound.best.taken.pictures, bound.best.pictures_left) == (20, 0)


async def test_a_cancelled_caller_leaves_a_whole_transaction(store: Store, look: Look) -> None:
    """A submission whose caller is gone is there with all that belongs to it."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await store.submit(draft(interaction=5), LIMITS, NOW)

    again = await store.submit(draft(interaction=5), LIMITS, NOW)

    assert not again.new
    assert look("SELECT kind FROM ledger") == [{"kind": "reserve"}]
    assert look("SELECT count(*) AS n FROM quota_counter") == [{"n": 12}]
    claimed = await store.claim("w", NOW, LEASE)
    assert claimed is not None
    assert claimed.id == again.job.id


async def test_a_request_remembers_which_one_it_came_from(store: Store) -> None:
    """Again names its parent, unless that was erased meanwhile."""
    parent = (await store.submit(draft(), LIMITS, NOW)).job

    child = (await store.submit(draft(parent=parent.id), LIMITS, NOW)).job
    orphan = (await store.submit(draft(parent=12_345), LIMITS, NOW)).job

    assert child.parent_id == parent.id
    assert orphan.parent_id is None


async def test_the_message_that_shows_a_job_is_remembered(store: Store) -> None:
    """Deliveries and later edits find the card by it."""
    job = (await store.submit(draft(), LIMITS, NOW)).job

    await store.answered(job.id, 777)

    found = await store.job(job.id)
    assert found is not None
    assert found.place.message_id == 777


async def test_a_closed_store_takes_nothing(store: Store) -> None:
    """Whoever asks while the bot stops is told to try again."""
    await store.close()
    await store.close()

    with pytest.raises(Unavailable):
        await store.submit(draft(), LIMITS, NOW)
