"""What those who manage a server are shown, and what they may do to its queue."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.core.bookkeeping import By, Span, bits, draw_up, ranking, write_csv
from bot.core.guilds import GuildSettings
from bot.core.jobs import State
from bot.core.quotas import Amount
from bot.core.stores import Store
from bot.storage.values import stamp
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, limits, picture

ADMIN = 7


async def test_the_queue_of_a_server_shows_what_runs_and_what_waits(store: Store) -> None:
    """Whoever asked, with the place of each; other servers are not in it, but before it."""
    await store.submit(draft(member=1), LIMITS, NOW)
    running = await store.claim("w", NOW, LEASE)
    assert running is not None
    mine = [(await store.submit(draft(member=1), LIMITS, NOW)).job.id for _ in range(2)]
    theirs = (await store.submit(draft(member=2), LIMITS, NOW)).job.id
    await store.submit(draft(guild=2), LIMITS, NOW)

    queue = await store.guild_queue(1, 10)

    assert (queue.running, queue.waiting) == (1, 3)
    assert [each.job.id for each in queue.shown] == [running.id, *mine, theirs]
    assert queue.shown[0].job.state is State.RUNNING
    for each in queue.shown[1:]:
        assert each.ahead == await store.ahead(each.job.id)


async def test_the_queue_is_read_in_parts(store: Store) -> None:
    """Each request is in one of them, and the sums are of all."""
    ids = [(await store.submit(draft(member=n % 3), LIMITS, NOW)).job.id for n in range(7)]

    parts = [await store.guild_queue(1, 3, skip=skip) for skip in (0, 3, 6)]

    assert [each.job.id for part in parts for each in part.shown] == ids
    assert {part.waiting for part in parts} == {7}
    for part in parts:
        for each in part.shown:
            assert each.ahead == await store.ahead(each.job.id)


async def test_clearing_cancels_all_that_waits_and_nothing_else(store: Store, look: Look) -> None:
    """What runs goes on, other servers wait on, and everything that was reserved is released."""
    await store.submit(draft(), LIMITS, NOW)
    running = await store.claim("w", NOW, LEASE)
    assert running is not None
    waiting = [(await store.submit(draft(member=n), LIMITS, NOW)).job.id for n in (1, 2, 2)]
    other = (await store.submit(draft(guild=2), LIMITS, NOW)).job.id

    cleared = await store.clear_queue(1, ADMIN, NOW)

    assert [job.id for job in cleared] == waiting
    for job_id in waiting:
        job = await store.job(job_id)
        assert job is not None
        assert (job.state, job.cancelled_by) == (State.CANCELLED, ADMIN)
    left = await store.job(other)
    assert left is not None
    assert left.state is State.QUEUED
    [reserved] = look(
        "SELECT sum(reserved_pictures) AS n FROM quota_counter"
        " WHERE guild_id = 1 AND account = 'server' AND period = 'day'"
    )
    assert reserved["n"] == 1
    [change, *_] = await store.audit(1, 10)
    assert (change.what, change.before, change.after) == (
        "the queue",
        "3 requests waiting",
        "cancelled",
    )
    assert await store.clear_queue(1, ADMIN, NOW) == ()
    assert len(await store.audit(1, 10)) == 1
    job = await store.claim("w", NOW, LEASE)
    assert job is not None
    assert job.id == other


async def test_who_cancels_what_somebody_else_asked_for_is_written_down(store: Store) -> None:
    """Waiting or running; one's own is nobody's business."""
    first, second, third = [(await store.submit(draft(), LIMITS, NOW)).job for _ in range(3)]
    await store.claim("w", NOW, LEASE)

    await store.cancel(first.id, ADMIN, NOW)
    await store.cancel(second.id, ADMIN, NOW)
    await store.cancel(third.id, third.place.member_id, NOW)

    said = [(each.what, each.before, each.after) for each in await store.audit(1, 10)]
    assert said == [
        (f"request {second.id} of <@1>", "waiting", "cancelled"),
        (f"request {first.id} of <@1>", "being drawn", "cancelled"),
    ]


async def test_a_paused_server_starts_nothing_until_it_goes_on(store: Store) -> None:
    """What runs goes on, what waits keeps its place, and others are not held up."""
    await store.submit(draft(), LIMITS, NOW)
    await store.choose(1, GuildSettings(paused=True), LIMITS, ADMIN, NOW)
    late = (await store.submit(draft(), LIMITS, NOW)).job
    other = (await store.submit(draft(guild=2), LIMITS, NOW)).job

    assert [await claimed(store) for _ in range(2)] == [other.id, None]
    assert await store.ahead(late.id) is not None

    await store.choose(1, GuildSettings(), LIMITS, ADMIN, NOW)
    assert await claimed(store) is not None


async def claimed(store: Store) -> int | None:
    """The number of the next request to be drawn."""
    job = await store.claim("w", NOW, LEASE)
    return job.id if job else None


async def test_the_last_change_of_each_thing_is_known(store: Store) -> None:
    """Of one server, whoever made it and whatever else was changed since."""
    await store.choose(1, GuildSettings(zone="Asia/Tokyo"), LIMITS, 7, NOW)
    await store.choose(1, GuildSettings(zone="UTC", show_costs=True), LIMITS, 8, NOW + SOON)
    await store.choose(2, GuildSettings(always_spoiler=True), LIMITS, 9, NOW)

    last = await store.changed_last(1)

    assert set(last) == {"setting zone", "setting show costs"}
    assert {each.actor_id for each in last.values()} == {8}
    assert last["setting zone"].before == "Asia/Tokyo"


async def test_the_audit_can_be_followed(store: Store) -> None:
    """From wherever somebody stopped, in the order in which it was written, in all servers."""
    assert await store.audit_after(None, 10) == ()
    await store.choose(1, GuildSettings(show_costs=True), LIMITS, 7, NOW)
    [newest] = await store.audit_after(None, 10)
    assert await store.audit_after(newest.id, 10) == ()

    await store.choose(2, GuildSettings(show_costs=True), LIMITS, 7, NOW)
    await store.choose(1, GuildSettings(), LIMITS, 8, NOW)

    following = await store.audit_after(newest.id, 10)
    assert [(each.guild_id, each.actor_id) for each in following] == [(2, 7), (1, 8)]
    assert await store.audit_after(newest.id, 1) == following[:1]


async def test_what_was_spent_is_told_by_time_member_and_model(store: Store, look: Look) -> None:
    """A request counts where it was accepted; what failed, waits or runs is not spent."""
    wide = limits(server_slots=100, member_slots=100)
    marks = [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)]
    accepted = [NOW, NOW + timedelta(minutes=59), marks[1], marks[2]]
    for at in accepted:
        await store.submit(draft(pictures=2), wide, at)
    for cost in (7, 11, 13, 17):
        job = await store.claim("w", marks[2], LEASE)
        assert job is not None
        await store.keep(job, [picture()], cost, "p", marks[2])
    await store.submit(draft(), wide, NOW)

    spent = await store.spent(1, marks)

    assert [(each.starts_at, each.requests, each.pictures, each.micro) for each in spent] == [
        (marks[0], 2, 2, 18),
        (marks[1], 1, 1, 13),
    ]
    assert {(each.member_id, each.model) for each in spent} == {(1, "gpt-image-2.5-flare")}
    assert await store.spent(2, marks) == ()


TEN_THOUSAND = 10_000


def fill(look: Look) -> None:
    """Ten thousand requests of a month in two servers: drawn, failed, running and waiting."""
    start = int(NOW.replace(day=1, hour=0).timestamp()) * 1_000_000
    jobs, ledger = [], []
    for n in range(1, TEN_THOUSAND + 1):
        guild, member, model = 1 + n % 2, n * n % 37, f"model-{n * n % 11}"
        at, pictures, micro = start + n * 7 * 37_000_003, 1 + n % 4, n * 7_919 % 90_001
        state = "failed" if n % 9 == 0 else "delivered"
        jobs.append(
            f"({n}, {guild}, 50, {member}, 900, '', 1000, '{{\"model\":\"{model}\"}}', "
            f"{pictures}, {micro}, '{state}', 'UTC', {at})"
        )
        ledger.append(f"({n}, 1, 'reserve', {pictures}, {micro}, {at})")
        ledger.append(f"({n}, 1, 'release', {pictures}, {micro}, {at})")
        if state == "delivered":
            ledger.append(f"({n}, 1, 'charge', {pictures}, {micro // 2}, {at})")
    look(
        "INSERT INTO job (interaction_id, guild_id, channel_id, member_id, application_id,"
        " token, upload_limit, request, pictures, estimate, state, zone, accepted_at) VALUES "
        + ", ".join(jobs)
    )
    look(
        "INSERT INTO ledger (job_id, attempt, kind, pictures, micro, at) VALUES "
        + ", ".join(ledger)
    )


async def test_chart_and_table_agree_with_the_ledger_for_ten_thousand_requests(
    store: Store, look: Look
) -> None:
    """In three time zones: no picture and no micro-dollar is missing, or there twice."""
    fill(look)
    for zone in map(ZoneInfo, ("UTC", "America/New_York", "Australia/Lord_Howe")):
        marks = bits(Span.MONTH, NOW, zone)
        [sums] = look(
            "SELECT sum(l.pictures) AS pictures, sum(l.micro) AS micro, count(*) AS requests"
            " FROM ledger l JOIN job ON job.id = l.job_id WHERE kind = 'charge' AND guild_id = 1"
            f" AND accepted_at >= {stamp(marks[0])} AND accepted_at < {stamp(marks[-1])}"
        )
        spent = await store.spent(1, marks)
        table = list(csv.DictReader(write_csv(spent, zone).decode().splitlines()))

        for by in By:
            chart = draw_up(spent, marks, by, "title", zone)
            assert chart.total == Amount(sums["pictures"], sums["micro"])
            assert sum((amount for _, amount in ranking(spent, by)), Amount()) == chart.total
        assert sum(int(row["pictures"]) for row in table) == sums["pictures"]
        assert sum(int(row["microdollars"]) for row in table) == sums["micro"]
        assert sum(int(row["requests"]) for row in table) == sums["requests"]
        assert sum(Decimal(row["dollars"]) for row in table) == Decimal(sums["micro"]) / 1_000_000
        assert sums["requests"] > TEN_THOUSAND // 4
        days = Counter(row["from"] for row in table)
        assert all(datetime.fromisoformat(day).time() == time.min for day in days)
