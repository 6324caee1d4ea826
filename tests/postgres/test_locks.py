"""Two transactions in each other's way, stopped at the worst moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import psycopg
import pytest

from bot.core.errors import Unavailable
from bot.core.jobs import Job, State
from bot.storage import statements
from bot.storage.postgres_connection import READ, WRITE, Connection, address, connect, perform
from bot.storage.postgres_pool import TRIES, Pool
from bot.storage.transaction import Transaction
from bot.storage.transactions import calls, cancel, claim, finish, lanes, recover, reports, submit
from tests.conformance import proofs
from tests.conformance.postgres_engine import Database
from tests.conformance.world import LEASE, LIMITS, NOW, draft

Result = TypeVar("Result")

WAITING = "SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted"


class Two:
    """One transaction that is stopped before its commit, and one that comes meanwhile."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.texts = statements.for_postgres()
        self.first, self.second = (connect(address(database.url)) for _ in range(2))
        self._threads = ThreadPoolExecutor(1)

    def close(self) -> None:
        """Disconnect."""
        self._threads.shutdown()
        self.first.close()
        self.second.close()

    def run(self, body: Callable[[Transaction], Result]) -> Result:
        """One that nobody is in the way of."""
        return perform(self.first, self.texts, WRITE, body)

    def meanwhile(
        self, first: Callable[[Transaction], object], second: Callable[[Transaction], Result]
    ) -> Result:
        """The answer of the second, which began before the first was committed."""
        late: list[Future[Result]] = []

        def stopped(tx: Transaction) -> None:
            first(tx)
            late.append(self._threads.submit(perform, self.second, self.texts, WRITE, second))
            while not late[0].done() and not self.database.look(WAITING)[0]["waiting"]:
                pass

        self.run(stopped)
        return late[0].result()


@pytest.fixture
def two(database: Database) -> Iterator[Two]:
    """On one database."""
    made = Two(database)
    yield made
    made.close()


def running(two: Two, lease: timedelta = LEASE) -> Job:
    """A claimed job."""
    two.run(lambda tx: submit.submit(tx, draft(), LIMITS, NOW))
    job = two.run(lambda tx: claim.claim(tx, "w", NOW, lease))
    assert job is not None
    return job


def test_a_call_that_is_being_noted_keeps_its_job_from_being_queued_again(two: Two) -> None:
    """Given a slow worker whose job is put back, then what it may have paid is not paid again."""
    job = running(two)

    again = two.meanwhile(
        lambda tx: calls.intend(tx, job, 1, "openai", NOW), lambda tx: finish.requeue(tx, job, NOW)
    )

    assert not again
    assert proofs.states(two.database) == {job.id: State.RUNNING}


def test_a_call_that_is_being_noted_ends_as_unknown_when_its_lease_has_ended(two: Two) -> None:
    """Given a worker that was silent for too long, then its call is not taken for unsent."""
    job = running(two, timedelta(0))

    recovered = two.meanwhile(
        lambda tx: calls.intend(tx, job, 1, "openai", NOW),
        lambda tx: recover.recover(tx, NOW, repeat=False, held=()),
    )

    assert [each.id for each in recovered.ended] == [job.id]


def test_a_job_whose_lease_is_being_renewed_is_left_alone(two: Two) -> None:
    """Given a worker that is late but alive, then nobody takes its job."""
    job = running(two, timedelta(0))

    recovered = two.meanwhile(
        lambda tx: claim.renew(tx, job, NOW, LEASE),
        lambda tx: recover.recover(tx, NOW, repeat=False, held=()),
    )

    assert (recovered.requeued, recovered.ended) == ((), ())
    assert two.run(lambda tx: finish.requeue(tx, job, NOW))


def test_lanes_are_derived_from_what_is_committed(two: Two) -> None:
    """Given flags that are put right while a job is withdrawn, then they know of that."""
    job = two.run(lambda tx: submit.submit(tx, draft(), LIMITS, NOW)).job
    two.database.look("UPDATE guild_lane SET ready = 0")
    two.database.look("UPDATE member_lane SET ready = 0")

    two.meanwhile(lambda tx: cancel.cancel(tx, job.id, 1, NOW), lanes.rederive)

    proofs.check(two.database)


def test_a_claim_waits_for_what_is_being_sorted_out(two: Two) -> None:
    """Given a job that is queued again in that moment, then it is the next one."""
    job = running(two, timedelta(0))

    again = two.meanwhile(
        lambda tx: recover.recover(tx, NOW, repeat=False, held=()),
        lambda tx: claim.claim(tx, "w", NOW, LEASE),
    )

    assert again is not None
    assert (again.id, again.attempt) == (job.id, 2)


def test_a_report_sees_one_moment(two: Two) -> None:
    """Whatever is committed between two of its statements."""
    job = running(two)
    seen: list[Job | None] = []

    def look_twice(tx: Transaction) -> None:
        for _ in range(2):
            seen.append(reports.job(tx, job.id))
            perform(two.second, two.texts, WRITE, lambda other: finish.requeue(other, job, NOW))

    perform(two.first, two.texts, READ, look_twice)

    assert seen == [job, job]


async def test_of_two_that_wait_for_each_other_both_come_to_their_end(pool: Pool) -> None:
    """The database undoes one of them, which is then run again."""
    for asked in (draft(1), draft(2)):
        await pool.run(
            "submit", partial(submit.submit, draft=asked, limits=LIMITS, now=NOW), write=True
        )
    ready: set[int] = set()

    async def cross(one: int, other: int) -> int:
        tries = []

        def body(tx: Transaction) -> int:
            tries.append(one)
            tx.one("guild_lane", guild_id=one)
            ready.add(one)
            while len(tries) == 1 and other not in ready:
                pass
            tx.one("guild_lane", guild_id=other)
            return len(tries)

        return await pool.run("cross", body, write=True)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(cross(1, 2)), group.create_task(cross(2, 1))]

    assert max(task.result() for task in tasks) > 1


async def test_what_is_undone_over_and_over_is_told_in_the_end(pool: Pool) -> None:
    """It is not tried for ever."""
    tries = []

    def unlucky(_: Transaction) -> None:
        tries.append(1)
        raise psycopg.errors.SerializationFailure("could not serialize access")

    with pytest.raises(Unavailable, match="unlucky: could not serialize"):
        await pool.run("unlucky", unlucky, write=True)
    assert len(tries) == TRIES


async def test_a_row_that_somebody_holds_for_too_long_is_told(
    pool: Pool, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members are answered in time, whatever an operator does in a shell."""
    two.first.execute("BEGIN; SELECT 1 FROM sched FOR UPDATE")

    def claimed(tx: Transaction) -> object:
        return claim.claim(tx, "w", NOW, LEASE)

    with pytest.raises(Unavailable, match="claim: canceling statement due to lock timeout"):
        await pool.run("claim", claimed, write=True)
    two.first.execute("ROLLBACK")
    assert await pool.run("claim", claimed, write=True) is None


async def test_a_connection_that_was_cut_is_replaced(pool: Pool, database: Database) -> None:
    """A restart of the server costs no request that comes after it."""
    for _ in range(3):
        await pool.run("clock", lambda tx: tx.one("clock"), write=False)
        database.look(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert (await pool.run("clock", lambda tx: tx.one("clock"), write=False))["vtime"] == 0


async def test_a_connection_that_is_cut_in_the_middle_is_told(
    pool: Pool, database: Database
) -> None:
    """And nothing of it is stored."""

    def cut(tx: Transaction) -> None:
        submit.submit(tx, draft(), LIMITS, NOW)
        database.look(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tx.one("clock")

    with pytest.raises(Unavailable, match="submit: terminating connection"):
        await pool.run("submit", cut, write=True)
    assert proofs.states(database) == {}


async def test_a_mistake_of_ours_is_seen_as_such_without_what_stands_in_the_row(
    pool: Pool,
) -> None:
    """Tokens and prompts do not get into logs by way of an error."""

    def twice(tx: Transaction) -> None:
        job = submit.submit(tx, draft(), LIMITS, NOW).job
        tx.change("input_insert", job_id=job.id, kind="a-secret", idx=0, sha256="x")

    with pytest.raises(psycopg.IntegrityError, match=r"^twice: new row for relation") as seen:
        await pool.run("twice", twice, write=True)
    assert "a-secret" not in str(seen.value)
    assert seen.value.__cause__ is None


async def test_a_read_cannot_write(pool: Pool) -> None:
    """Not even by mistake."""
    with pytest.raises(Unavailable, match="read-only"):
        await pool.run("wrong", lambda tx: tx.change("clock_advance", vtime=5), write=False)


async def test_a_session_is_set_up_for_power_cuts_and_frozen_processes(
    pool: Pool, database: Database
) -> None:
    """Whatever the database is set to."""
    name = database.connection.info.dbname
    database.look(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with connect(address(database.url)) as connection:
        found = {
            setting: _shown(connection, setting)
            for setting in (
                "synchronous_commit",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
            )
        }
    database.look(f"ALTER DATABASE {name} RESET synchronous_commit")

    assert found == {
        "synchronous_commit": "on",
        "lock_timeout": "1500ms",
        "idle_in_transaction_session_timeout": "10s",
    }


def _shown(connection: Connection, setting: str) -> str:
    row = connection.execute(f"SHOW {setting}").fetchone()
    assert row is not None
    return str(row[setting])
