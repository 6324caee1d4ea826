"""The schema says the same as the code."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from enum import StrEnum

import pytest

from bot.core.delivery import Route
from bot.core.jobs import TRANSITIONS, State
from bot.core.periods import Period
from bot.core.quotas import Account, Subject
from bot.storage import migrate
from bot.storage.transactions import deliveries, ledger, submit
from tests.conformance.engines import SqliteBench
from tests.conformance.world import LIMITS, NOW, draft

RULED = [subject for subject in Subject if subject is not Subject.OPERATOR]
"""Whom a server may limit; what limits the operator is in no table."""

SAME: list[tuple[str, str, Iterable[StrEnum]]] = [
    ("job", "state", State),
    ("delivery", "route", Route),
    ("delivery", "kind", deliveries.Kind),
    ("quota_rule", "subject", RULED),
    ("quota_rule", "period", Period),
    ("quota_permit", "subject", RULED),
    ("quota_counter", "account", Account),
    ("quota_counter", "period", Period),
    ("ledger", "kind", ledger.Kind),
]


def allowed(bench: SqliteBench, table: str, column: str) -> set[str]:
    """The words that the schema lets into a column."""
    [row] = bench.look(f"SELECT sql FROM sqlite_schema WHERE name = '{table}'")
    checked = re.search(rf"\b{column} IN \(([^)]*)\)", row["sql"])
    assert checked is not None
    return set(re.findall(r"'(\w+)'", checked[1]))


@pytest.mark.parametrize(
    ("table", "column", "words"), SAME, ids=[f"{table} {column}" for table, column, _ in SAME]
)
def test_a_column_takes_the_words_of_its_enumeration(
    bench: SqliteBench, table: str, column: str, words: Iterable[StrEnum]
) -> None:
    """All of them, and no other."""
    assert allowed(bench, table, column) == {word.value for word in words}


def test_every_state_of_the_diagram_can_be_stored_and_no_other(bench: SqliteBench) -> None:
    """The check is there and works."""
    job = bench.run(submit.submit, draft(), LIMITS, NOW).job
    for state in TRANSITIONS:
        lease = 1 if state is State.RUNNING else "NULL"
        bench.look(f"UPDATE job SET state = '{state}', lease_until = {lease} WHERE id = {job.id}")

    with pytest.raises(sqlite3.IntegrityError):
        bench.look("UPDATE job SET state = 'asleep', lease_until = NULL")


def test_a_lease_is_there_while_a_job_runs_and_only_then(bench: SqliteBench) -> None:
    """A job cannot be lost between two states."""
    bench.run(submit.submit, draft(), LIMITS, NOW)

    with pytest.raises(sqlite3.IntegrityError):
        bench.look("UPDATE job SET state = 'running'")
    with pytest.raises(sqlite3.IntegrityError):
        bench.look("UPDATE job SET lease_until = 1")


@pytest.mark.parametrize("kind", ["reserve", "release", "charge"])
def test_money_moves_once_for_each_job(bench: SqliteBench, kind: str) -> None:
    """Whatever the attempt: a second charge is an error, not a row."""
    job = bench.run(submit.submit, draft(), LIMITS, NOW).job
    row = "INSERT INTO ledger (job_id, attempt, kind, pictures, micro, at) VALUES"
    if kind != "reserve":
        bench.look(f"{row} ({job.id}, 1, '{kind}', 1, 1, 1)")

    with pytest.raises(sqlite3.IntegrityError):
        bench.look(f"{row} ({job.id}, 2, '{kind}', 1, 1, 1)")


def test_nothing_but_integers_and_text_is_stored(bench: SqliteBench) -> None:
    """Money and times are exact."""
    columns = bench.look(
        "SELECT c.type FROM sqlite_schema AS s, pragma_table_info(s.name) AS c "
        "WHERE s.type = 'table' AND s.name NOT LIKE '%yoyo%' AND s.name NOT LIKE 'sqlite%'"
    )

    assert {column["type"] for column in columns} == {"INTEGER", "BIGINT", "SMALLINT", "TEXT"}


def test_erasing_a_job_does_not_search_whole_tables(bench: SqliteBench) -> None:
    """Every foreign key has an index that begins with its column."""
    keys = bench.look(
        'SELECT s.name AS "table", k."from" AS "column" '
        "FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table'"
    )
    assert len(keys) >= 7
    for key in keys:
        first = {
            bench.look(f"SELECT name FROM pragma_index_info('{index['name']}')")[0]["name"]
            for index in bench.look(f"SELECT name FROM pragma_index_list('{key['table']}')")
        }
        assert key["column"] in first, key


def test_ids_of_jobs_and_deliveries_are_never_used_twice(bench: SqliteBench) -> None:
    """An old button must not act on somebody else's new job."""
    old = bench.run(submit.submit, draft(), LIMITS, NOW).job
    bench.look("DELETE FROM ledger")
    bench.look("DELETE FROM job")

    new = bench.run(submit.submit, draft(), LIMITS, NOW).job

    assert new.id > old.id


def test_migrations_can_be_read_everywhere() -> None:
    """They are read in the locale of the machine, which may know ASCII only."""
    for file in migrate.folder().glob("*.sql"):
        assert file.read_bytes().isascii(), file.name
