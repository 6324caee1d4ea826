"""A card is edited often enough to be alive, and seldom enough for Discord."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.previews import EDIT_EVERY, worth_showing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_first_partial_picture_is_shown() -> None:
    """Given a card that was never edited, when a picture comes, then it is shown."""
    assert worth_showing(None, NOW)


def test_the_next_one_waits_its_time() -> None:
    """Given an edit just now, when another picture comes, then it waits, to the moment."""
    assert not worth_showing(NOW, NOW)
    assert not worth_showing(NOW, NOW + EDIT_EVERY - timedelta(microseconds=1))
    assert worth_showing(NOW, NOW + EDIT_EVERY)


def test_what_is_finished_never_waits() -> None:
    """Given an edit just now, when the picture is finished, then it is shown."""
    assert worth_showing(NOW, NOW, finished=True)


@given(st.lists(st.integers(0, 10_000), max_size=50))
def test_no_stretch_of_time_has_too_many_edits(arrivals: list[int]) -> None:
    """Given any arrivals, when each worthy one is shown, then Discord's limit is far away."""
    shown: list[datetime] = []
    for moment in sorted(NOW + timedelta(milliseconds=each) for each in arrivals):
        if worth_showing(shown[-1] if shown else None, moment):
            shown.append(moment)

    assert len(shown) <= 1 + timedelta(seconds=10) // EDIT_EVERY
