"""A stream whose events are an answer only together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.core.errors import BadAnswer, OutcomeUnknown
from bot.imageapi.calls import Answer, Link, Pending
from bot.imageapi.dialects import chat
from bot.imageapi.reader import Reader
from tests.clock import ManualClock
from tests.dialects.test_chat import ORDER, delta

PICTURE = Answer(pictures=(Link("https://cdn.example/a.png"),))
FIRST, SECOND = delta("> 进度 **120%** ![x](https://cdn"), delta(".example/a.png)")
DONE = b"[DONE]"


def read(events: Sequence[bytes], *, closed: bool = True) -> tuple[Answer | Pending | None, int]:
    """What the stream came to, and how many events were needed for it."""
    reader = Reader(chat, ORDER, 200, {}, limit=10**6, clock=ManualClock())
    for number, event in enumerate(events, start=1):
        answer = reader.feed(b"data: " + event + b"\n\n")
        if answer is not None:
            return answer, number
    return (reader.close() if closed else None), len(events)


def test_it_is_complete_when_it_is_done() -> None:
    """Given torn words, when the stream says that it is done, then they are put together."""
    assert read([FIRST, SECOND, DONE, FIRST], closed=False) == (PICTURE, 3)


def test_it_is_complete_when_the_model_stopped() -> None:
    """Given a reason to stop, when it comes, then nobody waits for the end of the stream."""
    assert read([FIRST, SECOND, delta("", "stop"), FIRST], closed=False) == (PICTURE, 3)


def test_a_stream_that_just_ends_may_have_it_all() -> None:
    """Given no sign of an end, when the connection is closed, then what came is looked at."""
    assert read([FIRST, SECOND])[0] == PICTURE


@pytest.mark.parametrize("events", [[], [delta("> 进度 **2%**")]], ids=["nothing", "no picture"])
def test_a_stream_that_was_cut_before_its_picture_is_unknown(events: list[bytes]) -> None:
    """Given a cut, when there is no picture in what came, then it may be paid all the same."""
    with pytest.raises(OutcomeUnknown):
        read([b'{"choices":[]}', *events])


def test_a_stream_that_is_done_without_a_picture_is_a_bad_answer() -> None:
    """Given words alone, when it is done, then there is no picture in it."""
    with pytest.raises(BadAnswer, match="I only write"):
        read([delta("I only write"), DONE])


def test_pieces_are_not_endless() -> None:
    """Given a stream that never stops talking, when it passes the limit, then it is refused."""
    with pytest.raises(BadAnswer, match="more than 1,000,000 bytes"):
        read([delta("and then ")] * 20_000)


def test_how_far_it_is_is_told_as_it_comes() -> None:
    """Given percents in the words, when they come, then they are told, a hundred at most."""
    told: list[int] = []
    reader = Reader(chat, ORDER, 200, {}, limit=10**6, clock=ManualClock(), on_progress=told.append)

    reader.feed(b"data: " + delta("> 进度 **34%**") + b"\n\ndata: " + FIRST + b"\n\n")

    assert told == [34, 100]
