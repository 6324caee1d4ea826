"""Pictures get under every limit: none is lost, none is out of order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.fitting import PER_MESSAGE, PER_REQUEST, ladder, pack
from bot.core.images import Format

MIB = 1024 * 1024


@st.composite
def files(draw: st.DrawFn) -> tuple[list[int], int]:
    """Sizes of files, each of which fits alone, and the limit of a message."""
    limit = draw(st.integers(1, 1000))
    return draw(st.lists(st.integers(0, limit), max_size=40)), limit


@given(files())
def test_no_message_is_over_the_limit(given_files: tuple[list[int], int]) -> None:
    """Given files that fit one by one, when packed, then each message fits too."""
    sizes, limit = given_files

    for message in pack(sizes, limit=limit):
        assert sum(sizes[index] for index in message) <= limit
        assert 1 <= len(message) <= PER_MESSAGE


@given(st.lists(st.integers(0, 2000), max_size=40))
def test_no_file_is_lost_or_out_of_order(sizes: list[int]) -> None:
    """Given any files, when packed, then each is in one message, in the order they had."""
    packed = pack(sizes, limit=1000)

    assert [index for message in packed for index in message] == list(range(len(sizes)))


@given(files())
def test_no_message_could_have_held_the_next_file(given_files: tuple[list[int], int]) -> None:
    """Given packed files, when a message ends, then the next file really had no room in it."""
    sizes, limit = given_files

    for earlier, later in pairwise(pack(sizes, limit=limit)):
        full = len(earlier) == PER_MESSAGE
        assert full or sum(sizes[index] for index in earlier) + sizes[later[0]] > limit


@pytest.mark.parametrize(
    ("sizes", "packed"),
    [
        ([], ()),
        ([5 * MIB], ((0,),)),
        ([6 * MIB] * 4, ((0, 1, 2, 3),)),
        ([7 * MIB] * 4, ((0, 1, 2), (3,))),
        ([1] * 11, (tuple(range(10)), (10,))),
        ([PER_REQUEST + 1, 1], ((0,), (1,))),
    ],
)
def test_files_are_spread_over_messages(
    sizes: list[int], packed: tuple[tuple[int, ...], ...]
) -> None:
    """Given files as they come, when packed at Discord's limit, then they are spread like this."""
    assert pack(sizes) == packed


@pytest.mark.parametrize("transparent", [True, False])
def test_each_rung_gives_up_more(transparent: bool) -> None:
    """Given the ladder, when it is climbed down, then edges never grow and quality falls first."""
    rungs = list(ladder(transparent=transparent))

    assert all(earlier.percent >= later.percent for earlier, later in pairwise(rungs))
    assert all(
        earlier.quality > later.quality
        for earlier, later in pairwise(rungs)
        if earlier.percent == later.percent == 100
    )
    assert len(set(rungs)) == len(rungs)
    assert all(1 <= rung.quality <= 100 for rung in rungs)


def test_what_is_see_through_stays_so() -> None:
    """Given a transparent picture, when it must be smaller, then no rung is a JPEG."""
    assert {rung.format for rung in ladder(transparent=True)} == {Format.WEBP}
    assert {rung.format for rung in ladder(transparent=False)} == {Format.WEBP, Format.JPEG}


def test_the_last_rung_is_small_enough_for_any_limit() -> None:
    """Given the largest picture a model draws, when the ladder ends, then it has few pixels."""
    *_, last = ladder(transparent=True)

    # Noise takes about three bits a pixel and channel in WebP at this quality.
    assert 8_294_400 * last.percent**2 // 10_000 < 200_000
