"""How PostgreSQL is reached, and how one transaction runs on it. Nothing here is asynchronous."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from bot.storage.transaction import Row, Transaction, Value

Result = TypeVar("Result")

Connection = psycopg.Connection[DictRow]

WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE"
"""What a statement reads is what is committed when it starts, so rows are locked first."""

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

DEFAULTS: Mapping[str, Any] = {
    "application_name": "easel",
    "connect_timeout": 5,
    # A server that vanished without a word is noticed within seconds, not hours.
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""How to connect where the address does not say otherwise."""

LOCK_MS = 1_500
"""How long to wait for somebody else's row. Members are answered within three seconds."""

IDLE_MS = 10_000
"""A process that stops in the middle of a transaction holds the others up no longer than that."""

SESSION = """
    SELECT set_config('lock_timeout', %(lock)s, false),
      set_config('idle_in_transaction_session_timeout', %(idle)s, false),
      CASE WHEN current_setting('synchronous_commit') = 'off'
        THEN set_config('synchronous_commit', 'on', false) END
"""
"""An acknowledged request must outlive a power cut, whatever the database is set to."""


def address(url: str) -> dict[str, Any]:
    """What to connect with.

    Raises:
        psycopg.ProgrammingError: The address cannot be read.
    """
    return {**DEFAULTS, **conninfo_to_dict(url)}


def connect(where: Mapping[str, Any]) -> Connection:
    """A connection whose transactions are begun by whoever uses it."""
    connection = psycopg.connect(**where, autocommit=True, row_factory=dict_row)
    try:
        set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def set_up(connection: Connection) -> None:
    """Make a new connection ready."""
    connection.execute(SESSION, {"lock": f"{LOCK_MS}ms", "idle": f"{IDLE_MS}ms"})


class Cut(psycopg.OperationalError):
    """The connection is no longer one, and nothing was done on it: another one may serve."""


class PostgresTransaction:
    """Named statements on a connection that has a transaction open."""

    def __init__(self, connection: Connection, statements: Mapping[str, str]) -> None:
        self._connection = connection
        self._statements = statements

    def find(self, statement: str, **values: Value) -> Row | None:
        return self._execute(statement, values).fetchone()

    def one(self, statement: str, **values: Value) -> Row:
        row = self.find(statement, **values)
        if row is None:
            # Not with the values: among them are prompts and tokens.
            raise LookupError(f"{statement} found no row")
        return row

    def every(self, statement: str, **values: Value) -> list[Row]:
        return list(self._execute(statement, values).fetchall())

    def change(self, statement: str, **values: Value) -> int:
        return self._execute(statement, values).rowcount

    def change_each(self, statement: str, values: Sequence[dict[str, Value]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(self._statements[statement], values)

    def _execute(self, statement: str, values: Mapping[str, Value]) -> psycopg.Cursor[DictRow]:
        return self._connection.execute(self._statements[statement], values)


def perform(
    connection: Connection,
    statements: Mapping[str, str],
    begin: str,
    body: Callable[[Transaction], Result],
) -> Result:
    """Run one transaction to its end.

    Args:
        connection: With no transaction open.
        statements: By name, as `body` calls them.
        begin: `WRITE` or `READ`.
        body: Commits by returning, rolls back by raising.

    Raises:
        Cut: The connection was lost since it was last used.
    """
    try:
        connection.execute(begin)
    except psycopg.OperationalError as lost:
        raise Cut(str(lost)) from lost
    try:
        result = body(PostgresTransaction(connection, statements))
        connection.execute("COMMIT")
    except BaseException:
        if not connection.closed:
            connection.execute("ROLLBACK")
        raise
    return result
