"""What is forgotten leaves its sums, and nothing else: for members, with time, with servers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.allowances import Allowance, Permit
from bot.core.delivery import Later, Posted, Route
from bot.core.errors import Blocked, OutcomeUnknown, QuotaExceeded, TooLate
from bot.core.guilds import GuildSettings
from bot.core.jobs import DIRECT, ERASED, NOBODY, Job, State
from bot.core.periods import Period
from bot.core.privacy import Erased
from bot.core.quotas import Account, Amount, Subject, Tally
from bot.storage.transactions import (
    accounts,
    calls,
    cancel,
    claim,
    deliveries,
    departures,
    export,
    finish,
    guilds,
    members,
    reports,
    submit,
)
from bot.storage.values import stamp
from tests.conformance import proofs
from tests.conformance.engines import Bench
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft, picture, rule

ME, YOU, MANAGER = 1456074443980800123, 1456074443980800456, 1456074443980800789
HERE, THERE = 900, 901
DAY = timedelta(days=1)
MONTHS_LATER = NOW + timedelta(days=100)


def ask(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """Something waits."""
    return bench.run(submit.submit, draft(guild, member), LIMITS, at).job


def begin(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """It is being drawn."""
    ask(bench, member, guild, at)
    job = bench.run(claim.claim, "w", at, LEASE)
    assert job is not None
    assert bench.run(calls.intend, job, 1, "openai", at)
    return job


def draw(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """It is drawn, and waits to be posted."""
    drawn = bench.run(
        finish.keep, begin(bench, member, guild, at), [picture()], 30_000, "openai", at
    )
    assert drawn is not None
    return drawn


def post(bench: Bench, at: datetime = NOW) -> None:
    """Whatever waits to be posted is."""
    while (delivery := bench.run(deliveries.next_delivery, at, LEASE)) is not None:
        bench.run(deliveries.sending, delivery, 0, at)
        bench.run(deliveries.sent, delivery, 0, Posted(7_777, 50), at)
        bench.run(deliveries.delivered, delivery, Posted(7_777, 50), at)


def show(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """It is drawn and posted."""
    job = draw(bench, member, guild, at)
    post(bench, at)
    return job


def erase(bench: Bench, member: int = ME, at: datetime = NOW) -> Erased:
    """Erase as far as it goes."""
    while True:
        step = bench.run(members.erase_some, member, at)
        proofs.check(bench)
        if step.done or not step.jobs:
            return step


def every_ending(bench: Bench, member: int, guild: int) -> None:
    """One request for each way in which requests end."""
    show(bench, member, guild)
    bench.run(finish.fail, begin(bench, member, guild), Blocked(), NOW)
    bench.run(finish.fail, begin(bench, member, guild), OutcomeUnknown(), NOW)
    post(bench)
    draw(bench, member, guild)
    delivery = bench.run(deliveries.next_delivery, NOW, LEASE)
    assert delivery is not None
    bench.run(deliveries.postpone, delivery, Later(NOW, Route.KEEP, 0))
    bench.run(cancel.cancel, ask(bench, member, guild).id, MANAGER, NOW)


def everything(bench: Bench) -> str:
    """All rows of all tables, as text."""
    tables = bench.look("SELECT name FROM sqlite_schema WHERE type = 'table'")
    rows = [bench.look(f"SELECT * FROM {table['name']}") for table in tables]
    return json.dumps(rows, ensure_ascii=False, default=str)


def sums(bench: Bench, guild: int = HERE) -> Sequence[object]:
    """What a chart of the server is drawn from, without who it was."""
    marks = (NOW - 200 * DAY, NOW + 200 * DAY)
    found = bench.run(reports.spent, guild, marks)
    return [
        sum(getattr(each, name) for each in found) for name in ("requests", "pictures", "micro")
    ]


# ------------------------------------------------------------------------------------ a member goes


def test_of_an_erased_member_nothing_is_left_but_sums(bench: Bench) -> None:
    """Given every kind of row about two members, when one is erased, then the other's stay."""
    for member in (ME, YOU):
        for guild in (HERE, THERE, DIRECT):
            every_ending(bench, member, guild)
        bench.run(
            accounts.set_rule, rule(Subject.MEMBER, guild=HERE, subject_id=member, by=MANAGER)
        )
        allowed = Permit(
            guild_id=HERE,
            subject=Subject.MEMBER,
            subject_id=member,
            allowance=Allowance(edits=False),
            set_by=MANAGER,
            set_at=NOW,
        )
        bench.run(accounts.set_permit, allowed)
        tally = Tally(HERE, Account.MEMBER, member, Period.DAY)
        bench.run(guilds.grant, tally, Amount(3, 0), MANAGER, NOW)
        bench.run(accounts.set_rule, rule(Subject.EVERYONE, guild=THERE, by=member))
    before = sums(bench)
    theirs = bench.run(export.everything_about, YOU)

    bench.run(members.begin_erasing, ME, NOW)
    assert erase(bench).done

    assert str(ME) not in everything(bench)
    assert sums(bench) == before
    assert bench.run(export.everything_about, YOU) == theirs
    assert bench.run(members.erasing) == ()
    mine = bench.look("SELECT * FROM job WHERE erased_at IS NOT NULL")
    assert len(mine) == 15
    for job in mine:
        assert set(json.loads(job["request"])) == {"model", "size", "quality", "count", "format"}
        assert job["token"] == ""
        assert job["channel_id"] == 0
        assert job["message_id"] is None
        assert bench.run(reports.job, job["id"]) is None
        for table in ("picture", "input", "call"):
            assert bench.look(f"SELECT 1 FROM {table} WHERE job_id = {job['id']}") == []


def test_erasing_cancels_what_waits_and_ends_with_what_is_drawn(bench: Bench) -> None:
    """Given something drawn, posted and waiting, when erased, then each goes when it has ended."""
    running, waiting = begin(bench), ask(bench)
    withdrawn = bench.run(members.begin_erasing, ME, NOW)

    assert [(job.id, job.state) for job in withdrawn] == [
        (running.id, State.RUNNING),
        (waiting.id, State.QUEUED),
    ]
    assert not erase(bench).done
    assert bench.run(reports.job, waiting.id) is None
    assert bench.run(members.erasing) == (ME,)

    ended = bench.run(finish.keep, running, [picture()], 30_000, "openai", NOW + SOON)
    assert ended is not None
    assert ended.state is State.CANCELLED
    assert not erase(bench).done
    post(bench, NOW + SOON)
    assert erase(bench).done
    assert str(ME) not in everything(bench)
    assert sums(bench)[1:] == [1, 30_000]


def test_a_picture_on_its_way_is_posted_before_its_request_is_erased(bench: Bench) -> None:
    """It is paid, and somebody is about to show it."""
    job = draw(bench)
    bench.run(members.begin_erasing, ME, NOW)

    assert not erase(bench).done
    assert bench.run(reports.job, job.id) is not None
    post(bench)

    assert erase(bench).done


def test_what_is_asked_for_after_that_is_kept(bench: Bench) -> None:
    """Given a wish to be erased that takes a while, when more is asked for, then it stays."""
    running = begin(bench)
    bench.run(members.begin_erasing, ME, NOW)
    later = ask(bench)
    bench.run(finish.fail, running, Blocked(), NOW)
    post(bench)

    assert erase(bench).done

    found = bench.run(reports.job, later.id)
    assert found is not None
    assert found.place.member_id == ME
    proofs.check(bench)


def test_erasing_in_many_parts_is_balanced_after_each(bench: Bench) -> None:
    """Given more requests than one part takes, when parts follow, then sums agree in between."""
    for _ in range(5):
        ask(bench)
    bench.run(members.begin_erasing, ME, NOW)
    parts = 0
    from bot.storage.transactions import erase as erasing  # noqa: PLC0415 -- its bound is changed

    most, erasing.MOST = erasing.MOST, 2
    try:
        while not bench.run(members.erase_some, ME, NOW).done:
            parts += 1
            proofs.check(bench)
    finally:
        erasing.MOST = most
    assert parts == 2


def test_files_are_let_go_of_unless_somebody_else_needs_them(bench: Bench) -> None:
    """Given a picture that was kept for two members, when one is erased, then it stays."""
    shared, alone = picture(0, "ab" * 32), picture(1, "cd" * 32)
    for member, pictures in ((ME, [shared, alone]), (YOU, [shared])):
        bench.run(finish.keep, begin(bench, member), pictures, 30_000, "openai", NOW)
        delivery = bench.run(deliveries.next_delivery, NOW, LEASE)
        assert delivery is not None
        bench.run(deliveries.postpone, delivery, Later(NOW, Route.KEEP, 0))
    bench.run(members.begin_erasing, ME, NOW)

    step = bench.run(members.erase_some, ME, NOW)

    assert step.files == ("cd" * 32,)


# ------------------------------------------------------------------------------ limits still hold


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


# -------------------------------------------------------------------------------------- an export


def test_an_export_has_every_row_and_nobody_else(bench: Bench) -> None:
    """Given rows of all kinds, when one member takes theirs, then nothing names another."""
    every_ending(bench, ME, HERE)
    every_ending(bench, YOU, HERE)
    bench.run(accounts.set_rule, rule(Subject.MEMBER, guild=HERE, subject_id=YOU, by=ME))
    bench.run(accounts.set_rule, rule(Subject.MEMBER, guild=HERE, subject_id=ME, by=MANAGER))

    found = bench.run(export.everything_about, ME)

    said = json.dumps(found)
    assert "a-token" not in said
    assert str(YOU) not in said
    assert str(MANAGER) not in said
    assert [each["state"] for each in found["requests"]] == [
        "delivered",
        "failed",
        "unknown",
        "kept",
        "cancelled",
    ]
    first = found["requests"][0]
    assert first["asked_for"]["prompt"].startswith("a lighthouse")
    assert first["cost"] == "$0.03"
    assert [each["state"] for each in first["calls"]] == ["answered"]
    assert [each["kind"] for each in first["ledger"]] == ["charge", "release", "reserve"]
    assert first["pictures"][0]["width"] == 1024
    assert first["shown"][0]["message"] == 7_777
    assert found["requests"][4]["cancelled_by"] == "somebody else"
    assert {each["period"] for each in found["used"]} == set(Period)
    assert [each["pictures"] for each in found["limits"]] == [10]
    assert [
        each["by"] for each in found["changes"] if each["what"].startswith("limit")
    ] == ["you", "somebody else"]


def test_what_is_kept_is_counted(bench: Bench) -> None:
    """Of the member alone."""
    assert bench.run(members.about, ME).since is None
    show(bench)
    ask(bench, at=NOW + SOON)
    ask(bench, YOU)

    about = bench.run(members.about, ME)

    assert (about.requests, about.unfinished, about.since) == (2, 1, NOW)


# --------------------------------------------------------------------------------- time goes by


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


# ------------------------------------------------------------------------ servers that leave


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


def test_a_button_of_an_erased_request_finds_nothing(bench: Bench) -> None:
    """Given an old number, when it is to be cancelled, then it is not known."""
    job = show(bench)
    bench.run(members.begin_erasing, ME, NOW)
    erase(bench)

    with pytest.raises(TooLate):
        bench.run(cancel.cancel, job.id, ME, NOW)
    assert bench.run(reports.shown, ME, 10).shown == ()
    assert bench.run(reports.last, HERE, ME, 10) == ()
    assert bench.run(reports.kept, ME, NOW - DAY) == 0
    assert bench.look(f"SELECT accepted_at FROM job WHERE id = {job.id}") == [
        {"accepted_at": stamp(NOW)}
    ]
