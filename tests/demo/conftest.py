"""A pretend API that takes no time, and somebody who visits it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo import painter
from bot.demo.pretend_api import PretendApi
from tests.demo.visitor import Noon, Visitor


@pytest.fixture
async def api() -> AsyncIterator[PretendApi]:
    """On a day when three models are about to be shut down."""
    async with PretendApi(seconds=0, paint=painter.plain, clock=Noon()) as api:
        yield api


@pytest.fixture
async def visitor(api: PretendApi) -> AsyncIterator[Visitor]:
    """Knows the key."""
    async with aiohttp.ClientSession() as session:
        yield Visitor(api, session)
