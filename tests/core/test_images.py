"""What members type becomes a prompt and a size, or a sentence that helps."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import InvalidRequest
from bot.core.images import (
    AVOID_LIMIT,
    PROMPT_LIMIT,
    Background,
    Format,
    ImageRequest,
    Quality,
    Size,
    Source,
    Style,
    clean_avoid,
    clean_prompt,
)

NOTHING_TO_DRAW = "Say in a few words what you would like to see."


def refused(text: str) -> str:
    """Why a prompt is not taken."""
    with pytest.raises(InvalidRequest) as caught:
        clean_prompt(text)
    return caught.value.say()


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t ", "\x00\x07\x1b", "!?", "...", "\u00a0\u3000"],
    ids=["empty", "a space", "blank lines", "control", "marks", "dots", "wide spaces"],
)
def test_a_prompt_without_words_is_refused(text: str) -> None:
    """Given nothing that can be drawn, when it is cleaned, then the member is asked for words."""
    assert refused(text) == NOTHING_TO_DRAW


@pytest.mark.parametrize(
    "text",
    ["\u200b", "\u200b\u200b\ufeff", "\u200d", "\u2060", "\u200e\u200f", "\ufe0f", "\u200c"],
    ids=["space", "several", "joiner", "word joiner", "directions", "variation", "non-joiner"],
)
def test_a_prompt_of_no_width_is_refused(text: str) -> None:
    """Given only characters that nobody sees, when cleaned, then the member is asked for words."""
    assert refused(text) == NOTHING_TO_DRAW


@pytest.mark.parametrize(
    "text",
    ["🦊", "👩‍🚀", "🏳️‍🌈", "❤️", "🇩🇪", "👍🏽"],
    ids=["fox", "astronaut", "flag", "heart", "country", "skin tone"],
)
def test_emoji_alone_are_a_prompt(text: str) -> None:
    """Given nothing but emoji, when they are cleaned, then they stay whole."""
    assert clean_prompt(text) == text


@pytest.mark.parametrize(
    "text",
    ["ثعلب في الثلج", "שועל בשלג", "می\u200cخواهم", "赤い狐", "ลิงจ๋อ", "狐"],  # noqa: RUF001
    ids=["Arabic", "Hebrew", "Persian", "Japanese", "Thai", "one sign"],
)
def test_every_script_is_kept(text: str) -> None:
    """Given a prompt in any script, when it is cleaned, then not a sign is missing."""
    assert clean_prompt(text) == text


def test_what_turns_the_direction_around_is_taken_out() -> None:
    """Given marks that make text read backwards, when cleaned, then only the words stay."""
    assert clean_prompt("a \u202efox\u202c") == "a fox"


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u2009", "\u2028", "\r", "\x0b"])
def test_unusual_spaces_still_part_words(space: str) -> None:
    """Given a space that is none in ASCII, when cleaned, then the words are not joined."""
    assert clean_prompt(f"red{space}fox") == "red fox"


def test_lines_and_tabs_are_kept() -> None:
    """Given a prompt of several lines, when it is cleaned, then its lines are as they were."""
    assert clean_prompt("  a fox\n\tin snow \n") == "a fox\n\tin snow"


def test_control_characters_are_taken_out() -> None:
    """Given control characters between letters, when cleaned, then nothing stands for them."""
    assert clean_prompt("a \x1bfox\x00\ud800") == "a fox"


def test_the_longest_prompt_is_taken() -> None:
    """Given exactly as many characters as Discord takes, when cleaned, then all are kept."""
    assert clean_prompt("x" * PROMPT_LIMIT) == "x" * 6000


def test_one_character_more_is_refused_with_both_numbers() -> None:
    """Given one character too many, when cleaned, then the sentence says how many there are."""
    assert refused("x" * 6001) == "That prompt has 6,001 characters; the most I can take is 6,000."


def test_blanks_around_a_prompt_do_not_count() -> None:
    """Given blanks around the longest prompt, when cleaned, then it is not too long."""
    assert len(clean_prompt(" " * 50 + "x" * 6000 + "\n" * 50)) == PROMPT_LIMIT


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Given anything, when its cleaned form is cleaned again, then it stays, and can be sent."""
    try:
        once = clean_prompt(text)
    except InvalidRequest:
        return

    assert clean_prompt(once) == once
    assert once == once.strip() != ""
    assert once.encode()


def test_what_to_avoid_becomes_one_line() -> None:
    """Given lines and blanks, when what to avoid is cleaned, then it is one line of words."""
    assert clean_avoid("  text,\n watermarks\x00\t") == "text, watermarks"
    assert clean_avoid("") == ""


@given(st.text(max_size=AVOID_LIMIT))
def test_what_to_avoid_can_always_be_sent(text: str) -> None:
    """Given anything short enough, when what to avoid is cleaned, then it can be encoded."""
    clean_avoid(text).encode()


def test_too_much_to_avoid_is_refused_with_both_numbers() -> None:
    """Given too many characters to avoid, when cleaned, then the sentence names the option."""
    with pytest.raises(InvalidRequest) as caught:
        clean_avoid("x" * 1001)

    assert caught.value.say() == "“avoid” has 1,001 characters; the most I can take is 1,000."


@pytest.mark.parametrize(
    "text",
    ["1024x1536", "1024X1536", "1024×1536", "1024*1536", " 1024 x 1536 "],
)
def test_a_size_is_read_however_it_is_written(text: str) -> None:
    """Given any usual way to write a size, when it is read, then it is that size."""
    assert Size.parse(text) == Size(1024, 1536)


@pytest.mark.parametrize(
    "text", ["", "big", "1024", "1024x", "x1024", "1024x1024x1024", "-1x5", "1.5x2", "100000x1"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    """Given something else, when it is read, then the sentence shows how to write one."""
    with pytest.raises(InvalidRequest) as caught:
        Size.parse(text)

    assert caught.value.say() == (
        f"“{text}” is not a size. Write width × height in pixels, like 1024x1024."
    )


def test_a_long_answer_is_quoted_in_part() -> None:
    """Given a novel instead of a size, when refused, then only its beginning is repeated."""
    with pytest.raises(InvalidRequest) as caught:
        Size.parse("x" * 5000)

    assert len(caught.value.say()) < 150


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_a_size_is_read_as_it_was_shown(width: int, height: int) -> None:
    """Given any size, when it is shown and read again, then it is the same."""
    assert Size.parse(str(Size(width, height))) == Size(width, height)
    assert Size(width, height).pixels == width * height


sizes = st.builds(Size, st.integers(1, 9999), st.integers(1, 9999))

sources = st.builds(
    Source,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    format=st.sampled_from(Format),
    size=sizes,
)

requests = st.builds(
    ImageRequest,
    prompt=st.text(min_size=1),
    model=st.text(min_size=1, max_size=20),
    size=sizes,
    quality=st.sampled_from(Quality),
    count=st.integers(1, 10),
    format=st.sampled_from(Format),
    background=st.sampled_from(Background),
    style=st.one_of(st.none(), st.sampled_from(Style)),
    avoid=st.text(),
    spoiler=st.booleans(),
    sources=st.lists(sources, max_size=4).map(tuple),
    mask=st.one_of(st.none(), st.text("0123456789abcdef", min_size=64, max_size=64)),
)


@given(requests)
def test_a_stored_request_is_read_as_it_was(request: ImageRequest) -> None:
    """Given any request, when it is stored as JSON and read again, then it is the same."""
    stored = json.dumps(request.to_json())

    read = ImageRequest.from_json(json.loads(stored))

    assert read == request
    assert isinstance(read.quality, Quality)
    assert all(isinstance(source.format, Format) for source in read.sources)


@given(requests)
def test_a_request_stored_before_there_were_edits_is_read(request: ImageRequest) -> None:
    """Given a request without the fields of an edit, when it is read, then it edits nothing."""
    stored = request.to_json()
    del stored["sources"], stored["mask"]

    read = ImageRequest.from_json(json.loads(json.dumps(stored)))

    assert read.sources == ()
    assert read.mask is None
    assert read.prompt == request.prompt


@given(sources)
def test_a_stored_source_is_read_as_it_was(source: Source) -> None:
    """Given any picture to draw from, when it is stored and read again, then it is the same."""
    assert Source.from_json(json.loads(json.dumps(source.to_json()))) == source


def test_the_full_prompt_adds_style_and_what_to_avoid() -> None:
    """Given a style and something to avoid, when sent, then both follow the prompt in words."""
    request = ImageRequest(
        prompt="A fox",
        model="painter",
        size=Size(1024, 1024),
        quality=Quality.LOW,
        style=Style.OIL_PAINTING,
        avoid="text",
    )

    assert request.full_prompt == "A fox\n\nStyle: oil painting.\n\nDo not include: text."


def test_files_are_named_as_people_expect() -> None:
    """Given each format, when a file is named, then the ending is the usual one."""
    assert [form.extension for form in Format] == ["png", "jpg", "webp"]
