"""One running Easel per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.journeys.studio import Studio, hold_studio
from tests.pretend.capabilities import Capabilities, tried
from tests.pretend.services import SERVICES


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """An Easel with the settings of a new operator."""
    async with hold_studio(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="session")
def table() -> dict[str, Capabilities]:
    """What the table says of each provider that was looked up so far: it takes a second each."""
    return {}


@pytest.fixture
async def capabilities(
    table: dict[str, Capabilities],
) -> AsyncIterator[dict[str, dict[str, bool]]]:
    """What worked in a journey, by provider and by what was done; it must agree with the table."""
    seen: dict[str, dict[str, bool]] = {}
    yield seen
    for kind in SERVICES:
        if kind.provider in seen:
            if kind.provider not in table:
                table[kind.provider] = await tried(kind())
            found, worked = asdict(table[kind.provider]), seen[kind.provider]
            assert worked == {name: found[name] for name in worked}
