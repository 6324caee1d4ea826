"""The pretend image API fails in each way it is told to, by a script or by words of the prompt."""

import asyncio
from io import BytesIO

import aiohttp
import pytest
from PIL import Image

from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import (
    Cut,
    Fault,
    HalfJson,
    Hang,
    Html,
    Huge,
    Moderation,
    NotVerified,
    Quota,
    RateLimited,
    ServerError,
    UrlAnswer,
)
from tests.demo.visitor import Visitor, opened, picture, png

PRICE_OF_ONE = 6 * 5 + 439 * 30


@pytest.mark.parametrize(
    ("fault", "status", "kind", "code"),
    [
        (Moderation(), 400, "image_generation_user_error", "moderation_blocked"),
        (Moderation("output"), 400, "image_generation_user_error", "moderation_blocked"),
        (RateLimited(2.4), 429, "input-images", "rate_limit_exceeded"),
        (Quota(), 429, "insufficient_quota", "insufficient_quota"),
        (ServerError(), 500, "server_error", None),
        (ServerError(status=503), 503, "server_error", None),
        (NotVerified(), 403, "invalid_request_error", None),
    ],
)
async def test_errors_have_openais_shape_and_cost_nothing(
    fault: Fault, status: int, kind: str, code: str | None, visitor: Visitor, api: PretendApi
) -> None:
    """Given a scripted error, when the next request comes, then it gets that one, the next none."""
    api.script(fault)

    answer = await visitor.generate()

    assert answer.status == status
    assert (answer.error["type"], answer.error["code"]) == (kind, code)
    assert api.requests[0].outcome == (code or kind)
    assert api.billed_microdollars == 0
    assert (await visitor.generate()).status == 200


async def test_a_block_tells_its_stage_and_categories(visitor: Visitor, api: PretendApi) -> None:
    """Given a blocked picture, when the error is read, then it says at which stage and why."""
    api.script(Moderation("output", ("violence", "self-harm")))

    error = (await visitor.generate()).error

    assert "safety_violations=[violence, self-harm]" in error["message"]
    assert error["moderation_details"] == {
        "moderation_stage": "output",
        "categories": ["violence", "self-harm"],
    }


async def test_a_rate_limit_says_when_to_come_back(visitor: Visitor, api: PretendApi) -> None:
    """Given a rate limit, when its answer is read, then headers and words name the time."""
    api.script(RateLimited(2.4))

    answer = await visitor.generate()

    assert answer.headers["retry-after"] == "3"
    assert answer.headers["retry-after-ms"] == "2400"
    assert answer.headers["x-ratelimit-remaining-images"] == "0"
    assert "Please try again in 2.4s." in answer.error["message"]


async def test_a_server_error_may_have_no_body(visitor: Visitor, api: PretendApi) -> None:
    """Given such an error, when it comes, then there is nothing to read in it."""
    api.script(ServerError(body=False, status=502))

    answer = await visitor.generate()

    assert (answer.status, answer.body) == (502, b"")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("when", ["before", "midway"])
async def test_a_cut_answer_is_billed_all_the_same(
    when: str, *, stream: bool, visitor: Visitor, api: PretendApi
) -> None:
    """Given a cut, when it happens, then the connection breaks and the picture is paid for."""
    api.script(Cut("before" if when == "before" else "midway"))

    with pytest.raises(aiohttp.ClientError) as caught:
        await visitor.generate(stream=stream)

    before = isinstance(caught.value, aiohttp.ServerDisconnectedError)
    assert before == (when == "before")
    assert api.requests[0].outcome == "cut"
    assert api.billed_microdollars == PRICE_OF_ONE


async def test_half_an_answer_ends_in_good_order(visitor: Visitor, api: PretendApi) -> None:
    """Given half an answer, when it is read, then HTTP is content and JSON is not."""
    api.script(HalfJson())

    answer = await visitor.generate()

    assert answer.status == 200
    assert answer.body.startswith(b'{"created":')
    with pytest.raises(ValueError, match="Unterminated"):
        _ = answer.json
    assert api.billed_microdollars == PRICE_OF_ONE


async def test_a_gateway_answers_with_its_own_page(visitor: Visitor, api: PretendApi) -> None:
    """Given a gateway's page, when it comes, then it is HTML with the gateway's status."""
    api.script(Html(502))

    answer = await visitor.generate()

    assert answer.status == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<html>" in answer.body


@pytest.mark.parametrize("output_format", ["png", "jpeg"])
async def test_a_huge_picture_is_huge_and_can_be_read(
    output_format: str, visitor: Visitor, api: PretendApi
) -> None:
    """Given the largest of pictures, when it comes, then it is a PNG over 12 MiB that decodes."""
    api.script(Huge())

    entry = (await visitor.generate(output_format=output_format)).json["data"][0]

    image = opened(entry["b64_json"])
    assert (image.format, image.size) == ("PNG", (1024, 1024))
    assert len(entry["b64_json"]) * 3 // 4 > 12 * 2**20


async def test_a_link_leads_to_the_picture(visitor: Visitor, api: PretendApi) -> None:
    """Given an answer with a link, when it is followed, then the picture is there, key or not."""
    api.script(UrlAnswer())
    entry = (await visitor.generate(output_format="webp")).json["data"][0]
    visitor.key = ""

    answer = await visitor.send("GET", entry["url"])

    assert set(entry) == {"url"}
    assert answer.headers["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(answer.body)).size == (1024, 1024)


async def test_old_links_go_dead(visitor: Visitor, api: PretendApi) -> None:
    """Given many linked pictures, when the oldest is asked for, then it is gone."""
    api.rule(lambda _: UrlAnswer())
    answers = [await visitor.generate(n=10, quality="low") for _ in range(7)]
    urls = [entry["url"] for answer in answers for entry in answer.json["data"]]

    first, last = [await visitor.send("GET", url) for url in (urls[0], urls[-1])]

    assert (first.status, last.status) == (404, 200)


async def test_an_answer_may_take_long_and_still_come(visitor: Visitor, api: PretendApi) -> None:
    """Given a delay, when it is over, then the picture comes as if nothing had been."""
    clock = asyncio.get_running_loop().time
    api.script(Hang(0.05))
    begun = clock()

    answer = await visitor.generate()

    assert answer.status == 200
    assert clock() - begun >= 0.05


async def test_nobody_is_kept_by_an_endless_wait(visitor: Visitor, api: PretendApi) -> None:
    """Given a request that never ends, when its sender has enough, then they may leave."""
    api.script(Hang(3600))
    with pytest.raises(TimeoutError):
        await visitor.send(
            "POST",
            "/images/generations",
            json={"prompt": "x"},
            timeout=aiohttp.ClientTimeout(total=0.05),
        )

    assert api.requests[0].outcome == "waiting"
    assert (await visitor.generate()).status == 200


async def test_a_stream_that_is_blocked_says_so_in_the_stream(
    visitor: Visitor, api: PretendApi
) -> None:
    """Given a picture blocked after drawing, when it streams, then partials and an error come."""
    api.script(Moderation("output"))

    answer = await visitor.generate(stream=True, partial_images=2)

    names, data = zip(*answer.events, strict=True)
    assert names == ("image_generation.partial_image",) * 2 + ("error",)
    assert data[-1]["error"]["code"] == "moderation_blocked"
    assert api.billed_microdollars == 0


async def test_a_stream_may_end_in_half_an_event(visitor: Visitor, api: PretendApi) -> None:
    """Given half an answer, when it streams, then the last event stops in its middle."""
    api.script(HalfJson())

    answer = await visitor.generate(stream=True)

    assert answer.body.startswith(b"event: image_generation.completed\ndata: {")
    assert not answer.body.endswith(b"\n\n")


async def test_edits_fail_in_the_same_ways(visitor: Visitor, api: PretendApi) -> None:
    """Given a scripted error, when an edit comes, then it is the one that fails."""
    api.script(Quota())

    answer = await visitor.edit(png(picture()))

    assert answer.error["code"] == "insufficient_quota"


@pytest.mark.parametrize(
    ("word", "status", "sign"),
    [
        ("!moderation", 400, b"moderation_blocked"),
        ("!429", 429, b"rate_limit_exceeded"),
        ("!500", 500, b"server_error"),
        ("!quota", 429, b"insufficient_quota"),
        ("!slow", 200, b"b64_json"),
        ("!huge", 200, b"b64_json"),
        ("!url", 200, b'"url":"http://127.0.0.1:'),
        ("!half", 200, b"b64_json"),
        ("!html", 524, b"<html>"),
        ("!unverified", 403, b"must be verified"),
        ("!unheard", 200, b"b64_json"),
    ],
)
async def test_words_of_the_prompt_ask_for_a_fault(
    word: str, status: int, sign: bytes, visitor: Visitor
) -> None:
    """Given such a word, when a picture is asked for, then the answer fails in that way."""
    answer = await visitor.generate(prompt=f"a fox {word.upper()} in the snow")

    assert answer.status == status
    assert sign in answer.body


async def test_a_word_of_the_prompt_cuts_the_line(visitor: Visitor) -> None:
    """Given !cut, when a picture is asked for, then no answer comes."""
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await visitor.generate(prompt="a fox !cut")
