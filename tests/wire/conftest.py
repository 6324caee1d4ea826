"""A Discord on a real socket, and the pretend image service."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.demo import painter
from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin.fixtures import standin

__all__ = ["standin"]


@pytest.fixture
async def service() -> AsyncIterator[PretendApi]:
    """An image service that draws at once."""
    async with PretendApi(seconds=0, paint=painter.plain, blur=painter.coarse) as running:
        yield running
