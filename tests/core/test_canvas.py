"""Sizes for edits are always legal, and a picture grows where it was asked to and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from bot.core.canvas import LEAST, MOST, STEADY_PIXELS, Canvas, Direction, expand, nearest
from bot.core.errors import InvalidRequest
from bot.core.images import Size
from bot.core.models import Sizes
from tests.core.models_for_tests import PAINTER, SQUARE, TALL, WIDE

FREE = PAINTER.sizes
FIXED = Sizes(offered=(SQUARE, TALL, WIDE))

edges = st.integers(1, 20_000)
sizes = st.builds(Size, edges, edges)
pictures = st.builds(Size, st.integers(64, 3840), st.integers(64, 3840))
directions = st.sampled_from(Direction)
percents = st.integers(LEAST, MOST)
models = st.sampled_from([FREE, FIXED])


@st.composite
def free_sizes(draw: st.DrawFn) -> Sizes:
    """Any bounds that a model may have, even some that nothing but what it lists keeps."""
    most = draw(st.integers(1, 20_000_000))
    return Sizes(
        offered=(SQUARE,),
        free=True,
        step=draw(st.sampled_from([1, 8, 16, 32, 64, 128])),
        max_edge=draw(st.integers(1024, 8192)),
        max_ratio=draw(st.integers(1, 8)),
        min_pixels=draw(st.integers(1, most)),
        max_pixels=most,
    )


@given(sizes, free_sizes())
def test_the_nearest_size_is_always_one_that_is_drawn(wanted: Size, bounds: Sizes) -> None:
    """Given any picture and any bounds, when a size is chosen, then the model draws it."""
    assert bounds.problem(nearest(wanted, bounds)) is None


@given(sizes)
def test_the_nearest_of_a_few_sizes_is_one_of_them(wanted: Size) -> None:
    """Given a model of three sizes, when one is chosen, then none distorts the picture less."""

    def apart(size: Size) -> Fraction:
        ratio = Fraction(size.width * wanted.height, size.height * wanted.width)
        return max(ratio, 1 / ratio)

    chosen = nearest(wanted, FIXED)

    assert chosen in FIXED.offered
    assert apart(chosen) == min(apart(size) for size in FIXED.offered)


@given(sizes)
def test_nobody_gets_a_size_that_is_slow_and_dear_without_asking(wanted: Size) -> None:
    """Given a picture however large, when a size is chosen, then it is a steady one."""
    assert nearest(wanted, FREE).pixels <= STEADY_PIXELS


@st.composite
def drawn_sizes(draw: st.DrawFn) -> Size:
    """Any size of the usual model that is steady, but for the smallest."""
    shorter = draw(st.integers(51, 120))
    longer = draw(st.integers(shorter, min(3 * shorter, STEADY_PIXELS // (256 * shorter))))
    sides = (16 * shorter, 16 * longer)
    return Size(*draw(st.permutations(sides)))


@given(drawn_sizes())
def test_a_size_that_is_drawn_is_its_own_nearest(wanted: Size) -> None:
    """Given a picture of a size that the model draws, when one is chosen, then it is that."""
    assert FREE.problem(wanted) is None
    assert nearest(wanted, FREE) == wanted


@given(sizes)
def test_the_shape_of_a_picture_stays(wanted: Size) -> None:
    """Given a picture within the model's shapes, when a size is chosen, it is within 2 percent."""
    assume(max(wanted.width, wanted.height) <= 3 * min(wanted.width, wanted.height))

    chosen = nearest(wanted, FREE)

    ratio = Fraction(chosen.width * wanted.height, chosen.height * wanted.width)
    assert Fraction(98, 100) <= ratio <= Fraction(102, 100)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (Size(1024, 1024), Size(1024, 1024)),
        (Size(800, 600), Size(960, 720)),
        (Size(4000, 3000), Size(2176, 1632)),
        (Size(1, 1), Size(816, 816)),
        (Size(20_000, 100), Size(2448, 816)),
    ],
)
def test_sizes_are_chosen_like_this(wanted: Size, chosen: Size) -> None:
    """Given pictures as they come, when a size is chosen, then it is this one."""
    assert nearest(wanted, FREE) == chosen


def test_bounds_that_leave_no_size_nearby_end_in_one_that_is_offered() -> None:
    """Given bounds that nothing can meet, when a size is chosen, then it is a listed one."""
    narrow = replace(FREE, offered=(SQUARE, WIDE), min_pixels=1_000_003, max_pixels=1_000_003)

    assert nearest(Size(3000, 1000), narrow) == WIDE


def grown(picture: Size, direction: Direction, percent: int, bounds: Sizes) -> Canvas:
    """The canvas; examples of pictures that cannot grow are not counted."""
    try:
        return expand(picture, direction, percent, bounds)
    except InvalidRequest:
        reject()


@given(pictures, directions, percents, models)
def test_the_picture_lies_on_its_canvas(
    picture: Size, direction: Direction, percent: int, bounds: Sizes
) -> None:
    """Given any picture that can grow, when it does, then all of it is on a legal canvas."""
    canvas = grown(picture, direction, percent, bounds)

    assert bounds.problem(canvas.size) is None
    assert canvas.left >= 0
    assert canvas.top >= 0
    assert canvas.left + canvas.picture.width <= canvas.size.width
    assert canvas.top + canvas.picture.height <= canvas.size.height


@given(pictures, directions, percents, models)
def test_a_picture_grows_only_where_it_was_asked_to(
    picture: Size, direction: Direction, percent: int, bounds: Sizes
) -> None:
    """Given a direction, when a picture grows, then there is room on those sides and no other."""
    canvas = grown(picture, direction, percent, bounds)

    room = {
        "left": canvas.left,
        "right": canvas.size.width - canvas.left - canvas.picture.width,
        "up": canvas.top,
        "down": canvas.size.height - canvas.top - canvas.picture.height,
    }
    asked = {
        Direction.SIDES: {"left", "right"},
        Direction.ALL: {"left", "right", "up", "down"},
    }.get(direction, {direction.value})
    assert {side for side, pixels in room.items() if pixels > 0} == asked


@given(pictures, directions, percents, models)
def test_a_picture_keeps_its_shape_as_it_grows(
    picture: Size, direction: Direction, percent: int, bounds: Sizes
) -> None:
    """Given any picture that can grow, when it is scaled, then it is off by a pixel at most."""
    inner = grown(picture, direction, percent, bounds).picture

    across, down = inner.width * picture.height, inner.height * picture.width
    assert abs(across - down) <= max(picture.width, picture.height)


@given(pictures, directions, percents, models)
def test_what_is_new_is_worth_drawing(
    picture: Size, direction: Direction, percent: int, bounds: Sizes
) -> None:
    """Given any picture that can grow, when it does, then by at least a twentieth of its edge."""
    canvas = grown(picture, direction, percent, bounds)

    across = Fraction(canvas.size.width, canvas.picture.width)
    down = Fraction(canvas.size.height, canvas.picture.height)
    assert max(across, down) >= Fraction(105, 100)


@given(st.integers(512, 2048), directions, st.integers(LEAST, 100))
def test_a_model_of_free_sizes_gives_what_was_asked(
    edge: int, direction: Direction, percent: int
) -> None:
    """Given a square picture, when it grows, then by what was asked, give or take the grid."""
    canvas = expand(Size(edge, edge), direction, percent, FREE)

    across = 100 * (canvas.size.width - canvas.picture.width) / canvas.picture.width
    down = 100 * (canvas.size.height - canvas.picture.height) / canvas.picture.height
    assert abs(max(across, down) - percent) < 4


@pytest.mark.parametrize(
    ("picture", "direction", "percent", "bounds", "canvas"),
    [
        (SQUARE, Direction.RIGHT, 50, FREE, (WIDE, SQUARE, 0, 0)),
        (SQUARE, Direction.LEFT, 50, FREE, (WIDE, SQUARE, 512, 0)),
        (SQUARE, Direction.UP, 50, FREE, (TALL, SQUARE, 0, 512)),
        (SQUARE, Direction.DOWN, 50, FIXED, (TALL, SQUARE, 0, 0)),
        (SQUARE, Direction.SIDES, 50, FIXED, (WIDE, SQUARE, 256, 0)),
        (SQUARE, Direction.ALL, 50, FREE, (Size(1536, 1536), SQUARE, 256, 256)),
        (SQUARE, Direction.ALL, 100, FIXED, (SQUARE, Size(512, 512), 256, 256)),
        # The next shape of three is longer than what was asked.
        (SQUARE, Direction.RIGHT, 10, FIXED, (WIDE, SQUARE, 0, 0)),
        # The longest shape of three is shorter than what was asked.
        (Size(1200, 900), Direction.RIGHT, 100, FIXED, (WIDE, Size(1365, 1024), 0, 0)),
    ],
)
def test_pictures_grow_like_this(
    picture: Size,
    direction: Direction,
    percent: int,
    bounds: Sizes,
    canvas: tuple[Size, Size, int, int],
) -> None:
    """Given pictures as they come, when they grow, then they lie there."""
    size, inner, left, top = canvas

    assert expand(picture, direction, percent, bounds) == Canvas(
        size=size, picture=inner, left=left, top=top
    )


@pytest.mark.parametrize(
    ("picture", "direction", "bounds"),
    [
        (Size(3000, 1000), Direction.RIGHT, FREE),
        (Size(5000, 1000), Direction.SIDES, FREE),
        (Size(1000, 3000), Direction.UP, FREE),
        (WIDE, Direction.LEFT, FIXED),
        (TALL, Direction.DOWN, FIXED),
    ],
)
def test_a_picture_that_is_as_long_as_can_be_is_refused(
    picture: Size, direction: Direction, bounds: Sizes
) -> None:
    """Given the longest shape that a model draws, when it is to grow, then a sentence helps."""
    with pytest.raises(InvalidRequest) as caught:
        expand(picture, direction, 50, bounds)

    assert caught.value.say() == (
        "This model draws no picture that is long enough for that. Expand it in another "
        "direction, or choose another model."
    )


@pytest.mark.parametrize("percent", [-1, 0, 9, 201])
def test_an_amount_out_of_bounds_is_refused(percent: int) -> None:
    """Given next to nothing, or far too much, when a picture is to grow, then both are named."""
    with pytest.raises(InvalidRequest) as caught:
        expand(SQUARE, Direction.RIGHT, percent, FREE)

    assert caught.value.say() == "Choose an amount between 10 and 200 percent."
