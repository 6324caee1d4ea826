"""A store on SQLite, and the bare database beneath it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.sqlite import SqliteStore
from tests.conformance.engines import SqliteBench, SqliteEngine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SqliteEngine:
    """Migrated once."""
    return SqliteEngine(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """An open store with nothing in it."""
    opened = SqliteStore(tmp_path / "easel.db")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def bench(engine: SqliteEngine) -> Iterator[SqliteBench]:
    """Transactions without a store around them."""
    made = engine.bench()
    yield made
    made.close()
