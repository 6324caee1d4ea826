"""The store on SQLite: one file, one process, no server.

One connection does all the writing and all the moving of the log into the file; a second one can
only read. Every call is one transaction and one hop to a connection's thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot.core.allowances import Permit
from bot.core.bookkeeping import Spent
from bot.core.delivery import Delivery, Later, Posted
from bot.core.errors import DrawingFailed, Misconfigured, Unavailable
from bot.core.guilds import Change, GuildSettings
from bot.core.jobs import Draft, Job, Note, Picture, State
from bot.core.quotas import Amount, Bound, Counter, Rule, Tally
from bot.core.reports import GuildQueue, Page, Waiting
from bot.core.stores import Limits, Policy, Recovered, Submitted
from bot.storage import migrate, statements
from bot.storage.aiosqlite_hop import Hop
from bot.storage.lockfile import Lock
from bot.storage.privacy_calls import PrivacyCalls
from bot.storage.sqlite_connection import (
    BUSY_MS,
    LOCKED_MS,
    open_reader,
    open_writer,
    overwrite,
    perform,
    wait_for_locks,
)
from bot.storage.transaction import Transaction
from bot.storage.transactions import (
    accounts,
    audit,
    calls,
    cancel,
    claim,
    deliveries,
    facts,
    files,
    finish,
    guilds,
    lanes,
    recover,
    reports,
    submit,
)

Given = ParamSpec("Given")
Result = TypeVar("Result")

UNREAD = "storage.overwrite"
"""The fact that the files may still hold, unread, what was erased."""

SMALL = 64 * 1024 * 1024
"""Bytes; a database up to that is written anew while all else waits: half a second."""

OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
"""Mistakes of ours, to be seen as such; what else SQLite raises is trouble with the file."""


class SqliteStore(PrivacyCalls):
    """`core.stores.Store` in one file.

    Args:
        database: The file; its folder is made if need be, and belongs to one process at a time.
        setting: The setting that chose it: sentences for the operator name it.
    """

    def __init__(self, database: Path, *, setting: str = "DATA_DIR") -> None:
        self._database = database
        self._setting = setting
        self._statements = statements.for_sqlite()
        self._lock: Lock | None = None
        self._writer: Hop | None = None
        self._reader: Hop | None = None
        self._locked = False

    async def open(self) -> None:
        """Bring the schema up to date and take the folder for this process.

        Raises:
            Misconfigured: The database cannot be used; the sentence says why.
        """
        try:
            await asyncio.to_thread(self._prepare)
            self._writer = await Hop.open(lambda: open_writer(self._database))
            await self._writer.run(self._try_writing)
            self._reader = await Hop.open(lambda: open_reader(self._database))
            if await self.recall(UNREAD) is not None:
                await self._overwrite()
        except sqlite3.Error as problem:
            await self.close()
            raise self._unusable(str(problem)) from problem
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what was handed over and let go of the folder; safe to call twice."""
        reader, writer, lock = self._reader, self._writer, self._lock
        self._reader = self._writer = self._lock = None
        try:
            # The writer goes last: whoever goes last moves the log into the file.
            for hop in (reader, writer):
                if hop is not None:
                    await hop.close()
        finally:
            if lock is not None:
                lock.release()

    def _prepare(self) -> None:
        self._lock = Lock.take(self._database, setting=self._setting)
        migrate.upgrade(self._database, setting=self._setting)

    def _try_writing(self, connection: sqlite3.Connection) -> None:
        # SQLite opens a file that it may not write as one to be read, and says so at the first
        # write; a file system without shared memory refuses WAL without a word.
        perform(connection, self._statements, "BEGIN IMMEDIATE", lambda _: None)
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            raise self._unusable("this file system cannot hold a database in WAL mode")

    def _unusable(self, reason: str) -> Misconfigured:
        sentence = (
            f"{self._setting}: I cannot write to {self._database} ({reason}). Use a folder on "
            "a local disk that the user who runs Easel may write to."
        )
        return Misconfigured((sentence,))

    async def _write(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        return await self._run(
            self._writer,
            function.__name__,
            lambda connection: self._perform(connection, lambda tx: function(tx, *args, **kwargs)),
        )

    async def _read(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        return await self._run(
            self._reader,
            function.__name__,
            lambda connection: perform(
                connection, self._statements, "BEGIN", lambda tx: function(tx, *args, **kwargs)
            ),
        )

    async def _run(
        self, hop: Hop | None, name: str, transact: Callable[[sqlite3.Connection], Result]
    ) -> Result:
        if hop is None:
            raise Unavailable(f"{name}: the store is not open")
        try:
            return await hop.run(transact)
        except OURS:
            raise
        except sqlite3.Error as problem:
            raise Unavailable(f"{name}: {problem}") from problem

    def _perform(
        self, connection: sqlite3.Connection, body: Callable[[Transaction], Result]
    ) -> Result:
        """One transaction that writes, on the connection's own thread.

        Where somebody else's lock was waited for in vain, those that stand in line behind it have
        waited as long already: they only see whether it is gone.
        """
        try:
            result = perform(connection, self._statements, "BEGIN IMMEDIATE", body)
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                self._locked = True
                wait_for_locks(connection, LOCKED_MS)
            raise
        if self._locked:
            self._locked = False
            wait_for_locks(connection, BUSY_MS)
        return result

    # Queue

    async def submit(self, draft: Draft, limits: Limits, now: datetime) -> Submitted:
        return await self._write(submit.submit, draft, limits, now)

    async def answered(self, job_id: int, message_id: int) -> None:
        await self._write(submit.answered, job_id, message_id)

    async def claim(self, worker: str, now: datetime, lease: timedelta) -> Job | None:
        return await self._write(claim.claim, worker, now, lease)

    async def renew(self, job: Job, now: datetime, lease: timedelta) -> bool:
        return await self._write(claim.renew, job, now, lease)

    async def intend(self, job: Job, call: int, provider: str, now: datetime) -> bool:
        return await self._write(calls.intend, job, call, provider, now)

    async def rejected(self, job: Job, call: int, code: str, now: datetime) -> bool:
        return await self._write(calls.rejected, job, call, code, now)

    async def keep(
        self,
        job: Job,
        pictures: Sequence[Picture],
        cost: int,
        provider: str,
        now: datetime,
        *,
        note: Note | None = None,
    ) -> Job | None:
        return await self._write(finish.keep, job, pictures, cost, provider, now, note=note)

    async def fail(self, job: Job, failure: DrawingFailed, now: datetime) -> Job | None:
        return await self._write(finish.fail, job, failure, now)

    async def requeue(self, job: Job, now: datetime) -> Job | None:
        return await self._write(finish.requeue, job, now)

    async def cancel(self, job_id: int, by: int, now: datetime) -> State:
        return await self._write(cancel.cancel, job_id, by, now)

    async def clear_queue(self, guild_id: int, by: int, now: datetime) -> tuple[Job, ...]:
        return await self._write(cancel.clear_queue, guild_id, by, now)

    async def recover(
        self, now: datetime, *, repeat: bool, held: Collection[int] | None = None
    ) -> Recovered:
        return await self._write(recover.recover, now, repeat=repeat, held=held)

    async def set_limits(self, limits: Limits) -> None:
        await self._write(lanes.set_limits, limits)

    # Deliveries

    async def next_delivery(self, now: datetime, lease: timedelta) -> Delivery | None:
        return await self._write(deliveries.next_delivery, now, lease)

    async def next_due(self) -> datetime | None:
        return await self._read(deliveries.next_due)

    async def sending(self, delivery: Delivery, part: int, now: datetime) -> None:
        await self._write(deliveries.sending, delivery, part, now)

    async def sent(self, delivery: Delivery, part: int, posted: Posted, now: datetime) -> None:
        await self._write(deliveries.sent, delivery, part, posted, now)

    async def delivered(self, delivery: Delivery, posted: Posted, now: datetime) -> tuple[str, ...]:
        return await self._write(deliveries.delivered, delivery, posted, now)

    async def postpone(self, delivery: Delivery, later: Later) -> None:
        await self._write(deliveries.postpone, delivery, later)

    # Accounts

    async def rules(self, guild_id: int, member_id: int | None = None) -> tuple[Rule, ...]:
        return await self._read(accounts.rules, guild_id, member_id)

    async def set_rule(self, rule: Rule) -> Rule | None:
        return await self._write(accounts.set_rule, rule)

    async def clear_rule(self, rule: Rule, by: int, now: datetime) -> Rule | None:
        return await self._write(accounts.clear_rule, rule, by, now)

    async def set_permit(self, permit: Permit) -> Permit | None:
        return await self._write(accounts.set_permit, permit)

    async def grant(self, tally: Tally, amount: Amount, by: int, now: datetime) -> Counter:
        return await self._write(guilds.grant, tally, amount, by, now)

    async def forgive(self, tally: Tally, by: int, now: datetime) -> Counter:
        return await self._write(guilds.forgive, tally, by, now)

    async def counters(self, guild_id: int, member_id: int, now: datetime) -> tuple[Counter, ...]:
        return await self._read(guilds.counters, guild_id, member_id, now)

    async def bounds(
        self, guild_id: int, member_id: int, roles: Collection[int], now: datetime
    ) -> tuple[Bound, ...]:
        return await self._read(guilds.bounds, guild_id, member_id, roles, now)

    # Guilds

    async def policy(self, guild_id: int, member_id: int | None = None) -> Policy:
        return await self._read(guilds.policy, guild_id, member_id)

    async def choose(
        self, guild_id: int, chosen: GuildSettings, limits: Limits, by: int, now: datetime
    ) -> GuildSettings:
        return await self._write(guilds.choose, guild_id, chosen, limits, by, now)

    async def note(self, change: Change) -> None:
        await self._write(audit.note, change)

    async def audit(
        self, guild_id: int, most: int, *, older_than: int | None = None
    ) -> tuple[Change, ...]:
        return await self._read(audit.audit, guild_id, most, older_than=older_than)

    async def changed_last(self, guild_id: int) -> dict[str, Change]:
        return await self._read(audit.changed_last, guild_id)

    async def audit_after(self, number: int | None, most: int) -> tuple[Change, ...]:
        return await self._read(audit.audit_after, number, most)

    # Files

    async def files_in_use(self, inputs_after: datetime, results_after: datetime) -> frozenset[str]:
        return await self._write(files.files_in_use, inputs_after, results_after)

    # Privacy, beside what is in PrivacyCalls

    async def scrub(self) -> None:
        # Written down first: where it is too much to be done now, the next start does it.
        await self.remember(UNREAD, "")
        if self._database.stat().st_size <= SMALL:
            await self._overwrite()

    async def _overwrite(self) -> None:
        await self._write(facts.forget, UNREAD)
        await self._run(self._writer, "scrub", overwrite)

    # Reports

    async def job(self, job_id: int) -> Job | None:
        return await self._read(reports.job, job_id)

    async def ahead(self, job_id: int) -> int | None:
        return await self._read(reports.ahead, job_id)

    async def unfinished(self, guild_id: int, member_id: int) -> tuple[Waiting, ...]:
        return await self._read(reports.unfinished, guild_id, member_id)

    async def counts(self) -> dict[State, int]:
        return await self._read(reports.counts)

    async def pictures(self, job_id: int) -> tuple[Picture, ...]:
        return await self._read(reports.pictures, job_id)

    async def shown(
        self,
        member_id: int,
        most: int,
        *,
        older_than: int | None = None,
        newer_than: int | None = None,
    ) -> Page:
        return await self._read(
            reports.shown, member_id, most, older_than=older_than, newer_than=newer_than
        )

    async def last(self, guild_id: int, member_id: int, most: int) -> tuple[Job, ...]:
        return await self._read(reports.last, guild_id, member_id, most)

    async def kept(self, member_id: int, drawn_after: datetime) -> int:
        return await self._read(reports.kept, member_id, drawn_after)

    async def guild_queue(self, guild_id: int, most: int, *, skip: int = 0) -> GuildQueue:
        return await self._read(reports.guild_queue, guild_id, most, skip=skip)

    async def spent(self, guild_id: int, marks: Sequence[datetime]) -> tuple[Spent, ...]:
        return await self._read(reports.spent, guild_id, marks)

    # Memory

    async def recall(self, name: str) -> str | None:
        return await self._read(facts.recall, name)

    async def remember(self, name: str, value: str) -> None:
        await self._write(facts.remember, name, value)
