"""A part of a picture in words or numbers becomes a box, or a sentence that shows how to say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import InvalidRequest
from bot.core.images import Size
from bot.core.regions import EXAMPLES, WHOLE, Box, parse_region

LEFT, RIGHT = Box(0, 0, 5000, WHOLE), Box(5000, 0, WHOLE, WHOLE)
TOP, BOTTOM = Box(0, 0, WHOLE, 5000), Box(0, 5000, WHOLE, WHOLE)

WORDS = {
    "left": LEFT,
    "left half": LEFT,
    "right half": RIGHT,
    "top half": TOP,
    "bottom half": BOTTOM,
    "upper half": TOP,
    "lower half": BOTTOM,
    "LEFT HALF": LEFT,
    "  the left   side ": LEFT,
    "left-half": LEFT,
    "half on the left": LEFT,
    "the left half of the picture": LEFT,
    "left, half.": LEFT,
    "`left half`": LEFT,
    "left third": Box(0, 0, 3333, WHOLE),
    "right third": Box(6667, 0, WHOLE, WHOLE),
    "top third": Box(0, 0, WHOLE, 3333),
    "bottom third": Box(0, 6667, WHOLE, WHOLE),
    "lower quarter": Box(0, 7500, WHOLE, WHOLE),
    "left quarter": Box(0, 0, 2500, WHOLE),
    "left two thirds": Box(0, 0, 6667, WHOLE),
    "top three-quarters": Box(0, 0, WHOLE, 7500),
    "left 30%": Box(0, 0, 3000, WHOLE),
    "30% of the left": Box(0, 0, 3000, WHOLE),
    "right 12.5 percent": Box(8750, 0, WHOLE, WHOLE),
    "bottom 5 %": Box(0, 9500, WHOLE, WHOLE),
    "left edge": Box(0, 0, 1000, WHOLE),
    "bottom edge": Box(0, 9000, WHOLE, WHOLE),
    "top left": Box(0, 0, 5000, 5000),
    "top left half": Box(0, 0, 5000, 5000),
    "top left quarter": Box(0, 0, 5000, 5000),
    "bottom right corner": Box(6667, 6667, WHOLE, WHOLE),
    "lower left corner": Box(0, 6667, 3333, WHOLE),
    "corner at the top right": Box(6667, 0, WHOLE, 3333),
    "top right third": Box(6667, 0, WHOLE, 3333),
    "top left 20%": Box(0, 0, 2000, 2000),
    "center": Box(2500, 2500, 7500, 7500),
    "the centre": Box(2500, 2500, 7500, 7500),
    "middle": Box(2500, 2500, 7500, 7500),
    "middle third": Box(3333, 0, 6666, WHOLE),
    "center half": Box(2500, 0, 7500, WHOLE),
    "top center": Box(2500, 0, 7500, 5000),
    "bottom middle third": Box(3333, 6667, 6666, WHOLE),
    "center left": Box(0, 2500, 5000, 7500),
    "middle right third": Box(6667, 3333, WHOLE, 6666),
}


@pytest.mark.parametrize(("text", "box"), WORDS.items())
def test_a_part_is_known_by_its_words(text: str, box: Box) -> None:
    """Given words that people use, when they are read, then they mean that part."""
    assert parse_region(text) == box


NUMBERS = {
    "10%,20%,50%,40%": Box(1000, 2000, 6000, 6000),
    "10 20 50 40": Box(1000, 2000, 6000, 6000),
    " 10% , 20% ; 50%  40% ": Box(1000, 2000, 6000, 6000),
    "0,0,50,100": LEFT,
    "12.5, 0.25, 10.05, 99.75": Box(1250, 25, 2255, WHOLE),
    "0,0,0.01,0.01": Box(0, 0, 1, 1),
    "99.99,99.99,0.01,0.01": Box(9999, 9999, WHOLE, WHOLE),
}


@pytest.mark.parametrize(("text", "box"), NUMBERS.items())
def test_a_box_is_read_however_it_is_written(text: str, box: Box) -> None:
    """Given four numbers with or without signs, when they are read, then they are that box."""
    assert parse_region(text) == box


def refusal(text: str) -> str:
    """Why a region is not taken."""
    with pytest.raises(InvalidRequest) as caught:
        parse_region(text)
    return caught.value.say()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "half",
        "corner",
        "background",
        "the sky",
        "left right",
        "top and bottom",
        "left half third",
        "not the left half",
        "everything but the left half",
        "left 0%",
        "left 100%",
        "left 150%",
        "left 30",
        "left half 30%",
        "10%,20%,50%",
        "10,20,50,40,5",
        "-10,20,50,40",
        "10px,20px,50px,40px",
        "left ½",
        "левая половина",
    ],
)
def test_what_is_no_part_is_refused_with_examples(text: str) -> None:
    """Given something else, when it is read, then no word of it is passed over in silence."""
    assert refusal(text) == f"“{text}” is not a part of a picture that I know. {EXAMPLES}"


def test_the_examples_are_understood() -> None:
    """Given the sentence that shows how to say it, when its examples are typed, they work."""
    for example in EXAMPLES.split("`")[1::2]:
        assert parse_region(example) != Box(0, 0, WHOLE, WHOLE)


@pytest.mark.parametrize("text", ["0,0,100,100", "0% 0% 100% 100%"])
def test_the_whole_picture_is_no_part(text: str) -> None:
    """Given the whole picture, when it is read, then the member learns to leave it out."""
    assert refusal(text) == ("That is the whole picture. Leave `region` out to change all of it.")


@pytest.mark.parametrize("text", ["60,0,50,50", "0,60,50,50", "999,0,1,1", "0,0,100.01,50"])
def test_a_box_beyond_the_picture_is_refused(text: str) -> None:
    """Given a box that is not inside, when it is read, then the sentence says what must hold."""
    assert refusal(text) == (
        f"The box {text} is not inside the picture: the distance from the left and the width may "
        "be 100% together, and so may the distance from the top and the height."
    )


@pytest.mark.parametrize("text", ["10,10,0,50", "10,10,50,0", "0,0,0,0"])
def test_a_box_of_nothing_is_refused(text: str) -> None:
    """Given a box without width or height, when it is read, then it is refused for that."""
    assert refusal(text) == "A box needs a width and a height of more than 0%."


def test_a_long_answer_is_quoted_in_part() -> None:
    """Given a novel instead of a region, when refused, then only its beginning is repeated."""
    assert len(refusal("x" * 5000)) < 300


@given(st.text(max_size=60))
def test_anything_is_a_box_or_a_refusal(text: str) -> None:
    """Given any text, when it is read, then it is a box inside the picture, or refused."""
    try:
        box = parse_region(text)
    except InvalidRequest:
        return

    assert 0 <= box.left < box.right <= WHOLE
    assert 0 <= box.top < box.bottom <= WHOLE


spans = st.tuples(st.integers(0, WHOLE - 1), st.integers(1, WHOLE)).filter(
    lambda span: span[0] < span[1]
)
boxes = st.builds(lambda across, down: Box(across[0], down[0], across[1], down[1]), spans, spans)
sizes = st.builds(Size, st.integers(1, 4000), st.integers(1, 4000))


@given(boxes, sizes)
def test_pixels_of_a_box_lie_in_the_picture(box: Box, size: Size) -> None:
    """Given any box and picture, when its pixels are counted, then there are some, all inside."""
    left, top, right, bottom = box.pixels(size)

    assert 0 <= left < right <= size.width
    assert 0 <= top < bottom <= size.height


@given(boxes, sizes)
def test_pixels_of_a_box_are_all_that_it_touches(box: Box, size: Size) -> None:
    """Given any box, when its pixels are counted, then it is off by less than one at each edge."""
    left, top, right, bottom = box.pixels(size)

    assert 0 <= box.left * size.width - left * WHOLE < WHOLE
    assert 0 <= box.top * size.height - top * WHOLE < WHOLE
    assert 0 <= right * WHOLE - box.right * size.width < WHOLE
    assert 0 <= bottom * WHOLE - box.bottom * size.height < WHOLE


@given(sizes)
def test_two_halves_leave_no_pixel_out(size: Size) -> None:
    """Given any picture, when it is halved, then every column is in one half or the other."""
    *_, middle, _ = parse_region("left half").pixels(size)
    start, *_ = parse_region("right half").pixels(size)

    assert start <= middle
