"""Neither keys nor prompts reach a log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imageapi.scrubbing import WINDOW, scrubbed

PROMPT = "A red fox asleep under the old oak, watercolour, soft morning light"


def clean(text: str, *, key: str = "", prompt: str = PROMPT) -> str:
    """The text as it is logged."""
    return scrubbed(text, key=key, prompt=prompt)


@pytest.mark.parametrize(
    "text",
    [
        f"Your prompt '{PROMPT}' was rejected",
        f"rejected: {PROMPT.upper()[:40]}…",
        "rejected: red fox\n asleep under the".replace("\n", ""),
        f"a{PROMPT}b{PROMPT}c",
    ],
)
def test_a_quoted_prompt_is_taken_out(text: str) -> None:
    """Given a message that repeats the prompt, when it is logged, then the prompt is not."""
    assert "fox" not in clean(text).lower()
    assert "[prompt]" in clean(text)


def test_the_rest_of_the_message_stays() -> None:
    """Given a message around a prompt, when it is logged, then the message is readable."""
    assert clean(f"Your prompt '{PROMPT}' was rejected (code 7)") == (
        "Your prompt '[prompt]' was rejected (code 7)"
    )


def test_a_short_prompt_goes_where_it_stands_alone() -> None:
    """Given a prompt of one word, when it is logged, then longer words keep their letters."""
    assert clean("cat: no category for Cat", prompt="cat") == "[prompt]: no category for [prompt]"


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: k3y-0f-ours.",
        "Incorrect API key provided: sk-proj-abcd************wxyz. Find yours at …",
        "got Authorization: Bearer abc.def-ghi",
    ],
)
def test_a_key_is_taken_out_even_when_it_is_not_ours(text: str) -> None:
    """Given a message with a key, when it is logged, then the key is not."""
    result = clean(text, key="k3y-0f-ours")

    assert "[key]" in result
    for part in ("k3y", "abcd", "wxyz", "def-ghi"):
        assert part not in result


def test_a_long_message_is_cut() -> None:
    """Given a page of text, when it is logged, then a few lines are kept."""
    assert len(clean("word " * 1000)) == 500


@given(
    prompt=st.text(min_size=WINDOW, max_size=80),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_no_passage_of_any_prompt_survives(prompt: str, before: str, after: str) -> None:
    """Given any prompt in any message, when it is logged, then no twelve characters of it are."""
    result = clean(before + prompt + after, prompt=prompt)
    stripped = prompt.strip()

    for start in range(len(stripped) - WINDOW + 1):
        passage = stripped[start : start + WINDOW]
        assert passage not in result or passage in "[prompt][prompt]"
