"""Who is erased leaves sums, and nothing else; what is taken out is one's own and all of it."""

from __future__ import annotations

import json

import pytest

from bot.core.allowances import Allowance, Permit
from bot.core.delivery import Later, Route
from bot.core.errors import Blocked, TooLate
from bot.core.jobs import DIRECT, State
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Subject, Tally
from bot.storage.transactions import (
    accounts,
    cancel,
    deliveries,
    export,
    finish,
    guilds,
    members,
    reports,
)
from bot.storage.values import stamp
from tests.conformance import proofs
from tests.conformance.engines import Bench
from tests.conformance.lives import (
    DAY,
    HERE,
    MANAGER,
    ME,
    THERE,
    YOU,
    ask,
    begin,
    draw,
    erase,
    every_ending,
    everything,
    post,
    show,
    sums,
)
from tests.conformance.world import LEASE, NOW, SOON, picture, rule


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
    post(bench)
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
    post(bench)
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
    assert [each["by"] for each in found["changes"] if each["what"].startswith("limit")] == [
        "you",
        "somebody else",
    ]


def test_what_is_kept_is_counted(bench: Bench) -> None:
    """Of the member alone."""
    assert bench.run(members.about, ME).since is None
    show(bench)
    ask(bench, at=NOW + SOON)
    ask(bench, YOU)

    about = bench.run(members.about, ME)

    assert (about.requests, about.unfinished, about.since) == (2, 1, NOW)


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
