"""Every test in this folder runs once for each engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bot.core.stores import Store
from tests.conformance.engines import Bench, Engine, Found, SqliteEngine
from tests.conformance.postgres_engine import PostgresEngine

Look = Callable[[str], Found]


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine, made once."""
    if request.param == "sqlite":
        return SqliteEngine(tmp_path_factory.mktemp("engine"))
    server: PostgresEngine = request.getfixturevalue("postgres")
    return server


@pytest.fixture(autouse=True)
def _forget(engine: Engine, tmp_path: Path) -> Iterator[None]:
    """What a test left in a database is gone before the next one."""
    yield
    engine.forget(tmp_path)


@pytest.fixture
async def store(engine: Engine, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    opened = engine.store(tmp_path)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def look(engine: Engine, tmp_path: Path) -> Look:
    """Reads, or changes, rows behind the store's back."""
    return lambda sql: engine.look(tmp_path, sql)


@pytest.fixture
def bench(engine: Engine) -> Iterator[Bench]:
    """Transactions without a store around them."""
    made = engine.bench()
    yield made
    made.close()
