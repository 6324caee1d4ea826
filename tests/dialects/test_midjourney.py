"""How pictures are ordered from relays of Midjourney, and what their answers mean."""

from __future__ import annotations

from dataclasses import replace
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
from bot.core.images import Format, Quality, Size, Source
from bot.core.ports import Inputs
from bot.imageapi.calls import Answer, Link, Order, Pending
from bot.imageapi.defaults import Defaults
from bot.imageapi.dialects import midjourney
from tests.clock import NOON
from tests.dialects.orders import order_of, shipped

RELAY = shipped(
    "midjourney", MIDJOURNEY_BASE_URL="https://relay.example", MIDJOURNEY_API_KEY="made-up"
)
SOURCE = Source(sha256="a picture", format=Format.PNG, size=Size(64, 64))
ORDER = order_of("midjourney", RELAY, quality=Quality.MEDIUM)


def fields(order: Order, inputs: Inputs | None = None) -> dict[str, Any]:
    """The body that is sent, parsed."""
    call = midjourney.request(order, inputs or Inputs())
    body: dict[str, Any] = orjson.loads(b"".join(call.body))
    return body


def understood(body: bytes, status: int = 200) -> Answer | Pending:
    """What these bytes mean."""
    return midjourney.answer(ORDER, status, {}, body, now=NOON)


def test_an_order_is_a_prompt_with_its_shape() -> None:
    """Given a picture, when it is ordered, then its size is a word of the prompt."""
    call = midjourney.request(ORDER, Inputs())

    assert (call.method, call.path) == ("POST", "/mj/submit/imagine")
    assert fields(ORDER) == {"prompt": "a fox --ar 1:1", "botType": "MID_JOURNEY"}
    assert RELAY.authorization == {"mj-api-secret": "made-up"}


def test_what_to_avoid_and_what_the_file_says_follow_the_prompt() -> None:
    """Given more, when it is ordered, then all parameters come after the words, on one line."""
    seven = replace(RELAY, defaults=Defaults({"parameters": {Quality.MEDIUM: "--v 7 --style raw"}}))
    order = order_of(
        "midjourney",
        seven,
        quality=Quality.MEDIUM,
        prompt="a fox\nat night",
        avoid="trees, --v 3",
        size=Size(832, 1248),
    )

    words = "a fox at night --ar 2:3 --no trees, - v 3 --v 7 --style raw"
    assert fields(order) == {"prompt": words}


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("a fox --repeat 10", "a fox - repeat 10"),
        ("a fox —ar 3:2", "a fox - ar 3:2"),
        ("a fox --q 4--turbo", "a fox - q 4- turbo"),
        ("a fox -- sleeping — there", "a fox -- sleeping — there"),
        ("a well-known fox", "a well-known fox"),
    ],
)
def test_parameters_of_members_are_only_words(prompt: str, sent: str) -> None:
    """Given a prompt with parameters, when it is ordered, then it costs what was reserved."""
    order = order_of("midjourney", RELAY, prompt=prompt)

    assert fields(order)["prompt"] == f"{sent} --ar 1:1"


def test_pictures_to_take_after_are_sent_along() -> None:
    """Given two pictures, when it is ordered, then the relay gets them as they are."""
    order = order_of("midjourney", RELAY, quality=Quality.MEDIUM, sources=(SOURCE, SOURCE))
    inputs = Inputs(sources=((Format.PNG, b"one"), (Format.JPEG, b"two")))

    assert fields(order, inputs)["base64Array"] == [
        "data:image/png;base64,b25l",
        "data:image/jpeg;base64,dHdv",
    ]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"code":1,"description":"ok","result":"168923"}', "/mj/task/168923/fetch"),
        (b'{"code":1,"result":168923}', "/mj/task/168923/fetch"),
        (b'{"code":22,"description":"\xe6\x8e\x92","result":"7"}', "/mj/task/7/fetch"),
        (b'{"code":21,"result":"7","properties":{"status":"SUCCESS"}}', "/mj/task/7/fetch"),
        (b'{"code":1,"result":"../../v1/keys?x"}', "/mj/task/..%2F..%2Fv1%2Fkeys%3Fx/fetch"),
    ],
)
def test_an_order_that_was_taken_is_asked_for_by_its_task(body: bytes, path: str) -> None:
    """Given a task, when it is asked for, then nothing in its name leads elsewhere."""
    taken = understood(body)

    assert isinstance(taken, Pending)
    assert taken.call is not None
    assert (taken.call.method, taken.call.path) == ("GET", path)


@pytest.mark.parametrize(
    ("body", "progress"),
    [
        (b'{"id":"7","status":"IN_PROGRESS","progress":"31%","imageUrl":"https://i/half"}', 31),
        (b'{"id":"7","status":"SUBMITTED","progress":"0%"}', 0),
        (b'{"id":"7","status":"NOT_START","progress":""}', None),
        (b'{"id":"7","status":"","progress":null}', None),
        (b'{"id":"7","status":"IN_PROGRESS","progress":"soon%"}', None),
    ],
)
def test_a_task_that_goes_on_is_asked_for_again(body: bytes, progress: int | None) -> None:
    """Given a task, when it is not finished, then its picture so far is not the result."""
    assert understood(body) == Pending(after=midjourney.AFTER, progress=progress)


def test_a_task_that_succeeded_is_one_picture() -> None:
    """Given a task, when it succeeded, then the grid is where it says."""
    body = b'{"id":"7","status":"SUCCESS","progress":"100%","imageUrl":"https://cdn/grid.png"}'

    assert understood(body) == Answer(pictures=(Link("https://cdn/grid.png"),))


def failed_for(reason: str) -> bytes:
    """A task that failed."""
    return orjson.dumps({"id": "7", "status": "FAILURE", "failReason": reason})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, failed_for("[Banned prompt detected] The word `x` is banned"), Blocked),
        (200, failed_for("Sorry! Our AI moderators feel your prompt might be against us"), Blocked),
        (200, failed_for("[Invalid parameter] Invalid value for --ar"), BadParameter),
        (200, failed_for("You have run out of fast hours"), AccountProblem),
        (200, failed_for("任务超时"), DrawingFailed),
        (200, failed_for("Job timed out"), DrawingFailed),
        (200, b'{"status":"FAILURE","failReason":null}', DrawingFailed),
        (200, b'{"status":"CANCEL"}', DrawingFailed),
        (200, b'{"status":"SUCCESS","imageUrl":""}', BadAnswer),
        (200, b'{"code":24,"description":"banned","properties":{"bannedWord":"x"}}', Blocked),
        (200, b'{"code":23,"description":"queue is full"}', TooFast),
        (200, b'{"code":3,"description":"no account"}', AccountProblem),
        (200, b'{"code":9,"description":"failed"}', DrawingFailed),
        (200, b'{"code":4,"description":"[Invalid parameter] --ar"}', BadParameter),
        (200, b'{"code":1,"description":"ok","result":""}', BadAnswer),
        (
            403,
            b'{"code":4,"description":"quota_not_enough","type":"upstream_error"}',
            AccountProblem,
        ),
        (401, '{"code":401,"description":"无权限访问"}'.encode(), AccountProblem),
        (503, '{"error":{"message":"无可用渠道"}}'.encode(), ModelUnavailable),
        (429, b"", TooFast),
        (502, b"<html><title>Bad Gateway</title></html>", OutcomeUnknown),
        (500, b'{"code":5,"description":"odd"}', OutcomeUnknown),
        (200, b"null", OutcomeUnknown),
        (200, b"", OutcomeUnknown),
        (200, b'{"code":1,"resu', OutcomeUnknown),
        (200, b"<html>hello</html>", OutcomeUnknown),
        (200, b"[]", OutcomeUnknown),
    ],
)
def test_what_went_wrong_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given an answer without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind
