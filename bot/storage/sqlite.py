"""The store on SQLite: one file, one process, no server.

One connection does all the writing and all the moving of the log into the file; a second one can
only read. Every call is one transaction and one hop to a connection's thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.core.errors import Misconfigured, NotReady, Unavailable
from bot.storage import migrate, statements
from bot.storage.aiosqlite_hop import Hop
from bot.storage.lockfile import Lock
from bot.storage.sqlite_connection import (
    BUSY_MS,
    LOCKED_MS,
    open_reader,
    open_writer,
    overwrite,
    perform,
    wait_for_locks,
)
from bot.storage.sqlite_version import described
from bot.storage.transaction import Transaction
from bot.storage.transactional import TransactionalStore
from bot.storage.transactions import facts

Result = TypeVar("Result")

UNREAD = "storage.overwrite"
"""The fact that the files may still hold, unread, what was erased."""

SMALL = 64 * 1024 * 1024
"""Bytes; a database up to that is written anew while all else waits: half a second."""

OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
"""Mistakes of ours, to be seen as such; what else SQLite raises is trouble with the file."""


class SqliteStore(TransactionalStore):
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

    alone = True

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
            raise self._refused(problem) from problem
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

    def described(self) -> str:
        """Which file, and what there is to know about this release of SQLite."""
        return f"{self._database} can be written, {described()}"

    async def scrub(self) -> None:
        # Written down first: where it is too much to be done now, the next start does it.
        await self.remember(UNREAD, "")
        if self._database.stat().st_size <= SMALL:
            await self._overwrite()

    async def _overwrite(self) -> None:
        await self._write(facts.forget, UNREAD)
        if self._writer is None:
            raise Unavailable("scrub: the store is not open")
        await self._writer.run(overwrite)

    async def listen(self, changed: Callable[[], None]) -> None:
        """Nobody else works on the file, so there is nothing to hear."""

    def _prepare(self) -> None:
        self._lock = Lock.take(self._database, setting=self._setting)
        migrate.upgrade(self._database, setting=self._setting)

    def _try_writing(self, connection: sqlite3.Connection) -> None:
        # SQLite opens a file that it may not write as one to be read, and says so at the first
        # write; a file system without shared memory refuses WAL without a word.
        perform(connection, self._statements, "BEGIN IMMEDIATE", lambda _: None)
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            raise self._unusable("this file system cannot hold a database in WAL mode")

    def _refused(self, problem: sqlite3.Error) -> Misconfigured:
        match getattr(problem, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_BUSY:
                why = "another program holds its lock. Close that, and start Easel again"
            case sqlite3.SQLITE_FULL:
                why = "the disk is full. Free some space, and start Easel again"
            case _:
                return self._unusable(str(problem))
        return NotReady((f"{self._setting}: I cannot write to {self._database}: {why}.",))

    def _unusable(self, reason: str) -> Misconfigured:
        sentence = (
            f"{self._setting}: I cannot write to {self._database} ({reason}). Use a folder on "
            "a local disk that the user who runs Easel may write to."
        )
        return Misconfigured((sentence,))

    async def _run(
        self, name: str, body: Callable[[Transaction], Result], *, write: bool
    ) -> Result:
        hop, transact = (self._writer, self._to_write) if write else (self._reader, self._to_read)
        if hop is None:
            raise Unavailable(f"{name}: the store is not open")
        try:
            return await hop.run(lambda connection: transact(connection, body))
        except OURS:
            raise
        except sqlite3.Error as problem:
            raise Unavailable(f"{name}: {problem}") from problem

    def _to_read(
        self, connection: sqlite3.Connection, body: Callable[[Transaction], Result]
    ) -> Result:
        return perform(connection, self._statements, "BEGIN", body)

    def _to_write(
        self, connection: sqlite3.Connection, body: Callable[[Transaction], Result]
    ) -> Result:
        """One transaction, on the connection's own thread.

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
