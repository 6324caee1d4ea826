"""Services that take an order and draw it later: they are asked for free, and paid once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import orjson
import pytest

from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    Blocked,
    DrawingFailed,
    OutcomeUnknown,
    TooFast,
    Unreachable,
)
from bot.core.images import ImageRequest, Quality, Size
from bot.core.ports import Drawing, Inputs
from bot.core.pricing import Usage
from bot.imageapi.client import HttpImageApi
from bot.imageapi.providers import Pacing, Provider, Timeouts
from tests.clock import ManualClock
from tests.dialects.orders import CATALOGUE, shipped
from tests.imageapi.services import KEY, Request, Script, Service, client_of, says, sends, service

FLUX = next(model for model in CATALOGUE if model.id == "flux-2-pro")
FOX = ImageRequest(
    prompt="a red fox under an old oak", model=FLUX.id, size=Size(1024, 768), quality=Quality.MEDIUM
)
WAITING = b'{"id":"7","status":"Pending","progress":0.4}'


def provider_at(url: str) -> Provider:
    """BFL as its file says, at another address and with a minute's patience."""
    return replace(
        shipped("bfl", BFL_API_KEY=KEY),
        base_url=f"{url}/v1",
        pacing=Pacing(),
        timeouts=Timeouts(connect=5, total=60, large=60),
    )


def order_then(*answers: Script, cost: float | None = None) -> Script:
    """A script: an order is taken; questions are answered one by one, the last again and again."""
    left = list(answers)

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        here = f"http://{request.headers['host']}"
        if request.method == "POST":
            taken = {"id": "7", "polling_url": f"{here}/v1/get_result?id=7", "cost": cost}
            await says(orjson.dumps(taken), x_request_id="req_7")(request, writer)
        elif request.path == "/sample.png":
            await says(b"picture")(request, writer)
        else:
            answer = left.pop(0) if len(left) > 1 else left[0]
            await answer(request, writer)

    return script


async def ready(request: Request, writer: asyncio.StreamWriter) -> None:
    """A script: it is drawn."""
    sample = {"sample": f"http://{request.headers['host']}/sample.png"}
    body = orjson.dumps({"id": "7", "status": "Ready", "result": sample})
    await says(body)(request, writer)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A client and the service it speaks to."""

    api: HttpImageApi
    service: Service
    clock: ManualClock

    async def draw(self, on_progress: Callable[[int], None] | None = None) -> Drawing:
        """The picture, with all the time in the world."""
        outcome = await self.clock.run(self._outcome(on_progress))
        if isinstance(outcome, DrawingFailed):
            raise outcome
        return outcome

    async def _outcome(self, on_progress: Callable[[int], None] | None) -> Drawing | DrawingFailed:
        # As a value: the clock's group of tasks would wrap it.
        try:
            return await self.api.draw("bfl", FLUX, FOX, Inputs(), None, on_progress)
        except DrawingFailed as failure:
            return failure

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Every request, as its method and path."""
        return [(request.method, request.path) for request in self.service.requests]


@asynccontextmanager
async def ordering(script: Script) -> AsyncIterator[Ordered]:
    """A service with that script, and a client for it."""
    clock = ManualClock()
    async with service(script) as flux, client_of(provider_at(flux.url), clock=clock) as api:
        yield Ordered(api, flux, clock)


async def test_a_picture_is_ordered_once_and_asked_for_until_it_is_ready() -> None:
    """Given a service that draws later, when a picture is drawn, then one order is paid."""
    percents: list[int] = []
    async with ordering(order_then(says(WAITING), says(WAITING), ready)) as it:
        before = it.clock.now()
        drawing = await it.draw(on_progress=percents.append)

    question = ("GET", "/v1/get_result?id=7")
    order = ("POST", "/v1/flux-2-pro")
    assert it.asked == [order, question, question, question, ("GET", "/sample.png")]
    assert drawing.pictures == (b"picture",)
    assert drawing.request_id == "req_7"
    assert percents == [40]
    assert (it.clock.now() - before).total_seconds() == pytest.approx(4.5)
    first, second, *_, picture = it.service.requests
    assert first.fields == {
        "prompt": FOX.prompt,
        "width": 1024,
        "height": 768,
        "output_format": "png",
    }
    assert first.headers["x-key"] == second.headers["x-key"] == KEY
    assert "x-key" not in picture.headers


async def test_a_price_that_is_told_with_the_order_is_that_of_the_picture() -> None:
    """Given an order that names its price, when it is drawn, then that is what was counted."""
    async with ordering(order_then(says(WAITING), ready, cost=4.5)) as it:
        drawing = await it.draw()

    assert drawing.usage == Usage(charge=45_000)


@pytest.mark.parametrize(
    "trouble",
    [
        says(b"", "429 Too Many Requests", retry_after="5"),
        says(b"", "502 Bad Gateway"),
        says(b"{}", "404 Not Found"),
        says(b'{"status":"Task not found"}'),
        says(b'{"status":"Rea'),
        sends(close=True),
    ],
    ids=["too fast", "an error", "not there", "not known", "half an answer", "a cut"],
)
async def test_a_question_that_fails_is_asked_again(trouble: Script) -> None:
    """Given an order that was taken, when a question fails, then it is asked again, for free."""
    async with ordering(order_then(trouble, trouble, ready)) as it:
        drawing = await it.draw()

    assert drawing.pictures == (b"picture",)
    assert [method for method, _ in it.asked] == ["POST", "GET", "GET", "GET", "GET"]


async def test_the_time_that_is_asked_for_between_questions_is_given() -> None:
    """Given a 429 that says when, when it is asked again, then not before that."""
    busy = says(b"", "429 Too Many Requests", retry_after="20")
    async with ordering(order_then(busy, ready)) as it:
        before = it.clock.now()
        await it.draw()

    assert (it.clock.now() - before).total_seconds() == pytest.approx(21.5)


@pytest.mark.parametrize(
    "answer",
    [says(WAITING), says(b"", "429 Too Many Requests"), says(b"", "500 Internal Server Error")],
    ids=["waiting", "too fast", "an error"],
)
async def test_an_order_that_is_never_drawn_ends_unknown(answer: Script) -> None:
    """Given an order that was taken, when time is up, then it may be paid, and nobody repeats."""
    async with ordering(order_then(answer)) as it:
        before = it.clock.now()
        with pytest.raises(OutcomeUnknown, match="has not drawn it in time"):
            await it.draw()

    assert (it.clock.now() - before).total_seconds() == pytest.approx(60)
    assert [method for method, _ in it.asked].count("POST") == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(b'{"status":"Content Moderated"}'), Blocked),
        (says(b'{"status":"Request Moderated"}'), Blocked),
        (says(b'{"status":"Error"}'), DrawingFailed),
        (says(b'{"status":"Ready","result":null}'), BadAnswer),
    ],
    ids=["moderated", "prompt moderated", "failed", "nothing in it"],
)
async def test_what_the_service_says_of_the_drawing_is_believed(
    answer: Script, kind: type[DrawingFailed]
) -> None:
    """Given an order that was taken, when it is told that it failed, then that is the outcome."""
    async with ordering(order_then(answer)) as it:
        with pytest.raises(kind) as failed:
            await it.draw()

    assert type(failed.value) is kind


@pytest.mark.parametrize("status", ["401 Unauthorized", "402 Payment Required", "400 Bad Request"])
async def test_a_question_that_is_refused_is_no_reason_to_draw_elsewhere(status: str) -> None:
    """Given an order that was taken, when a question is refused, then it may be paid anyway."""
    async with ordering(order_then(says(b"{}", status))) as it:
        with pytest.raises(OutcomeUnknown):
            await it.draw()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(b"", "429 Too Many Requests"), TooFast),
        (says(b"", "402 Payment Required"), AccountProblem),
        (says(b"", "503 Service Unavailable"), OutcomeUnknown),
        (says(b'{"id":"7","status":"Pending"}'), BadAnswer),
    ],
    ids=["too fast", "no money", "an error", "nowhere to ask"],
)
async def test_an_order_that_is_not_taken_fails_as_any_call_does(
    answer: Script, kind: type[DrawingFailed]
) -> None:
    """Given an order, when it is refused, then nothing is asked, and it is known what is owed."""
    async with ordering(answer) as it:
        with pytest.raises(kind):
            await it.draw()

    assert len(it.asked) == 1


async def test_an_address_of_somebody_else_is_not_asked() -> None:
    """Given an order whose answer names another host, then the key does not go there."""
    taken = says(b'{"id":"7","polling_url":"https://evil.example/v1/get_result"}')
    async with ordering(taken) as it:
        with pytest.raises(BadAnswer, match="poll_hosts"):
            await it.draw()

    assert len(it.asked) == 1


async def test_a_service_that_is_not_there_is_unreachable() -> None:
    """Given nobody, when a picture is ordered, then surely nothing is owed."""
    async with client_of(provider_at("http://127.0.0.1:1")) as api:
        with pytest.raises(Unreachable):
            await api.draw("bfl", FLUX, FOX, Inputs(), None)
