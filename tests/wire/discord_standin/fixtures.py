"""The fixture of tests that need a Discord; a conftest imports it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.wire.discord_standin.client import Standin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def standin() -> AsyncIterator[Standin]:
    """A stand-in in a process of its own; the bot must have broken none of Discord's rules."""
    async with Standin.spawn() as discord:
        yield discord
        assert await discord.violations() == []
