"""The named statements: read, spelled for SQLite, all used, and never slower with the backlog."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

import bot.storage
from bot.storage import statements
from tests.conformance.engines import SqliteBench

PACKAGE = Path(bot.storage.__file__).parent

WHOLE = {
    # Once, at a start or a change of settings, over lanes: not over jobs.
    "guild_caps",
    "member_caps",
    "guild_lanes_locked",
    "member_lanes_rederive",
    "guild_lanes_rederive",
    # Likewise, over servers that chose anything.
    "chosen_by_all",
    # Once an hour, over what is kept, which retention bounds: not over jobs.
    "files_in_use",
    "inputs_forget",
    # Once an hour or at a start, over servers: not over jobs.
    "guild_lanes",
    "guilds_known",
    "departures",
    # Members who are being erased, of whom there are none or a few.
    "erasures",
    # When a member asks for what is kept of them, or has it erased: over rules and changes.
    "rules_rename",
    "permits_rename",
    "rules_unsign",
    "permits_unsign",
    "audit_unsign",
    "audit_unname",
    "rules_naming",
    "permits_naming",
    "audit_naming",
    "member_lanes_forget",
}
"""Statements that may look at every row of a table."""

SORTED = {
    # A handful of rows, of one member or one job.
    "jobs_unfinished",
    "pictures_unneeded",
    # What one server drew in one day.
    "spent",
    "guilds_known",
    "departures",
    "inputs",
    "ledger_of_job",
}
"""Statements that may sort."""

HOT = {
    "pick_guild": "guild_lane_ready",
    "pick_member": "member_lane_ready",
    "job_take": "job_queued",
    "waiting_of_member": "COVERING INDEX job_queued",
    "waiting_of_guild": "COVERING INDEX job_queued",
    "waiting_guilds": "COVERING INDEX job_queued",
    "waiting_members": "COVERING INDEX job_queued",
    "job_nth": "COVERING INDEX job_queued",
    "member_lane_refresh": "COVERING INDEX job_running",
    "guild_lane_refresh": "COVERING INDEX job_running",
    "jobs_running": "job_running",
    "jobs_counted": "COVERING INDEX job_queued",
    "delivery_take": "delivery_due",
    "delivery_due": "delivery_due",
    "files_in_use": "COVERING INDEX job_kept",
    "jobs_kept": "COVERING INDEX job_kept",
    "jobs_shown_after": "job_shown",
    "jobs_shown_before": "job_shown",
    "jobs_last": "job_of_member",
    "pictures_unneeded": "picture_sha256",
    "jobs_counted_since": "job_by_time",
    "jobs_change_zone": "job_by_time",
    "audit": "audit_guild",
    "audit_forget": "audit_what",
    "audit_last_of_settings": "COVERING INDEX audit_what",
    "jobs_queued_of_guild": "job_queued",
    "jobs_running_of_guild": "job_running",
    "spent": "job_by_time",
    "jobs_to_erase": "job_of_member",
    "jobs_to_forget": "job_remembered",
    "jobs_to_unname": "job_named",
    "job_left_of_guild": "job_remembered",
    "tokens_forget": "job_token",
    "jobs_unsign": "job_withdrawn_by",
    "counters_of_member": "counter_of_member",
    "member_lane_forget": "COVERING INDEX job_of_member",
}
"""The index that a statement lives by."""


class Anything(dict[str, int]):
    """A value for whatever a statement asks for."""

    def __missing__(self, name: str) -> int:
        return 1


def plan(bench: SqliteBench, name: str) -> list[str]:
    """What SQLite says it will do."""
    explained = bench.connection.execute(
        f"EXPLAIN QUERY PLAN {bench.statements[name]}", Anything()
    ).fetchall()
    return [row["detail"] for row in explained]


def used() -> set[str]:
    """Every name that a transaction calls."""
    calls = re.compile(r"tx\.(?:find|one|every|change|change_each)\(\s*\"(\w+)\"")
    return {
        name
        for file in (PACKAGE / "transactions").glob("*.py")
        for name in calls.findall(file.read_text())
    }


def tables(details: Iterable[str]) -> list[str]:
    """What is read from end to end, without an index."""
    return [
        line
        for line in details
        if line.startswith("SCAN ")
        and not re.search(r"USING|CONSTANT ROW|first_ones|waiting|found", line)
    ]


@pytest.mark.parametrize("name", sorted(statements.load()))
def test_a_statement_reads_no_table_from_end_to_end(bench: SqliteBench, name: str) -> None:
    """Each goes by an index, or the reason why not is written above."""
    details = plan(bench, name)

    if name not in WHOLE:
        assert tables(details) == []
    if name not in SORTED:
        assert not [line for line in details if "TEMP B-TREE" in line]
    if name in HOT:
        assert [line for line in details if HOT[name] in line]


def test_every_statement_is_used_and_every_used_one_exists() -> None:
    """No dead text, no name that fails at three in the morning."""
    assert used() == {*statements.load(), *statements.load("postgres")}


def test_states_stand_in_the_text_wherever_an_index_depends_on_them() -> None:
    """PostgreSQL would plan a parameter without the partial index."""
    for name, text in statements.load().items():
        where = text.partition("WHERE")[2]
        assert not re.search(r"\b(state|ready) = :", where), name


def test_names_and_comments_are_told_from_statements() -> None:
    """A comment may stand anywhere but inside a line."""
    text = """
    -- About birds.

    -- name: birds
    SELECT *
    -- not penguins
    FROM bird

    -- Seeds.
    -- name: seeds
    SELECT 1
    """

    assert [(name, " ".join(body.split())) for name, body in statements.parse(text)] == [
        ("birds", "SELECT * FROM bird"),
        ("seeds", "SELECT 1"),
    ]


def test_row_locks_are_left_out_for_sqlite() -> None:
    """They are there for PostgreSQL."""
    assert "FOR UPDATE" in statements.load()["pick_guild"]
    assert not [text for text in statements.for_sqlite().values() if "FOR UPDATE" in text]


def test_each_statement_is_one_statement(bench: SqliteBench) -> None:
    """And SQLite can prepare it."""
    for name, text in bench.statements.items():
        assert ";" not in text, name
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            _prepare(bench, text)


def _prepare(bench: SqliteBench, text: str) -> None:
    bench.connection.set_progress_handler(lambda: 1, 1)
    try:
        bench.connection.execute(text, Anything()).fetchall()
    finally:
        bench.connection.set_progress_handler(None, 0)
