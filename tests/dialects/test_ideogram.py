"""How pictures are ordered from Ideogram, and what its answers mean."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message

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
from bot.core.images import Format, Quality, Size, Source, Style
from bot.core.ports import Inputs, MaskShape
from bot.imageapi.calls import Answer, Link, Order
from bot.imageapi.dialects import ideogram
from tests.clock import NOON
from tests.dialects.orders import order_of, shipped

IDEOGRAM = shipped("ideogram", IDEOGRAM_API_KEY="made-up-for-tests")
SOURCE = Source(sha256="a picture", format=Format.JPEG, size=Size(64, 64))
ORDER = order_of("ideogram-v3", IDEOGRAM)
WORDS = {
    "prompt": b"a fox",
    "aspect_ratio": b"1x1",
    "rendering_speed": b"TURBO",
    "num_images": b"1",
    "magic_prompt": b"AUTO",
}


def parts(order: Order, inputs: Inputs | None = None) -> dict[str, bytes]:
    """The form that is sent, read by Python's own reader of such forms."""
    call = ideogram.request(order, inputs or Inputs())
    head = f"Content-Type: {call.headers['Content-Type']}\r\n\r\n".encode()
    read: Message = message_from_bytes(head + b"".join(call.body))
    assert read.is_multipart()
    found: dict[str, bytes] = {}
    for part in read.get_payload():
        assert isinstance(part, Message)
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = content
    return found


def understood(body: bytes, status: int = 200) -> Answer:
    """What these bytes mean."""
    return ideogram.answer(ORDER, status, {}, body, now=NOON)


def test_a_picture_from_words_is_a_form_without_files() -> None:
    """Given words, when a picture is ordered, then everything it costs by is said."""
    call = ideogram.request(ORDER, Inputs())

    assert (call.method, call.path) == ("POST", "/v1/ideogram-v3/generate")
    assert parts(ORDER) == WORDS
    assert IDEOGRAM.authorization == {"Api-Key": "made-up-for-tests"}


@pytest.mark.parametrize(
    ("quality", "speed"),
    [(Quality.LOW, b"TURBO"), (Quality.MEDIUM, b"DEFAULT"), (Quality.HIGH, b"QUALITY")],
)
def test_quality_is_a_speed(quality: Quality, speed: bytes) -> None:
    """Given a quality, when a picture is ordered, then it is drawn at that speed, and price."""
    assert parts(order_of("ideogram-v3", IDEOGRAM, quality=quality))["rendering_speed"] == speed


@pytest.mark.parametrize(
    ("size", "shape"),
    [("1024x1024", b"1x1"), ("832x1248", b"2x3"), ("1312x736", b"16x9"), ("1152x864", b"4x3")],
)
def test_a_size_is_a_shape(size: str, shape: bytes) -> None:
    """Given a size, when a picture is ordered, then its shape is said as Ideogram writes it."""
    order = order_of("ideogram-v3", IDEOGRAM, size=Size.parse(size))

    assert parts(order)["aspect_ratio"] == shape


def test_what_to_avoid_has_a_field_of_its_own() -> None:
    """Given something to avoid, when it is ordered, then it is not among what to draw."""
    order = order_of("ideogram-v3", IDEOGRAM, avoid="trees", style=Style.ANIME, count=4)

    assert parts(order) == {
        **WORDS,
        "prompt": b"a fox\n\nStyle: anime.",
        "negative_prompt": b"trees",
        "num_images": b"4",
    }


def test_a_picture_after_another_is_a_remix() -> None:
    """Given a picture, when one is drawn after it, then it goes with the form."""
    order = order_of("ideogram-v3", IDEOGRAM, sources=(SOURCE,))
    inputs = Inputs(sources=((Format.JPEG, b"one"),))

    assert ideogram.request(order, inputs).path == "/v1/ideogram-v3/remix"
    assert parts(order, inputs) == {**WORDS, "image": b"one"}


def test_a_masked_edit_keeps_the_shape_and_says_in_words_what_to_avoid() -> None:
    """Given a mask, when it is ordered, then nothing is sent that its form does not have."""
    order = order_of("ideogram-v3", IDEOGRAM, sources=(SOURCE,), mask="m", avoid="trees")
    inputs = Inputs(sources=((Format.JPEG, b"one"),), mask=b"two")

    assert ideogram.request(order, inputs).path == "/v1/ideogram-v3/inpaint"
    assert parts(order, inputs) == {
        "prompt": b"a fox\n\nDo not include: trees.",
        "rendering_speed": b"TURBO",
        "num_images": b"1",
        "magic_prompt": b"AUTO",
        "image": b"one",
        "mask": b"two",
    }
    assert IDEOGRAM.edits is not None
    assert IDEOGRAM.edits.mask is MaskShape.BLACK


SAFE = b'{"prompt":"p","resolution":"1024x1024","is_image_safe":true,"seed":1,"url":"https://i/1"}'
UNSAFE = b'{"prompt":"p","is_image_safe":false,"seed":1,"url":null}'


@pytest.mark.parametrize(
    ("body", "links"),
    [
        (b'{"created":"2026-11-20T12:00:00Z","data":[%b]}' % SAFE, 1),
        (b'{"data":[%b,%b]}' % (SAFE, SAFE), 2),
        (b'{"data":[%b,%b]}' % (UNSAFE, SAFE), 1),
        (b'{"data":[{"url":"https://i/1"},null,{"url":""}]}', 1),
    ],
)
def test_pictures_are_links(body: bytes, links: int) -> None:
    """Given an answer, when it is read, then those that passed the safety check are there."""
    assert understood(body) == Answer(pictures=(Link("https://i/1"),) * links)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (422, b'{"error":"Prompt or provided image failed the safety checks"}', Blocked),
        (200, b'{"data":[%b]}' % UNSAFE, Blocked),
        (200, b'{"data":[{"is_image_safe":false,"url":"https://i/1"}]}', Blocked),
        (400, b'{"error":"Invalid input"}', BadParameter),
        (401, b'{"error":"Unauthorized"}', AccountProblem),
        (402, b'{"error":"Insufficient credits"}', AccountProblem),
        (429, b'{"error":"Too many requests in flight"}', TooFast),
        (410, b'{"error":"Gone"}', ModelUnavailable),
        (503, b'{"error":"unavailable"}', OutcomeUnknown),
        (502, b"<html><title>Bad Gateway</title></html>", OutcomeUnknown),
        (200, b'{"error":"Prompt failed the safety check"}', Blocked),
        (200, b'{"data":[]}', BadAnswer),
        (200, b'{"data":null}', BadAnswer),
        (200, b'{"data":[{"url":"ftp://i/1"}]}', BadAnswer),
        (200, b"<html>hello</html>", BadAnswer),
        (200, b'{"data":[{"url":"https://i', OutcomeUnknown),
    ],
)
def test_what_went_wrong_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given an answer without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind
