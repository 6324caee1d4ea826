"""Word from other processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.errors import Unavailable
from bot.storage.postgres import PostgresStore
from tests.conformance.postgres_engine import Database
from tests.conformance.world import LEASE, LIMITS, NOW, draft, limits, picture


class Ear:
    """Counts what it hears."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()

    def changed(self) -> None:
        """As the store calls it."""
        self._heard.set()

    async def hears(self) -> None:
        """Return once something was heard since the last time."""
        await self._heard.wait()
        self._heard.clear()


@pytest.fixture
async def ear(stores: tuple[PostgresStore, ...]) -> AsyncIterator[Ear]:
    """In a process of its own; it has heard that it listens."""
    made = Ear()
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(stores[1].listen(made.changed))
        await made.hears()
        yield made
        listening.cancel()


async def test_a_request_is_heard_of_elsewhere(stores: tuple[PostgresStore, ...], ear: Ear) -> None:
    """By whoever could draw it."""
    await stores[0].submit(draft(), LIMITS, NOW)

    await ear.hears()


async def test_an_outcome_is_heard_of_elsewhere(
    stores: tuple[PostgresStore, ...], ear: Ear
) -> None:
    """By whoever could post it."""
    await stores[0].submit(draft(), LIMITS, NOW)
    await ear.hears()
    job = await stores[0].claim("w", NOW, LEASE)
    assert job is not None

    await stores[0].keep(job, [picture()], 1, "p", NOW)

    await ear.hears()


async def test_a_slot_that_is_free_again_is_heard_of_elsewhere(
    stores: tuple[PostgresStore, ...], ear: Ear
) -> None:
    """The next request of that server may start anywhere."""
    one = limits(server_slots=1)
    for _ in range(2):
        await stores[0].submit(draft(), one, NOW)
        await stores[0].claim("w", NOW, LEASE)
    await ear.hears()

    await stores[0].set_limits(limits(server_slots=2))

    await ear.hears()


async def test_a_connection_that_is_lost_is_told(
    stores: tuple[PostgresStore, ...], database: Database
) -> None:
    """Whoever listens can then listen anew."""
    ear = Ear()

    async def cut() -> None:
        await ear.hears()
        database.look(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN easel'"
        )

    async with asyncio.TaskGroup() as group:
        group.create_task(cut())
        with pytest.raises(Unavailable, match="listening: "):
            await stores[0].listen(ear.changed)
