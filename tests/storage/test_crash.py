"""A process that dies at any moment loses nothing that it acknowledged, and pays nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from bot.core.delivery import Posted
from bot.core.errors import OutcomeUnknown
from bot.core.jobs import State
from bot.storage.sqlite import SqliteStore
from bot.storage.transaction import Row, Transaction, Value
from bot.storage.transactions import calls, claim, deliveries, finish, recover, submit
from tests.conformance import proofs
from tests.conformance.engines import SqliteBench, SqliteEngine
from tests.conformance.world import LEASE, LIMITS, NOW, draft, picture

REPOSITORY = Path(__file__).parents[2]


class Died(BaseException):
    """The process is gone."""


class Mortal:
    """A transaction in a process that dies before its nth statement."""

    def __init__(self, tx: Transaction, life: list[int]) -> None:
        self._tx = tx
        self._life = life

    def _live(self) -> None:
        if self._life[0] == 0:
            raise Died
        self._life[0] -= 1

    def find(self, statement: str, **values: Value) -> Row | None:
        self._live()
        return self._tx.find(statement, **values)

    def one(self, statement: str, **values: Value) -> Row:
        self._live()
        return self._tx.one(statement, **values)

    def every(self, statement: str, **values: Value) -> list[Row]:
        self._live()
        return self._tx.every(statement, **values)

    def change(self, statement: str, **values: Value) -> int:
        self._live()
        return self._tx.change(statement, **values)

    def change_each(self, statement: str, values: Sequence[dict[str, Value]]) -> None:
        self._live()
        self._tx.change_each(statement, values)


def live(bench: SqliteBench, life: list[int], *, paid: list[int]) -> None:
    """Everything that happens to one request, from its submission to the posted picture.

    Args:
        bench: The database.
        life: Statements that are left to the process.
        paid: One entry for each call that the provider was paid for.
    """
    bench.run(lambda tx: submit.submit(Mortal(tx, life), draft(interaction=1), LIMITS, NOW))
    job = bench.run(lambda tx: claim.claim(Mortal(tx, life), "w", NOW, LEASE))
    if job is not None:
        if bench.run(lambda tx: calls.intend(Mortal(tx, life), job, 1, "openai", NOW)):
            paid.append(job.id)
        shown = [picture(0, "ab" * 32)]
        bench.run(lambda tx: finish.keep(Mortal(tx, life), job, shown, 30_000, "openai", NOW))
    delivery = bench.run(lambda tx: deliveries.next_delivery(Mortal(tx, life), NOW, LEASE))
    if delivery is not None:
        posted = Posted(message_id=1, channel_id=2)
        bench.run(lambda tx: deliveries.delivered(Mortal(tx, life), delivery, posted, NOW))


def statements_of_a_life(engine: SqliteEngine) -> int:
    """How many there are to die at."""
    bench, life = engine.bench(), [10_000]
    live(bench, life, paid=[])
    bench.close()
    return 10_000 - life[0]


def test_dying_at_any_statement_leaves_one_outcome(engine: SqliteEngine) -> None:
    """Given a death at each statement, after a restart the request ends once and is paid once."""
    moments = statements_of_a_life(engine)
    assert moments > 40
    outcomes = set()
    for moment in range(moments):
        bench = engine.bench()
        paid: list[int] = []
        with pytest.raises(Died):
            live(bench, [moment], paid=paid)
        proofs.check(bench)

        bench.run(recover.recover, NOW, repeat=False)
        live(bench, [10_000], paid=paid)

        proofs.check(bench)
        [state] = proofs.states(bench).values()
        outcomes.add(state)
        assert len(paid) == 1
        kinds = [row["kind"] for row in bench.look("SELECT kind FROM ledger ORDER BY kind")]
        assert (
            kinds
            == {
                State.DELIVERED: ["charge", "release", "reserve"],
                State.UNKNOWN: ["release", "reserve", "unknown"],
            }[state]
        )
        assert bench.look("SELECT state FROM delivery") == [{"state": "done"}]
        bench.close()
    assert outcomes == {State.DELIVERED, State.UNKNOWN}


def test_dying_at_any_statement_of_the_restart_is_sorted_out_by_the_next_one(
    engine: SqliteEngine,
) -> None:
    """Recovering is one transaction like any other."""
    for moment in range(30):
        bench = engine.bench()
        bench.run(submit.submit, draft(), LIMITS, NOW)
        job = bench.run(claim.claim, "w", NOW, LEASE)
        assert job is not None
        bench.run(calls.intend, job, 1, "openai", NOW)
        before = proofs.everything(bench)
        with suppress(Died):
            bench.run(restart, [moment])
            before = []
        assert before in ([], proofs.everything(bench))

        bench.run(recover.recover, NOW, repeat=False)

        proofs.check(bench)
        assert set(proofs.states(bench).values()) == {State.UNKNOWN}
        assert not bench.run(finish.fail, job, OutcomeUnknown(), NOW)
        bench.close()


def restart(tx: Transaction, life: list[int]) -> None:
    """In a process that may die of it."""
    recover.recover(Mortal(tx, life), NOW, repeat=False)


WRITER = """
import asyncio, json, sys
from pathlib import Path
from bot.storage.sqlite import SqliteStore
from tests.conformance.world import LEASE, LIMITS, NOW, draft, picture

async def main() -> None:
    store = SqliteStore(Path(sys.argv[1]))
    await store.open()
    for n in range(1, 1_000_000):
        job = (await store.submit(draft(n % 3, n % 5, interaction=n), LIMITS, NOW)).job
        print(json.dumps(["accepted", job.id]), flush=True)
        claimed = await store.claim("w", NOW, LEASE)
        if n % 4:
            await store.keep(claimed, [picture()], 30_000, "p", NOW)
            print(json.dumps(["kept", claimed.id]), flush=True)
        else:
            await store.requeue(claimed, NOW)

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [1, 40, 150])
async def test_what_was_acknowledged_survives_kill_9(
    tmp_path: Path, engine: SqliteEngine, lines: int
) -> None:
    """Given a process killed while it writes, all it said is there and the sums agree."""
    database = tmp_path / "easel.db"
    said = what_is_said(database, lines)

    store = SqliteStore(database)
    await store.open()
    try:
        await store.recover(NOW, repeat=False)
        for what, job_id in said:
            job = await store.job(job_id)
            assert job is not None
            assert what == "accepted" or job.state is State.DRAWN
    finally:
        await store.close()
    bench = SqliteBench(database)
    proofs.check(bench)
    assert bench.look("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    bench.close()


def what_is_said(database: Path, lines: int) -> list[tuple[str, int]]:
    """What a writer acknowledged before it was killed, after that many lines or a few more."""
    said: list[tuple[str, int]] = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(database)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            said.append(tuple(json.loads(line)))
            if len(said) == lines:
                writer.kill()
    return said
