"""The stand-in's gateway, spoken to without a library."""

from __future__ import annotations

import json
import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from tests.wire.discord_standin import Standin
from tests.wire.discord_standin.specimen import Specimen, aimed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GUILDS, MESSAGE_CONTENT = 1, 1 << 15


@pytest.fixture
async def standin() -> AsyncIterator[Standin]:
    """A stand-in in this very process, which is the same program."""
    async with Standin.embedded() as embedded:
        yield embedded


class Wire:
    """One gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, standin: Standin) -> None:
        self.socket = socket
        self._token = standin.token
        self._stream = zlib.decompressobj()

    async def next(self) -> dict[str, Any]:
        """The next message, unpacked where it is compressed."""
        frame = await self.socket.receive(timeout=5)
        if frame.type is aiohttp.WSMsgType.CLOSE:
            return {"closed": frame.data}
        data = frame.data
        if isinstance(data, bytes):
            assert data.endswith(b"\x00\x00\xff\xff")
            data = self._stream.decompress(data)
        message: dict[str, Any] = json.loads(data)
        return message

    async def until(self, event: str) -> dict[str, Any]:
        """The next message of that name."""
        while (message := await self.next()).get("t") != event:
            assert "closed" not in message
        return message

    async def send(self, op: int, **data: object) -> None:
        """Say something; the right token goes with it unless data has another."""
        await self.socket.send_json({"op": op, "d": {"token": self._token} | data})

    async def identify(self, intents: int = GUILDS, **more: object) -> None:
        """Begin a session."""
        await self.send(2, properties={}, intents=intents, **more)


@asynccontextmanager
async def connected(standin: Standin, **query: str) -> AsyncIterator[Wire]:
    """A connection that has had its HELLO."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            standin.gateway_url, params={"v": "10", "encoding": "json"} | query, autoclose=False
        ) as socket,
    ):
        wire = Wire(socket, standin)
        assert (await wire.next())["op"] == 10
        yield wire


@pytest.mark.parametrize("query", [{}, {"compress": "zlib-stream"}])
async def test_a_session_begins(standin: Standin, query: dict[str, str]) -> None:
    """Given a guild, when a client identifies, then it is ready and the guild becomes known."""
    guild = await standin.guild("Studio")
    async with connected(standin, **query) as wire:
        await wire.send(1)
        assert (await wire.next())["op"] == 11
        await wire.identify()
        ready = await wire.until("READY")
        created = await wire.until("GUILD_CREATE")

    assert ready["d"]["guilds"] == [{"id": guild.id, "unavailable": True}]
    assert ready["d"]["resume_gateway_url"] == standin.gateway_url
    assert created["d"]["id"] == guild.id
    assert created["s"] == ready["s"] + 1


async def test_an_impossible_compression_is_refused_loudly(standin: Standin) -> None:
    """Given a compression that cannot be done, when it is asked for, then that is a violation."""
    with pytest.raises(aiohttp.WSServerHandshakeError, match="400"):
        async with connected(standin, compress="brotli"):
            pass

    assert "brotli" in (await standin.violations())[0]


@pytest.mark.parametrize(
    ("code", "opcode", "data"),
    [
        (4004, 2, {"token": "wrong", "properties": {}, "intents": 1}),
        (4014, 2, {"properties": {}, "intents": MESSAGE_CONTENT}),
        (4010, 2, {"properties": {}, "intents": 1, "shard": [2, 2]}),
        (4002, 2, {"properties": {}, "intents": 1, "shared": [0, 1]}),
        (4001, 8, {}),
        (4004, 6, {"token": "wrong", "session_id": "x", "seq": 0}),
        (4002, 3, {"since": "x" * 4096}),
    ],
)
async def test_mistakes_close_the_connection(
    standin: Standin, code: int, opcode: int, data: dict[str, object]
) -> None:
    """Given a mistake, when it is sent, then the gateway closes with the documented code."""
    async with connected(standin) as wire:
        await wire.send(opcode, **data)

        assert await wire.next() == {"closed": code}


async def test_a_granted_intent_is_accepted(standin: Standin) -> None:
    """Given the portal's switch for message content, when it is asked for, then it is given."""
    await standin.settings(privileged_intents=MESSAGE_CONTENT)
    async with connected(standin) as wire:
        await wire.identify(MESSAGE_CONTENT)

        assert (await wire.next())["t"] == "READY"


async def test_a_resume_replays_in_order(standin: Standin) -> None:
    """Given events while a client is away, when it resumes, then they come in their order."""
    async with connected(standin) as wire:
        await wire.identify()
        ready = await wire.until("READY")
    await standin.event("DISCONNECTED")
    guilds = [await standin.guild(name) for name in ("a", "b", "c")]
    async with connected(standin) as wire:
        await wire.send(6, session_id=ready["d"]["session_id"], seq=ready["s"])
        missed = [await wire.next() for _ in range(4)]

    assert [each["d"].get("id") for each in missed[:3]] == [each.id for each in guilds]
    assert [each["s"] for each in missed] == [2, 3, 4, 5]
    assert missed[3]["t"] == "RESUMED"


async def test_an_unknown_session_is_invalid(standin: Standin) -> None:
    """Given a session that never was, when a client resumes it, then it is told so."""
    async with connected(standin) as wire:
        await wire.send(6, session_id="unknown", seq=1)

        assert await wire.next() == {"op": 9, "d": False}


async def test_guilds_are_spread_over_shards(standin: Standin) -> None:
    """Given two shards, when they identify, then each gets its own guilds only."""
    wanted = {0: set[str](), 1: set[str]()}
    for number in range(8):
        guild = await standin.guild(f"guild {number}")
        wanted[(int(guild.id) >> 22) % 2].add(guild.id)
    for shard in (0, 1):
        async with connected(standin) as wire:
            await wire.identify(shard=[shard, 2])
            ready = await wire.until("READY")

        assert {each["id"] for each in ready["d"]["guilds"]} == wanted[shard]


async def test_a_dead_heart_is_noticed(standin: Standin) -> None:
    """Given a client that never beats, when its time is up, then the gateway hangs up."""
    await standin.settings(heartbeat_ms=20)
    async with connected(standin) as wire:
        assert await wire.next() == {"closed": 4009}


async def test_a_wrong_token_cannot_log_in(standin: Standin) -> None:
    """Given a wrong token, when discord.py logs in, then it is told so (401)."""
    with aimed(standin.api_url, standin.gateway_url):
        async with Specimen() as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.login("wrong")
