"""The sheet a picture grows on, with what every part of the painter needs to agree on."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from bot.demo.painting.colour import Colour
from bot.demo.painting.palettes import Palette
from bot.demo.painting.pen import Point
from bot.demo.painting.words import Theme

_OVER = 2


@dataclass(kw_only=True)
class Stage:
    """One picture in the making.

    ``detail`` runs from 0 (flat) to 4; ``horizon`` and ``light`` are fractions of the height
    and of width and height. Parts paint on ``image`` in order, back to front.
    """

    image: Image.Image
    theme: Theme
    palette: Palette
    time: str
    detail: int
    horizon: float = 0.62
    light: Point = (0.5, 0.4)
    calm: bool = field(default=True)

    @property
    def width(self) -> int:
        """In pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.image.height

    @property
    def unit(self) -> float:
        """The length that shapes are measured in: the shorter edge, a little more when wide."""
        short, long = sorted(self.image.size)
        return short * 0.86 + long * 0.14

    def dice(self, part: str) -> random.Random:
        """Randomness of its own for one part of the picture."""
        return self.theme.dice(part)

    def mask(self, outlines: Sequence[Sequence[Point]]) -> Image.Image:
        """A smooth-edged mask of outlines given in pixels."""
        size = self.width * _OVER, self.height * _OVER
        sheet = Image.new("L", size, 0)
        draw = ImageDraw.Draw(sheet)
        for outline in outlines:
            draw.polygon([(x * _OVER, y * _OVER) for x, y in outline], fill=255)
        return sheet.reduce(_OVER)

    def fill(self, outlines: Sequence[Sequence[Point]], paint: Image.Image | Colour) -> None:
        """Paint outlines given in pixels, with a colour or with a picture as large as the stage."""
        points = [point for outline in outlines for point in outline]
        top = max(0, int(min(y for _, y in points)) - 1)
        bottom = min(self.height, int(max(y for _, y in points)) + 2)
        if bottom <= top:
            return
        sheet = Image.new("L", (self.width * _OVER, (bottom - top) * _OVER), 0)
        draw = ImageDraw.Draw(sheet)
        for outline in outlines:
            draw.polygon([(x * _OVER, (y - top) * _OVER) for x, y in outline], fill=255)
        mask = sheet.reduce(_OVER)
        if isinstance(paint, Image.Image):
            self.image.paste(paint.crop((0, top, self.width, bottom)), (0, top), mask)
        else:
            self.image.paste(paint, (0, top), mask)
