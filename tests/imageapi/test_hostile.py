"""Whatever a service answers, it ends soon, as a failure that is known, and the key stays here."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import resources

import pytest

from bot.core.errors import DrawingFailed
from bot.core.images import ImageRequest, Quality, Size
from bot.core.models import Model
from bot.core.ports import Inputs
from bot.imageapi.calls import Link
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.downloads import Downloads
from bot.imageapi.exchange import open_session
from bot.imageapi.providers import Pacing, Provider, Timeouts, load_providers
from bot.imageapi.reaching import Listing, reached
from bot.imageapi.sse import Event
from bot.imaging.inspect import inspect
from tests.clock import NOON, ManualClock
from tests.dialects.orders import order_of, shipped
from tests.imageapi import hostile
from tests.imageapi.hostile import ALL, FILE, Body, Way
from tests.imageapi.services import (
    CATALOGUE,
    FOX,
    KEY,
    Request,
    client_of,
    provider_at,
    says,
    service,
)

PATIENCE = 0.4
"""Seconds that the services get."""

BOUND = 15
"""Seconds in which all is over: three tries for a picture, on a busy machine."""

PICTURE_LIMIT = 100_000
"""Bytes of a picture."""

FLUX = next(model for model in CATALOGUE if model.id == "flux-2-pro")

FILES = resources.files("bot.imageapi") / "providers"
VARIABLES = [
    name
    for file in FILES.iterdir()
    for name in re.findall(r'_variable = "(\w+)"', file.read_text())
]
PROVIDERS = load_providers(
    order=None, folder=None, environment=dict.fromkeys(VARIABLES, "http://service.example")
)

HOSTS = {
    "localhost": ["127.0.0.1"],
    "inside.example": ["192.168.0.7"],
    "both.example": ["93.184.215.14", "10.0.0.1"],
}


async def look_up(host: str, _: int) -> Sequence[str]:
    """What a resolver makes of it: numbers are addresses however they are written."""
    try:
        return HOSTS[host]
    except KeyError:
        try:
            return [socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))]
        except OSError:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None


def sold_by(way: Way, port: int) -> tuple[Provider, Model, ImageRequest]:
    """Who is asked, for what. Its host is this machine by a name that is not this machine's own."""
    url = f"http://0.0.0.0:{port}"
    if way is not Way.POLL:
        return provider_at(url, total=PATIENCE, connect=PATIENCE), CATALOGUE.models[0], FOX
    bfl = replace(
        shipped("bfl", BFL_API_KEY=KEY),
        base_url=f"{url}/v1",
        pacing=Pacing(),
        timeouts=Timeouts(connect=PATIENCE, total=PATIENCE, large=PATIENCE),
    )
    fox = replace(FOX, model=FLUX.id, size=Size(1024, 1024), quality=Quality.MEDIUM)
    return bfl, FLUX, fox


async def drawn(way: Way, port: int) -> DrawingFailed | None:
    """How the drawing failed; its pictures are looked at as the app does it."""
    provider, model, request = sold_by(way, port)
    clock = ManualClock()
    on_partial = (lambda _, __: None) if way is Way.STREAM else None
    async with client_of(
        provider, clock=clock, picture_limit=PICTURE_LIMIT, look_up=look_up
    ) as api:

        async def draw() -> DrawingFailed | None:
            try:
                drawing = await api.draw(provider.name, model, request, Inputs(), on_partial)
                for picture in drawing.pictures:
                    inspect(picture)
            except DrawingFailed as failure:
                return failure
            return None

        return await clock.run(draw())


def test_there_are_sixty_and_more() -> None:
    """Given the list, when it is counted, then nothing was lost from it."""
    assert len(ALL) >= 60


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("name", ALL)
async def test_what_is_made_to_hurt_ends_as_a_failure(name: str, way: Way) -> None:
    """Given such an answer, when it came, then it is a known failure, and nobody else was asked."""
    knocked: list[str] = []

    async def trapped(request: Request, writer: asyncio.StreamWriter) -> None:
        knocked.append(request.path)
        await says(b"secret")(request, writer)

    async with (
        asyncio.timeout(BOUND),
        service(trapped) as trap,
        service(hostile.script_of(ALL[name], way, trap.port)) as it,
    ):
        failure = await drawn(way, it.port)

    assert isinstance(failure, DrawingFailed)
    assert knocked == []
    assert [each.method for each in it.requests].count("POST") == 1
    assert KEY not in failure.detail
    assert len(failure.detail) < 1000
    fetched = [each for each in it.requests if each.path == FILE]
    assert not any(KEY in value for each in fetched for value in each.headers.values())


async def test_what_has_no_end_is_left_soon() -> None:
    """Given bytes without end, when they pass the limit, then no more of them are taken."""
    sent = 0

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(hostile.HEAD + b"\r\n" + hostile.TORN)
        while True:
            writer.write(b"A" * 65_536)
            await writer.drain()
            sent += 65_536

    async with service(script) as it:
        failure = await drawn(Way.BASE64, it.port)

    assert failure is not None
    assert "more than 1,133,333 bytes" in failure.detail
    # Beside the limit, what fits into the buffers of the two sockets.
    assert sent < 20_000_000


async def test_a_name_is_looked_up_once_and_the_connection_goes_there() -> None:
    """Given a name that changes its mind, when it is followed, then it gains nothing by it."""
    asked: list[str] = []

    async def fickle(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    listed = replace(provider_at("https://api.example"), picture_hosts=("pictures.lan",))
    async with service(says(b"picture")) as it, open_session() as session:
        fetching = Downloads(session, ManualClock(), limit=1000, look_up=fickle)
        link = Link(f"http://pictures.lan:{it.port}/a.png")

        assert await fetching.fetch(link, listed) == b"picture"

    assert asked == ["pictures.lan"]


async def test_a_name_that_nobody_can_look_up_does_not_take_for_ever() -> None:
    """Given a resolver that is silent, when a link is followed, then it ends with its time."""

    async def silent(_: str, __: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    clock = ManualClock()
    provider = provider_at("https://api.example", total=0.05)
    async with open_session() as session, asyncio.timeout(BOUND):
        fetching = Downloads(session, clock, limit=1000, look_up=silent)

        async def fetch() -> DrawingFailed | None:
            try:
                await fetching.fetch(Link("https://cdn.example/"), provider)
            except DrawingFailed as failure:
                return failure
            return None

        failure = await clock.run(fetch())

    assert failure is not None
    assert "in time" in failure.detail


@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize("name", [name for name, each in ALL.items() if isinstance(each, Body)])
def test_no_dialect_is_hurt_by_what_is_said(name: str, status: int) -> None:
    """Given any of the bodies, when any dialect reads it, then it is understood, or refused."""
    said = ALL[name]
    assert isinstance(said, Body)
    for provider in PROVIDERS:
        order = order_of(provider.models[0], provider)
        dialect = DIALECTS[provider.dialect]
        with suppress(DrawingFailed):
            dialect.answer(order, status, {}, bytearray(said.content), now=NOON)
        with suppress(DrawingFailed):
            dialect.event(order, Event("message", said.content), {}, now=NOON)
        with suppress(DrawingFailed):
            listing = Listing(status, {}, said.content)
            assert provider.name in reached(provider, CATALOGUE, listing, now=NOON)
