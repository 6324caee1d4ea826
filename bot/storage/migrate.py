"""Bringing the schema up to date: plain SQL files, forward only, applied by yoyo-migrations.

Each file is applied and recorded in one transaction, so that a start that was killed half-way is
simply repeated. A database that knows more than this program is left alone.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yoyo

from bot.core.errors import Misconfigured
from bot.storage.lockfile import Lock
from bot.storage.sqlite_connection import open_reader

RECORD = "_yoyo_migration"
"""Where yoyo records what it applied."""


def folder(engine: str = "sqlite") -> Path:
    """The migration files: beside the package in a checkout, inside it where it is installed."""
    package = Path(__file__).parents[1]
    inside = package / "migrations" / engine
    return inside if inside.is_dir() else package.parent / "migrations" / engine


def known(source: Path | None = None) -> tuple[str, ...]:
    """The names of all migrations of this program, in their order."""
    return tuple(sorted(file.stem for file in (source or folder()).glob("*.sql")))


def pending(
    database: Path, *, setting: str = "DATA_DIR", source: Path | None = None
) -> tuple[str, ...]:
    """Which migrations the database still needs. Changes nothing, and needs no lock.

    Args:
        database: The file; all are pending where it does not exist.
        setting: The setting that chose it, for the sentence.
        source: The migration files; this program's own where it is left out.

    Raises:
        Misconfigured: It is newer than this program, or not a database of Easel's.
    """
    applied = _applied(database, setting) if database.exists() else frozenset()
    return lacking(applied, str(database), setting, known(source))


def apply(
    database: Path, *, setting: str = "DATA_DIR", source: Path | None = None
) -> tuple[str, ...]:
    """Apply what is pending while nobody else uses the database; answers the names.

    Raises:
        Misconfigured: As `pending` does, or another process uses it, or a migration failed.
    """
    lock = Lock.take(database, setting=setting)
    try:
        return upgrade(database, setting=setting, source=source)
    finally:
        lock.release()


def upgrade(database: Path, *, setting: str, source: Path | None = None) -> tuple[str, ...]:
    """What `apply` does, for whoever holds the lock already."""
    names = pending(database, setting=setting, source=source)
    if not names:
        return ()
    try:
        with yoyo.get_backend(f"sqlite:///{quote(str(database.absolute()))}") as backend:
            run(backend, source or folder())
    except sqlite3.Error as problem:
        sentence = (
            f"{setting}: {database} could not be brought up to date ({problem}). The step that "
            "failed was undone; make room on the disk, or restore a backup."
        )
        raise Misconfigured((sentence,)) from problem
    return names


def lacking(
    applied: frozenset[str], where: str, setting: str, names: Sequence[str]
) -> tuple[str, ...]:
    """Those of these names that were not applied yet.

    Raises:
        Misconfigured: More was applied than this program knows.
    """
    newer = sorted(applied - frozenset(names))
    if newer:
        sentence = (
            f"{setting}: {where} was last used by a newer Easel (it has {newer[-1]}). "
            "Install that version again, or restore a backup from before the upgrade."
        )
        raise Misconfigured((sentence,))
    return tuple(name for name in names if name not in applied)


def refuse_others(tables: Iterable[str], where: str, setting: str, instead: str) -> None:
    """Make sure that a database without our record has nothing in it.

    Raises:
        Misconfigured: There are somebody else's tables; `instead` is what to choose another of.
    """
    if any("yoyo" not in name for name in tables):
        sentence = f"{setting}: {where} belongs to another program. Choose another {instead}."
        raise Misconfigured((sentence,))


def run(backend: Any, source: Path) -> None:
    """Apply what is pending; `backend` is yoyo's, for a database that nobody else migrates now."""
    # yoyo announces each of its steps.
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    # A lock that is recorded here was left by a start that was killed.
    backend.break_lock()
    with backend.lock():
        for migration in backend.to_apply(yoyo.read_migrations(str(source))):
            with backend.transaction():
                migration.process_steps(backend, "apply")
                # Without yoyo's log of who did it and where: that asks for a user name,
                # which a container need not have, and for the machine's name on the network.
                backend.mark_one(migration, log=False)


def _applied(database: Path, setting: str) -> frozenset[str]:
    try:
        connection = open_reader(database)
    except sqlite3.Error as problem:
        raise _unreadable(database, problem, setting) from problem
    try:
        tables = {
            row["name"] for row in connection.execute("SELECT name FROM sqlite_schema").fetchall()
        }
        if RECORD in tables:
            rows = connection.execute(f"SELECT migration_id FROM {RECORD}").fetchall()  # noqa: S608 -- a constant
            return frozenset(row["migration_id"] for row in rows)
    except sqlite3.Error as problem:
        raise _unreadable(database, problem, setting) from problem
    finally:
        connection.close()
    refuse_others(tables, str(database), setting, "folder")
    return frozenset()


def _unreadable(database: Path, problem: sqlite3.Error, setting: str) -> Misconfigured:
    if isinstance(problem, sqlite3.OperationalError):
        sentence = (
            f"{setting}: I cannot open {database} ({problem}). Make sure that it is a file which "
            "the user who runs Easel may read and write, in a folder where the same is true."
        )
    else:
        sentence = (
            f"{setting}: {database} is damaged, or no database at all ({problem}). Restore it "
            "from a backup, move it away, or choose another folder."
        )
    return Misconfigured((sentence,))
