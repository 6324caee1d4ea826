"""The work of a call does not grow with what waits: counted in SQLite's own steps, not in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from benchmarks.claims import LIMITS, fill
from bot.core.errors import Blocked
from bot.core.jobs import Job
from bot.storage.transaction import Transaction
from bot.storage.transactions import cancel, claim, finish, reports, submit
from tests.conformance.engines import SqliteBench, SqliteEngine
from tests.conformance.world import LEASE, NOW, draft, picture

FEW, MANY = 2_000, 20_000

STEPS_A_ROW = 8
"""Instructions that SQLite needs to count one row of an index, generously."""


def claimed(tx: Transaction) -> Job:
    """The next job."""
    job = claim.claim(tx, "w", NOW, LEASE)
    assert job is not None
    return job


CALLS: dict[str, Callable[[Transaction], object]] = {
    "submit": lambda tx: submit.submit(tx, draft(99), LIMITS, NOW),
    "claim": claimed,
    "keep": lambda tx: finish.keep(tx, claimed(tx), [picture()], 1, "p", NOW),
    "fail": lambda tx: finish.fail(tx, claimed(tx), Blocked(), NOW),
    "requeue": lambda tx: finish.requeue(tx, claimed(tx), NOW),
    "cancel": lambda tx: cancel.cancel(tx, 1_000, 1, NOW),
}


def steps(bench: SqliteBench, call: Callable[[Transaction], object]) -> int:
    """How many instructions SQLite executed for it."""
    counted = [0]

    def one() -> int:
        counted[0] += 1
        return 0

    bench.connection.set_progress_handler(one, 1)
    try:
        bench.run(call)
    finally:
        bench.connection.set_progress_handler(None, 0)
    return counted[0]


@pytest.fixture(scope="module")
def backlogs(engine: SqliteEngine) -> Iterator[tuple[SqliteBench, SqliteBench]]:
    """A short one and a long one."""
    short, long = engine.bench(), engine.bench()
    fill(short.connection, FEW)
    fill(long.connection, MANY)
    yield short, long
    short.close()
    long.close()


def test_a_position_is_counted_in_a_bounded_number_of_rows(
    backlogs: tuple[SqliteBench, SqliteBench],
) -> None:
    """However long the queue, so many lanes and so many requests of each are looked at."""
    _, long = backlogs
    asked: list[int | None] = []

    counted = steps(long, lambda tx: asked.append(reports.ahead(tx, MANY - 1_000)))

    assert asked[0]
    assert counted <= STEPS_A_ROW * 2 * reports.LANES * reports.EACH


@pytest.mark.parametrize("call", CALLS)
def test_ten_times_the_backlog_is_the_same_work(
    backlogs: tuple[SqliteBench, SqliteBench], call: str
) -> None:
    """Whatever is called."""
    short, long = (steps(bench, CALLS[call]) for bench in backlogs)

    assert long <= short * 1.1
