"""An answer is complete when its bytes say so."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadAnswer, DrawingFailed, OutcomeUnknown, TooFast
from bot.imageapi.calls import Answer, Pending
from bot.imageapi.dialects import DIALECTS
from bot.imageapi.reader import PAGE_LIMIT, JsonEnd, Reader
from tests.clock import ManualClock
from tests.dialects.orders import ORDER
from tests.imageapi.test_sse import torn

ANSWER = b'{"created":1,"data":[{"b64_json":"cGljdHVyZQ=="}],"odd":"\\"}\\\\","more":[{},[]]}'
STREAM = (
    b": working\n\nevent: image_generation.partial_image\n"
    b'data: {"type":"image_generation.partial_image","b64_json":"cGFydGlhbA=="}\n\n'
    b'data: {"type":"image_generation.completed","b64_json":"cGljdHVyZQ=="}\n\n'
)


class Heard:
    """An answer that was read: what it gave, after how many pieces, and its partial pictures."""

    def __init__(self, pieces: Iterable[bytes], *, status: int = 200, limit: int = 10**6) -> None:
        self.partials: list[bytes] = []
        self.answer: Answer | Pending | None = None
        self.early = True
        reader = Reader(
            DIALECTS["openai_images"],
            ORDER,
            status,
            {},
            limit=limit,
            clock=ManualClock(),
            on_partial=self.partials.append,
        )
        for piece in pieces:
            self.answer = reader.feed(piece)
            if self.answer:
                return
        self.early = False
        self.answer = reader.close()


@given(cuts=st.lists(st.integers(0, len(ANSWER)), max_size=20))
def test_json_is_complete_at_its_last_bracket(cuts: list[int]) -> None:
    """Given an answer in pieces and an open connection, when its JSON ends, then it is read."""
    heard = Heard([*torn(ANSWER, cuts), b" never read"])

    assert heard.answer == Answer(pictures=(b"picture",))
    assert heard.early


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_a_stream_is_complete_with_its_picture(cuts: list[int]) -> None:
    """Given a stream in pieces, when the finished picture came, then it is read."""
    heard = Heard([*torn(STREAM, cuts), b"never read"])

    assert heard.answer == Answer(pictures=(b"picture",))
    assert heard.partials == [b"partial"]
    assert heard.early


@given(
    content=st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    cuts=st.lists(st.integers(0, 200), max_size=10),
)
def test_the_end_of_any_json_is_found(content: object, cuts: list[int]) -> None:
    """Given any object, when it arrives in any pieces, then its end is found and not before."""
    whole = orjson.dumps({"it": content})
    pieces = [piece for piece in torn(whole, cuts) if piece]
    end = JsonEnd()

    ends = [end.feed(piece) for piece in pieces]

    assert ends == [None] * (len(pieces) - 1) + [len(pieces[-1])]


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\r\n\t ", b"", b"\n" * 100_000],
    ids=["BOM", "blank", "nothing", "alive"],
)
def test_what_comes_before_does_not_matter(before: bytes) -> None:
    """Given white space or a byte order mark, when the answer begins, then it is known."""
    assert Heard([before, ANSWER]).answer == Answer(pictures=(b"picture",))
    assert Heard([before, STREAM]).answer == Answer(pictures=(b"picture",))


@pytest.mark.parametrize(
    "pieces",
    [
        [STREAM[:60]],
        [STREAM[: STREAM.index(b"data: {") + 90]],
        [STREAM[:-20]],
        [b"data: [DONE]\n\n", b"data: still open"],
        [ANSWER[:-1]],
        [ANSWER[:30]],
        [],
    ],
)
def test_an_answer_that_ends_early_may_have_been_paid(pieces: list[bytes]) -> None:
    """Given a beginning only, when the connection closes, then the outcome is unknown."""
    with pytest.raises(OutcomeUnknown):
        Heard(pieces)


def test_a_last_event_without_its_blank_line_is_heard() -> None:
    """Given a stream whose last line breaks are missing, when it closes, then it counts."""
    assert Heard([STREAM.rstrip()]).answer == Answer(pictures=(b"picture",))


def test_what_comes_after_does_not_matter() -> None:
    """Given more bytes behind an answer, when it is read, then they are not."""
    assert Heard([ANSWER + b"\n<!-- served by a proxy -->"]).answer == Answer(
        pictures=(b"picture",)
    )


def test_a_refusal_is_read_whatever_its_status_promised() -> None:
    """Given a refusal as JSON, when it is complete, then it is known without waiting."""
    with pytest.raises(TooFast):
        Heard([b'{"error":{"code":"rate_limit_exceeded","message":"x"}}'], status=429)


def test_a_page_is_read_as_far_as_its_title() -> None:
    """Given an endless page, when there is enough of it, then nobody waits for the rest."""
    page = b"<html><title>502 Bad Gateway</title>" + b"x" * PAGE_LIMIT

    with pytest.raises(OutcomeUnknown, match="502 Bad Gateway"):
        Heard([page], status=502)


@pytest.mark.parametrize(
    "start", [b'{"data":[{"b64_json":"', b"data: ", b": ping\n\n" * 3, b"<html>", b""]
)
def test_no_answer_is_endless(start: bytes) -> None:
    """Given bytes without end, when they pass the limit, then they are refused."""
    with pytest.raises(BadAnswer, match="more than 50,000 bytes"):
        Heard([start] + [b"x" * 1000] * 100, limit=50_000)


@given(pieces=st.lists(st.binary(max_size=40), max_size=8), status=st.sampled_from([200, 400, 500]))
def test_no_bytes_are_more_than_a_failure(pieces: list[bytes], status: int) -> None:
    """Given any bytes, when they are read, then they end as a failure that is known."""
    with pytest.raises(DrawingFailed):
        Heard(pieces, status=status)
