"""Sizes for services that take a shape instead, such as 16:9; no I/O."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.images import Size


def nearest_shape(size: Size, shapes: Iterable[str], *, between: str = ":") -> str:
    """The shape that distorts the size least.

    Args:
        size: In pixels.
        shapes: As the service writes them, such as `16:9`.
        between: What stands between their numbers.
    """

    def how_far(shape: str) -> Fraction:
        across, _, down = shape.partition(between)
        ratio = Fraction(size.width * int(down), size.height * int(across))
        return max(ratio, 1 / ratio)

    return min(shapes, key=how_far)
