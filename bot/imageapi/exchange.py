"""One HTTP request and its answer: connections, time-outs, and reading no more than is needed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

import aiohttp

from bot.imageapi.addresses import address
from bot.imageapi.failures import of_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.core.images import ImageRequest
    from bot.imageapi.calls import Answer, Body, Call, Pending
    from bot.imageapi.pacing import Pace
    from bot.imageapi.providers import Provider
    from bot.imageapi.reader import Reader

LARGE = 4_000_000
"""Pixels from which a picture may take five minutes."""


class Upload:
    """A body as aiohttp asks for it.

    Not as one object: asyncio would copy all that the socket does not take at once.
    """

    def __init__(self, body: Body) -> None:
        self._pieces = iter(body)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> memoryview:
        piece = next(self._pieces, None)
        if piece is None:
            raise StopAsyncIteration
        return piece


def open_session() -> aiohttp.ClientSession:
    """The session that all requests share; it sends nothing of ours by itself."""
    return aiohttp.ClientSession(
        # A new connection for each call: one that was kept may be dead, and then nobody can tell
        # whether the request arrived. It costs little beside ten seconds of drawing.
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        # Inflating what is mostly base64 costs more time than it saves.
        headers={"User-Agent": "Easel", "Accept-Encoding": "identity"},
        # Fewer, larger pieces: an answer has megabytes.
        read_bufsize=2**18,
    )


def patience(service: Provider, request: ImageRequest) -> aiohttp.ClientTimeout:
    """How long a drawing may take."""
    large = request.count > 1 or len(request.sources) > 1 or request.size.pixels > LARGE
    return aiohttp.ClientTimeout(
        total=service.timeouts.large if large else service.timeouts.total,
        sock_connect=service.timeouts.connect,
        # Looking the host up is part of this one, and has no time-out of its own.
        connect=2 * service.timeouts.connect,
    )


@asynccontextmanager
async def sent(
    session: aiohttp.ClientSession, service: Provider, call: Call, within: aiohttp.ClientTimeout
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Send the call once, and give its answer as soon as its headers are there.

    Raises:
        Unreachable: Nothing was sent, or not all of it.
        OutcomeUnknown: The connection broke afterwards, also while the answer was read.
        BadAnswer: It is for an address that a service gave and that is not to be trusted.
    """
    body, url = call.body, address(service, call.path)
    announced = {"Content-Length": str(body.size)} if body.size else {}
    try:
        async with session.request(
            call.method,
            url,
            data=Upload(body) if body.size else None,
            headers={**service.headers, **call.headers, **announced, **service.authorization},
            timeout=within,
            # To follow one is to send the request, and the key, a second time.
            allow_redirects=False,
        ) as response:
            yield response
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise of_connection(error, all_sent=body.taken) from error


async def read(response: aiohttp.ClientResponse, reader: Reader) -> Answer | Pending:
    """Read until the answer is complete, which may be before the connection is closed.

    Decoding stays on the event loop: 2 MB of JSON take 0.6 ms and its base64 0.1 ms, and both hold
    the interpreter's lock, so that a thread would not let anybody else run.
    """
    async for chunk in response.content.iter_any():
        answer = reader.feed(chunk)
        if answer is not None:
            response.close()
            return answer
    return reader.close()


async def read_up_to(limit: int, response: aiohttp.ClientResponse) -> bytes:
    """The body, or as much of it as is wanted."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body[:limit])


def learn(pace: Pace, response: aiohttp.ClientResponse) -> None:
    """Remember the limit that the service names for the key."""
    limit = response.headers.get("x-ratelimit-limit-images", "")
    # No account may draw a million a minute; a number of thousands of digits is not read at all.
    if len(limit) <= 6 and limit.isdecimal() and int(limit) > 0:
        pace.named(int(limit))
