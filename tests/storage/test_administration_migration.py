"""Databases from before limits had subjects keep every limit, every counter and every choice."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.jobs import State
from bot.core.periods import Period
from bot.core.quotas import Amount, Subject
from bot.storage import migrate
from bot.storage.sqlite import SqliteStore
from bot.storage.values import stamp
from tests.conformance import proofs
from tests.conformance.engines import SqliteBench
from tests.conformance.world import LIMITS, NOW, draft

BEFORE = ("0001_first.sql", "0002_edits.sql", "0003_nothing_lost.sql")

DIRECT = 0

JOB = """
    INSERT INTO job (interaction_id, guild_id, channel_id, member_id, application_id, token,
      upload_limit, request, pictures, estimate, zone, accepted_at, state)
    VALUES (:n, :guild, 5, :member, 9, 't', 1, :request, 2, 900, 'UTC', :now, :state)
"""

LEDGER = """
    INSERT INTO ledger (job_id, attempt, kind, pictures, micro, at)
    VALUES (:n, 0, :kind, 2, :micro, :now)
"""

COUNTER = """
    INSERT INTO quota_counter (guild_id, subject, subject_id, period, starts_at,
      reserved_pictures, reserved_micro, used_pictures, used_micro)
    VALUES (:guild, :subject, :whose, :period, :starts_at, :held, :held_micro, :used, :used_micro)
    ON CONFLICT DO UPDATE SET
      reserved_pictures = reserved_pictures + excluded.reserved_pictures,
      reserved_micro = reserved_micro + excluded.reserved_micro,
      used_pictures = used_pictures + excluded.used_pictures,
      used_micro = used_micro + excluded.used_micro
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Three servers' worth of history: one waits and one is drawn in each, and direct messages."""
    source = tmp_path / "migrations"
    source.mkdir()
    for name in BEFORE:
        shutil.copy(migrate.folder() / name, source)
    database = tmp_path / "easel.db"
    migrate.apply(database, source=source)
    request = '{"prompt":"a cat","model":"m","size":"1024x1024","quality":"low","count":2}'
    with closing(sqlite3.connect(database)) as connection:
        for n, (guild, member, state) in enumerate(
            (guild, member, state)
            for guild in (DIRECT, 1, 2)
            for member, state in ((11, State.QUEUED), (12, State.FAILED))
        ):
            values = {
                "n": n + 1,
                "guild": guild,
                "member": member,
                "state": state.value,
                "request": request,
                "now": stamp(NOW),
            }
            drawn = state is not State.QUEUED
            connection.execute(JOB, values)
            connection.execute(LEDGER, {**values, "kind": "reserve", "micro": 900})
            if drawn:
                connection.execute(LEDGER, {**values, "kind": "release", "micro": 900})
                connection.execute(LEDGER, {**values, "kind": "charge", "micro": 700})
            for period in Period:
                for subject, whose in (("server", guild), ("everyone", member)):
                    counts = {
                        "subject": subject,
                        "whose": whose,
                        "period": period.value,
                        "starts_at": stamp(period.start(NOW)),
                        "held": 0 if drawn else 2,
                        "held_micro": 0 if drawn else 900,
                        "used": 2 if drawn else 0,
                        "used_micro": 700 if drawn else 0,
                    }
                    connection.execute(COUNTER, {**values, **counts})
        connection.execute(
            "INSERT INTO quota_rule VALUES (1, 'server', 'day', 20, NULL, 7, 1000000),"
            " (1, 'everyone', 'week', NULL, 5000, 8, 2000000)"
        )
        connection.execute("INSERT INTO guild_setting VALUES (1, 1), (2, 0)")
        connection.commit()
    migrate.apply(database)
    return database


def test_counters_are_the_ledgers_still(old: Path) -> None:
    """Those of servers and members, and those of the operator, which are new."""
    bench = SqliteBench(old)
    try:
        proofs.check_counters(bench)
        paid = bench.look(
            "SELECT guild_id, period, reserved_micro AS held, used_micro AS used "
            "FROM quota_counter WHERE account = 'operator' ORDER BY guild_id, period"
        )
        [job] = bench.look("SELECT count(*) AS n FROM job")
    finally:
        bench.close()

    assert [tuple(row.values()) for row in paid] == [
        (0, "day", 2_700, 2_100),
        (0, "month", 2_700, 2_100),
        (1, "day", 900, 700),
        (1, "month", 900, 700),
        (2, "day", 900, 700),
        (2, "month", 900, 700),
    ]
    assert job["n"] == 6


async def test_limits_and_choices_hold_as_before(old: Path) -> None:
    """With who set them and when; new requests are counted on top of the old ones."""
    store = SqliteStore(old)
    await store.open()
    try:
        server, everyone = sorted(await store.rules(1), key=lambda rule: rule.set_by)
        assert (server.subject, server.period, server.pictures) == (Subject.SERVER, "day", 20)
        assert (everyone.subject, everyone.period, everyone.micro) == (
            Subject.EVERYONE,
            "week",
            5_000,
        )
        assert (server.subject_id, everyone.subject_id) == (0, 0)
        assert server.set_at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
        assert (await store.policy(1)).chosen.show_costs
        assert not (await store.policy(2)).chosen.show_costs
        assert await store.audit(1, 9) == ()

        await store.submit(draft(guild=1, member=11, estimate=100, interaction=10_000), LIMITS, NOW)

        bound, mine = await store.bounds(1, 11, (), NOW)
        assert bound.best.taken == Amount(5, 1_700)
        assert mine.best.taken == Amount(3, 1_000)
    finally:
        await store.close()
