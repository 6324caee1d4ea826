"""The client against services that answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.errors import Misconfigured, ModelUnavailable
from bot.core.images import Size
from bot.core.ports import Inputs
from bot.core.pricing import Usage
from bot.imageapi.client import HttpImageApi
from bot.imageapi.providers import Pacing
from tests.clock import NOON, ManualClock
from tests.dialects.openai_fields import problems
from tests.imageapi.services import (
    CATALOGUE,
    FLARE,
    FOX,
    KEY,
    ONE,
    Request,
    client_of,
    provider_at,
    says,
    sends,
    service,
    streams,
    write,
)

PARTIAL = b'data: {"type":"image_generation.partial_image","b64_json":"c2tldGNo"}\n\n'
COMPLETED = (
    b'data: {"type":"image_generation.completed","b64_json":"cGljdHVyZQ==",'
    b'"usage":{"input_tokens":7,"output_tokens":396,"total_tokens":403}}\n\n'
)


async def test_one_drawing_is_one_request() -> None:
    """Given a service that draws, when a picture is drawn, then it was asked exactly once."""
    async with (
        service(says(ONE, x_request_id="req_1")) as openai,
        client_of(provider_at(openai.url)) as api,
    ):
        drawing = await api.draw("openai", FLARE, FOX, Inputs(), None)

    (request,) = openai.requests
    assert drawing.pictures == (b"picture",)
    assert drawing.request_id == "req_1"
    assert drawing.usage is None
    assert (request.method, request.path) == ("POST", "/v1/images/generations")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert "cookie" not in request.headers
    assert request.fields["prompt"] == FOX.prompt
    assert problems(request.fields) == []


async def test_partial_pictures_arrive_before_the_finished_one() -> None:
    """Given a service that streams, when a picture is drawn, then sketches come on the way."""
    seen: list[tuple[int, bytes]] = []
    async with (
        service(streams(PARTIAL[:40], PARTIAL[40:], PARTIAL, COMPLETED)) as openai,
        client_of(provider_at(openai.url)) as api,
    ):
        drawing = await api.draw(
            "openai", FLARE, FOX, Inputs(), lambda *partial: seen.append(partial)
        )

    fields = openai.requests[0].fields
    assert (fields["stream"], fields["partial_images"]) == (True, 2)
    assert problems(fields) == []
    assert seen == [(0, b"sketch"), (0, b"sketch")]
    assert drawing.pictures == (b"picture",)
    assert drawing.usage == Usage(text_in=7, image_out=396)


async def test_a_service_that_does_not_stream_after_all_is_understood() -> None:
    """Given plain JSON where events were asked for, when it comes, then it is the picture."""
    seen: list[bytes] = []
    async with service(says(ONE)) as openai, client_of(provider_at(openai.url)) as api:
        drawing = await api.draw(
            "openai", FLARE, FOX, Inputs(), lambda _, partial: seen.append(partial)
        )

    assert drawing.pictures == (b"picture",)
    assert seen == []


async def test_a_stream_that_nobody_asked_for_is_understood() -> None:
    """Given events where JSON was asked for, when they come, then the last is the picture."""
    async with (
        service(streams(PARTIAL, COMPLETED)) as openai,
        client_of(provider_at(openai.url)) as api,
    ):
        drawing = await api.draw("openai", FLARE, FOX, Inputs(), None)

    assert "stream" not in openai.requests[0].fields
    assert drawing.pictures == (b"picture",)


async def test_several_pictures_are_not_streamed() -> None:
    """Given two pictures, when they are drawn, then no partial one is asked or paid for."""
    two = replace(FOX, count=2)
    both = b'{"data":[{"b64_json":"cGljdHVyZQ=="},{"b64_json":"YW5vdGhlcg=="}]}'
    async with service(says(both)) as openai, client_of(provider_at(openai.url)) as api:
        drawing = await api.draw("openai", FLARE, two, Inputs(), lambda *_: None)

        assert api.partials("openai", FLARE, two) == 0
        assert api.partials("openai", FLARE, FOX) == 2
        assert api.partials("nobody", FLARE, FOX) == 0
    assert "stream" not in openai.requests[0].fields
    assert drawing.pictures == (b"picture", b"another")


@pytest.mark.parametrize(("count", "pictures"), [(3, 2), (2, 2), (1, 1)])
async def test_never_more_pictures_than_asked_for(count: int, pictures: int) -> None:
    """Given two pictures, when more or fewer were wanted, then what is there is taken."""
    both = b'{"data":[{"b64_json":"cGljdHVyZQ=="},{"b64_json":"YW5vdGhlcg=="}]}'
    async with service(says(both)) as openai, client_of(provider_at(openai.url)) as api:
        drawing = await api.draw("openai", FLARE, replace(FOX, count=count), Inputs(), None)

    assert len(drawing.pictures) == pictures


async def test_nobody_waits_for_the_connection_to_close() -> None:
    """Given an answer without a length, when its JSON is complete, then it is the answer."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    async with (
        service(sends(head, ONE[:10], ONE[10:], close=False)) as openai,
        client_of(provider_at(openai.url)) as api,
    ):
        drawing = await api.draw("openai", FLARE, FOX, Inputs(), None)
        await openai.left.wait()

    assert drawing.pictures == (b"picture",)


async def test_a_whole_answer_before_a_cut_is_an_answer() -> None:
    """Given chunks of which the last is missing, when the JSON is whole, then it counts."""
    chunk = f"{len(ONE):x}\r\n".encode() + ONE + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    async with (
        service(sends(head, chunk, close=True)) as openai,
        client_of(provider_at(openai.url)) as api,
    ):
        assert (await api.draw("openai", FLARE, FOX, Inputs(), None)).pictures == (b"picture",)


async def test_a_picture_may_come_as_a_link() -> None:
    """Given a link to the service itself, when it is followed, then no key goes along."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        link = f"http://{request.headers['host']}/pictures/1.png?sig=a%2Bb%3D&x=1%26"
        answer = f'{{"data":[{{"url":"{link}","b64_json":null}}]}}'.encode()
        await says(answer if request.method == "POST" else b"picture")(request, writer)

    async with service(script) as local, client_of(provider_at(local.url)) as api:
        drawing = await api.draw("openai", FLARE, FOX, Inputs(), None)

    asked, fetched = local.requests
    assert drawing.pictures == (b"picture",)
    assert (fetched.method, fetched.path) == ("GET", "/pictures/1.png?sig=a%2Bb%3D&x=1%26")
    assert "authorization" not in fetched.headers
    assert asked.method == "POST"


async def test_one_picture_that_is_lost_does_not_spoil_the_other() -> None:
    """Given two links of which one is dead, when they are followed, then one picture is there."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        here = f"http://{request.headers['host']}"
        answer = f'{{"data":[{{"url":"{here}/lost"}},{{"url":"{here}/found"}}]}}'.encode()
        if request.method == "POST":
            await says(answer)(request, writer)
        elif request.path == "/found":
            await says(b"picture")(request, writer)
        else:
            await says(b"", "404 Not Found")(request, writer)

    clock = ManualClock()
    two = replace(FOX, count=2)
    async with (
        service(script) as local,
        client_of(provider_at(local.url), clock=clock) as api,
        asyncio.TaskGroup() as tasks,
    ):
        drawing = tasks.create_task(api.draw("openai", FLARE, two, Inputs(), None))
        for pause in (1, 3):
            await clock.sleepers()
            await clock.advance(pause)

    assert drawing.result().pictures == (b"picture",)
    assert [request.path for request in local.requests].count("/lost") == 3


async def test_a_hundred_pictures_at_once() -> None:
    """Given many drawings, when they are under way together, then each gets its own answer."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        size = request.fields["size"].encode()
        body = b'{"data":[{"url":"data:,' + {b"1024x1024": b"YQ==", b"1024x1536": b"Yg=="}[size]
        await says(body + b'"}]}')(request, writer)

    requests = [FOX, replace(FOX, size=Size(1024, 1536))] * 50
    async with (
        service(script) as openai,
        client_of(provider_at(openai.url)) as api,
        asyncio.TaskGroup() as tasks,
    ):
        drawings = [
            tasks.create_task(api.draw("openai", FLARE, request, Inputs(), None))
            for request in requests
        ]

    assert [task.result().pictures for task in drawings] == [(b"a",), (b"b",)] * 50


async def test_whoever_cancels_lets_go_of_the_connection() -> None:
    """Given a drawing under way, when it is cancelled, then the service sees it go."""
    async with (
        service(sends(close=False)) as openai,
        client_of(provider_at(openai.url)) as api,
        asyncio.TaskGroup() as tasks,
    ):
        drawing = tasks.create_task(api.draw("openai", FLARE, FOX, Inputs(), None))
        await openai.asked.wait()
        drawing.cancel()
        await openai.left.wait()

    assert drawing.cancelled()


async def test_a_drawing_holds_its_place_until_it_ends() -> None:
    """Given one call at a time, when one is under way, then the next turn comes after it."""
    answering = asyncio.Event()

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        await answering.wait()
        await says(ONE)(request, writer)

    clock = ManualClock()
    async with (
        service(script) as openai,
        client_of(provider_at(openai.url, pacing=Pacing(calls_in_flight=1)), clock=clock) as api,
        asyncio.TaskGroup() as tasks,
    ):
        await api.turn("openai", 1)
        first = tasks.create_task(api.draw("openai", FLARE, FOX, Inputs(), None))
        await openai.asked.wait()
        second = tasks.create_task(api.turn("openai", 1))
        await clock.settle()
        assert not second.done()

        answering.set()
        await first
        await second


async def test_models_are_offered_where_somebody_serves_them() -> None:
    """Given two providers, when models are listed, then in their order, and only the living."""
    small = replace(provider_at("http://127.0.0.1:9"), name="small", models=("gpt-image-2",))
    other = replace(provider_at("http://127.0.0.1:9"), name="other")
    two = CATALOGUE.find("gpt-image-2")
    assert two is not None
    async with client_of(small, other) as api:
        assert api.names == ("small", "other")
        assert api.providers(two) == ("small", "other")
        assert api.providers(FLARE) == ("other",)
        assert api.catalogue == CATALOGUE
        assert [model.id for model in api.offered(NOON)] == list(other.models)
        assert "gpt-image-1.5" not in {
            model.id for model in api.offered(NOON.replace(month=12, day=1))
        }


async def test_a_provider_that_is_gone_is_no_crash() -> None:
    """Given a job for a provider that was taken out, when it is drawn, then it is unavailable."""
    async with client_of(provider_at("http://127.0.0.1:9")) as api:
        await api.turn("gone", 1)
        with pytest.raises(ModelUnavailable):
            await api.draw("gone", FLARE, FOX, Inputs(), None)


def test_a_provider_of_an_unknown_model_is_misconfigured() -> None:
    """Given a model that no table knows, when the client is built, then both are named."""
    strange = replace(provider_at("http://127.0.0.1:9"), models=("gpt-image-9",))

    with pytest.raises(Misconfigured) as wrong:
        HttpImageApi([strange], CATALOGUE, ManualClock())

    assert wrong.value.problems == (
        "The provider openai serves “gpt-image-9”, which is not in models.toml.",
    )


async def test_a_client_that_was_not_opened_says_so() -> None:
    """Given no session, when something is drawn, then the mistake is ours."""
    api = HttpImageApi([provider_at("http://127.0.0.1:9")], CATALOGUE, ManualClock())

    with pytest.raises(RuntimeError, match="not opened"):
        await api.draw("openai", FLARE, FOX, Inputs(), None)
    await api.close()


async def test_slow_bytes_are_patiently_put_together() -> None:
    """Given an answer byte by byte, when it is whole, then it is the picture."""

    async def script(_: Request, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(ONE)}\r\n\r\n".encode()
        await write(writer, head, *(ONE[i : i + 1] for i in range(len(ONE))))

    async with service(script) as openai, client_of(provider_at(openai.url)) as api:
        assert (await api.draw("openai", FLARE, FOX, Inputs(), None)).pictures == (b"picture",)
