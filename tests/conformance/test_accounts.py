"""Rules, permits, grants and new beginnings, and facts that outlive the process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.allowances import Allowance, Permit
from bot.core.errors import QuotaExceeded
from bot.core.guilds import Change
from bot.core.images import Quality
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Counter, Rule, Subject, Tally
from bot.core.stores import Store
from tests.conformance.conftest import Look
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture, rule

ROLE, OTHER_ROLE, MEMBER, ADMIN = 501, 502, 1, 7

WHOM = ((Subject.SERVER, 0), (Subject.EVERYONE, 0), (Subject.ROLE, ROLE), (Subject.MEMBER, MEMBER))

MINE = Tally(1, Account.MEMBER, MEMBER, Period.DAY)
OURS = Tally(1, Account.SERVER, 1, Period.DAY)


async def lines(store: Store, guild: int = 1) -> list[tuple[int, str, str, str]]:
    """The audit, oldest first: who, what, before, after."""
    changes = await store.audit(guild, 100)
    return [(c.actor_id, c.what, c.before, c.after) for c in reversed(changes)]


async def draw(store: Store, pictures: int = 1, cost: int = 30_000, at: datetime = NOW) -> None:
    """One request of the member, drawn and charged."""
    await store.submit(draft(member=MEMBER, pictures=pictures), LIMITS, at)
    job = await store.claim("w", at, LEASE)
    assert job is not None
    assert await store.keep(job, [picture(n) for n in range(pictures)], cost, "p", at)


async def test_a_rule_is_set_replaced_and_cleared(store: Store) -> None:
    """Each change answers the rule that was there before."""
    first, second = rule(pictures=10), rule(pictures=None, micro=5_000_000)

    assert await store.set_rule(first) is None
    assert await store.rules(1) == (first,)
    assert await store.set_rule(second) == first
    assert await store.rules(1) == (second,)
    assert await store.clear_rule(first, ADMIN, NOW) == second
    assert await store.clear_rule(first, ADMIN, NOW) is None
    assert await store.rules(1) == ()


async def test_a_server_has_a_rule_for_each_subject_and_period(store: Store) -> None:
    """All of them stand side by side, and other servers have their own."""
    every = [
        rule(subject, period, subject_id=subject_id)
        for subject, subject_id in (*WHOM, (Subject.ROLE, OTHER_ROLE), (Subject.MEMBER, 2))
        for period in Period
    ]
    for each in every:
        await store.set_rule(each)
    await store.set_rule(rule(guild=2))

    assert sorted(await store.rules(1), key=repr) == sorted(every, key=repr)
    assert len(await store.rules(2)) == 1
    for each in every[::2]:
        assert await store.clear_rule(each, ADMIN, NOW) == each
    assert sorted(await store.rules(1), key=repr) == sorted(every[1::2], key=repr)


async def test_every_change_of_a_rule_says_what_it_was_and_what_it_is(store: Store) -> None:
    """Who, whom, before and after; setting what is set already is no change."""
    mine = {"subject_id": MEMBER, "pictures": 3}
    await store.set_rule(rule(Subject.ROLE, subject_id=ROLE, pictures=5, by=8))
    await store.set_rule(rule(Subject.ROLE, subject_id=ROLE, pictures=5, micro=1_001_000, by=9))
    await store.set_rule(rule(Subject.ROLE, subject_id=ROLE, pictures=5, micro=1_001_000, by=8))
    await store.set_rule(rule(Subject.SERVER, Period.MONTH, pictures=None))
    await store.set_rule(rule(Subject.MEMBER, Period.HOUR, **mine))
    await store.clear_rule(rule(Subject.MEMBER, Period.HOUR, **mine), 10, NOW + SOON)
    await store.clear_rule(rule(Subject.MEMBER, Period.HOUR, **mine), 10, NOW + SOON)
    await store.set_rule(rule(Subject.EVERYONE, guild=2))

    assert await lines(store) == [
        (8, "limit of <@&501> per day", "", "5 pictures"),
        (9, "limit of <@&501> per day", "5 pictures", "5 pictures and $1.001"),
        (7, "limit of the server per month", "", "no limit"),
        (7, "limit of <@1> per hour", "", "3 pictures"),
        (10, "limit of <@1> per hour", "3 pictures", ""),
    ]
    assert await lines(store, 2) == [(7, "limit of each member per day", "", "10 pictures")]
    newest = (await store.audit(1, 1))[0]
    assert (newest.at, newest.guild_id) == (NOW + SOON, 1)


@pytest.mark.parametrize(
    ("subject", "subject_id"), WHOM, ids=[subject.value for subject, _ in WHOM]
)
async def test_a_rule_holds_for_whom_it_is_set(
    store: Store, subject: Subject, subject_id: int
) -> None:
    """The member who has the role is refused by name of the subject, and lets go by `no limit`."""
    await store.set_rule(rule(subject, pictures=1, subject_id=subject_id))
    await store.submit(draft(member=MEMBER, roles=[ROLE]), LIMITS, NOW)

    with pytest.raises(QuotaExceeded) as refused:
        await store.submit(draft(member=MEMBER, roles=[ROLE]), LIMITS, NOW)

    assert (refused.value.whose, refused.value.period) == (subject.value, "day")
    await store.set_rule(rule(subject, pictures=None, subject_id=subject_id))
    assert (await store.submit(draft(member=MEMBER, pictures=9, roles=[ROLE]), LIMITS, NOW)).new


async def test_whoever_loses_a_role_loses_what_it_allowed(store: Store) -> None:
    """The roles of the moment decide; what was drawn under others counts all the same."""
    await store.set_rule(rule(Subject.EVERYONE, pictures=1))
    await store.set_rule(rule(Subject.ROLE, pictures=5, subject_id=ROLE))
    await store.set_rule(rule(Subject.ROLE, pictures=3, subject_id=OTHER_ROLE))
    await store.submit(draft(pictures=4, roles=[OTHER_ROLE, ROLE]), LIMITS, NOW)

    for roles in ([], [OTHER_ROLE], [999]):
        with pytest.raises(QuotaExceeded):
            await store.submit(draft(roles=roles), LIMITS, NOW)
    assert (await store.submit(draft(roles=[OTHER_ROLE, ROLE]), LIMITS, NOW)).new
    with pytest.raises(QuotaExceeded, match="5 pictures per day"):
        await store.submit(draft(roles=[OTHER_ROLE, ROLE]), LIMITS, NOW)


async def test_permits_are_kept_to_the_last_field(store: Store) -> None:
    """One for each subject, replaced as a whole; one that says nothing is removed."""

    def permit(allowance: Allowance, subject: Subject, subject_id: int) -> Permit:
        return Permit(
            guild_id=1,
            subject=subject,
            subject_id=subject_id,
            allowance=allowance,
            set_by=ADMIN,
            set_at=NOW,
        )

    all_of_it = Allowance(
        models=frozenset({"b", "a"}), quality=Quality.HIGH, pixels=9_999, count=4, edits=False
    )
    edits = Allowance(edits=True)
    nobody = Allowance(models=frozenset())
    for subject, subject_id in WHOM:
        assert await store.set_permit(permit(all_of_it, subject, subject_id)) is None
    first = permit(all_of_it, Subject.MEMBER, MEMBER)

    assert await store.set_permit(permit(edits, Subject.MEMBER, MEMBER)) == first
    assert await store.set_permit(permit(edits, Subject.MEMBER, 2)) is None
    assert await store.set_permit(permit(Allowance(), Subject.MEMBER, 2)) is not None
    await store.set_permit(permit(nobody, Subject.ROLE, ROLE))
    await store.set_permit(permit(Allowance(), Subject.EVERYONE, 0))

    kept = {each.subject: each for each in (await store.policy(1)).permits}
    assert kept == {
        Subject.SERVER: permit(all_of_it, Subject.SERVER, 0),
        Subject.ROLE: permit(nobody, Subject.ROLE, ROLE),
        Subject.MEMBER: permit(edits, Subject.MEMBER, MEMBER),
    }
    assert (await store.policy(2)).permits == ()
    said = "a and b, quality up to high, size up to 9,999 pixels, 4 at a time, no edits"
    assert (await lines(store))[3:] == [
        (ADMIN, "allowed to <@1>", "", said),
        (ADMIN, "allowed to <@1>", said, "edits"),
        (ADMIN, "allowed to <@2>", "", "edits"),
        (ADMIN, "allowed to <@2>", "edits", ""),
        (ADMIN, "allowed to <@&501>", said, "no model"),
        (ADMIN, "allowed to each member", said, ""),
    ]


async def test_a_grant_lets_more_in_until_the_period_ends(store: Store) -> None:
    """Grants add up, count in their own period only, and are gone with it."""
    await store.set_rule(rule(Subject.MEMBER, pictures=1, subject_id=MEMBER))
    await store.submit(draft(), LIMITS, NOW)

    first = await store.grant(MINE, Amount(1, 500), ADMIN, NOW)
    second = await store.grant(MINE, Amount(2, 0), 8, NOW)

    assert (first.granted, second.granted) == (Amount(1, 500), Amount(3, 500))
    assert second.taken == Amount(1, 40_000)
    assert (await store.submit(draft(pictures=3), LIMITS, NOW)).new
    with pytest.raises(QuotaExceeded, match="4 pictures per day"):
        await store.submit(draft(), LIMITS, NOW)
    tomorrow = NOW + timedelta(days=1)
    [bound] = await store.bounds(1, MEMBER, (), tomorrow)
    assert (bound.best.pictures, bound.best.granted) == (1, Amount())
    assert await lines(store) == [
        (7, "limit of <@1> per day", "", "1 picture"),
        (ADMIN, "grant to <@1> this day", "", "1 picture and $0.0005 more"),
        (8, "grant to <@1> this day", "", "2 pictures more"),
    ]


async def test_a_grant_to_one_member_leaves_others_as_they_are(store: Store) -> None:
    """Neither another member, nor the server's own limit, has more."""
    await store.set_rule(rule(Subject.EVERYONE, pictures=1))
    await store.set_rule(rule(Subject.SERVER, pictures=4))
    await store.grant(MINE, Amount(9, 0), ADMIN, NOW)

    assert (await store.submit(draft(member=MEMBER, pictures=2), LIMITS, NOW)).new
    with pytest.raises(QuotaExceeded, match="Each member"):
        await store.submit(draft(member=2, pictures=2), LIMITS, NOW)
    with pytest.raises(QuotaExceeded, match="This server"):
        await store.submit(draft(member=MEMBER, pictures=3), LIMITS, NOW)


async def test_a_new_beginning_forgives_what_was_charged(store: Store, look: Look) -> None:
    """What is reserved is held still, the books say what they said, and the audit says both."""
    await store.set_rule(rule(Subject.MEMBER, pictures=3, subject_id=MEMBER))
    await draw(store, 2, 50_000)
    await store.submit(draft(), LIMITS, NOW)
    used = "SELECT used_pictures, used_micro FROM quota_counter ORDER BY account, period, starts_at"
    books = look(used)

    after = await store.forgive(MINE, ADMIN, NOW + SOON)

    assert (after.used, after.forgiven) == (Amount(2, 50_000), Amount(2, 50_000))
    assert after.taken == Amount(1, 40_000)
    assert look(used) == books
    assert (await store.submit(draft(pictures=2), LIMITS, NOW + SOON)).new
    with pytest.raises(QuotaExceeded):
        await store.submit(draft(), LIMITS, NOW + SOON)
    assert (await lines(store))[1:] == [
        (ADMIN, "use of <@1> this day", "3 pictures and $0.09", "1 picture and $0.04")
    ]


async def test_a_new_beginning_of_the_server_is_not_one_of_its_members(store: Store) -> None:
    """Each account has its own."""
    await draw(store, 2)

    await store.forgive(OURS, ADMIN, NOW)

    taken = {c.tally: c.taken.pictures for c in await store.counters(1, MEMBER, NOW)}
    assert (taken[OURS], taken[MINE]) == (0, 2)
    assert {taken[tally] for tally in taken.keys() - {OURS}} == {2}
    assert await lines(store) == [
        (ADMIN, "use of the server this day", "2 pictures and $0.03", "0 pictures and $0.00")
    ]


async def test_forgiving_twice_forgives_what_came_between(store: Store) -> None:
    """And forgiving nothing is no change."""
    assert (await store.forgive(MINE, ADMIN, NOW)).taken == Amount()
    assert await lines(store) == []
    for _ in range(2):
        await draw(store, 2, 50_000)
        assert (await store.forgive(MINE, ADMIN, NOW)).taken == Amount()

    assert len(await lines(store)) == 2
    await draw(store, 1, 10_000)
    taken = {c.tally: c.taken for c in await store.counters(1, MEMBER, NOW)}
    assert taken[MINE] == Amount(1, 10_000)


@pytest.mark.parametrize("change", ["rule", "clear", "permit", "grant", "forgive", "zone"])
async def test_a_change_that_cannot_be_written_down_is_not_made(
    store: Store, look: Look, change: str
) -> None:
    """Rule, permit, counter or setting, and the line about it, are one transaction."""
    await store.set_rule(rule(Subject.EVERYONE))
    await draw(store)
    tables = ("quota_rule", "quota_permit", "quota_counter", "guild_setting", "audit", "job")
    before = [look(f"SELECT * FROM {table}") for table in tables]
    look("ALTER TABLE audit RENAME TO audit_elsewhere")
    settings = (await store.policy(1)).chosen
    permit = Permit(
        guild_id=1,
        subject=Subject.SERVER,
        allowance=Allowance(count=1),
        set_by=ADMIN,
        set_at=NOW,
    )
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "rule": lambda: store.set_rule(rule()),
        "clear": lambda: store.clear_rule(rule(Subject.EVERYONE), ADMIN, NOW),
        "permit": lambda: store.set_permit(permit),
        "grant": lambda: store.grant(MINE, Amount(1, 0), ADMIN, NOW),
        "forgive": lambda: store.forgive(MINE, ADMIN, NOW),
        "zone": lambda: store.choose(1, replace(settings, zone="Asia/Tokyo"), LIMITS, ADMIN, NOW),
    }

    with pytest.raises(Exception, match="audit"):
        await changes[change]()

    look("ALTER TABLE audit_elsewhere RENAME TO audit")
    assert [look(f"SELECT * FROM {table}") for table in tables] == before


async def test_use_is_zero_before_anything_was_used(store: Store) -> None:
    """Every counter is answered, so that nobody has to guess what a missing one means."""
    counters = await store.counters(1, 2, NOW)

    assert len(counters) == 8
    assert {c.taken for c in counters} == {Amount()}
    assert (
        Counter(
            tally=Tally(1, Account.MEMBER, 2, Period.WEEK),
            starts_at=datetime(2026, 11, 16, tzinfo=UTC),
        )
        in counters
    )


async def test_a_rule_sees_what_was_used_before_it_was_set(store: Store) -> None:
    """Use is counted whether or not a rule limits it."""
    await store.submit(draft(pictures=4, estimate=900), LIMITS, NOW)
    await store.set_rule(rule(Subject.EVERYONE, Period.HOUR, pictures=10, micro=1_000))

    [bound] = await store.bounds(1, 1, (), NOW)

    assert bound.best.taken == Amount(4, 900)
    assert (bound.best.pictures_left, bound.best.micro_left) == (6, 100)
    assert bound.best.ends_at == datetime(2026, 11, 20, 13, tzinfo=UTC)
    [other] = await store.bounds(1, 2, (), NOW)
    assert other.best.taken == Amount()


async def test_bounds_are_those_of_the_member_with_these_roles(store: Store) -> None:
    """As a request of theirs would meet them, but for the operator's budgets."""
    every: list[Rule] = [
        rule(Subject.SERVER, pictures=100),
        rule(Subject.EVERYONE, pictures=1),
        rule(Subject.ROLE, pictures=5, subject_id=ROLE),
        rule(Subject.ROLE, pictures=9, subject_id=OTHER_ROLE),
    ]
    for each in every:
        await store.set_rule(each)

    async def held(*roles: int) -> list[list[Rule]]:
        bounds = await store.bounds(1, MEMBER, roles, NOW)
        return [[standing.rule for standing in bound.standings] for bound in bounds]

    server, everyone, role, other = every
    assert await held() == [[server], [everyone]]
    assert await held(ROLE) == [[server], [role]]
    assert await held(ROLE, OTHER_ROLE) == [[server], [other, role]]


async def test_what_was_done_otherwise_is_noted_and_read_in_pages(store: Store) -> None:
    """The newest first, each server's own, and the next page follows the last number."""
    for number in range(5):
        what = f"queue cleared {number}"
        change = Change(
            guild_id=1, actor_id=8, what=what, before=f"{number}", after="", at=NOW + SOON
        )
        await store.note(change)

    first = await store.audit(1, 2)
    second = await store.audit(1, 2, older_than=first[-1].id)

    assert [c.what for c in first + second] == [f"queue cleared {n}" for n in (4, 3, 2, 1)]
    assert (first[0].actor_id, first[0].before, first[0].after) == (8, "4", "")
    assert first[0].at == NOW + SOON
    assert await store.audit(2, 9) == ()


async def test_facts_are_remembered_by_name(store: Store) -> None:
    """The last word counts."""
    assert await store.recall("commands") is None

    await store.remember("commands", "abc")
    await store.remember("commands", "def")
    await store.remember("other", "")

    assert await store.recall("commands") == "def"
    assert await store.recall("other") == ""
