"""One running Easel per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.studio import Studio, hold_studio


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """An Easel with the settings of a new operator."""
    async with hold_studio(tmp_path / "data") as running:
        yield running
