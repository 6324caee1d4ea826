"""Opening the store: one process, a folder that can be used, a database that is Easel's."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured, NotReady, Unavailable
from bot.core.jobs import State
from bot.storage import migrate
from bot.storage.sqlite import SqliteStore
from bot.storage.sqlite_connection import BUSY_MS
from tests.conformance.world import LEASE, LIMITS, NOW, draft

REPOSITORY = Path(__file__).parents[2]


HOLDER = """
import sys
from pathlib import Path
from bot.storage.lockfile import Lock

lock = Lock.take(Path(sys.argv[1]), setting="DATA_DIR")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def somebody_else(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has taken the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


async def refusal(database: Path) -> str:
    """The one sentence with which opening it is refused."""
    store = SqliteStore(database)
    try:
        with pytest.raises(Misconfigured) as refused:
            await store.open()
    finally:
        await store.close()
    [sentence] = refused.value.problems
    assert sentence.startswith("DATA_DIR: ")
    assert "\n" not in sentence
    return sentence


async def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    """Also those above it, and whatever its name looks like in an address."""
    store = SqliteStore(tmp_path / "a" / "b c?d#e%20f" / "easel.db")
    await store.open()
    try:
        assert await store.counts() == {State.QUEUED: 0, State.RUNNING: 0, State.DRAWN: 0}
        assert (tmp_path / "a" / "b c?d#e%20f" / "easel.db").is_file()
    finally:
        await store.close()


async def test_a_second_store_is_kept_out_and_told_who_is_in(tmp_path: Path) -> None:
    """It gets in once the first one is closed."""
    database = tmp_path / "easel.db"
    first, second = SqliteStore(database), SqliteStore(database)
    await first.open()
    try:
        sentence = await refusal(database)
        assert "another Easel (process " in sentence
        assert str(tmp_path) in sentence
    finally:
        await first.close()

    await second.open()
    await second.close()


async def test_another_process_is_kept_out_until_this_one_ends(tmp_path: Path) -> None:
    """However it ends: the kernel lets go of the lock."""
    with somebody_else(tmp_path / "easel.db") as holder:
        assert f"(process {holder.pid})" in await refusal(tmp_path / "easel.db")
        holder.kill()

    store = SqliteStore(tmp_path / "easel.db")
    await store.open()
    await store.close()


async def test_a_refused_start_does_not_hold_the_folder(tmp_path: Path) -> None:
    """Once the cause is out of the way, the same folder can be opened."""
    database = tmp_path / "easel.db"
    database.write_bytes(b"this is a text file, and rather more than a hundred bytes long" * 3)
    await refusal(database)

    database.unlink()

    store = SqliteStore(database)
    await store.open()
    await store.close()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("")

    sentence = await refusal(tmp_path / "data" / "easel.db")

    assert f"I cannot keep files in {tmp_path / 'data'} (" in sentence


async def test_a_folder_in_the_place_of_the_database_is_named(tmp_path: Path) -> None:
    """Neither can it be read nor written."""
    (tmp_path / "easel.db").mkdir()

    assert "I cannot open" in await refusal(tmp_path / "easel.db")


async def test_a_database_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Something else stands where its log should be."""
    migrate.apply(tmp_path / "easel.db")
    (tmp_path / "easel.db-wal").mkdir()

    sentence = await refusal(tmp_path / "easel.db")

    assert f"I cannot open {tmp_path / 'easel.db'} (unable to open database file)" in sentence


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """It is named, and not overwritten."""
    database = tmp_path / "easel.db"
    text = b"this is a text file, and rather more than a hundred bytes long" * 3
    database.write_bytes(text)

    assert "no database at all" in await refusal(database)
    assert database.read_bytes() == text


async def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    """Its pages make no sense any more."""
    database = tmp_path / "easel.db"
    migrate.apply(database)
    damaged = bytearray(database.read_bytes())
    damaged[100:20_000] = b"\xff" * 19_900
    database.write_bytes(damaged)

    assert "Restore it from a backup" in await refusal(database)


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """Easel puts no tables beside somebody else's."""
    database = tmp_path / "easel.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    before = database.read_bytes()

    assert "belongs to another program" in await refusal(database)
    assert database.read_bytes() == before


async def test_a_database_of_a_newer_easel_is_left_alone(tmp_path: Path) -> None:
    """The sentence says what to do, and nothing is changed."""
    database = tmp_path / "easel.db"
    newer = shutil.copytree(migrate.folder(), tmp_path / "newer")
    (newer / "0099_later.sql").write_text("CREATE TABLE later (id INTEGER PRIMARY KEY);")
    migrate.apply(database, source=newer)

    sentence = await refusal(database)

    assert "was last used by a newer Easel (it has 0099_later)" in sentence


async def test_the_sentence_names_the_setting_that_chose_the_file(tmp_path: Path) -> None:
    """Which need not be DATA_DIR."""
    (tmp_path / "data").write_text("")
    store = SqliteStore(tmp_path / "data" / "easel.db", setting="DATABASE_URL")

    with pytest.raises(Misconfigured, match=r"^DATABASE_URL: "):
        await store.open()


async def test_nothing_is_read_or_written_before_opening(tmp_path: Path) -> None:
    """Whoever asks too early is told that the bot is not there yet."""
    store = SqliteStore(tmp_path / "easel.db")

    with pytest.raises(Unavailable):
        await store.counts()
    with pytest.raises(Unavailable):
        await store.submit(draft(), LIMITS, NOW)


async def test_the_writer_is_set_up_for_power_cuts(store: SqliteStore) -> None:
    """Acknowledged means on the disk."""
    assert store._writer is not None
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "busy_timeout": 1_500,
        "foreign_keys": 1,
        "journal_size_limit": 64 * 1024 * 1024,
        "mmap_size": 0,
        "trusted_schema": 0,
    }

    found = await store._writer.run(
        lambda connection: {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in expected
        }
    )

    assert found == expected


async def test_reports_are_read_by_a_connection_that_cannot_write(store: SqliteStore) -> None:
    """Not even by mistake."""
    assert store._reader is not None

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store._reader.run(lambda connection: connection.execute("DELETE FROM job"))


async def fits(store: SqliteStore, member: int) -> bool:
    """Whether there was room for one more request."""
    try:
        return (await store.submit(draft(member=member), LIMITS, NOW)).new
    except Unavailable as full:
        if "full" not in full.detail:
            raise
        return False


async def test_a_full_disk_is_told_and_leaves_nothing_half_done(store: SqliteStore) -> None:
    """Refused requests are not there, accepted ones are, and there is room for them again."""
    assert store._writer is not None

    async def pages(most: int) -> None:
        assert store._writer is not None
        await store._writer.run(
            lambda connection: connection.execute(f"PRAGMA max_page_count = {most}").fetchone()
        )

    await pages(60)
    accepted = 0
    while await fits(store, accepted):
        accepted += 1

    assert 0 < accepted < 5_000
    assert (await store.counts())[State.QUEUED] == accepted
    reserved = {c.reserved.pictures for c in await store.counters(1, accepted, NOW)}
    assert reserved == {0, accepted}
    await pages(10_000)
    assert (await store.submit(draft(member=accepted), LIMITS, NOW)).new
    assert await store.claim("w", NOW, LEASE) is not None


async def test_a_locked_database_is_told(store: SqliteStore, tmp_path: Path) -> None:
    """Somebody else writes to it, against all advice."""
    assert store._writer is not None
    await store._writer.run(lambda connection: connection.execute("PRAGMA busy_timeout = 0"))
    with closing(sqlite3.connect(tmp_path / "easel.db", isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="submit: database is locked"):
            await store.submit(draft(), LIMITS, NOW)
        # It would find nothing to write, but must not look before nobody else can write.
        with pytest.raises(Unavailable, match="claim: database is locked"):
            await store.claim("w", NOW, LEASE)
        intruder.execute("ROLLBACK")

    assert (await store.submit(draft(), LIMITS, NOW)).new


async def test_behind_one_that_waited_in_vain_nobody_waits_as_long(tmp_path: Path) -> None:
    """Given somebody's lock, when many want to write, then all know soon, and later all can."""
    store = SqliteStore(tmp_path / "easel.db")
    await store.open()
    shell = sqlite3.connect(tmp_path / "easel.db", isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    began = time.monotonic()

    async def refused(number: int) -> None:
        with pytest.raises(Unavailable):
            await store.remember("what", str(number))

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(refused(number))

    assert time.monotonic() - began < 4 * BUSY_MS / 1_000
    shell.execute("ROLLBACK")
    shell.close()
    await store.remember("what", "at last")
    assert await store.recall("what") == "at last"
    await store.close()


async def test_a_lock_at_the_start_may_pass_by_itself(tmp_path: Path) -> None:
    """Given somebody's lock, when a store is opened, then it is not taken for a wrong setting."""
    store = SqliteStore(tmp_path / "easel.db")
    await store.open()
    await store.close()
    shell = sqlite3.connect(tmp_path / "easel.db", isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")

    with pytest.raises(NotReady, match="another program holds its lock"):
        await store.open()

    shell.execute("ROLLBACK")
    shell.close()
    await store.open()
    await store.close()
