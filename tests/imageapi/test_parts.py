"""More pictures than one call draws are several calls, and what came of any of them is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import (
    AccountProblem,
    Blocked,
    DrawingFailed,
    OutcomeUnknown,
    TooFast,
    Unreachable,
)
from bot.core.ports import Drawing, Inputs
from bot.core.pricing import Usage
from bot.imageapi.parts import Percents, joined, split
from bot.imageapi.providers import Pacing
from tests.clock import ManualClock
from tests.imageapi.services import (
    FLARE,
    FOX,
    ONE,
    Request,
    Script,
    client_of,
    provider_at,
    says,
    sends,
    service,
)

COUNTED = (
    b'{"created":1,"data":[{"b64_json":"cGljdHVyZQ=="}],'
    b'"usage":{"input_tokens":7,"output_tokens":196,"total_tokens":203}}'
)
FOUR = replace(FOX, count=4)


def one_after_another(*answers: Script) -> Script:
    """A script: a different answer for each request."""
    left = list(answers)

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        await left.pop(0)(request, writer)

    return script


@given(st.integers(1, 10), st.integers(1, 10))
def test_every_picture_is_in_one_call(count: int, most: int) -> None:
    """Given any count, when it is split, then nothing is lost and no call is too large."""
    parts = split(count, most)

    assert sum(parts) == count
    assert max(parts) <= most
    assert len(parts) == -(-count // most)


async def test_a_provider_of_one_picture_a_call_is_called_four_times() -> None:
    """Given `max_count` 1, when four are drawn, then it is one drawing of four calls."""
    async with service(says(COUNTED)) as openai:
        provider = replace(provider_at(openai.url), max_count=1)
        async with client_of(provider) as api:
            assert api.sold("openai", FLARE).per_call == 1
            drawing = await api.draw("openai", FLARE, FOUR, Inputs(), None)

    assert [request.fields["n"] for request in openai.requests] == [1, 1, 1, 1]
    assert drawing.pictures == (b"picture",) * 4
    assert drawing.usage == Usage(text_in=28, image_out=784)


async def test_the_last_call_draws_what_is_left() -> None:
    """Given `max_count` 3, when four are drawn, then the calls are of three and one."""
    async with (
        service(says(ONE)) as openai,
        client_of(replace(provider_at(openai.url), max_count=3)) as api,
    ):
        drawing = await api.draw("openai", FLARE, FOUR, Inputs(), None)

    assert sorted(request.fields["n"] for request in openai.requests) == [1, 3]
    assert len(drawing.pictures) == 2
    assert drawing.usage is None


@pytest.mark.parametrize(
    "trouble",
    [
        says(b'{"error":{"code":"moderation_blocked"}}', "400 Bad Request"),
        says(b"", "429 Too Many Requests"),
        says(b"", "500 Internal Server Error"),
        sends(close=True),
    ],
    ids=["blocked", "too fast", "an error", "a cut"],
)
async def test_a_call_that_fails_does_not_spoil_the_others(trouble: Script) -> None:
    """Given four calls, when one fails, even if it may be paid, then three pictures are there."""
    script = one_after_another(says(COUNTED), trouble, says(COUNTED), says(COUNTED))
    async with (
        service(script) as openai,
        client_of(replace(provider_at(openai.url), max_count=1)) as api,
    ):
        drawing = await api.draw("openai", FLARE, FOUR, Inputs(), None)

    assert len(drawing.pictures) == 3
    assert drawing.usage == Usage(text_in=21, image_out=588)


@pytest.mark.parametrize(
    ("failures", "kind"),
    [
        ([TooFast(), OutcomeUnknown(), Blocked()], OutcomeUnknown),
        ([TooFast(), Blocked(), Unreachable()], Blocked),
        ([AccountProblem(), TooFast()], AccountProblem),
    ],
)
def test_where_no_picture_came_the_gravest_failure_is_told(
    failures: Sequence[DrawingFailed], kind: type[DrawingFailed]
) -> None:
    """Given calls that all failed, when they are joined, then what may be paid is not repeated."""
    with pytest.raises(kind):
        joined(failures)


def test_what_one_call_did_not_count_is_not_guessed() -> None:
    """Given two calls of which one counted, when they are joined, then nobody counted them all."""
    counted = Drawing(pictures=(b"a",), usage=Usage(image_out=196))
    silent = Drawing(pictures=(b"b",), usage=None, request_id="req_2")

    both = joined([counted, silent])

    assert both == Drawing(pictures=(b"a", b"b"), usage=None, request_id="req_2")


def test_charges_are_added_where_each_call_names_one() -> None:
    """Given two calls, when both name their price, then the drawing has one; else it has none."""
    named = Drawing(pictures=(b"one",), usage=Usage(charge=30_000))
    silent = Drawing(pictures=(b"two",), usage=Usage(text_in=7))

    assert joined([named, named]).usage == Usage(charge=60_000)
    assert joined([named, silent]).usage == Usage(text_in=7)


async def test_calls_of_one_drawing_keep_to_the_pace_of_their_key() -> None:
    """Given two calls in flight at most, when four are needed, then there are never more."""
    under_way, most = 0, 0
    answering = asyncio.Event()

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if most == 2:
            answering.set()
        await answering.wait()
        under_way -= 1
        await says(ONE)(request, writer)

    clock = ManualClock()
    async with service(script) as openai:
        pacing = Pacing(calls_in_flight=2)
        provider = replace(provider_at(openai.url, pacing=pacing), max_count=1)
        async with client_of(provider, clock=clock) as api:
            await api.turn("openai", 4)
            drawing = await clock.run(api.draw("openai", FLARE, FOUR, Inputs(), None))

    assert len(drawing.pictures) == 4
    assert most == 2


async def test_whoever_cancels_lets_go_of_every_call() -> None:
    """Given four calls under way, when the drawing is cancelled, then all of them end."""
    async with (
        service(sends(close=False)) as openai,
        client_of(replace(provider_at(openai.url), max_count=1)) as api,
        asyncio.TaskGroup() as tasks,
    ):
        drawing = tasks.create_task(api.draw("openai", FLARE, FOUR, Inputs(), None))
        await openai.asked.wait()
        drawing.cancel()
        await openai.left.wait()

    assert drawing.cancelled()


def test_the_progress_of_several_calls_is_one_that_grows() -> None:
    """Given two calls, when one is at a half, then the whole is at a quarter, and never falls."""
    told: list[int] = []
    percents = Percents(2, told.append)

    for call, percent in [(0, 50), (0, 40), (1, 50), (1, 51), (0, 100)]:
        percents.reached(call, percent)

    assert told == [25, 50, 75]
