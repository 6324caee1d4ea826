"""How pictures are ordered from chat models, and what their answers mean."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    Blocked,
    DrawingFailed,
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
)
from bot.core.images import Format, Size, Source
from bot.core.ports import Inputs
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Link, Order, Piece
from bot.imageapi.dialects import chat
from bot.imageapi.sse import Event
from tests.clock import NOON
from tests.dialects.orders import order_of, shipped

ROUTER = shipped("openrouter", OPENROUTER_API_KEY="made-up-for-tests")
RELAY = shipped("relay", RELAY_API_KEY="made-up", RELAY_BASE_URL="https://relay.example/v1")
ORDER = order_of("gpt-image-2-all", RELAY)
SOURCE = Source(sha256="a picture", format=Format.PNG, size=Size(64, 64))
A, B = Link("https://cdn.example/a.png"), Link("https://cdn.example/b.png")
DATA = "data:image/png;base64,cGljdHVyZQ=="


def fields(order: Order, inputs: Inputs | None = None) -> dict[str, Any]:
    """The body that is sent, parsed."""
    body: dict[str, Any] = orjson.loads(b"".join(chat.request(order, inputs or Inputs()).body))
    return body


def understood(body: bytes, status: int = 200, order: Order = ORDER) -> Answer:
    """What these bytes mean."""
    return chat.answer(order, status, {}, body, now=NOON)


def message(content: Any, reason: str = "stop", **beside: Any) -> bytes:
    """A whole answer."""
    told = {"role": "assistant", "content": content, **beside}
    choice = {"index": 0, "message": told, "finish_reason": reason}
    return orjson.dumps({"id": "x", "object": "chat.completion", "choices": [choice]})


def delta(content: str, reason: str | None = None, **beside: Any) -> bytes:
    """One event of a stream."""
    choice = {"index": 0, "delta": {"content": content, **beside}, "finish_reason": reason}
    return orjson.dumps({"object": "chat.completion.chunk", "choices": [choice]})


def test_a_relay_is_told_the_shape_behind_the_words() -> None:
    """Given a relay, when a picture is ordered, then the shape stands in the text."""
    order = order_of("gpt-image-2-all", RELAY, size=Size(1024, 1536))
    call = chat.request(order, Inputs())

    assert (call.method, call.path) == ("POST", "/chat/completions")
    assert orjson.loads(b"".join(call.body)) == {
        "model": "gpt-image-2-all",
        "messages": [{"role": "user", "content": "a fox [2:3]"}],
        "stream": True,
    }


def test_a_router_is_told_the_shape_in_fields() -> None:
    """Given OpenRouter, when a picture is ordered, then its own fields say what is wanted."""
    order = order_of("gemini-3-pro-image", ROUTER, size=Size(2752, 1536))

    assert fields(order) == {
        "model": "google/gemini-3-pro-image",
        "messages": [{"role": "user", "content": "a fox"}],
        "modalities": ["image", "text"],
        "image_config": {"aspect_ratio": "16:9", "image_size": "2K"},
    }
    assert fields(order_of("gemini-3-pro-image", ROUTER))["image_config"] == {"aspect_ratio": "1:1"}


def test_pictures_follow_the_words_in_the_message() -> None:
    """Given an edit, when it is ordered, then each picture is a part of the message."""
    order = order_of("gpt-image-2-all", RELAY, sources=(SOURCE, SOURCE))
    inputs = Inputs(sources=((Format.PNG, b"one"), (Format.JPEG, b"two")))

    assert fields(order, inputs)["messages"][0]["content"] == [
        {"type": "text", "text": "a fox [1:1]"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,b25l"}},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,dHdv"}},
    ]


PROGRESS = (
    '{\n  "prompt": "a red fox",\n  "referenced_image_ids": []\n}\n\n'
    "> 进度 **2%**\n\n> 进度 **67%**\n\n"
)


@pytest.mark.parametrize(
    ("content", "pictures"),
    [
        (f"![image]({A.url})", [A]),
        (f"![]({A.url})\n![]({B.url})", [A, B]),
        (f"![{A.url}]({A.url})", [A]),
        (PROGRESS + f"![file_1]({A.url})\n[下载⏬](https://cdn.example/download/a.png)\n", [A]),
        (f"Here you are: {A.url}. Enjoy!", [A]),
        (f"**{A.url}**", [A]),
        (f"图片「{A.url}」完成", [A]),
        (f"[download]({A.url})", [A]),
        (f"[see]({A.url}) [download](https://cdn.example/download/a.png)", [A]),
        (f"Made with https://relay.example/ : {A.url}", [A]),
        ("https://cdn.example/files/7?sig=a%2Bb", [Link("https://cdn.example/files/7?sig=a%2Bb")]),
        (f'<img src="{A.url}?a=1&amp;b=2">', [Link(f"{A.url}?a=1&b=2")]),
        (f'{{"url": "{A.url}"}}', [A]),
        (f"![image]({DATA})", [b"picture"]),
        (DATA, [b"picture"]),
        ("/9j/" + "AAAA" * 4, [b"\xff\xd8\xff" + b"\0" * 12]),
        (
            [{"type": "text", "text": "Here:"}, {"type": "image_url", "image_url": {"url": A.url}}],
            [A],
        ),
        ([{"type": "output_image", "image_url": DATA}], [b"picture"]),
        ([{"type": "image", "b64_json": "cGljdHVyZQ=="}], [b"picture"]),
        ([{"type": "text", "text": f"![]({A.url})"}], [A]),
    ],
)
def test_a_picture_is_found_wherever_it_stands(content: Any, pictures: list[bytes | Link]) -> None:
    """Given what relays make of an answer, when it is read, then each picture is found once."""
    assert list(understood(message(content)).pictures) == pictures


@pytest.mark.parametrize(
    "images",
    [
        [{"type": "image_url", "image_url": {"url": DATA}}],
        [{"url": DATA}],
        [DATA],
        [{"type": "image_url", "image_url": {"url": DATA}, "index": 0}, None, 7, {}],
    ],
)
def test_pictures_beside_the_text_are_preferred(images: list[Any]) -> None:
    """Given `images` in the message, when it is read, then links in the text are not."""
    assert understood(message(f"See {A.url}", images=images)).pictures == (b"picture",)


def test_an_answer_of_the_images_api_is_understood_as_well() -> None:
    """Given a relay that answers in another shape, when it is read, then the picture is found."""
    assert understood(b'{"data":[{"url":"https://cdn.example/a.png"}]}').pictures == (A,)


def test_an_address_from_the_prompt_is_not_a_picture() -> None:
    """Given a relay that repeats the prompt, when there is no other link, then there is none."""
    wish = f"a poster that says {A.url}"
    order = order_of("gpt-image-2-all", RELAY, prompt=wish)
    echoed = PROGRESS.replace("a red fox", wish)

    assert understood(message(echoed + f"![]({B.url})"), order=order).pictures == (B,)
    with pytest.raises(BadAnswer):
        understood(message(echoed), order=order)


def test_a_stream_is_understood_as_a_whole() -> None:
    """Given events that tear a link apart, when they are put together, then it is found."""
    events = [
        delta("> 进度 **34%**\n"),
        delta("![x](https://cdn"),
        delta(".example/a.png)", "stop"),
    ]
    pieces = [heard(event) for event in events]

    assert [(piece.progress, piece.last) for piece in pieces] == [
        (34, False),
        (None, False),
        (None, True),
    ]
    whole = b"[" + b",".join(piece.data for piece in pieces) + b"]"
    assert understood(whole).pictures == (A,)


def heard(data: bytes) -> Piece:
    """One event."""
    piece = chat.event(ORDER, Event("message", data), {}, now=NOON)
    assert isinstance(piece, Piece)
    return piece


def test_pictures_of_a_stream_may_stand_beside_its_text() -> None:
    """Given a router that streams, when its picture comes in `delta.images`, then it is found."""
    event = delta("", images=[{"type": "image_url", "image_url": {"url": DATA}}])

    assert understood(b"[" + event + b"]").pictures == (b"picture",)


def test_thoughts_tell_how_far_it_is() -> None:
    """Given a relay that tells it as a thought, when it is read, then it is known as well."""
    assert heard(delta("", reasoning_content="Progress: 40.5% (processing)")).progress == 40


@pytest.mark.parametrize("data", [b"", b"ping", b"[]", b'{"object":"ping"}', b'{"choices":[]}'])
def test_an_event_that_says_nothing_is_passed_over(data: bytes) -> None:
    """Given signs of life, when they are read, then they are no part of the answer."""
    assert chat.event(ORDER, Event("message", data), {}, now=NOON) is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "upstream closed"}, OutcomeUnknown),
        ({"message": "blocked", "code": "content_policy_violation"}, Blocked),
        ({"message": "Rate limit reached", "type": "rate_limit_error"}, TooFast),
    ],
)
def test_a_failure_in_a_stream_is_understood(
    error: dict[str, str], kind: type[DrawingFailed]
) -> None:
    """Given an error as an event, when it is read, then it is one."""
    with pytest.raises(DrawingFailed) as failed:
        chat.event(ORDER, Event("message", orjson.dumps({"error": error})), {}, now=NOON)

    assert type(failed.value) is kind


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 1300,
                "completion_tokens_details": {"image_tokens": 1120},
                "cost": 0.0336,
            },
            Usage(text_in=9, image_out=1120, text_out=180, charge=33_600),
        ),
        ({"cost": 0.0000001}, Usage(charge=1)),
        ({"completion_tokens": 5, "cost": 0}, None),
        ({"cost": True}, None),
        ({"cost": "0.1"}, None),
        ({"cost": -1}, None),
        ({"cost": 1e99}, None),
        ([], None),
    ],
)
def test_what_was_counted_and_charged_is_understood(usage: Any, counted: Usage | None) -> None:
    """Given OpenRouter's counts, when they are read, then words, pictures and money are known."""
    whole = orjson.loads(message(DATA))

    assert understood(orjson.dumps({**whole, "usage": usage})).usage == counted


def native(reason: str) -> bytes:
    """An answer of OpenRouter that was stopped."""
    choice = {"message": {"content": ""}, "finish_reason": "error", "native_finish_reason": reason}
    return orjson.dumps({"choices": [choice]})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, message("I can only talk about pictures."), BadAnswer),
        (200, message(""), BadAnswer),
        (200, message(None), BadAnswer),
        (200, message([7, None, "x"]), BadAnswer),
        (200, message("![image](data:image/png;base64,====)"), BadAnswer),
        (200, message("I'm sorry, this violates our content policy."), Blocked),
        (200, message("生成的图片可能违反了我们的内容政策。"), Blocked),
        (200, message("", reason="content_filter"), Blocked),
        (200, message(None, refusal="This was stopped by our safety system."), Blocked),
        (200, native("IMAGE_SAFETY"), Blocked),
        (200, native("SAFETY"), Blocked),
        (200, native("OTHER"), BadAnswer),
        (200, b'{"choices":[]}', BadAnswer),
        (200, b'{"choices":"x"}', BadAnswer),
        (200, b"[]", BadAnswer),
        (200, b"{}", BadAnswer),
        (200, b'{"cho', OutcomeUnknown),
        (200, b"<html><title>Sign in</title></html>", BadAnswer),
        (200, b'{"error":{"message":"No available channel for model x"}}', ModelUnavailable),
        (200, b'{"choices":[{"error":{"code":429,"message":"rate limit"}}]}', TooFast),
        (402, b'{"error":{"code":402,"message":"Insufficient credits"}}', AccountProblem),
        (401, b'{"error":{"code":401,"message":"No auth credentials found"}}', AccountProblem),
        (429, b'{"error":{"code":429,"message":"Rate limit exceeded"}}', TooFast),
        (403, b'{"error":{"code":403,"message":"and your input was flagged"}}', Blocked),
        (404, b'{"error":{"code":404,"message":"No endpoints found for x."}}', ModelUnavailable),
        (503, b'{"error":{"message":"no available channel for x"}}', ModelUnavailable),
        (524, b"<html><title>524: A timeout occurred</title></html>", OutcomeUnknown),
    ],
)
def test_an_answer_without_a_picture_says_why(
    status: int, body: bytes, kind: type[DrawingFailed]
) -> None:
    """Given an answer without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind


@pytest.mark.parametrize(
    "text", ["![", "](", "[](http", "https://", "data:image/p", "http://a/" * 9]
)
def test_megabytes_of_nearly_a_link_are_read_at_once(text: str) -> None:
    """Given text that is made to be slow, when it is read, then it ends."""
    whole = message(text * 200_000)
    try:
        found = understood(whole).pictures
    except BadAnswer:
        found = ()

    assert len(found) <= 50
