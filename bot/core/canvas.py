"""Sizes for edits: the nearest one that a model draws, and a larger canvas around a picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt

from bot.core.errors import InvalidRequest
from bot.core.images import Size
from bot.core.models import Sizes

STEADY_PIXELS = 2560 * 1440
"""Larger sizes are experimental at OpenAI, slow and dear: nobody gets one without asking."""

LEAST, MOST = 10, 200
"""Percent by which a picture may be expanded."""

TOO_LONG = (
    "This model draws no picture that is long enough for that. Expand it in another direction, or "
    "choose another model."
)


class Direction(StrEnum):
    """Where a picture is expanded to."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    SIDES = "both sides"
    ALL = "all around"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A larger picture and where the old one lies on it, in pixels.

    Attributes:
        size: Of the canvas; the model draws it.
        picture: Of the old picture once it is scaled to the canvas.
        left: Of the old picture's left edge.
        top: Of its upper edge.
    """

    size: Size
    picture: Size
    left: int
    top: int


def nearest(wanted: Size, sizes: Sizes, *, asked: bool = False) -> Size:
    """The size that a model draws and that distorts a picture of the wanted size least.

    It is as close to the wanted size as the model can, and lies across only where nothing else
    does.

    Args:
        wanted: What would be best.
        sizes: What there is.
        asked: Whether somebody chose the size; else it is never larger than what is steady.
    """
    most = sizes.max_pixels if asked else min(sizes.max_pixels, STEADY_PIXELS)
    if not sizes.free:
        return _among(wanted, sizes.offered, wanted.pixels if asked else STEADY_PIXELS)
    ratio = Fraction(wanted.width, wanted.height)
    ratio = min(max(ratio, Fraction(1, sizes.max_ratio)), Fraction(sizes.max_ratio))
    pixels = min(max(wanted.pixels, sizes.min_pixels), most)
    height = max(1, isqrt(int(pixels / ratio)))
    width = max(1, int(height * ratio))
    scale = min(Fraction(1), Fraction(sizes.max_edge, max(width, height)))
    about = Size(int(width * scale), int(height * scale))
    close = _close(wanted, about, sizes, max(most, sizes.min_pixels))
    return close or _among(wanted, sizes.offered, most)


def _among(wanted: Size, offered: tuple[Size, ...], most: int) -> Size:
    """The best of a few: the shape first, then the number of pixels."""
    pixels = max(1, min(wanted.pixels, most))
    upright = [each for each in offered if not _across(wanted, each)] or offered

    def how_far(size: Size) -> tuple[Fraction, Fraction]:
        off = Fraction(size.pixels, pixels)
        return _distortion(wanted, size), max(off, 1 / off)

    return min(upright, key=how_far)


def _across(one: Size, other: Size) -> bool:
    """Whether one is upright and the other is not."""
    return (one.width - one.height) * (other.width - other.height) < 0


def _distortion(one: Size, other: Size) -> Fraction:
    """How far apart two shapes are: 1 is alike, 2 is twice as wide for its height."""
    ratio = Fraction(one.width * other.height, one.height * other.width)
    return max(ratio, 1 / ratio)


def _close(wanted: Size, about: Size, sizes: Sizes, most: int) -> Size | None:
    """The size on the model's grid, about that large, that distorts least, if there is one."""
    step = sizes.step
    around = [
        Size(step * (about.width // step + across), step * (about.height // step + down))
        for across in range(-2, 4)
        for down in range(-2, 4)
    ]
    fitting = [
        size
        for size in around
        if min(size.width, size.height) > 0 and size.pixels <= most and not sizes.problem(size)
    ]
    return min(
        fitting,
        key=lambda size: (_distortion(wanted, size), abs(size.pixels - about.pixels)),
        default=None,
    )


def expand(picture: Size, direction: Direction, percent: int, sizes: Sizes) -> Canvas:
    """The canvas for a picture that grows by so many percent of its edge in a direction.

    It grows on the sides that were asked for and on no other. How far, is as close to what was
    asked as the shapes are that the model draws: its longest may be less, its next more.

    Raises:
        InvalidRequest: The percentage is out of bounds, or the model draws no shape that is longer
            that way.
    """
    if not LEAST <= percent <= MOST:
        raise InvalidRequest(f"Choose an amount between {LEAST} and {MOST} percent.")
    before, after, above, below = _margins(picture, direction, percent)
    grown = Size(picture.width + before + after, picture.height + above + below)
    shapes = [nearest(grown, sizes)]
    if not sizes.free:
        shapes = sorted(sizes.offered, key=lambda each: (_distortion(grown, each), -each.pixels))
    for size in shapes:
        inner = _inner(picture, grown, size)
        if _grows(inner, size, grown.width > picture.width, grown.height > picture.height):
            return Canvas(
                size=size,
                picture=inner,
                left=_share(size.width - inner.width, before, after),
                top=_share(size.height - inner.height, above, below),
            )
    raise InvalidRequest(TOO_LONG)


def _inner(picture: Size, grown: Size, size: Size) -> Size:
    """The picture as large as it can be on the canvas, with room on the sides that grow."""
    across, down = Fraction(size.width, grown.width), Fraction(size.height, grown.height)
    if grown.height == picture.height:
        scale = down
    elif grown.width == picture.width:
        scale = across
    else:
        scale = min(across, down)
    return Size(max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))


def _grows(inner: Size, size: Size, across: bool, down: bool) -> bool:
    """Whether there is room worth drawing on, at least half of the least that can be asked for."""
    least = 1 + Fraction(LEAST, 200)
    return (not across or size.width >= inner.width * least) and (
        not down or size.height >= inner.height * least
    )


def _margins(picture: Size, direction: Direction, percent: int) -> tuple[int, int, int, int]:
    """What is added before, after, above and below, in pixels of the picture."""
    across, down = -(-picture.width * percent // 100), -(-picture.height * percent // 100)
    match direction:
        case Direction.LEFT:
            return across, 0, 0, 0
        case Direction.RIGHT:
            return 0, across, 0, 0
        case Direction.UP:
            return 0, 0, down, 0
        case Direction.DOWN:
            return 0, 0, 0, down
        case Direction.SIDES:
            return across // 2, across - across // 2, 0, 0
        case Direction.ALL:
            return across // 2, across - across // 2, down // 2, down - down // 2


def _share(spare: int, before: int, after: int) -> int:
    """How much of the spare pixels comes first, in proportion to what was asked for."""
    return spare * before // (before + after) if before + after else spare // 2
