"""The work of a page of /history does not grow with what was drawn, for this member or for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from benchmarks.claims import fill
from bot.storage.transaction import Transaction
from bot.storage.transactions import reports
from tests.conformance.engines import SqliteBench, SqliteEngine
from tests.storage.test_work import steps

FEW, MANY = 2_000, 20_000

MEMBER, PAGE = 7, 10

EVER = datetime(2000, 1, 1, tzinfo=UTC)

POSTED = """
    UPDATE job SET state = 'delivered', member_id = 7, finished_at = accepted_at WHERE id % 2 = 0
"""

KEPT = "UPDATE job SET state = 'kept', finished_at = accepted_at WHERE id % 100 = 0"

DELIVERIES = """
    INSERT INTO delivery (job_id, kind, due_at, state, message_id, channel_id)
    SELECT id, 'picture', 0, 'done', id, 5 FROM job WHERE state IN ('delivered', 'kept')
"""

CALLS: dict[str, Callable[[Transaction], object]] = {
    "newest": lambda tx: reports.shown(tx, MEMBER, PAGE),
    "older": lambda tx: reports.shown(tx, MEMBER, PAGE, older_than=1_001),
    "newer": lambda tx: reports.shown(tx, MEMBER, PAGE, newer_than=1_001),
    "of nobody": lambda tx: reports.shown(tx, -1, PAGE),
    "kept by nobody": lambda tx: reports.kept(tx, -1, EVER),
}


@pytest.fixture(scope="module")
def drawn(engine: SqliteEngine) -> Iterator[tuple[SqliteBench, SqliteBench]]:
    """A member with a thousand pictures, and one with ten thousand; as many wait."""
    benches = engine.bench(), engine.bench()
    for bench, jobs in zip(benches, (FEW, MANY), strict=True):
        fill(bench.connection, jobs)
        for statement in (POSTED, KEPT, DELIVERIES):
            bench.connection.execute(statement)
    yield benches
    for bench in benches:
        bench.close()


def test_the_pages_are_full(drawn: tuple[SqliteBench, SqliteBench]) -> None:
    """What is measured below is the work of showing something."""
    for bench in drawn:
        page = bench.run(reports.shown, MEMBER, PAGE, older_than=1_001)

        assert [each.job.id for each in page.shown] == [*range(1_000, 980, -2)]
        assert bench.run(reports.kept, MEMBER, EVER)


@pytest.mark.parametrize("call", CALLS)
def test_ten_times_the_pictures_are_the_same_work(
    drawn: tuple[SqliteBench, SqliteBench], call: str
) -> None:
    """Whichever page is turned to."""
    few, many = (steps(bench, CALLS[call]) for bench in drawn)

    assert many <= few * 1.1
