"""How SQLite is opened, and how one transaction runs on it. Nothing here is asynchronous."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from bot.storage.transaction import Row, Transaction, Value

Result = TypeVar("Result")

BUSY_MS = 1_500
"""How long to wait for somebody else's lock: a backup, or an operator's shell.

Less than the three seconds in which a member has to be answered.
"""

LOCKED_MS = 50
"""Likewise, once it is known that somebody holds on to the lock."""

WAL_BYTES = 64 * 1024 * 1024
"""The log is cut back to this after a long reader let it grow."""


def open_writer(database: Path) -> sqlite3.Connection:
    """The one connection that writes.

    FULL, because an acknowledged request must outlive a power cut; no memory map, which would turn
    a stray write of the program into a damaged file.
    """
    return _open(
        database,
        "rwc",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA secure_delete = ON",
        f"PRAGMA journal_size_limit = {WAL_BYTES}",
    )


def open_reader(database: Path) -> sqlite3.Connection:
    """A connection that cannot write, nor move what was written from the log to the file."""
    return _open(database, "ro", "PRAGMA query_only = ON")


def _open(database: Path, mode: str, *pragmas: str) -> sqlite3.Connection:
    # isolation_level None: the module would begin transactions by itself, and too late.
    connection = sqlite3.connect(
        f"file:{quote(str(database.absolute()))}?mode={mode}", uri=True, isolation_level=None
    )
    try:
        connection.row_factory = sqlite3.Row
        for pragma in (
            f"PRAGMA busy_timeout = {BUSY_MS}",
            "PRAGMA trusted_schema = OFF",
            "PRAGMA mmap_size = 0",
            *pragmas,
        ):
            connection.execute(pragma).close()
    except BaseException:
        connection.close()
        raise
    return connection


def overwrite(connection: sqlite3.Connection) -> None:
    """Write the whole file anew, and empty the log.

    What was deleted is overwritten with zeros when that is done. What was only moved, from one page
    to another, can leave a copy in the unused part of a page; nothing else gets rid of those.
    """
    connection.execute("VACUUM").close()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def wait_for_locks(connection: sqlite3.Connection, milliseconds: int) -> None:
    """Change how long the next transactions wait for somebody else's lock."""
    connection.execute(f"PRAGMA busy_timeout = {milliseconds}").close()


class SqliteTransaction:
    """Named statements on a connection that has a transaction open."""

    def __init__(self, connection: sqlite3.Connection, statements: Mapping[str, str]) -> None:
        self._connection = connection
        self._statements = statements

    def find(self, statement: str, **values: Value) -> Row | None:
        # All rows are taken: a statement that is not at its end would keep COMMIT from working.
        rows = self.every(statement, **values)
        return rows[0] if rows else None

    def one(self, statement: str, **values: Value) -> Row:
        row = self.find(statement, **values)
        if row is None:
            # Not with the values: among them are prompts and tokens.
            raise LookupError(f"{statement} found no row")
        return row

    def every(self, statement: str, **values: Value) -> list[Row]:
        return self._connection.execute(self._statements[statement], values).fetchall()

    def change(self, statement: str, **values: Value) -> int:
        return self._connection.execute(self._statements[statement], values).rowcount

    def change_each(self, statement: str, values: Sequence[dict[str, Value]]) -> None:
        self._connection.executemany(self._statements[statement], values)


def perform(
    connection: sqlite3.Connection,
    statements: Mapping[str, str],
    begin: str,
    body: Callable[[Transaction], Result],
) -> Result:
    """Run one transaction to its end.

    Args:
        connection: With no transaction open.
        statements: By name, as `body` calls them.
        begin: `BEGIN IMMEDIATE` to write: it takes the lock before anything is read, so that what
            was read still holds when it is written. `BEGIN` to read.
        body: Commits by returning, rolls back by raising.
    """
    connection.execute(begin)
    try:
        result = body(SqliteTransaction(connection, statements))
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result
