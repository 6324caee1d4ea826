"""Small image services on loopback that answer with literal bytes, and break off where told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson

from bot.core.images import ImageRequest, Quality, Size
from bot.core.models import Model
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.client import HttpImageApi
from bot.imageapi.downloads import Lookup, look_up
from bot.imageapi.providers import Pacing, Provider, Timeouts, load_providers
from tests.clock import ManualClock

CATALOGUE = load_catalogue()
FLARE: Model = CATALOGUE.models[0]
FOX = ImageRequest(
    prompt="a red fox under an old oak", model=FLARE.id, size=Size(1024, 1024), quality=Quality.LOW
)
KEY = "sk-made-up-for-tests"

ONE = b'{"created":1,"data":[{"b64_json":"cGljdHVyZQ=="}]}'
"""An answer with one picture, whose bytes are b"picture"."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The body, parsed."""
        parsed: dict[str, Any] = orjson.loads(self.body)
        return parsed


Script = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Service:
    """A service that follows a script for each request."""

    def __init__(self, script: Script) -> None:
        self.requests: list[Request] = []
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        self.port = 0
        self._script = script

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which is one request."""
        request = await _received(reader)
        self.requests.append(request)
        self.asked.set()
        try:
            await self._script(request, writer)
            await reader.read()
        finally:
            self.left.set()


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Serve on a free port of this machine; nothing of it is left afterwards."""
    connections: set[asyncio.Task[None] | None] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await serve(reader, writer)
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        tasks = [task for task in connections if task]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


@asynccontextmanager
async def service(script: Script) -> AsyncIterator[Service]:
    """A service that is there."""
    it = Service(script)
    async with listening(it.serve) as it.port:
        yield it


async def _received(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Request(
        method, path, headers, await reader.readexactly(int(headers.get("content-length", 0)))
    )


def says(body: bytes, status: str = "200 OK", **headers: str) -> Script:
    """A script: one whole answer."""

    async def script(_: Request, writer: asyncio.StreamWriter) -> None:
        lines = {"content-length": str(len(body)), "content-type": "application/json"}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        await write(writer, f"HTTP/1.1 {status}\r\n".encode(), _head(lines), body)

    return script


def streams(*pieces: bytes) -> Script:
    """A script: events in these pieces, over a connection that is left open."""

    async def script(_: Request, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
        await write(writer, head, *pieces)

    return script


def sends(*pieces: bytes, close: bool) -> Script:
    """A script: just these bytes, then silence or the end of the connection."""

    async def script(_: Request, writer: asyncio.StreamWriter) -> None:
        await write(writer, *pieces)
        if close:
            writer.close()

    return script


async def write(writer: asyncio.StreamWriter, *pieces: bytes) -> None:
    """Send each piece by itself."""
    for piece in pieces:
        writer.write(piece)
        await writer.drain()


def _head(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n"


def provider_at(
    url: str,
    *,
    total: float = 20,
    connect: float = 5,
    pacing: Pacing | None = None,
    picture_hosts: tuple[str, ...] = (),
) -> Provider:
    """OpenAI as its file says, at another address and with less patience."""
    (openai,) = load_providers(
        order=None, folder=None, environment={"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{url}/v1"}
    )
    return Provider(
        name=openai.name,
        dialect=openai.dialect,
        base_url=openai.base_url,
        key=openai.key,
        auth=openai.auth,
        models=openai.models,
        fields=openai.fields,
        edits=openai.edits,
        partial_images=openai.partial_images,
        picture_hosts=picture_hosts,
        pacing=pacing or openai.pacing,
        timeouts=Timeouts(connect=connect, total=total, large=total),
    )


@asynccontextmanager
async def client_of(
    *providers: Provider,
    clock: ManualClock | None = None,
    picture_limit: int = 50_000_000,
    look_up: Lookup = look_up,
) -> AsyncIterator[HttpImageApi]:
    """A client that is open."""
    api = HttpImageApi(
        providers,
        CATALOGUE,
        clock or ManualClock(),
        picture_limit=picture_limit,
        look_up=look_up,
    )
    async with api:
        yield api
