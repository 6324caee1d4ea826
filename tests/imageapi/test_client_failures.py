"""The client against services that refuse, break off, or never end."""

from __future__ import annotations

import asyncio
import gzip
import socket
from dataclasses import replace
from datetime import timedelta

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
from bot.core.ports import Inputs
from tests.clock import NOON, ManualClock
from tests.imageapi.services import (
    FLARE,
    FOX,
    KEY,
    ONE,
    Request,
    Script,
    client_of,
    listening,
    provider_at,
    says,
    sends,
    service,
    streams,
    write,
)

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
PARTIAL = b'data: {"type":"image_generation.partial_image","b64_json":"c2tldGNo"}\n\n'
BLOCKED = b'{"error":{"code":"moderation_blocked","message":"no"}}'
ODD = b'{"error":{"type":"server_error","message":"The server had an error","code":null}}'


async def failure_of(
    script: Script, *, total: float = 20, limit: int = 50_000_000
) -> DrawingFailed:
    """How a drawing fails; the service must have been asked exactly once."""
    async with (
        service(script) as openai,
        client_of(provider_at(openai.url, total=total), picture_limit=limit) as api,
    ):
        with pytest.raises(DrawingFailed) as failed:
            await api.draw("openai", FLARE, FOX, Inputs(), lambda *_: None)
    assert len(openai.requests) == 1
    return failed.value


@pytest.mark.parametrize(
    "script",
    [
        sends(close=True),
        sends(b"HTTP/1.1 200 OK\r\ncontent-le", close=True),
        sends(HEAD, close=True),
        sends(HEAD, ONE[:20], close=True),
        sends(CHUNKED, b"10\r\n" + ONE[:16] + b"\r\n", close=True),
        sends(b"HTTP/1.1 200 OK\r\n\r\n", ONE[:20], close=True),
        sends(b"HTTP/1.1 200 OK\r\n\r\n", PARTIAL, close=True),
        sends(b"HTTP/1.1 200 OK\r\n\r\n", PARTIAL, b'data: {"type":"image_g', close=True),
        streams(PARTIAL, b"data: [DONE]\n\n"),
        says(ONE[:20]),
        says(b""),
        says(b"", "500 Internal Server Error"),
        says(ODD, "500 Internal Server Error"),
        says(b"<html><title>502 Bad Gateway</title></html>", "502 Bad Gateway"),
        says(b"<html><title>524: A timeout occurred</title></html>", "524 Cloudflare"),
        streams(PARTIAL, b"data: " + ODD + b"\n\n"),
        sends(b"SSH-2.0-OpenSSH_9.6\r\n", close=False),
    ],
    ids=[
        "before an answer",
        "in its headers",
        "after its headers",
        "in a body with a length",
        "in a chunked body",
        "in a body without a length",
        "in a stream",
        "in an event",
        "a stream that is done",
        "half JSON",
        "nothing",
        "500 without a body",
        "500 with an error",
        "502",
        "524",
        "an error in a stream",
        "no HTTP at all",
    ],
)
async def test_what_was_sent_and_not_answered_may_have_been_paid(script: Script) -> None:
    """Given a request that arrived, when its answer is lost, then it is not sent again."""
    failure = await failure_of(script)

    assert type(failure) is OutcomeUnknown
    assert failure.may_be_paid


@pytest.mark.parametrize(
    "script",
    [sends(close=False), sends(HEAD, ONE[:20], close=False), streams(PARTIAL)],
    ids=["before an answer", "in the answer", "in a stream"],
)
async def test_a_service_that_falls_silent_is_not_waited_for_for_ever(script: Script) -> None:
    """Given silence, when the time is over, then the outcome is unknown."""
    assert type(await failure_of(script, total=0.2)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (says(BLOCKED, "400 Bad Request"), Blocked),
        (says(BLOCKED), Blocked),
        (streams(b"data: " + BLOCKED + b"\n\n"), Blocked),
        (says(b'{"error":{"code":"invalid_api_key"}}', "401 Unauthorized"), AccountProblem),
        (says(b"<html><title>Welcome</title></html>"), BadAnswer),
        (says(b'{"created":1,"data":[]}'), BadAnswer),
        (says(b"{'created': 1}"), BadAnswer),
        (says(b"", "204 No Content"), OutcomeUnknown),
    ],
    ids=[
        "blocked",
        "blocked with success",
        "blocked in a stream",
        "wrong key",
        "a page",
        "no picture",
        "no JSON",
        "nothing",
    ],
)
async def test_an_answer_without_a_picture_is_told_apart(
    script: Script, kind: type[DrawingFailed]
) -> None:
    """Given a refusal or nonsense, when it comes, then it is known for what it is."""
    assert type(await failure_of(script)) is kind


async def test_a_service_that_needs_time_gets_it() -> None:
    """Given a 429 that names a time, when a turn is asked for, then it comes not before."""
    body = b'{"error":{"code":"rate_limit_exceeded","message":"slow down"}}'
    clock = ManualClock()
    async with (
        service(says(body, "429 Too Many Requests", retry_after="7")) as openai,
        client_of(provider_at(openai.url), clock=clock) as api,
        asyncio.TaskGroup() as tasks,
    ):
        with pytest.raises(TooFast) as refused:
            await api.draw("openai", FLARE, FOX, Inputs(), None)
        turn = tasks.create_task(api.turn("openai", 1))
        await clock.advance(6.9)
        assert not turn.done()
        await clock.advance(0.1)
        assert turn.done()

    assert refused.value.until == NOON + timedelta(seconds=7)
    assert len(openai.requests) == 1


async def test_a_limit_that_a_service_names_and_enforces_is_kept() -> None:
    """Given five a minute in a header, when it refuses twice, then a turn comes all 12 s."""
    refusal = says(b"{}", "429 Too Many Requests", retry_after="1", x_ratelimit_limit_images="5")
    clock = ManualClock()
    async with (
        service(refusal) as openai,
        client_of(provider_at(openai.url), clock=clock) as api,
        asyncio.TaskGroup() as tasks,
    ):
        await api.turn("openai", 5)
        for _ in range(2):
            with pytest.raises(TooFast):
                await api.draw("openai", FLARE, FOX, Inputs(), None)
            await clock.advance(1)
        await api.turn("openai", 1)
        turn = tasks.create_task(api.turn("openai", 1))
        await clock.advance(11.9)
        assert not turn.done()
        await clock.advance(0.1)
        assert turn.done()


async def _endless(_: Request, writer: asyncio.StreamWriter) -> None:
    await write(writer, b"HTTP/1.1 200 OK\r\n\r\n", b'{"data":[{"b64_json":"')
    while True:
        await write(writer, b"A" * 65_536)


async def _endless_events(_: Request, writer: asyncio.StreamWriter) -> None:
    await write(writer, b"HTTP/1.1 200 OK\r\n\r\n", b"data: ")
    while True:
        await write(writer, b"A" * 65_536)


BOMB = gzip.compress(b'{"data":[{"b64_json":"' + b"A" * 200_000_000, compresslevel=1)


@pytest.mark.parametrize(
    "script",
    [_endless, _endless_events, says(BOMB, content_encoding="gzip")],
    ids=["a body", "an event", "a bomb"],
)
async def test_no_answer_fills_the_memory(script: Script) -> None:
    """Given an answer without end, when it passes what a picture can have, then it is refused."""
    failure = await failure_of(script, limit=100_000)

    assert type(failure) is BadAnswer
    assert "with more than 1,400,000 bytes" in failure.detail


async def test_gzip_that_is_none_is_an_answer_that_is_lost() -> None:
    """Given a wrong label, when the body cannot be unpacked, then the outcome is unknown."""
    assert type(await failure_of(says(ONE, content_encoding="gzip"))) is OutcomeUnknown


async def test_a_redirect_is_not_followed() -> None:
    """Given an address that moved, when a picture is drawn, then the key does not move along."""
    async with service(says(ONE)) as elsewhere:
        failure = await failure_of(
            says(b"", "307 Temporary Redirect", location=f"{elsewhere.url}/v1/images/generations")
        )

    assert type(failure) is AccountProblem
    assert elsewhere.url in failure.detail
    assert elsewhere.requests == []


async def test_nobody_there_means_nothing_sent() -> None:
    """Given a closed port, when a picture is drawn, then it surely cost nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with client_of(provider_at(url)) as api:
            with pytest.raises(Unreachable, match=r"openai: ClientConnectorError: Cannot connect"):
                await api.draw("openai", FLARE, FOX, Inputs(), None)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""], ids=["400", "none"])
async def test_no_encryption_means_nothing_sent(answer: bytes) -> None:
    """Given https to a port without it, when a picture is drawn, then it surely cost nothing."""
    heard = bytearray()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(10_000))
        writer.write(answer)
        heard.extend(await reader.read(10_000))

    async with (
        listening(plain) as port,
        client_of(provider_at(f"https://127.0.0.1:{port}", connect=0.2)) as api,
    ):
        with pytest.raises(Unreachable):
            await api.draw("openai", FLARE, FOX, Inputs(), None)

    assert b"fox" not in heard
    assert KEY.encode() not in heard


async def test_neither_key_nor_prompt_is_in_what_operators_read() -> None:
    """Given a service that repeats both, when it refuses, then its words are kept without them."""
    message = f"prompt '{FOX.prompt}' was refused for the key {KEY} of tier 1"
    body = f'{{"error":{{"code":"invalid_value","message":"{message}"}}}}'.encode()
    failure = await failure_of(says(body, "400 Bad Request", x_request_id="req_1"))

    assert failure.detail == (
        "openai: HTTP 400, invalid_value: prompt '[prompt]' was refused for the key [key] of "
        "tier 1 (request req_1)"
    )
    assert failure.__suppress_context__


async def test_health_knows_when_nobody_can_draw() -> None:
    """Given two providers, when both fail for good, then it is a problem until one draws."""
    answers = [says(b"", "401 Unauthorized"), says(ONE), says(BLOCKED)]

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        await answers.pop(0)(request, writer)

    async with service(script) as openai:
        working = provider_at(openai.url)
        closed = replace(provider_at("http://127.0.0.1:1"), name="closed")
        async with client_of(working, closed) as api:
            with pytest.raises(Unreachable):
                await api.draw("closed", FLARE, FOX, Inputs(), None)
            assert await api.problem() is None

            with pytest.raises(AccountProblem):
                await api.draw("openai", FLARE, FOX, Inputs(), None)
            problem = await api.problem()
            assert problem is not None
            assert problem.startswith("No picture can be drawn: openai: HTTP 401; closed: Client")

            await api.draw("openai", FLARE, FOX, Inputs(), None)
            assert await api.problem() is None
            with pytest.raises(Blocked):
                await api.draw("openai", FLARE, FOX, Inputs(), None)
            assert await api.problem() is None
