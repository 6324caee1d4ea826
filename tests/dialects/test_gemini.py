"""How pictures are ordered from Gemini, and what its answers mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    BadParameter,
    Blocked,
    DrawingFailed,
    ModelGone,
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
)
from bot.core.images import Format, Size, Source
from bot.core.ports import Inputs
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Link, Order
from bot.imageapi.client import HttpImageApi
from bot.imageapi.dialects import gemini
from tests.clock import NOON, ManualClock
from tests.dialects.orders import CATALOGUE, order_of, shipped

GEMINI = shipped("gemini", GEMINI_API_KEY="made-up-for-tests")
ORDER = order_of("gemini-3-pro-image", GEMINI)
SOURCE = Source(sha256="a picture", format=Format.PNG, size=Size(64, 64))

PICTURE = b'{"inlineData":{"mimeType":"image/png","data":"cGljdHVyZQ=="}}'


def fields(order: Order, inputs: Inputs | None = None) -> dict[str, Any]:
    """The body that is sent, parsed."""
    body: dict[str, Any] = orjson.loads(b"".join(gemini.request(order, inputs or Inputs()).body))
    return body


def understood(body: bytes, status: int = 200) -> Answer:
    """What these bytes mean."""
    return gemini.answer(ORDER, status, {}, body, now=NOON)


def candidate(*parts: bytes, reason: bytes = b"STOP", beside: bytes = b"") -> bytes:
    """An answer with these parts."""
    return (
        b'{"candidates":[{"content":{"parts":['
        + b",".join(parts)
        + b'],"role":"model"},"finishReason":"'
        + reason
        + b'","index":0'
        + beside
        + b'}],"modelVersion":"gemini-3-pro-image"}'
    )


def test_words_and_a_shape_are_sent() -> None:
    """Given a prompt, when a picture is ordered, then the shape is named and 1K is not."""
    call = gemini.request(ORDER, Inputs())

    assert (call.method, call.path) == ("POST", "/models/gemini-3-pro-image:generateContent")
    assert orjson.loads(b"".join(call.body)) == {
        "contents": [{"role": "user", "parts": [{"text": "a fox"}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "1:1"},
        },
    }


@pytest.mark.parametrize(
    ("size", "config"),
    [
        ("848x1264", {"aspectRatio": "2:3"}),
        ("1584x672", {"aspectRatio": "21:9"}),
        ("2048x2048", {"aspectRatio": "1:1", "imageSize": "2K"}),
        ("2752x1536", {"aspectRatio": "16:9", "imageSize": "2K"}),
        ("4096x4096", {"aspectRatio": "1:1", "imageSize": "4K"}),
        ("3392x5056", {"aspectRatio": "2:3", "imageSize": "4K"}),
    ],
)
def test_a_size_is_said_as_a_shape_and_a_class(size: str, config: dict[str, str]) -> None:
    """Given a size that the model draws, when it is ordered, then in Google's words."""
    order = order_of("gemini-3-pro-image", GEMINI, size=Size.parse(size))

    assert fields(order)["generationConfig"]["imageConfig"] == config


def test_every_size_that_is_offered_has_words_of_its_own() -> None:
    """Given all sizes of a model, when they are ordered, then no two are the same to Google."""
    sizes = ORDER.model.sizes.offered
    said = {
        str(fields(order_of("gemini-3-pro-image", GEMINI, size=size))["generationConfig"])
        for size in sizes
    }

    assert len(said) == len(sizes)


def test_pictures_follow_the_words() -> None:
    """Given an edit, when it is ordered, then each picture is a part with its type."""
    order = order_of("gemini-3-pro-image", GEMINI, sources=(SOURCE, SOURCE))
    inputs = Inputs(sources=((Format.PNG, b"one"), (Format.JPEG, b"two")))

    assert fields(order, inputs)["contents"][0]["parts"] == [
        {"text": "a fox"},
        {"inlineData": {"mimeType": "image/png", "data": "b25l"}},
        {"inlineData": {"mimeType": "image/jpeg", "data": "dHdv"}},
    ]


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        (candidate(PICTURE), (b"picture",)),
        (candidate(b'{"text":"Here is your fox."}', PICTURE), (b"picture",)),
        (candidate(b'{"thought":true,' + PICTURE[1:], PICTURE), (b"picture",)),
        (candidate(PICTURE, PICTURE), (b"picture", b"picture")),
        (candidate(PICTURE, reason=b"MAX_TOKENS"), (b"picture",)),
        (
            candidate(b'{"inline_data":{"mime_type":"image/jpeg","data":"cGljdHVyZQ=="}}'),
            (b"picture",),
        ),
        (
            candidate(b'{"fileData":{"mimeType":"image/png","fileUri":"https://cdn.example/a"}}'),
            (Link("https://cdn.example/a"),),
        ),
    ],
    ids=["one", "with words", "draft", "two", "cut words", "underscores", "a link"],
)
def test_pictures_are_what_is_no_thought(body: bytes, pictures: tuple[bytes | Link, ...]) -> None:
    """Given words, drafts and pictures, when they are read, then the finished ones are found."""
    assert understood(body).pictures == pictures


def test_the_tokens_that_were_counted_are_told_apart() -> None:
    """Given counts by kind, when they are read, then thoughts are words that cost."""
    body = candidate(PICTURE)[:-1] + (
        b',"usageMetadata":{"promptTokenCount":1129,"candidatesTokenCount":1150,'
        b'"thoughtsTokenCount":200,"totalTokenCount":2479,'
        b'"promptTokensDetails":[{"modality":"TEXT","tokenCount":9},'
        b'{"modality":"IMAGE","tokenCount":1120}],'
        b'"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1120}]}}'
    )

    assert understood(body).usage == Usage(text_in=9, image_in=1120, image_out=1120, text_out=230)


@pytest.mark.parametrize(
    "counts",
    [b"null", b"{}", b"[]", b'{"candidatesTokenCount":-1}', b'{"candidatesTokenCount":1e99}'],
)
def test_counts_that_make_no_sense_are_none(counts: bytes) -> None:
    """Given a relay that counts nothing, when it is read, then nobody counted."""
    body = candidate(PICTURE)[:-1] + b',"usageMetadata":' + counts + b"}"

    assert understood(body).usage is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (candidate(reason=b"IMAGE_SAFETY"), Blocked),
        (candidate(b'{"text":"no"}', reason=b"PROHIBITED_CONTENT"), Blocked),
        (b'{"candidates":[{"finishReason":"IMAGE_RECITATION"}]}', Blocked),
        (b'{"candidates":[{"finishReason":"SAFETY","safetyRatings":[]}]}', Blocked),
        (b'{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}', Blocked),
        (b'{"prompt_feedback":{"block_reason":"OTHER"},"candidates":[]}', Blocked),
        (candidate(b'{"text":"I cannot draw."}'), BadAnswer),
        (candidate(b'{"thought":true,' + PICTURE[1:]), BadAnswer),
        (candidate(reason=b"NO_IMAGE"), BadAnswer),
        (candidate(reason=b"IMAGE_OTHER"), BadAnswer),
        (candidate(b'{"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="}}'), BadAnswer),
        (candidate(b'{"inlineData":{"mimeType":"image/png","data":"%%%"}}'), BadAnswer),
        (b'{"candidates":[]}', BadAnswer),
        (b'{"candidates":"none"}', BadAnswer),
        (b"{}", BadAnswer),
        (b"[]", BadAnswer),
        (b"<html><title>Sign in</title></html>", BadAnswer),
        (b'{"candidates":[{"con', OutcomeUnknown),
        (b'{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"}}', TooFast),
    ],
)
def test_an_answer_without_a_picture_says_why(body: bytes, kind: type[DrawingFailed]) -> None:
    """Given a 200 without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body)

    assert type(failed.value) is kind


def test_what_it_wrote_instead_is_told_to_the_operator() -> None:
    """Given words and no picture, when it fails, then the words are in the detail."""
    with pytest.raises(BadAnswer, match=r"I cannot draw that\."):
        understood(candidate(b'{"text":"I cannot draw that."}'))


def refused(code: int, state: str, message: str, details: str = "") -> bytes:
    """A refusal as Google writes it."""
    return (
        f'{{"error":{{"code":{code},"message":"{message}","status":"{state}"{details}}}}}'
    ).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, refused(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."), TooFast),
        (
            429,
            refused(
                429,
                "RESOURCE_EXHAUSTED",
                "You exceeded your current quota.",
                ',"details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]}]',
            ),
            AccountProblem,
        ),
        (
            429,
            refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x"),
            AccountProblem,
        ),
        (400, refused(400, "INVALID_ARGUMENT", "API key not valid."), AccountProblem),
        (
            400,
            refused(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
            AccountProblem,
        ),
        (400, refused(400, "INVALID_ARGUMENT", "imageSize is not supported."), BadParameter),
        (403, refused(403, "PERMISSION_DENIED", "Denied."), AccountProblem),
        (404, refused(404, "NOT_FOUND", "models/x is not found for v1beta."), ModelUnavailable),
        (503, refused(503, "UNAVAILABLE", "The model is overloaded."), TooFast),
        (500, refused(500, "INTERNAL", "An internal error has occurred."), OutcomeUnknown),
        (504, refused(504, "DEADLINE_EXCEEDED", "Deadline expired."), OutcomeUnknown),
        (502, b"<html><title>502 Server Error</title></html>", OutcomeUnknown),
        (400, b"[" + refused(400, "INVALID_ARGUMENT", "no such field") + b"]", BadParameter),
    ],
)
def test_a_refusal_is_understood(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given Google's own words for what is wrong, when they are read, then it is known."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind


def test_when_to_ask_again_stands_in_the_details() -> None:
    """Given a 429 with a delay in its details, when it is read, then that long is waited."""
    body = refused(429, "RESOURCE_EXHAUSTED", "Slow down.", ',"details":[{"retryDelay":"38.2s"}]')
    with pytest.raises(TooFast) as failed:
        understood(body, 429)

    assert failed.value.until == NOON + timedelta(seconds=38.2)


def test_a_model_that_google_ended_is_followed_by_the_next() -> None:
    """Given Google alone, when somebody asks for Nano Banana 2, then they are told what is next."""
    api = HttpImageApi([GEMINI], CATALOGUE, ManualClock())

    with pytest.raises(ModelGone, match=r"2026-10-29; use gemini-nano-banana-2\.1 instead"):
        api.catalogue.choose("nano-banana-2", NOON.date(), api.offered(NOON))
