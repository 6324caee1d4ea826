"""Bringing a PostgreSQL schema up to date, as `migrate` does for SQLite.

Several processes may start at once: an advisory lock lets one of them do it while the others wait.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import default_migration_table

from bot.core.errors import Misconfigured
from bot.storage import migrate
from bot.storage.postgres_connection import Connection, address, connect
from bot.storage.postgres_refusals import place, unusable

ENGINE = "postgres"

LOCK = 0x6561_7365_6C  # "easel"
"""The advisory lock of whoever migrates."""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


def pending(
    url: str, *, setting: str = "DATABASE_URL", source: Path | None = None
) -> tuple[str, ...]:
    """Which migrations the database still needs. Changes nothing.

    Args:
        url: Its address.
        setting: The setting that chose it, for the sentence.
        source: The migration files; this program's own where it is left out.

    Raises:
        Misconfigured: It cannot be reached, is newer than this program, or not Easel's.
    """
    try:
        with connect(address(url)) as connection:
            return _pending(connection, url, setting, source)
    except psycopg.Error as problem:
        raise unusable(problem, url, setting) from None


def apply(
    url: str, *, setting: str = "DATABASE_URL", source: Path | None = None
) -> tuple[str, ...]:
    """Apply what is pending; answers the names.

    Raises:
        Misconfigured: As `pending` does, or a migration failed.
    """
    try:
        with connect(address(url)) as connection:
            if not _pending(connection, url, setting, source):
                return ()
            connection.execute("SET lock_timeout = 0")
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            # Another start may have done it meanwhile.
            names = _pending(connection, url, setting, source)
            if names:
                _try_making(connection)
                with _backend(url) as backend:
                    migrate.run(backend, source or migrate.folder(ENGINE))
            return names
    except psycopg.Error as problem:
        raise unusable(problem, url, setting) from None


def _pending(
    connection: Connection, url: str, setting: str, source: Path | None
) -> tuple[str, ...]:
    if connection.info.parameter_status("server_encoding") != "UTF8":
        sentence = (
            f"{setting}: {place(url)} cannot hold every letter. Make it anew with "
            "createdb --encoding UTF8 --template template0."
        )
        raise Misconfigured((sentence,))
    where = place(url)
    tables = {row["tablename"] for row in connection.execute(TABLES).fetchall()}
    if migrate.RECORD in tables:
        rows = connection.execute("SELECT migration_id FROM _yoyo_migration").fetchall()
        applied = frozenset(str(row["migration_id"]) for row in rows)
    else:
        migrate.refuse_others(tables, where, setting, "database")
        applied = frozenset()
    return migrate.lacking(applied, where, setting, migrate.known(source or migrate.folder(ENGINE)))


def _try_making(connection: Connection) -> None:
    # yoyo keeps to itself why it could not make its own tables.
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE easel_may_make_tables (n INTEGER)")


def _backend(url: str) -> PostgresqlPsycopgBackend:
    # By its parts, which libpq has read: yoyo's own reading knows fewer kinds of addresses.
    uri = DatabaseURI(ENGINE, None, None, None, None, None, address(url))
    backend = PostgresqlPsycopgBackend(uri, default_migration_table)
    backend.init_database()
    return backend
