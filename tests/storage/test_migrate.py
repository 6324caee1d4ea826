"""Bringing a database up to date."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import bot
from bot.core.errors import Misconfigured
from bot.storage import migrate
from bot.storage.lockfile import Lock


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the migrations that can be added to."""
    return shutil.copytree(migrate.folder(), tmp_path / "migrations")


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found


def test_a_new_database_needs_all_and_gets_them_once(tmp_path: Path) -> None:
    """The second time there is nothing left to do."""
    database = tmp_path / "data" / "easel.db"

    assert migrate.pending(database) == migrate.known() != ()
    assert not database.exists()
    assert migrate.apply(database) == migrate.known()
    assert migrate.pending(database) == ()
    assert migrate.apply(database) == ()


def test_an_older_database_gets_what_it_lacks(tmp_path: Path, source: Path) -> None:
    """In the order of the names."""
    database = tmp_path / "easel.db"
    migrate.apply(database)
    (source / "0003_third.sql").write_text("INSERT INTO second (n) VALUES (3);")
    (source / "0002_second.sql").write_text("CREATE TABLE second (n INTEGER);")

    assert migrate.apply(database, source=source) == ("0002_second", "0003_third")
    assert rows(database, "SELECT n FROM second") == [(3,)]


def test_a_migration_that_fails_is_undone_and_can_be_repeated(tmp_path: Path, source: Path) -> None:
    """Neither half of its tables nor the record of it stays."""
    database = tmp_path / "easel.db"
    migrate.apply(database)
    broken = source / "0002_second.sql"
    broken.write_text("CREATE TABLE second (n INTEGER);\nINSERT INTO nowhere VALUES (1);")

    with pytest.raises(Misconfigured, match=r"DATA_DIR: .* could not be brought up to date"):
        migrate.apply(database, source=source)

    assert rows(database, "SELECT name FROM sqlite_schema WHERE name = 'second'") == []
    assert migrate.pending(database, source=source) == ("0002_second",)
    broken.write_text("CREATE TABLE second (n INTEGER);")
    assert migrate.apply(database, source=source) == ("0002_second",)


def test_a_migration_and_the_record_of_it_are_one_step(tmp_path: Path, source: Path) -> None:
    """Where the record cannot be written, nothing was done: it will not be done a second time."""
    database = tmp_path / "easel.db"
    migrate.apply(database)
    (source / "0002_second.sql").write_text(
        "CREATE TABLE second (n INTEGER);\n"
        "CREATE UNIQUE INDEX unlucky ON _yoyo_migration (length(migration_hash));"
    )

    with pytest.raises(Misconfigured, match="could not be brought up to date"):
        migrate.apply(database, source=source)

    assert rows(database, "SELECT name FROM sqlite_schema WHERE name = 'second'") == []
    assert migrate.pending(database, source=source) == ("0002_second",)


def test_a_start_that_was_killed_while_migrating_is_repeated(tmp_path: Path, source: Path) -> None:
    """The lock that it recorded in the database stops nobody."""
    database = tmp_path / "easel.db"
    migrate.apply(database)
    rows(database, "INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, '2026-01-01', 99999)")
    (source / "0002_second.sql").write_text("CREATE TABLE second (n INTEGER);")

    assert migrate.apply(database, source=source) == ("0002_second",)


def test_a_database_in_use_is_not_migrated(tmp_path: Path) -> None:
    """But what is pending can be told meanwhile."""
    database = tmp_path / "easel.db"
    lock = Lock.take(database, setting="DATA_DIR")
    try:
        with pytest.raises(Misconfigured, match="is already using"):
            migrate.apply(database)
        assert migrate.pending(database) == migrate.known()
    finally:
        lock.release()


def test_telling_what_is_pending_changes_nothing(tmp_path: Path) -> None:
    """Not even an empty file."""
    database = tmp_path / "easel.db"
    database.touch()

    assert migrate.pending(database) == migrate.known()
    assert database.read_bytes() == b""


def test_migrating_is_quiet(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing but trouble is logged."""
    caplog.set_level(logging.DEBUG)

    migrate.apply(tmp_path / "easel.db")

    assert caplog.records == []


def test_migrations_are_found_where_easel_is_installed(tmp_path: Path) -> None:
    """There they lie inside the package, as the wheel puts them."""
    site = tmp_path / "site-packages"
    package = Path(bot.__file__).parent
    shutil.copytree(package, site / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(package.parent / "migrations", site / "bot" / "migrations")

    found = subprocess.run(
        [sys.executable, "-c", "from bot.storage import migrate; print(migrate.folder())"],
        cwd=site,
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(found.stdout.strip()) == site / "bot" / "migrations" / "sqlite"
