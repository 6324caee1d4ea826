"""With a hundred thousand waiting, what is asked all the time goes by the indexes made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.claims import ESTIMATE, FILLING, REQUEST
from bot.storage import statements
from bot.storage.postgres_connection import WRITE, Connection, address, connect, perform
from bot.storage.transactions import lanes
from bot.storage.values import stamp, written
from tests.conformance.postgres_engine import PostgresEngine
from tests.conformance.world import NOW

MANY = 30_000

HOT = {
    "pick_guild": "guild_lane_ready",
    "pick_member": "member_lane_ready",
    "job_take": "job_queued",
    "waiting_of_member": "job_queued",
    "waiting_of_guild": "job_queued",
    "waiting_guilds": "job_queued",
    "waiting_members": "job_queued",
    "job_nth": "job_queued",
    "member_lane_refresh": "job_running",
    "guild_lane_refresh": "job_running",
    "jobs_running": "job_running",
    "jobs_expired": "job_running",
}
"""The index that a statement lives by."""


@pytest.fixture(scope="module")
def backlog(postgres: PostgresEngine) -> Iterator[Connection]:
    """Waiting requests of two thousand servers, as the planner knows them after a while."""
    database = postgres.take()
    values: dict[str, Any] = {
        "jobs": MANY,
        "guilds": 2_000,
        "members": 10,
        "request": written(REQUEST),
        "estimate": ESTIMATE,
        "now": stamp(NOW),
        "cap": MANY,
    }
    with connect(address(database.url)) as connection:
        for sql in FILLING:
            connection.execute(
                statements.PLACEHOLDER.sub(r"%(\1)s", sql.replace("%", "%%")), values
            )
        perform(connection, statements.for_postgres(), WRITE, lanes.rederive)
        connection.execute("VACUUM ANALYZE")
        # As for a statement that was prepared long ago, whatever its values are.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection
    postgres.give_back(database)


def plan(connection: Connection, name: str) -> str:
    """What PostgreSQL says it will do."""
    text = statements.load()[name]
    given = list(dict.fromkeys(statements.PLACEHOLDER.findall(text)))
    numbered = statements.PLACEHOLDER.sub(lambda found: f"${given.index(found[1]) + 1}", text)
    connection.execute(f"PREPARE {name} AS {numbered}")
    values = f"({', '.join('1' * len(given))})" if given else ""
    rows = connection.execute(f"EXPLAIN EXECUTE {name}{values}").fetchall()
    return "\n".join(row["QUERY PLAN"] for row in rows)


@pytest.mark.parametrize("name", HOT)
def test_a_statement_goes_by_its_index(backlog: Connection, name: str) -> None:
    """And reads no job that it does not need."""
    found = plan(backlog, name)

    assert re.search(rf"using {HOT[name]}\b", found), found
    assert "Seq Scan on job" not in found, found
