"""What is forgotten with time, and with servers; what holds for those who were erased."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.allowances import Allowance, Permit
from bot.core.errors import QuotaExceeded
from bot.core.guilds import GuildSettings
from bot.core.jobs import DIRECT, ERASED, NOBODY
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Subject, Tally
from bot.storage.transactions import (
    accounts,
    cancel,
    departures,
    guilds,
    members,
    reports,
    submit,
)
from tests.conformance import proofs
from tests.conformance.engines import Bench
from tests.conformance.lives import (
    DAY,
    HERE,
    MANAGER,
    ME,
    MONTHS_LATER,
    THERE,
    YOU,
    ask,
    draw,
    erase,
    every_ending,
    everything,
    post,
    show,
    sums,
)
from tests.conformance.world import LIMITS, NOW, SOON, draft, rule


def test_nobody_begins_anew_by_being_erased(bench: Bench) -> None:
    """Given one picture a day, when who drew it is erased, then the next one is tomorrow's."""
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, guild=HERE, pictures=1))
    for _ in range(2):
        if not bench.look("SELECT 1 FROM job WHERE state = 'delivered'"):
            show(bench)
        bench.run(members.begin_erasing, ME, NOW)
        assert erase(bench).done
        with pytest.raises(QuotaExceeded):
            ask(bench)

    tomorrow = show(bench, at=NOW + DAY)
    assert tomorrow.place.member_id == ME
    proofs.check(bench)


def test_somebody_else_is_not_held_to_it(bench: Bench) -> None:
    """The number stands for one member."""
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, guild=HERE, pictures=1))
    show(bench)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    ask(bench, YOU)


def test_a_new_beginning_holds_for_who_was_erased(bench: Bench) -> None:
    """Given a used-up limit of an erased member, when it is reset, then they may draw."""
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, guild=HERE, pictures=1))
    show(bench)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    tally = Tally(HERE, Account.MEMBER, ME, Period.DAY)
    assert bench.run(guilds.forgive, tally, MANAGER, NOW).taken == Amount()

    ask(bench)
    proofs.check(bench)


def test_a_grant_outlives_being_erased(bench: Bench) -> None:
    """What was given for today is there for the rest of it."""
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, guild=HERE, pictures=1))
    tally = Tally(HERE, Account.MEMBER, ME, Period.DAY)
    bench.run(guilds.grant, tally, Amount(1, 0), MANAGER, NOW)
    show(bench)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    show(bench)
    with pytest.raises(QuotaExceeded):
        ask(bench)


def test_what_was_forbidden_stays_forbidden(bench: Bench) -> None:
    """Given a member with a limit and a permit of their own, both hold after they are erased."""
    bench.run(
        accounts.set_rule, rule(Subject.MEMBER, guild=HERE, subject_id=ME, pictures=0, by=MANAGER)
    )
    said = Permit(
        guild_id=HERE,
        subject=Subject.MEMBER,
        subject_id=ME,
        allowance=Allowance(edits=False),
        set_by=MANAGER,
        set_at=NOW,
    )
    bench.run(accounts.set_permit, said)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    with pytest.raises(QuotaExceeded, match="0 pictures"):
        ask(bench)
    assert bench.run(guilds.policy, HERE, ME).permits == (said,)
    assert [each.subject_id for each in bench.run(guilds.policy, HERE, YOU).permits] != [ME]


def test_who_manages_the_server_can_change_it_by_name(bench: Bench) -> None:
    """Given a limit of an erased member, when it is cleared for them, then it is gone."""
    mine = rule(Subject.MEMBER, guild=HERE, subject_id=ME, pictures=0, by=MANAGER)
    bench.run(accounts.set_rule, mine)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    cleared = bench.run(accounts.clear_rule, mine, MANAGER, NOW)

    assert cleared == mine
    ask(bench)


def test_a_move_to_another_time_zone_counts_erased_members_too(bench: Bench) -> None:
    """Their use stays theirs on the new calendar."""
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, guild=HERE, pictures=1))
    show(bench)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    zone = GuildSettings(zone="Asia/Tokyo")
    bench.run(guilds.choose, HERE, zone, LIMITS, MANAGER, NOW)

    proofs.check(bench)
    with pytest.raises(QuotaExceeded):
        ask(bench)


def test_the_audit_says_what_was_changed_and_not_by_whom(bench: Bench) -> None:
    """Lines by and about an erased member lose the name, and nothing else."""
    bench.run(accounts.set_rule, rule(Subject.MEMBER, guild=HERE, subject_id=ME, by=YOU))
    bench.run(accounts.set_rule, rule(guild=HERE, by=ME))
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    lines = bench.look("SELECT actor_id, what, after FROM audit ORDER BY id")

    assert lines == [
        {"actor_id": YOU, "what": f"limit of {ERASED} per day", "after": "10 pictures"},
        {"actor_id": NOBODY, "what": "limit of the server per day", "after": "10 pictures"},
    ]


def forget(bench: Bench, days: int, now: datetime, guild: int = HERE) -> None:
    """Forget all that is due."""
    assert guild in bench.run(departures.due, days, now)
    while not bench.run(departures.forget_some, guild, days, now).done:
        proofs.check(bench)
    assert bench.run(departures.due, days, now) == ()


def test_old_requests_leave_their_sums(bench: Bench) -> None:
    """Given a request older than it may be kept, then its words and its author are gone."""
    every_ending(bench, ME, HERE)
    before = sums(bench)

    forget(bench, 90, MONTHS_LATER)

    assert str(ME) not in everything(bench)
    assert "lighthouse" not in everything(bench)
    assert sums(bench) == before
    proofs.check(bench)


def test_what_is_young_or_not_finished_stays(bench: Bench) -> None:
    """However old it is, what waits keeps its words."""
    waiting = ask(bench, YOU)
    bench.look("UPDATE guild_lane SET cap = 0")
    young = bench.run(submit.submit, draft(HERE, ME), LIMITS, MONTHS_LATER - 89 * DAY).job
    bench.run(cancel.cancel, young.id, ME, MONTHS_LATER)

    assert bench.run(departures.due, 90, MONTHS_LATER) == ()
    assert bench.run(departures.forget_some, HERE, 90, MONTHS_LATER).done
    assert bench.run(reports.job, waiting.id) is not None
    assert bench.run(reports.job, young.id) is not None


def test_words_go_first_and_names_with_the_last_period_that_counts_them(bench: Bench) -> None:
    """Given a day to be kept and a limit per month, then the limit holds for the whole month."""
    began = datetime(2026, 11, 2, 12, tzinfo=UTC)
    bench.run(accounts.set_rule, rule(Subject.EVERYONE, Period.MONTH, guild=HERE, pictures=1))
    show(bench, at=began)

    forget(bench, 1, began + 2 * DAY)

    assert "lighthouse" not in everything(bench)
    with pytest.raises(QuotaExceeded):
        ask(bench, at=began + 2 * DAY)
    forget(bench, 1, began + 40 * DAY)
    assert str(ME) not in everything(bench)


def test_a_server_may_have_less_kept_and_not_more(bench: Bench) -> None:
    """What the operator publishes holds for everybody."""
    show(bench, ME, HERE)
    show(bench, ME, THERE)
    bench.run(guilds.choose, HERE, GuildSettings(retention_days=7), LIMITS, MANAGER, NOW)
    bench.run(guilds.choose, THERE, GuildSettings(retention_days=1000), LIMITS, MANAGER, NOW)

    assert bench.run(departures.due, 30, NOW + 8 * DAY) == (HERE,)
    assert bench.run(departures.due, 30, NOW + 31 * DAY) == (HERE, THERE)


def test_tokens_go_as_soon_as_they_are_of_no_use(bench: Bench) -> None:
    """Given three requests, one young and one not shown yet, then the third loses its token."""
    shown = show(bench)
    drawn = draw(bench)
    young = show(bench, YOU, THERE, NOW + 10 * SOON)
    bench.look(f"UPDATE delivery SET state = 'pending' WHERE job_id = {drawn.id}")

    assert bench.run(departures.forget_tokens, NOW + SOON) == 1

    tokens = {row["id"]: row["token"] for row in bench.look("SELECT id, token FROM job")}
    assert tokens == {shown.id: "", drawn.id: "a-token", young.id: "a-token"}


def test_a_server_that_left_is_erased_but_for_its_sums(bench: Bench) -> None:
    """Given everything about a server, when it is erased, then budgets and the ledger agree."""
    every_ending(bench, ME, HERE)
    every_ending(bench, ME, THERE)
    bench.run(accounts.set_rule, rule(guild=HERE, by=MANAGER))
    bench.run(guilds.choose, HERE, GuildSettings(words=("darn",)), LIMITS, MANAGER, NOW)
    waiting = ask(bench)
    before = sums(bench)

    [cancelled] = bench.run(departures.left, HERE, NOW)
    assert cancelled.id == waiting.id
    post(bench)
    assert bench.run(departures.departed, NOW - SOON) == ()
    assert bench.run(departures.departed, NOW) == (HERE,)
    while not bench.run(departures.erase_guild_some, HERE, NOW).done:
        proofs.check(bench)

    assert sums(bench) == before
    for table in ("quota_rule", "quota_permit", "guild_setting", "audit", "guild_lane"):
        assert bench.look(f"SELECT 1 FROM {table} WHERE guild_id = {HERE}") == [], table
    mine = bench.look(f"SELECT DISTINCT member_id FROM job WHERE guild_id = {HERE}")
    assert mine == [{"member_id": NOBODY}]
    assert bench.run(departures.departed, NOW) == ()
    assert bench.run(members.about, ME).requests == 5  # those of the other server
    ask(bench)  # and it may come back
    proofs.check(bench)


def test_a_server_that_comes_back_in_time_finds_everything(bench: Bench) -> None:
    """Given a server that left, when it is there again, then nothing is erased."""
    show(bench)
    bench.run(departures.left, HERE, NOW)
    show(bench, guild=THERE)

    assert bench.run(departures.reconcile, [HERE]) == (THERE,)
    assert bench.run(departures.departed, NOW + 30 * DAY) == ()


def test_direct_messages_never_leave(bench: Bench) -> None:
    """They are no server, and are on no list of servers."""
    show(bench, guild=DIRECT)

    assert bench.run(departures.reconcile, []) == ()
