"""One running Easel per test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.studio import Studio, open_studio


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """An Easel with the settings of a new operator.

    SimCord wants to be left by the task that entered it, and pytest ends a fixture in another
    one than it began it in; so one task of our own does both.
    """
    opened: asyncio.Future[Studio] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def hold() -> None:
        async with open_studio(tmp_path / "data") as running:
            opened.set_result(running)
            await finished.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(hold())
        yield await opened
        finished.set()
