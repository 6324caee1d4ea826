"""How pictures are ordered from Black Forest Labs, and what its answers mean."""

from __future__ import annotations

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
from bot.core.images import Format, Size, Source
from bot.core.ports import Inputs
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Call, Link, Order, Pending
from bot.imageapi.dialects import bfl
from tests.clock import NOON
from tests.dialects.orders import order_of, shipped

BFL = shipped("bfl", BFL_API_KEY="made-up-for-tests")
SOURCE = Source(sha256="a picture", format=Format.PNG, size=Size(64, 64))
ORDER = order_of("flux-2-pro", BFL)


def fields(order: Order, inputs: Inputs | None = None) -> dict[str, Any]:
    """The body that is sent, parsed."""
    body: dict[str, Any] = orjson.loads(b"".join(bfl.request(order, inputs or Inputs()).body))
    return body


def understood(body: bytes, status: int = 200) -> Answer | Pending:
    """What these bytes mean."""
    return bfl.answer(ORDER, status, {}, body, now=NOON)


def test_a_model_of_any_size_is_told_the_size() -> None:
    """Given FLUX.2, when a picture is ordered, then its path is the model's, its size in pixels."""
    order = order_of("flux-2-pro", BFL, size=Size(1248, 832))
    call = bfl.request(order, Inputs())

    assert (call.method, call.path) == ("POST", "/flux-2-pro")
    assert fields(order) == {
        "prompt": "a fox",
        "width": 1248,
        "height": 832,
        "output_format": "png",
    }


@pytest.mark.parametrize(
    ("size", "shape"),
    [("1024x1024", "1:1"), ("832x1248", "2:3"), ("1344x768", "16:9"), ("768x1344", "9:16")],
)
def test_a_model_of_shapes_is_told_the_shape(size: str, shape: str) -> None:
    """Given Kontext, when a picture is ordered, then its size is said as a shape."""
    order = order_of("flux-kontext-pro", BFL, size=Size.parse(size))

    assert fields(order)["aspect_ratio"] == shape
    assert not {"width", "height"} & set(fields(order))


def test_pictures_are_sent_along_by_number() -> None:
    """Given an edit, when it is ordered, then each picture is a field of its own."""
    order = order_of("flux-2-pro", BFL, sources=(SOURCE, SOURCE))
    inputs = Inputs(sources=((Format.PNG, b"one"), (Format.JPEG, b"two")))

    body = fields(order, inputs)

    assert (body["input_image"], body["input_image_2"]) == ("b25l", "dHdv")


def test_an_order_says_where_to_ask() -> None:
    """Given an order that was taken, when it is answered, then the address is as it was given."""
    taken = understood(b'{"id":"7","polling_url":"https://api.eu.bfl.ai/v1/get_result?id=7"}')

    assert taken == Pending(
        call=Call(method="GET", path="https://api.eu.bfl.ai/v1/get_result?id=7", body=_body(taken)),
        after=bfl.AFTER,
    )


@pytest.mark.parametrize(
    ("cost", "charge"),
    [(b"4.5", 45_000), (b"3", 30_000), (b"0.1400000001", 1_400), (b"0", 0)],
)
def test_an_order_names_what_it_takes(cost: bytes, charge: int) -> None:
    """Given a price in credits, when an order is answered, then it is known in micro-dollars."""
    taken = understood(b'{"id":"7","polling_url":"https://api.bfl.ai/7","cost":%b}' % cost)

    assert taken.usage == Usage(charge=charge)


@pytest.mark.parametrize("cost", [b"null", b"-1", b'"4.5"', b"1e9"])
def test_a_price_that_is_none_is_left_to_the_table(cost: bytes) -> None:
    """Given nonsense for a price, when an order is answered, then nobody is charged by it."""
    taken = understood(b'{"id":"7","polling_url":"https://api.bfl.ai/7","cost":%b}' % cost)

    assert taken.usage is None


def test_a_picture_that_names_its_price_is_charged_that() -> None:
    """Given a picture with its price, when it is read, then both are known."""
    body = b'{"status":"Ready","cost":4.5,"result":{"sample":"https://delivery.bfl.ai/7.png"}}'

    assert understood(body).usage == Usage(charge=45_000)


def _body(said: Answer | Pending) -> Any:
    assert isinstance(said, Pending)
    assert said.call is not None
    return said.call.body


@pytest.mark.parametrize(
    ("body", "progress"),
    [
        (b'{"id":"7","status":"Pending","result":null}', None),
        (b'{"id":"7","status":"Pending","progress":0.25}', 25),
        (b'{"id":"7","status":"Queued","progress":null}', None),
        (b'{"id":"7","status":"Pending","progress":"odd"}', None),
        (b"{}", None),
    ],
)
def test_a_picture_that_is_not_ready_is_asked_for_again(body: bytes, progress: int | None) -> None:
    """Given a question, when it is not ready, then the same is asked again, and how far it is."""
    assert understood(body) == Pending(after=bfl.AFTER, progress=progress)


def test_a_picture_that_is_ready_is_a_link() -> None:
    """Given a question, when it is ready, then the picture is where it says."""
    body = b'{"id":"7","status":"Ready","result":{"sample":"https://delivery.bfl.ai/7.png"}}'

    assert understood(body) == Answer(pictures=(Link("https://delivery.bfl.ai/7.png"),))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"status":"Request Moderated"}', Blocked),
        (200, b'{"status":"Content Moderated","details":{"reasons":["x"]}}', Blocked),
        (200, b'{"status":"Error","details":null}', DrawingFailed),
        (200, b'{"status":"Task not found"}', OutcomeUnknown),
        (200, b'{"status":"Ready","result":{}}', BadAnswer),
        (200, b'{"sta', OutcomeUnknown),
        (200, b"[]", OutcomeUnknown),
        (200, b"<html>hello</html>", OutcomeUnknown),
        (429, b'{"detail":"Too many active tasks"}', TooFast),
        (404, b'{"detail":"Not Found"}', ModelUnavailable),
        (422, b'{"detail":[{"loc":["body","width"],"msg":"odd"}]}', BadParameter),
        (402, b'{"detail":"Insufficient credits"}', AccountProblem),
        (403, b'{"detail":"Not authenticated"}', AccountProblem),
    ],
)
def test_what_went_wrong_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given an answer without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind
