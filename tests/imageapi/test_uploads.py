"""Pictures on their way to a service: what is held, and what a cut in the middle means."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.core.errors import AccountProblem, BadParameter, DrawingFailed, OutcomeUnknown, Unreachable
from bot.core.images import Format, Size, Source
from bot.core.ports import Inputs
from bot.imageapi.client import HttpImageApi
from bot.imageapi.exchange import patience
from bot.imageapi.providers import load_providers
from tests.imageapi.services import FLARE, FOX, KEY, ONE, client_of, listening, provider_at, write

MEGABYTE = 1_000_000
SIXTEEN = replace(
    FOX,
    sources=tuple(
        Source(sha256=f"{number:064x}", format=Format.PNG, size=Size(64, 64))
        for number in range(16)
    ),
)

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def sixteen(size: int = MEGABYTE) -> Inputs:
    """Sixteen pictures of so many bytes."""
    return Inputs(sources=tuple((Format.PNG, bytes(size)) for _ in range(16)))


def answer(status: str, body: bytes) -> bytes:
    """A whole answer."""
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def api_at(reply: Reply, *, total: float = 20) -> AsyncIterator[HttpImageApi]:
    """A client of a service that has read the head of a request."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reply(reader, writer)

    async with (
        listening(serve) as port,
        client_of(provider_at(f"http://127.0.0.1:{port}", total=total)) as api,
    ):
        yield api


async def failure_of(reply: Reply, *, total: float = 20) -> DrawingFailed:
    """How an edit fails."""
    async with api_at(reply, total=total) as api:
        with pytest.raises(DrawingFailed) as failed:
            await api.draw("openai", FLARE, SIXTEEN, sixteen(), None)
    return failed.value


async def swallow(reader: asyncio.StreamReader) -> None:
    """Read up to the end of a form and keep nothing of it."""
    tail = b""
    while tail != b"--\r\n":
        tail = (tail + await reader.read(2**16))[-4:]


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read a little, then break off."""
    await reader.read(1000)
    writer.transport.abort()


async def silence(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Neither read nor answer."""
    await writer.wait_closed()


@pytest.mark.parametrize("reply", [cut, silence])
async def test_nobody_draws_from_half_an_upload(reply: Reply) -> None:
    """Given a service that does not take all pictures, when it is given up, nothing is owed."""
    failure = await failure_of(reply, total=0.3)

    assert type(failure) is Unreachable
    assert not failure.may_be_paid
    assert failure.detail.startswith("openai: the connection broke before all was sent")


async def test_whoever_has_all_of_it_may_have_drawn() -> None:
    """Given a service that took all pictures, when it breaks off, then the outcome is unknown."""

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await swallow(reader)
        writer.transport.abort()

    assert type(await failure_of(taken)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer("413 Request Entity Too Large", b"<html></html>"), BadParameter),
        (answer("401 Unauthorized", b'{"error":{"code":"invalid_api_key"}}'), AccountProblem),
    ],
    ids=["413", "401"],
)
async def test_a_refusal_may_come_before_all_is_sent(
    said: bytes, kind: type[DrawingFailed]
) -> None:
    """Given a service that has seen enough, when it says so at once, then it is understood."""

    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await write(writer, said)
        await writer.wait_closed()

    assert type(await failure_of(early)) is kind


@pytest.fixture
def traced() -> Iterator[None]:
    """Every allocation is counted."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


async def test_pictures_are_held_once_and_let_go(traced: None) -> None:
    """Given 16 MB of pictures, when they are sent, then nothing is held twice, or after that."""
    all_is_there, drawn = asyncio.Event(), asyncio.Event()

    async def patient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await swallow(reader)
        all_is_there.set()
        await drawn.wait()
        await write(writer, answer("200 OK", ONE))

    async with api_at(patient) as api, asyncio.TaskGroup() as tasks:
        before = tracemalloc.get_traced_memory()[0]
        drawing = tasks.create_task(api.draw("openai", FLARE, SIXTEEN, sixteen(), None))
        await all_is_there.wait()
        held, peak = (size - before for size in tracemalloc.get_traced_memory())
        drawn.set()

    assert drawing.result().pictures == (b"picture",)
    assert peak < 17.5 * MEGABYTE
    assert held < 1 * MEGABYTE


async def test_the_length_is_told_beforehand() -> None:
    """Given pictures in pieces, when they are sent, then their length is known, as proxies like."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).lower())
        await swallow(reader)
        await write(writer, answer("200 OK", ONE))

    async with (
        listening(serve) as port,
        client_of(provider_at(f"http://127.0.0.1:{port}")) as api,
    ):
        await api.draw("openai", FLARE, SIXTEEN, sixteen(10), None)

    (head,) = heads
    assert b"transfer-encoding" not in head
    assert b"content-length: 3" in head
    assert head.count(b"content-type: multipart/form-data; boundary=easel-") == 1
    assert f"authorization: bearer {KEY}".encode() in head


def test_several_pictures_are_given_more_time() -> None:
    """Given one picture or several, when they are sent, then several may take ten minutes."""
    (openai,) = load_providers(order=None, folder=None, environment={"OPENAI_API_KEY": KEY})
    one = replace(SIXTEEN, sources=SIXTEEN.sources[:1])

    assert [patience(openai, request).total for request in (one, SIXTEEN)] == [360, 600]
