"""Opening a database: what is wrong with it is said in one sentence, without its password."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import psycopg
import pytest

from bot.core.errors import Misconfigured, Unavailable
from bot.ops.clock import SystemClock
from bot.parts import build_storage
from bot.settings import load
from bot.storage import migrate, postgres_migrate
from bot.storage.postgres import PostgresStore
from bot.storage.postgres_pool import Pool
from tests.conformance.postgres_engine import PostgresEngine
from tests.conformance.postgres_server import GUARDED, Server
from tests.conformance.world import LIMITS, NOW, draft

PASSWORD = "hunter2"


async def refusal(url: str) -> str:
    """The one sentence with which opening it is refused."""
    store = PostgresStore(Pool(url))
    try:
        with pytest.raises(Misconfigured) as refused:
            await store.open()
    finally:
        await store.close()
    [sentence] = refused.value.problems
    assert sentence.startswith("DATABASE_URL: ")
    assert "\n" not in sentence
    assert PASSWORD not in sentence
    return sentence


def run(url: str, *statements: str) -> None:
    """Beside the store."""
    with psycopg.connect(url, autocommit=True) as connection:
        for sql in statements:
            connection.execute(sql)


@pytest.fixture
def server(postgres: PostgresEngine) -> Server:
    """Up."""
    return postgres.server


async def test_an_empty_database_is_made_ready(empty: str) -> None:
    """By as many processes as like, at the same time: one does it, the others wait."""
    stores = [PostgresStore(Pool(empty)) for _ in range(4)]
    try:
        async with asyncio.TaskGroup() as group:
            for store in stores:
                group.create_task(store.open())
        assert [(await store.submit(draft(), LIMITS, NOW)).job.id for store in stores] == [
            1,
            2,
            3,
            4,
        ]
        assert "can be written, PostgreSQL 1" in stores[0].described()
    finally:
        for store in stores:
            await store.close()
    assert postgres_migrate.pending(empty) == ()


def test_what_is_pending_is_told_and_applied_once(empty: str) -> None:
    """As for SQLite."""
    every = migrate.known(migrate.folder("postgres"))

    assert postgres_migrate.pending(empty) == every != ()
    assert postgres_migrate.pending(empty) == every
    assert postgres_migrate.apply(empty) == every
    assert postgres_migrate.apply(empty) == ()


def test_a_migration_that_fails_is_undone_and_can_be_repeated(empty: str, tmp_path: Path) -> None:
    """Neither half of its tables nor the record of it stays."""
    postgres_migrate.apply(empty)
    source = shutil.copytree(migrate.folder("postgres"), tmp_path / "migrations")
    broken = source / "0099_later.sql"
    broken.write_text("CREATE TABLE later (n INTEGER);\nINSERT INTO nowhere VALUES (1);")

    with pytest.raises(Misconfigured, match="cannot be used"):
        postgres_migrate.apply(empty, source=source)

    assert postgres_migrate.pending(empty, source=source) == ("0099_later",)
    broken.write_text("CREATE TABLE later (n INTEGER);")
    assert postgres_migrate.apply(empty, source=source) == ("0099_later",)


async def test_a_database_of_a_newer_easel_is_left_alone(empty: str, tmp_path: Path) -> None:
    """The sentence says what to do."""
    source = shutil.copytree(migrate.folder("postgres"), tmp_path / "newer")
    (source / "0099_later.sql").write_text("CREATE TABLE later (n INTEGER);")
    postgres_migrate.apply(empty, source=source)

    assert "was last used by a newer Easel (it has 0099_later)" in await refusal(empty)


async def test_another_programs_database_is_left_alone(empty: str) -> None:
    """Easel puts no tables beside somebody else's."""
    run(empty, "CREATE TABLE recipe (name TEXT)")

    assert "belongs to another program. Choose another database." in await refusal(empty)


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With how to get on."""
    sentence = await refusal(f"postgresql://easel:{PASSWORD}@/easel?host={tmp_path}&port=5433")

    assert f"I cannot reach easel at {tmp_path}:5433 (" in sentence
    assert "Start PostgreSQL, or correct the address." in sentence


async def test_a_database_that_is_not_there_is_named(server: Server) -> None:
    """With how to make it."""
    sentence = await refusal(server.url("nowhere"))

    assert "there is no database nowhere at" in sentence
    assert "createdb --encoding UTF8 --owner easel nowhere" in sentence


async def test_a_wrong_password_is_told(server: Server, empty: str) -> None:
    """Without the right one, and without the wrong one."""
    run(empty, f"CREATE USER {GUARDED} PASSWORD 'another'")
    try:
        url = f"{empty}&user={GUARDED}&password={PASSWORD}".replace("&user=easel", "")
        sentence = await refusal(url)
    finally:
        run(empty, f"DROP USER {GUARDED}")

    assert f"does not let the user {GUARDED} into" in sentence
    assert "Correct the user or the password." in sentence


async def test_a_user_who_may_not_make_tables_is_told_how(empty: str) -> None:
    """PostgreSQL 15 and later let only the owner do so."""
    run(empty, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", "CREATE USER reader")
    try:
        sentence = await refusal(empty.replace("user=easel", "user=reader"))
    finally:
        run(empty, "DROP OWNED BY reader", "DROP USER reader")

    assert "the user reader may not make tables in" in sentence
    assert "OWNER TO reader." in sentence


async def test_a_database_that_can_only_be_read_is_named(empty: str) -> None:
    """As a copy that follows another server would be."""
    with psycopg.connect(empty) as connection:
        name = connection.info.dbname
    run(empty, f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    assert "can only be read (" in await refusal(empty)


async def test_a_database_that_cannot_hold_every_letter_is_named(server: Server) -> None:
    """Prompts are written in all of them."""
    server.execute("CREATE DATABASE narrow TEMPLATE template0 ENCODING 'SQL_ASCII'")
    try:
        assert "cannot hold every letter" in await refusal(server.url("narrow"))
    finally:
        server.drop("narrow")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://easel:hunter2%zz@127.0.0.1/easel",
        "postgresql://easel:hunter2@[::1/easel",
        "postgresql://easel:hunter2@127.0.0.1/easel?password=hunter2&wrong=1",
    ],
)
async def test_an_address_that_cannot_be_read_is_not_shown(address: str) -> None:
    """Libpq would say where it stumbled, and show the password."""
    assert "not an address that can be read" in await refusal(address)


async def test_nothing_is_read_or_written_before_opening(empty: str) -> None:
    """Whoever asks too early is told that the bot is not there yet."""
    store = PostgresStore(Pool(empty))

    with pytest.raises(Unavailable, match="counts: the store is not open"):
        await store.counts()


def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/easel")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in [name for name in sys.modules if name.startswith("bot.storage.postgres")]:
        monkeypatch.delitem(sys.modules, name)

    with pytest.raises(Misconfigured, match=r"DATABASE_URL: .* pip install 'easel\[postgres\]'"):
        build_storage(load(None)[0], SystemClock())
