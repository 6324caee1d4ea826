"""What the conformance tests run on, and the database that needs no server."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.stores import Store
from bot.storage import migrate, statements
from bot.storage.sqlite import SqliteStore
from bot.storage.sqlite_connection import perform
from bot.storage.transaction import Transaction

Given = ParamSpec("Given")
Result = TypeVar("Result")
Found = list[dict[str, Any]]


class Bench(Protocol):
    """Transactions one after the other on an empty database, with no store around them."""

    def run(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Run one transaction."""
        ...

    def look(self, sql: str) -> Found:
        """Run SQL of the test's own, outside of transactions."""
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

    def store(self, folder: Path) -> Store:
        """A store that is not open yet; the same database for the same folder."""
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

    def close(self) -> None:
        """Nothing asks for any of them any more."""
        ...


class SqliteEngine:
    """Files that are copies of one that was migrated."""

    shared = False
    slowness = 1

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate.apply(self._template)

    def store(self, folder: Path) -> Store:
        """A store on a file in that folder."""
        file = folder / "easel.db"
        if not file.exists():
            shutil.copy(self._template, file)
        return SqliteStore(file)

    def look(self, folder: Path, sql: str) -> Found:
        """Through a connection that commits by itself."""
        with closing(sqlite3.connect(folder / "easel.db", isolation_level=None)) as connection:
            return _found(connection, sql)

    def bench(self) -> SqliteBench:
        """In memory."""
        return SqliteBench(self._template)

    def forget(self, folder: Path) -> None:
        """The folder goes, and the file with it."""

    def close(self) -> None:
        """Likewise."""


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

    def close(self) -> None:
        """Throw it away."""
        self.connection.close()


def _found(connection: sqlite3.Connection, sql: str) -> Found:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
