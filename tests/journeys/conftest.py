"""One running Easel per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.journeys.studio import Studio, hold_studio
from tests.pretend.capabilities import tried
from tests.pretend.services import SERVICES


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """An Easel with the settings of a new operator."""
    async with hold_studio(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def capabilities() -> AsyncIterator[dict[str, dict[str, bool]]]:
    """What worked in a journey, by provider and by what was done; it must agree with the table."""
    seen: dict[str, dict[str, bool]] = {}
    yield seen
    for kind in SERVICES:
        if kind.provider in seen:
            found = asdict(await tried(kind()))
            worked = seen[kind.provider]
            assert worked == {name: found[name] for name in worked}
