"""What the conformance tests run on, and the database that needs no server."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.ports import Clock
from bot.core.stores import Store
from bot.ops.clock import SystemClock
from bot.storage import engines, migrate, statements
from bot.storage.engines import Storage
from bot.storage.sqlite_connection import perform
from bot.storage.transaction import Transaction

Given = ParamSpec("Given")
Result = TypeVar("Result")
Found = list[dict[str, Any]]


class Rows(Protocol):
    """A database that can be looked into."""

    def look(self, sql: str) -> Found:
        """Run SQL of the test's own, outside of transactions."""
        ...


class Bench(Rows, Protocol):
    """Transactions one after the other on an empty database, with no store around them."""

    def run(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Run one transaction."""
        ...

    def tables(self) -> list[str]:
        """The names of all tables."""
        ...

    def close(self) -> None:
        """Throw it away."""
        ...


class Engine(Protocol):
    """One kind of database.

    Attributes:
        shared: Whether several processes may use the same one at once.
        slowness: How much longer a statement takes than in memory, about: tests that make up
            many cases make up so many times fewer.
    """

    shared: bool
    slowness: int

    def storage(self, folder: Path, clock: Clock) -> Storage:
        """What is not open yet; the same database for the same folder."""
        ...

    def store(self, folder: Path) -> Store:
        """Its store alone."""
        ...

    def age(self, folder: Path, sha256: str, put: datetime) -> None:
        """Make it seem that these bytes were put then."""
        ...

    def look(self, folder: Path, sql: str) -> Found:
        """Run SQL of the test's own beside the store."""
        ...

    def bench(self) -> Bench:
        """A bench of its own."""
        ...

    def forget(self, folder: Path) -> None:
        """Nothing asks for that folder's database any more."""
        ...


class SqliteEngine:
    """Files that are copies of one that was migrated."""

    shared = False
    slowness = 1

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate.apply(self._template)

    def storage(self, folder: Path, _clock: Clock) -> Storage:
        """On a file in that folder."""
        file = folder / "easel.db"
        if not file.exists():
            shutil.copy(self._template, file)
        return engines.sqlite(file, folder / "pictures", setting="DATA_DIR")

    def store(self, folder: Path) -> Store:
        """Its store alone."""
        return self.storage(folder, SystemClock()).store

    def age(self, folder: Path, sha256: str, put: datetime) -> None:
        """By the time of the file."""
        os.utime(folder / "pictures" / sha256[:2] / sha256, (put.timestamp(),) * 2)

    def look(self, folder: Path, sql: str) -> Found:
        """Through a connection that commits by itself."""
        with closing(sqlite3.connect(folder / "easel.db", isolation_level=None)) as connection:
            return _found(connection, sql)

    def bench(self) -> SqliteBench:
        """In memory."""
        return SqliteBench(self._template)

    def forget(self, folder: Path) -> None:
        """The folder goes, and the file with it."""


class SqliteBench:
    """A database in memory."""

    def __init__(self, template: Path) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        with closing(sqlite3.connect(template)) as migrated:
            migrated.backup(self.connection)
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.row_factory = sqlite3.Row
        self.statements = statements.for_sqlite()

    def run(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """As the store does."""
        return perform(
            self.connection,
            self.statements,
            "BEGIN IMMEDIATE",
            lambda tx: function(tx, *args, **kwargs),
        )

    def look(self, sql: str) -> Found:
        """On the same connection."""
        return _found(self.connection, sql)

    def tables(self) -> list[str]:
        """SQLite's own among them."""
        return [
            row["name"] for row in self.look("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]

    def close(self) -> None:
        """Throw it away."""
        self.connection.close()


def _found(connection: sqlite3.Connection, sql: str) -> Found:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
