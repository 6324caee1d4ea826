"""Events come out the same, however their bytes were torn."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imageapi.sse import Decoder, Event, TooLong

STREAM = (
    b"\xef\xbb\xbf: hello\r\n"
    b"event: image_generation.partial_image\r\n"
    b'data: {"n": 1}\r\n'
    b"id: 7\r\nretry: 100\r\n\r\n"
    b"\n\n\r\r"
    b"data:first\rdata: second\rdata\r\r"
    b"data:  two spaces, one is kept\n\n"
    b"event: lonely\n\n"
    b"datax: no\nno colon at all\ndata: after\n\n"
    b"data: [DONE]\n\n"
    b"data: unfinished"
)
EVENTS = [
    Event("image_generation.partial_image", b'{"n": 1}'),
    Event("message", b"first\nsecond\n"),
    Event("message", b" two spaces, one is kept"),
    Event("message", b"after"),
    Event("message", b"[DONE]"),
    Event("message", b"unfinished"),
]


def decoded(chunks: Iterable[bytes], limit: int = 10_000) -> list[Event]:
    """Every event of the stream."""
    decoder = Decoder(limit)
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + list(decoder.close())


def torn(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The bytes in pieces, some of them empty."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def test_a_stream_becomes_its_events() -> None:
    """Given every oddity of the format, when it is decoded, then only events are left."""
    assert decoded([STREAM]) == EVENTS
    assert [event.done for event in EVENTS] == [False] * 4 + [True, False]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_it_does_not_matter_how_the_bytes_arrive(cuts: list[int]) -> None:
    """Given any chunking, when it is decoded, then the events are the same."""
    assert decoded(torn(STREAM, cuts)) == EVENTS


def test_byte_by_byte_is_a_chunking_too() -> None:
    """Given single bytes, when they are decoded, then the events are the same."""
    assert decoded(STREAM[i : i + 1] for i in range(len(STREAM))) == EVENTS


@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=10))
def test_no_bytes_confuse_it(data: bytes, cuts: list[int]) -> None:
    """Given any bytes at all, when they are decoded, then chunking does not matter either."""
    assert decoded(torn(data, cuts)) == decoded([data])


@given(
    lines=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1), min_size=1
    ),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_was_encoded_comes_out(lines: list[str], ending: str) -> None:
    """Given lines of data, when they were sent as an event, then they are received."""
    sent = "".join(f"data: {line}{ending}" for line in lines) + ending

    assert decoded([sent.encode()]) == [Event("message", "\n".join(lines).encode())]


@pytest.mark.parametrize("line", [b"data: " + b"x" * 200, b": " + b"x" * 200, b"x" * 200])
def test_an_endless_line_is_refused(line: bytes) -> None:
    """Given a line over the limit, when it arrives, then it is refused before it ends."""
    with pytest.raises(TooLong, match="100 bytes"):
        decoded([line[:90], line[90:]], limit=100)


def test_an_endless_event_is_refused() -> None:
    """Given short lines without end, when they sum up over the limit, then they are refused."""
    with pytest.raises(TooLong):
        decoded([b"data: x\n"] * 100, limit=100)


def test_many_events_are_not_one_long_one() -> None:
    """Given many small events, when they sum up over the limit, then all is well."""
    assert len(decoded([b"data: x\n\n"] * 100, limit=100)) == 100


def test_a_picture_in_many_pieces_is_copied_once() -> None:
    """Given 32 MB in pieces of 1 KB, when they are decoded, then it takes a moment.

    Copying with each piece what came before it would move half a terabyte.
    """
    chunks = [b"data: ", *[b"A" * 1024] * (32 * 1024), b"\n\n"]

    (event,) = decoded(chunks, limit=10**9)

    assert len(event.data) == 32 * 2**20
