"""How the events of a stream are understood."""

from __future__ import annotations

import pytest

from bot.core.errors import Blocked, DrawingFailed, OutcomeUnknown, TooFast
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Link, Partial
from bot.imageapi.dialects import openai_images
from bot.imageapi.sse import Event
from tests.clock import NOON
from tests.dialects.orders import ORDER


def heard(data: bytes, name: str = "message") -> Partial | Answer | None:
    """What the event says."""
    return openai_images.event(ORDER, Event(name, data), {}, now=NOON)


@pytest.mark.parametrize("kind", [b"image_generation", b"image_edit"])
def test_a_partial_picture_is_no_result(kind: bytes) -> None:
    """Given a partial picture, when it is heard, then it is one."""
    data = b'{"type":"' + kind + b'.partial_image","b64_json":"cGljdHVyZQ==","created_at":1,'
    data += b'"partial_image_index":0,"size":"1024x1024","quality":"low"}'

    assert heard(data) == Partial(b"picture")


@pytest.mark.parametrize("kind", [b"image_generation", b"image_edit"])
def test_the_finished_picture_comes_with_its_usage(kind: bytes) -> None:
    """Given the last event, when it is heard, then it is the answer."""
    data = b'{"type":"' + kind + b'.completed","b64_json":"cGljdHVyZQ==","created_at":1,'
    data += b'"usage":{"input_tokens":5,"output_tokens":296,"total_tokens":301,'
    data += b'"input_tokens_details":{"text_tokens":5,"image_tokens":0}}}'

    assert heard(data) == Answer(pictures=(b"picture",), usage=Usage(text_in=5, image_out=296))


def test_the_name_of_the_event_says_what_its_data_does_not() -> None:
    """Given data without a type, when its event is named, then the name counts."""
    assert heard(b'{"b64_json":"cGljdHVyZQ=="}', "image_generation.completed") == Answer(
        pictures=(b"picture",)
    )


def test_a_finished_picture_may_be_a_link() -> None:
    """Given a relay that links, when its last event is heard, then the link is the answer."""
    answer = heard(b'{"type":"image_generation.completed","url":"https://cdn.example/a.png"}')

    assert answer == Answer(pictures=(Link("https://cdn.example/a.png"),))


def test_a_whole_answer_in_one_event_is_an_answer() -> None:
    """Given a relay that sends its usual JSON as an event, when it is heard, then it counts."""
    assert heard(b'{"created":1,"data":[{"b64_json":"cGljdHVyZQ=="}]}') == Answer(
        pictures=(b"picture",)
    )


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"image_generation.in_progress"}',
        b'{"type":"image_generation.partial_image","b64_json":"%%"}',
        b'{"type":"image_generation.partial_image"}',
        b'{"type":7}',
        b"[]",
        b"keep-alive",
        b'{"type":"image_generation.comp',
    ],
)
def test_events_without_a_picture_say_nothing(data: bytes) -> None:
    """Given anything else, when it is heard, then it is passed over."""
    assert heard(data) is None


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (
            b'{"error":{"code":"moderation_blocked","message":"no"}}',
            "message",
            Blocked,
        ),
        (b'{"type":"error","code":"rate_limit_exceeded","message":"slow"}', "message", TooFast),
        (b'{"message":"content policy"}', "error", Blocked),
        (b'{"type":"image_generation.failed","error":{"message":"?"}}', "message", OutcomeUnknown),
        (
            b'{"error":{"type":"server_error","message":"The server had an error"}}',
            "message",
            OutcomeUnknown,
        ),
    ],
)
def test_a_failure_in_a_stream_is_a_failure(
    data: bytes, name: str, kind: type[DrawingFailed]
) -> None:
    """Given an error event, when it is heard, then it is known, or the outcome is not."""
    with pytest.raises(DrawingFailed) as failed:
        heard(data, name)

    assert type(failed.value) is kind
