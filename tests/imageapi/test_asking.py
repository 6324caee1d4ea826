"""Beside a call that takes its time: watching it, and telling the service when nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import orjson
import pytest

from bot.core.errors import Blocked
from bot.core.ports import Inputs
from bot.imageapi.asking import Asking
from bot.imageapi.calls import Answer, Body, Call, Order, Partial, Pending
from bot.imageapi.exchange import open_session
from bot.imageapi.pacing import Pace
from bot.imageapi.providers import Pacing
from bot.imageapi.sse import Event
from tests.clock import ManualClock
from tests.imageapi.services import FLARE, FOX, Request, Service, provider_at, says, service

HERE = Call(method="GET", path="/progress")
STOP = Call(method="POST", path="/stop")


class Studio:
    """A small dialect: a picture, how far it is, or that it will not be drawn."""

    PATHS: Mapping[str, str] = {}
    FIELDS = EDIT_FIELDS = frozenset[str]()

    def request(self, order: Order, inputs: Inputs) -> Call:
        return Call(
            method="POST",
            path="/draw",
            body=Body(b"draw"),
            watch=Pending(call=HERE, after=1),
            cancel=STOP,
        )

    def answer(
        self,
        order: Order,
        status: int,
        headers: Mapping[str, str],
        body: bytes | bytearray,
        *,
        now: datetime,
    ) -> Answer | Pending:
        content = orjson.loads(body)
        if "refused" in content:
            raise Blocked("no")
        if "percent" in content:
            return Pending(progress=content["percent"], picture=b"sketch", after=1)
        return Answer(pictures=(b"picture",))

    def event(
        self, order: Order, event: Event, headers: Mapping[str, str], *, now: datetime
    ) -> Partial | Answer | None:
        return None


@dataclass
class Slow:
    """A service that draws when it is told to, and shows how far it is meanwhile."""

    end: bytes = b"{}"
    percents: list[bytes] = field(default_factory=list)
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path == "/v1/draw":
            await self.drawn.wait()
            await says(self.end)(request, writer)
        elif request.path == "/v1/progress":
            await says(self.percents.pop(0))(request, writer)
        else:
            self.stopped.set()
            await says(b"{}")(request, writer)


@dataclass
class Watched:
    """One call, and what was heard meanwhile."""

    asking: Asking
    order: Order
    service: Service
    clock: ManualClock
    percents: list[int]
    partials: list[bytes]

    async def draw(self) -> Answer:
        """The answer."""
        answer, _ = await self.asking(Studio().request(self.order, Inputs()))
        return answer


@asynccontextmanager
async def watching(slow: Slow) -> AsyncIterator[Watched]:
    """A slow service, and one call of it, which is over once it was heard to be done."""
    clock, percents, partials = ManualClock(), list[int](), list[bytes]()

    def heard(percent: int) -> None:
        percents.append(percent)
        if percent == 100:
            slow.drawn.set()

    async with service(slow) as it, open_session() as session:
        order = Order(provider=provider_at(it.url), model=FLARE, request=FOX)
        asking = Asking(
            session=session,
            dialect=Studio(),
            order=order,
            pace=Pace(Pacing(), clock),
            clock=clock,
            limit=10_000,
            on_partial=partials.append,
            on_progress=heard,
        )
        yield Watched(asking, order, it, clock, percents, partials)


async def test_a_call_is_watched_while_it_is_under_way() -> None:
    """Given a service that tells how far it is, when it draws, then that is passed on."""
    slow = Slow(percents=[b'{"percent":20}', b'{"refused":1}', b'{"percent":250}'])
    async with watching(slow) as it, asyncio.TaskGroup() as tasks:
        drawn = tasks.create_task(it.draw())
        for _ in range(3):
            await it.clock.sleepers()
            await it.clock.advance(1)

    assert drawn.result().pictures == (b"picture",)
    assert it.percents == [20, 100]
    assert it.partials == [b"sketch", b"sketch"]
    assert [request.path for request in it.service.requests].count("/v1/draw") == 1


async def test_a_call_that_is_watched_fails_as_any_call_does() -> None:
    """Given a watched call, when it is refused, then that failure is the outcome."""
    slow = Slow(end=b'{"refused":1}')
    slow.drawn.set()
    async with watching(slow) as it:
        with pytest.raises(Blocked):
            await it.draw()


async def test_whoever_cancels_tells_the_service_to_stop() -> None:
    """Given a call under way, when nobody wants it any more, then the service is told once."""
    slow = Slow()
    async with watching(slow) as it, asyncio.TaskGroup() as tasks:
        drawing = tasks.create_task(it.draw())
        await it.service.asked.wait()
        drawing.cancel()
        await slow.stopped.wait()

    assert drawing.cancelled()
    assert [(request.method, request.path) for request in it.service.requests] == [
        ("POST", "/v1/draw"),
        ("POST", "/v1/stop"),
    ]


async def test_a_call_that_ended_is_not_told_to_stop() -> None:
    """Given a call that was answered, when all is over, then nothing else was sent."""
    slow = Slow()
    slow.drawn.set()
    async with watching(slow) as it:
        await it.draw()

    assert [request.path for request in it.service.requests] == ["/v1/draw"]
