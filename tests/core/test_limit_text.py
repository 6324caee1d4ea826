"""A limit as it is typed into a form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import InvalidRequest
from bot.core.limit_text import Typed, read_limit
from bot.core.quotas import say_limit

AMOUNTS = st.none() | st.integers(min_value=0, max_value=9_999_999)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("5", (5, None)),
        ("5 pictures", (5, None)),
        ("1 picture", (1, None)),
        ("1,000 images", (1_000, None)),
        ("$2.50", (None, 2_500_000)),
        ("2.50 $", (None, 2_500_000)),
        ("20 dollars", (None, 20_000_000)),
        ("5 pictures and $2.50", (5, 2_500_000)),
        ("$2.50, 5 pics", (5, 2_500_000)),
        ("Unlimited", (None, None)),
        ("no limit", (None, None)),
        ("none", (0, None)),
        ("0", (0, None)),
        ("  ", None),
    ],
)
def test_a_limit_is_read_as_people_write_it(text: str, means: Typed | None) -> None:
    """Given words for a limit, when they are read, then they mean what anybody would think."""
    assert read_limit(text) == means


@pytest.mark.parametrize(
    "text", ["a lot", "2.50", "5 and 6", "$5 and $6", "5 pictures per day", "-3", "5 cats", "and"]
)
def test_what_could_mean_something_else_is_refused(text: str) -> None:
    """Given words that are unclear, when they are read, then the sentence shows how to write it."""
    with pytest.raises(InvalidRequest, match=r"is not a limit\. Write a limit like 5 pictures"):
        read_limit(text)


@given(AMOUNTS, AMOUNTS)
def test_what_is_shown_can_be_typed(pictures: int | None, micro: int | None) -> None:
    """Given any limit, when a form shows it and nobody touches it, then it means the same."""
    assert read_limit(say_limit(pictures, micro)) == (pictures, micro)
