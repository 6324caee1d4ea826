"""How pictures are ordered from GPT Proto in its own language, and what its answers mean."""

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
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
)
from bot.core.images import Quality, Size
from bot.core.ports import Inputs
from bot.imageapi.calls import Answer, Link, Pending
from bot.imageapi.dialects import gptproto
from bot.imageapi.sse import Event
from tests.clock import NOON
from tests.dialects.orders import order_of, shipped

NATIVE = shipped("gptproto-native", GPTPROTO_API_KEY="made-up-for-tests")
ORDER = order_of("gpt-image-2", NATIVE, size=Size(1536, 1024), quality=Quality.HIGH)


def understood(
    body: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> Answer | Pending:
    """What these bytes mean."""
    return gptproto.answer(ORDER, status, headers or {}, body, now=NOON)


def asked(said: Answer | Pending) -> tuple[str, str] | None:
    """What is asked next, where that is said."""
    assert isinstance(said, Pending)
    return (said.call.method, said.call.path) if said.call else None


def test_an_order_names_maker_and_model_in_its_path() -> None:
    """Given an order, when it is written, then it is JSON at the model's own address."""
    call = gptproto.request(ORDER, Inputs())
    body: dict[str, Any] = orjson.loads(b"".join(call.body))

    assert (call.method, call.path) == ("POST", "/api/v3/openai/gpt-image-2/text-to-image")
    assert call.headers["Content-Type"] == "application/json"
    assert body == {
        "prompt": "a fox",
        "n": 1,
        "size": "1536x1024",
        "quality": "high",
        "response_format": "url",
    }


def test_it_is_sold_with_nothing_that_it_has_no_field_for() -> None:
    """Given the model, when it is sold here, then without pictures, masks, formats, background."""
    sold = ORDER.model

    assert (sold.max_references, sold.mask, sold.per_call) == (0, False, 1)
    assert [each.value for each in (*sold.formats, *sold.backgrounds)] == ["png", "auto"]


def test_an_order_that_was_taken_says_where_to_ask() -> None:
    """Given an order that was taken, when it is answered, then the address is as it was given."""
    taken = understood(
        b'{"code":200,"message":"success","data":{"id":"t-1","status":"created","outputs":[],'
        b'"urls":{"get":"https://gptproto.com/api/v3/predictions/t-1/result"},"error":null}}'
    )

    assert asked(taken) == ("GET", "https://gptproto.com/api/v3/predictions/t-1/result")
    assert isinstance(taken, Pending)
    assert taken.after == gptproto.AFTER


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"id":"t-1","status":"running","outputs":[],"urls":{},"error":""}}',
        b'{"data":{"id":"t-1","status":"Processing","urls":null}}',
        b'{"data":{"id":"t-1","status":"created","urls":{"get":""}}}',
    ],
)
def test_a_picture_that_is_not_there_is_asked_for_again(body: bytes) -> None:
    """Given a question, when it is not finished, then the same is asked again."""
    assert asked(understood(body)) is None


PICTURE = "https://cdn.gptproto.com/t-1/0.png"


@pytest.mark.parametrize(
    ("outputs", "pictures"),
    [
        (f'["{PICTURE}"]', (Link(PICTURE),)),
        (f'["{PICTURE}","{PICTURE}"]', (Link(PICTURE), Link(PICTURE))),
        ('["cGljdHVyZQ=="]', (b"picture",)),
        ('["data:image/png;base64,cGljdHVyZQ=="]', (b"picture",)),
        (f'[null,7,"{PICTURE}",{{}}]', (Link(PICTURE),)),
    ],
)
def test_what_is_finished_is_links_or_the_pictures_themselves(
    outputs: str, pictures: tuple[bytes | Link, ...]
) -> None:
    """Given a question, when it is finished, then whatever can be read is taken."""
    body = f'{{"data":{{"id":"t-1","status":"completed","outputs":{outputs},"error":null}}}}'

    assert understood(body.encode()) == Answer(pictures=pictures)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"data":{"status":"failed","error":"Blocked by our safety system."}}', Blocked),
        (200, b'{"data":{"status":"failed","error":{"code":"moderation_blocked"}}}', Blocked),
        (200, b'{"data":{"status":"failed","error":null}}', DrawingFailed),
        (200, b'{"data":{"status":"failed","error":"upstream timed out"}}', DrawingFailed),
        (200, b'{"data":{"status":"failed","error":"Too many requests"}}', DrawingFailed),
        (200, b'{"data":{"status":"failed","error":"invalid value for size"}}', BadParameter),
        (200, b'{"data":{"status":"completed","outputs":[]}}', BadAnswer),
        (200, b'{"data":{"status":"completed","outputs":null}}', BadAnswer),
        (200, b'{"data":{"status":"completed","outputs":["!"]}}', BadAnswer),
        (200, b'{"code":402,"message":"insufficient balance","data":null}', AccountProblem),
        (200, b'{"code":429,"message":"too many requests"}', TooFast),
        (200, b'{"error":"model gpt-image-9 not found"}', ModelUnavailable),
        (200, b'{"code":200,"message":"success","data":{}}', OutcomeUnknown),
        (200, b'{"code":200,"data":[]}', OutcomeUnknown),
        (200, b'{"data":{"id":"t-1","sta', OutcomeUnknown),
        (200, b"<html><title>gptproto</title></html>", OutcomeUnknown),
        (200, b"", OutcomeUnknown),
        (200, b"[]", BadAnswer),
        (400, b'{"code":400,"message":"wrong image url"}', BadParameter),
        (401, b'{"code":401,"message":"invalid token"}', AccountProblem),
        (402, b'{"message":"insufficient balance"}', AccountProblem),
        (403, b'{"message":"insufficient quota"}', AccountProblem),
        (429, b'{"message":"rate limit exceeded"}', TooFast),
        (
            503,
            b'{"error":{"message":"no available channel for model gpt-image-2"}}',
            ModelUnavailable,
        ),
        (524, b"<html><title>524: A timeout occurred</title></html>", OutcomeUnknown),
    ],
)
def test_what_went_wrong_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given an answer without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind


def test_it_is_asked_again_when_it_says() -> None:
    """Given too many questions, when it names a time, then that is kept to."""
    with pytest.raises(TooFast) as failed:
        understood(b'{"message":"rate limit exceeded"}', 429, {"retry-after": "7"})

    assert failed.value.until == NOON + timedelta(seconds=7)


def test_it_streams_nothing() -> None:
    """Given an event, when it is heard, then it says nothing."""
    assert gptproto.event(ORDER, Event("message", b"{}"), {}, now=NOON) is None
