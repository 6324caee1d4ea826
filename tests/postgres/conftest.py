"""What the tests of PostgreSQL alone are given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.storage.postgres import PostgresStore
from bot.storage.postgres_pool import Pool
from tests.conformance.postgres_engine import Database, PostgresEngine


@pytest.fixture
def database(postgres: PostgresEngine, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    yield postgres.database(tmp_path)
    postgres.forget(tmp_path)


@pytest.fixture
def empty(postgres: PostgresEngine) -> Iterator[str]:
    """The address of a database that no migration has seen."""
    name = postgres.server.make()
    yield postgres.server.url(name)
    postgres.server.drop(name)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """Connected."""
    made = Pool(database.url)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def stores(database: Database) -> AsyncIterator[tuple[PostgresStore, ...]]:
    """As many processes would open them: four, on one database."""
    made = tuple(PostgresStore(Pool(database.url)) for _ in range(4))
    async with AsyncExitStack() as opened:
        for store in made:
            opened.push_async_callback(store.close)
            await store.open()
        yield made
