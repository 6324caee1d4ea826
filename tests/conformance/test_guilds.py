"""What servers choose; and whose day it is when a server moves to another time zone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import QuotaExceeded
from bot.core.guilds import NOTHING_CHOSEN, GuildSettings
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Subject, Tally
from bot.core.stores import Store
from bot.storage.transactions import accounts, claim, finish, guilds, submit
from tests.conformance import proofs
from tests.conformance.conftest import Look
from tests.conformance.engines import Bench
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, limits, picture, rule

EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # 25 hours apart

ADMIN = 7

MINE, OURS = Tally(1, Account.MEMBER, 1, Period.DAY), Tally(1, Account.SERVER, 1, Period.DAY)


async def choose(store: Store, at: datetime = NOW, **values: object) -> GuildSettings:
    """Change settings of the first server; answers what they were."""
    after = replace((await store.policy(1)).chosen, **values)  # type: ignore[arg-type]
    return await store.choose(1, after, LIMITS, ADMIN, at)


async def test_settings_are_kept_for_each_server(store: Store) -> None:
    """Every field, and what was chosen before is answered."""
    all_of_it = GuildSettings(
        allowed_channels=frozenset({1, 2**62}),
        denied_channels=frozenset({3}),
        model="a-model",
        size="1024x1536",
        quality="low",
        format="webp",
        server_slots=2,
        member_slots=1,
        server_queue=10,
        member_queue=3,
        words=("cat", "ünïcödé"),
        always_spoiler=True,
        age_restricted_only=True,
        log_channel=77,
        show_costs=True,
        zone=EAST,
        retention_days=30,
        paused=True,
    )
    assert (await store.policy(1)).chosen == NOTHING_CHOSEN

    assert await store.choose(1, all_of_it, LIMITS, ADMIN, NOW) == NOTHING_CHOSEN
    assert (await store.policy(1)).chosen == all_of_it
    assert (await store.policy(2)).chosen == NOTHING_CHOSEN
    assert await store.choose(1, NOTHING_CHOSEN, LIMITS, ADMIN, NOW) == all_of_it
    assert (await store.policy(1)).chosen == NOTHING_CHOSEN


async def test_every_setting_that_changes_is_a_line_of_its_own(store: Store) -> None:
    """With what it was and what it is; what stays the same is not mentioned."""
    await choose(store, show_costs=True, log_channel=77)
    await choose(store, NOW + SOON, show_costs=True, log_channel=78, zone=EAST)

    changes = list(reversed(await store.audit(1, 9)))

    assert [(c.what, c.before, c.after) for c in changes] == [
        ("setting log channel", "", "<#77>"),
        ("setting show costs", "off", "on"),
        ("setting log channel", "<#77>", "<#78>"),
        ("setting zone", "UTC", EAST),
    ]
    assert {c.actor_id for c in changes} == {ADMIN}
    assert [c.at for c in changes] == [NOW, NOW, NOW + SOON, NOW + SOON]


async def test_a_server_that_chooses_fewer_slots_draws_fewer_at_once(store: Store) -> None:
    """From that moment, and after the next start; other servers draw as before."""
    await store.set_limits(LIMITS)
    for _ in range(3):
        await store.submit(draft(member=1), LIMITS, NOW)
        await store.submit(draft(member=2), LIMITS, NOW)

    await choose(store, server_slots=1)
    await store.set_limits(limits(server_slots=3))
    await store.submit(draft(guild=2), LIMITS, NOW)

    claimed = [await store.claim("w", NOW, LEASE) for _ in range(3)]
    assert [job.place.guild_id for job in claimed if job] == [1, 2]
    await choose(store, server_slots=None, member_slots=1)
    again = [await store.claim("w", NOW, LEASE) for _ in range(3)]
    assert len([job for job in again if job]) == 1


async def test_a_paused_server_keeps_its_queue_until_it_goes_on(store: Store) -> None:
    """Requests are taken meanwhile, and wait."""
    await store.submit(draft(), LIMITS, NOW)
    await choose(store, paused=True)
    await store.submit(draft(member=3), LIMITS, NOW)

    assert await store.claim("w", NOW, LEASE) is None
    await choose(store, paused=False)
    assert await store.claim("w", NOW, LEASE) is not None


async def test_a_limit_follows_the_servers_calendar(store: Store) -> None:
    """Its day ends at its own midnight, and the operator's at midnight of UTC."""
    await choose(store, zone="Asia/Kathmandu")
    await store.set_rule(rule(pictures=1))
    midnight = datetime(2026, 11, 20, 18, 15, tzinfo=UTC)
    await store.submit(draft(), LIMITS, midnight - timedelta(microseconds=1))

    with pytest.raises(QuotaExceeded) as refused:
        await store.submit(draft(), LIMITS, midnight - timedelta(microseconds=1))

    assert refused.value.until == midnight
    assert (await store.submit(draft(), LIMITS, midnight)).new
    with pytest.raises(QuotaExceeded):
        await store.submit(draft(), LIMITS, datetime(2026, 11, 21, tzinfo=UTC))


def ask(bench: Bench, at: datetime, *, drawn: bool = False, member: int = 1) -> None:
    """One picture at that time, which waits, or is drawn at once for 3 cents."""
    bench.run(submit.submit, draft(member=member), LIMITS, at)
    if drawn:
        job = bench.run(claim.claim, "w", at, LEASE)
        assert job is not None
        assert bench.run(finish.keep, job, [picture()], 30_000, "p", at)


def move(bench: Bench, zone: str, at: datetime) -> None:
    """Another time zone, with the books looked at before and after."""
    proofs.check(bench)
    bench.run(guilds.choose, 1, GuildSettings(zone=zone), LIMITS, ADMIN, at)
    proofs.check(bench)


def taken(bench: Bench, at: datetime) -> dict[str, int]:
    """Pictures of the member in each period; the server's are the same."""
    counters = bench.run(guilds.counters, 1, 1, at)
    mine = {c.tally.period.value: c.taken for c in counters if c.tally.account is Account.MEMBER}
    ours = {c.tally.period.value: c.taken for c in counters if c.tally.account is Account.SERVER}
    assert mine == ours
    return {period: amount.pictures for period, amount in mine.items()}


# 12:30 on Friday 20 November in UTC: half past two on Saturday in the east, half past one on Friday
# in the west. The east's day began at 10:00, the west's at 11:00.
HOURS_AGO = [timedelta(minutes=10), timedelta(hours=1, minutes=20), timedelta(hours=2, minutes=10)]


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize(
    ("old", "new", "day"),
    [(EAST, WEST, 2), (WEST, EAST, 3), ("UTC", EAST, 3), ("UTC", WEST, 2), (EAST, "UTC", 4)],
)
def test_the_running_day_is_the_new_ones(
    bench: Bench, old: str, new: str, day: int, drawn: bool
) -> None:
    """What was asked for since its midnight counts, no more and no less, and so does the week."""
    bench.run(guilds.choose, 1, GuildSettings(zone=old), LIMITS, ADMIN, NOW - timedelta(days=9))
    for ago in (*HOURS_AGO, timedelta(hours=5), timedelta(days=2)):
        ask(bench, NOW - ago, drawn=drawn)

    move(bench, new, NOW)

    assert taken(bench, NOW) == {"hour": 1, "day": day, "week": 5, "month": 5}


@pytest.mark.parametrize(("old", "new"), [(EAST, WEST), (WEST, EAST)])
def test_moving_there_and_back_changes_nothing(bench: Bench, old: str, new: str) -> None:
    """Neither what is taken, nor what was granted and forgiven."""
    bench.run(guilds.choose, 1, GuildSettings(zone=old), LIMITS, ADMIN, NOW - timedelta(days=9))
    for ago in reversed(HOURS_AGO):
        ask(bench, NOW - ago, drawn=True)
    bench.run(guilds.forgive, MINE, ADMIN, NOW)
    bench.run(guilds.grant, MINE, Amount(2, 5), ADMIN, NOW)
    ask(bench, NOW + SOON, drawn=True)
    before = bench.run(guilds.counters, 1, 1, NOW + SOON)

    move(bench, new, NOW + SOON)
    assert bench.run(guilds.counters, 1, 1, NOW + SOON) != before
    move(bench, old, NOW + SOON)

    assert bench.run(guilds.counters, 1, 1, NOW + SOON) == before


def test_a_new_beginning_is_worth_no_more_in_another_zone(bench: Bench) -> None:
    """What was forgiven and is not counted any more does not let anything in."""
    bench.run(guilds.choose, 1, GuildSettings(zone=EAST), LIMITS, ADMIN, NOW - timedelta(days=9))
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, pictures=3))
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)  # yesterday in the west; today
    for _ in range(2):
        ask(bench, early, drawn=True)
    bench.run(guilds.forgive, MINE, ADMIN, early)
    ask(bench, late, drawn=True)

    move(bench, WEST, NOW)

    [bound] = bench.run(guilds.bounds, 1, 1, (), NOW)
    assert bound.best.taken.pictures == 1
    for _ in range(2):
        ask(bench, NOW)
    with pytest.raises(QuotaExceeded):
        ask(bench, NOW)


def test_a_new_beginning_is_worth_no_less_in_another_zone(bench: Bench) -> None:
    """What was charged before it and is counted now as well is forgiven, too."""
    bench.run(guilds.choose, 1, GuildSettings(zone=WEST), LIMITS, ADMIN, NOW - timedelta(days=9))
    ask(bench, NOW - timedelta(hours=2), drawn=True)  # yesterday in the west, today in the east
    ask(bench, NOW - timedelta(hours=1), drawn=True)
    bench.run(guilds.forgive, MINE, ADMIN, NOW)
    bench.run(guilds.forgive, OURS, ADMIN, NOW)
    ask(bench, NOW + SOON, drawn=True)

    move(bench, EAST, NOW + SOON)

    assert taken(bench, NOW + SOON) == {"hour": 1, "day": 1, "week": 3, "month": 3}


def test_what_was_granted_for_the_running_period_stays_with_it(bench: Bench) -> None:
    """Once, and not in the day before or after."""
    bench.run(guilds.choose, 1, GuildSettings(zone=EAST), LIMITS, ADMIN, NOW - timedelta(days=9))
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, pictures=1))
    bench.run(guilds.grant, MINE, Amount(3, 0), ADMIN, NOW)

    move(bench, WEST, NOW)

    def granted(at: datetime) -> int:
        [bound] = bench.run(guilds.bounds, 1, 1, (), at)
        return bound.best.granted.pictures

    assert granted(NOW) == 3
    assert granted(NOW + timedelta(days=1)) == granted(NOW - timedelta(days=1)) == 0
    move(bench, EAST, NOW + timedelta(days=1))
    assert granted(NOW + timedelta(days=1)) == 0


def test_what_ends_after_the_move_is_settled_where_it_counts_now(bench: Bench) -> None:
    """Of a request that is being drawn, nothing is left behind and nothing is charged twice."""
    ask(bench, NOW - timedelta(hours=5))
    job = bench.run(claim.claim, "w", NOW, LEASE)
    assert job is not None

    move(bench, EAST, NOW)
    bench.run(finish.keep, job, [picture()], 30_000, "p", NOW + SOON)

    proofs.check(bench)
    assert taken(bench, NOW) == {"hour": 0, "day": 0, "week": 1, "month": 1}


def test_a_month_that_begins_again_does_not_begin_anew(bench: Bench) -> None:
    """On the first in the east it is still the last in the west, with all that was used."""
    first = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)
    bench.run(guilds.choose, 1, GuildSettings(zone=EAST), LIMITS, ADMIN, NOW)
    for at in (NOW, first - timedelta(hours=6), first):
        ask(bench, at, drawn=True)
    assert taken(bench, first)["month"] == 1

    move(bench, WEST, first)
    assert taken(bench, first) == {"hour": 1, "day": 1, "week": 1, "month": 3}

    move(bench, EAST, first)
    assert taken(bench, first) == {"hour": 1, "day": 1, "week": 2, "month": 1}


def test_the_first_moment_of_a_month_is_in_it(bench: Bench) -> None:
    """What was asked for just then moves with all that came later."""
    first = datetime(2026, 10, 31, 10, tzinfo=UTC)  # in the east
    for at in (first - timedelta(microseconds=1), first):
        ask(bench, at, drawn=True)
    assert taken(bench, NOW)["month"] == 0

    move(bench, EAST, NOW)

    assert taken(bench, NOW)["month"] == 1


def test_what_was_left_on_an_older_calendar_is_found_there(bench: Bench) -> None:
    """A move passes over what is in no running period; a later one may need it."""
    ask(bench, datetime(2026, 10, 31, 12, tzinfo=UTC), drawn=True)  # November in the east only
    move(bench, WEST, NOW)
    assert taken(bench, NOW)["month"] == 0

    move(bench, EAST, NOW)

    assert taken(bench, NOW)["month"] == 1


def test_the_operators_calendar_does_not_move(bench: Bench) -> None:
    """What servers choose changes nothing about what was paid on a day of UTC."""
    ask(bench, NOW - timedelta(hours=5), drawn=True)
    paid = "SELECT * FROM quota_counter WHERE account = 'operator'"
    before = bench.look(paid)

    move(bench, EAST, NOW)

    assert bench.look(paid) == before != []


def test_other_servers_stay_where_they_are(bench: Bench) -> None:
    """Their counters, and the zone of their requests."""
    bench.run(submit.submit, draft(guild=2), LIMITS, NOW - timedelta(hours=5))
    theirs = "SELECT * FROM quota_counter WHERE guild_id = 2"
    before = bench.look(theirs)

    move(bench, EAST, NOW)

    assert bench.look(theirs) == before != []
    assert bench.look("SELECT zone FROM job") == [{"zone": "UTC"}]


SPRING, AUTUMN = datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noon", "midnight"),
    [
        (SPRING, datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (AUTUMN, datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("old", ["UTC", EAST, WEST, "America/New_York"])
def test_a_day_on_which_clocks_change_has_what_was_used_in_it(
    bench: Bench, old: str, noon: datetime, midnight: datetime
) -> None:
    """23 or 25 hours: the picture just before its midnight is yesterday's, the one at it is not."""
    bench.run(guilds.choose, 1, GuildSettings(zone=old), LIMITS, ADMIN, noon - timedelta(days=40))
    for at in (midnight - timedelta(microseconds=1), midnight, noon - timedelta(minutes=5)):
        ask(bench, at, drawn=True)

    move(bench, "Europe/Berlin", noon)

    assert taken(bench, noon)["day"] == 2
    last = Period.DAY.end(noon, ZoneInfo("Europe/Berlin"))
    assert last - midnight == timedelta(hours=23 if noon == SPRING else 25)
    assert taken(bench, last - timedelta(microseconds=1))["day"] == 2
    assert taken(bench, last)["day"] == 0


async def test_requests_and_moves_at_once_keep_the_books(store: Store, look: Look) -> None:
    """Whoever comes first, each request counts in one day."""
    await store.set_rule(rule(Subject.SERVER, pictures=30))
    accepted = 0

    async def one(number: int) -> None:
        nonlocal accepted
        try:
            await store.submit(draft(member=number), LIMITS, NOW)
            accepted += 1
        except QuotaExceeded:
            pass

    async with asyncio.TaskGroup() as group:
        for number in range(60):
            group.create_task(one(number))
            if number % 10 == 5:
                zone = (EAST, WEST)[number // 10 % 2]
                group.create_task(choose(store, zone=zone))

    assert accepted == 30
    zones = look("SELECT DISTINCT zone FROM job")
    assert zones == [{"zone": (await store.policy(1)).chosen.zone}]
    [bound] = await store.bounds(1, 1, (), NOW)
    assert bound.best.taken.pictures == 30
