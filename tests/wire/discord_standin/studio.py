"""Fixtures that prove the stand-in: a small scene, and a real discord.py client in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.wire.discord_standin.fixtures import standin
from tests.wire.discord_standin.specimen import Specimen, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.wire.discord_standin import Channel, Guild, Interaction, Standin, User

__all__ = ["Studio", "bot", "standin", "studio"]


class Studio:
    """A guild with one channel, one person, and a bot that has not started."""

    def __init__(self, standin: Standin, guild: Guild, gallery: Channel, alice: User) -> None:
        self.standin = standin
        self.guild = guild
        self.gallery = gallery
        self.alice = alice

    async def draw(self, **options: object) -> Interaction:
        """Let Alice type /draw."""
        return await self.standin.slash(self.gallery, self.alice, "draw", prompt="fog", **options)

    async def rest(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        """One request with the bot's token, without any client library."""
        headers = {"Authorization": f"Bot {self.standin.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, self.standin.api_url + path, **body) as response,
        ):
            return response.status, await response.json()

    async def headers(self, method: str, channel: Channel) -> dict[str, str]:
        """The headers of the answer to a request for a channel's messages, and its status."""
        headers = {"Authorization": f"Bot {self.standin.token}"}
        url = f"{self.standin.api_url}/channels/{channel.id}/messages"
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, json={"content": "hi"}) as response,
        ):
            return {**response.headers, "Status": str(response.status)}

    async def post(self, **message: object) -> tuple[int, Any]:
        """Post a message as the bot."""
        return await self.rest("POST", f"/channels/{self.gallery.id}/messages", json=message)


@pytest.fixture
async def studio(standin: Standin) -> Studio:
    """The scene of every test."""
    alice = await standin.user("alice")
    guild = await standin.guild("Studio", members=[alice])
    return Studio(standin, guild, await standin.channel(guild, "gallery"), alice)


@pytest.fixture
async def bot(studio: Studio) -> AsyncIterator[Specimen]:
    """A real discord.py client, logged in and ready."""
    async with running(Specimen(), studio.standin) as client:
        yield client
