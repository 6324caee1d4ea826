"""PostgreSQL for the conformance tests: one server, databases that are wiped and used again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot.core.ports import Clock
from bot.core.stores import Store
from bot.ops.clock import SystemClock
from bot.storage import engines, postgres_migrate, statements
from bot.storage.engines import Storage
from bot.storage.postgres_connection import WRITE, Connection, address, connect, perform
from bot.storage.transaction import Transaction
from bot.storage.values import stamp
from tests.conformance.engines import Found
from tests.conformance.postgres_server import Server

Given = ParamSpec("Given")
Result = TypeVar("Result")

TABLES = """
    SELECT tablename AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT LIKE '%yoyo%'
"""

SEQUENCES = "SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public'"


class PostgresEngine:
    """Databases that are copies of one that was migrated."""

    shared = True
    slowness = 4

    def __init__(self) -> None:
        self.server = Server()
        self._template = self.server.make()
        postgres_migrate.apply(self.server.url(self._template))
        self._used: dict[Path, Database] = {}
        self._clean: list[Database] = []

    def storage(self, folder: Path, clock: Clock) -> Storage:
        """On that folder's database."""
        return engines.postgres(self.database(folder).url, clock, setting="DATABASE_URL")

    def store(self, folder: Path) -> Store:
        """Its store alone."""
        return self.storage(folder, SystemClock()).store

    def age(self, folder: Path, sha256: str, put: datetime) -> None:
        """By the time in the row."""
        self.look(folder, f"UPDATE blob SET put_at = {stamp(put)} WHERE sha256 = '{sha256}'")

    def look(self, folder: Path, sql: str) -> Found:
        """Through a connection that commits by itself."""
        return self.database(folder).look(sql)

    def database(self, folder: Path) -> Database:
        """That folder's own."""
        if folder not in self._used:
            self._used[folder] = self.take()
        return self._used[folder]

    def forget(self, folder: Path) -> None:
        """Let another test have that folder's database."""
        if folder in self._used:
            self.give_back(self._used.pop(folder))

    def bench(self) -> PostgresBench:
        """On a database of its own."""
        return PostgresBench(self)

    def take(self) -> Database:
        """A database with nothing in it."""
        if self._clean:
            return self._clean.pop()
        return Database(self.server.url(self.server.make(self._template)))

    def give_back(self, database: Database) -> None:
        """Wipe it and keep it."""
        database.wipe()
        self._clean.append(database)

    def close(self) -> None:
        """Stop the server."""
        for database in (*self._used.values(), *self._clean):
            database.connection.close()
        self.server.close()


class Database:
    """One database, and a connection to it beside the store's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection: Connection = connect(address(url))
        tables = [row["name"] for row in self.look(TABLES)]
        sequences = [row["name"] for row in self.look(SEQUENCES)]
        # In any order: without the foreign keys, which are triggers.
        self._wiping = "; ".join(
            [
                "SET session_replication_role = replica",
                *(f"DELETE FROM {table}" for table in tables),
                *(f"ALTER SEQUENCE {sequence} RESTART" for sequence in sequences),
                "INSERT INTO sched (id, vtime) VALUES (1, 0)",
                "SET session_replication_role = DEFAULT",
            ]
        )

    def look(self, sql: str) -> Found:
        """Run SQL of the test's own."""
        cursor = self.connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def wipe(self) -> None:
        """Leave what the migrations left."""
        self.connection.execute(self._wiping)


class PostgresBench:
    """A database with no store around it."""

    def __init__(self, engine: PostgresEngine) -> None:
        self._engine = engine
        self._database = engine.take()
        self.connection = self._database.connection
        self.statements = statements.for_postgres()

    def run(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """As the store does."""
        return perform(
            self.connection, self.statements, WRITE, lambda tx: function(tx, *args, **kwargs)
        )

    def look(self, sql: str) -> Found:
        """On the same connection."""
        return self._database.look(sql)

    def tables(self) -> list[str]:
        """Those of Easel."""
        return [row["name"] for row in self.look(TABLES)]

    def close(self) -> None:
        """Let another test have it."""
        self._engine.give_back(self._database)
