"""A pen for drawing subjects in their own units: the ground is at 0, the top at 1."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

from bot.demo.painting.colour import Colour

Point = tuple[float, float]
Path = str | Sequence[Point]

_SMOOTH_STEPS = 9


@dataclass(frozen=True)
class Lamp:
    """A place on a sprite that gives light: pixels within the sprite, radius in pixels."""

    x: float
    y: float
    radius: float
    colour: Colour


@dataclass(frozen=True)
class Sprite:
    """A drawn subject with transparent surroundings; its feet stand at ``foot`` pixels from top."""

    image: Image.Image
    foot: float
    lamps: tuple[Lamp, ...]

    def mirrored(self) -> "Sprite":
        """The subject looking the other way."""
        width = self.image.width
        lamps = tuple(Lamp(width - lamp.x, lamp.y, lamp.radius, lamp.colour) for lamp in self.lamps)
        flipped = self.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return Sprite(flipped, self.foot, lamps)


class Pen:
    """Draws one subject larger than needed and hands it back smoothly reduced."""

    def __init__(self, height: float, *, aspect: float = 1.0, margin: float = 0.06) -> None:
        """Prepare a sheet.

        Args:
            height: Of one unit, in pixels of the final sprite.
            aspect: Width of the sheet in units.
            margin: Room above and below, in units.
        """
        self._over = 2 if height > 380 else 3
        self._unit = height * self._over
        self._margin = margin
        self._width = aspect
        size = math.ceil(aspect * self._unit), math.ceil((1 + 2 * margin) * self._unit)
        self._sheet = Image.new("RGBA", size, (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._sheet)
        self._lamps: list[Lamp] = []

    def shape(self, points: Path, fill: Colour) -> None:
        """Fill a soft closed outline through the points."""
        self._draw.polygon(self._all(smooth(_points(points), closed=True)), fill=fill)

    def poly(self, points: Path, fill: Colour) -> None:
        """Fill an outline with sharp corners."""
        self._draw.polygon(self._all(_points(points)), fill=fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """Fill an upright ellipse."""
        (left, top), (right, bottom) = self._at((x - rx, y + ry)), self._at((x + rx, y - ry))
        self._draw.ellipse((left, top, right, bottom), fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        self.oval(x, y, radius, radius, fill)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, fill: Colour, corner: float = 0.0
    ) -> None:
        """Fill a rectangle given by its lower left and upper right, with rounded corners."""
        left, bottom = self._at((x0, y0))
        right, top = self._at((x1, y1))
        self._draw.rounded_rectangle((left, top, right, bottom), corner * self._unit, fill=fill)

    def line(
        self,
        points: Path,
        width: float,
        fill: Colour,
        *,
        soft: bool = True,
        taper: float = 1.0,
    ) -> None:
        """Draw a stroke with round ends; ``taper`` is its last width over its first."""
        path = smooth(_points(points), closed=False) if soft else _points(points)
        reach = max(1, len(path) - 1)
        for index, (start, end) in enumerate(pairwise(path)):
            wide = width * (1 + (taper - 1) * index / reach)
            pixels = max(1, round(wide * self._unit))
            self._draw.line(self._all((start, end)), fill=fill, width=pixels)
            self.disc(*end, wide / 2, fill)
        self.disc(*path[0], width / 2, fill)

    def within(self, points: Path, fill: Colour, *, sharp: bool = False) -> None:
        """Like ``shape``, but only where something is drawn already: for markings and shades."""
        mask = Image.new("L", self._sheet.size, 0)
        path = _points(points) if sharp else smooth(_points(points), closed=True)
        ImageDraw.Draw(mask).polygon(self._all(path), fill=255)
        alpha = self._sheet.getchannel("A")
        mask = ImageChops.multiply(mask, alpha)
        self._sheet.paste((*fill, 255), (0, 0), mask)

    def lamp(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Remember a light, which glows once the subject stands in its scene."""
        px, py = self._at((x, y))
        over = self._over
        self._lamps.append(Lamp(px / over, py / over, radius * self._unit / over, colour))

    def lifted(self) -> Sprite:
        """The finished drawing."""
        foot = (1 + self._margin) * self._unit / self._over
        return Sprite(self._sheet.reduce(self._over), foot, tuple(self._lamps))

    def _at(self, point: Point) -> Point:
        return (
            (point[0] + self._width / 2) * self._unit,
            (1 + self._margin - point[1]) * self._unit,
        )

    def _all(self, points: Sequence[Point]) -> list[Point]:
        return [self._at(point) for point in points]


def traced(path: str, *, x: float = 0.0, side: int = 1, size: float = 1.0) -> list[Point]:
    """Points from text: ``"10,0 20,35.5"`` in hundredths of a unit.

    Args:
        path: The points.
        x: Where their zero lies, in units.
        side: -1 mirrors them.
        size: How many times larger they become.
    """
    scale = size / 100
    pairs = (pair.split(",") for pair in path.split())
    return [(x + side * float(across) * scale, float(up) * scale) for across, up in pairs]


def _points(path: Path) -> list[Point]:
    return traced(path) if isinstance(path, str) else list(path)


def smooth(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    path: list[Point] = []
    for index in range(count if closed else count - 1):
        before, start, end, after = (
            points[(index + shift) % count]
            if closed
            else points[min(count - 1, max(0, index + shift))]
            for shift in (-1, 0, 1, 2)
        )
        path.extend(
            (
                _spline(before[0], start[0], end[0], after[0], step / _SMOOTH_STEPS),
                _spline(before[1], start[1], end[1], after[1], step / _SMOOTH_STEPS),
            )
            for step in range(_SMOOTH_STEPS)
        )
    if not closed:
        path.append(points[-1])
    return path


def _spline(before: float, start: float, end: float, after: float, at: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * at
        + (2 * before - 5 * start + 4 * end - after) * at**2
        + (3 * start - before - 3 * end + after) * at**3
    )
