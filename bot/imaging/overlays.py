"""A mask over its picture, for people to look at.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from bot.core.images import Format
from bot.imaging.encode import encoded, plain, shrunk
from bot.imaging.inspect import decode, distrust
from bot.imaging.masks import marks

SHOWN_EDGE = 1024
"""Pixels of the longer edge."""

TINT = (255, 0, 200)
"""Magenta: the colour that photographs have least of."""

STRENGTH = 115
"""Of 255: 45 percent, so that what is below can still be recognised."""

QUALITY = 85


def show_mask(data: bytes, mask: bytes) -> bytes:
    """The picture with what is edited tinted and outlined, as a JPEG of at most 1024 pixels.

    Raises:
        BadAnswer: One of the two cannot be read.
    """
    image = decode(data, about=2 * SHOWN_EDGE)
    with distrust(data):
        image = shrunk(plain(image, keep_alpha=False), SHOWN_EDGE)
    marked = marks(mask).resize(image.size, Image.Resampling.BOX)
    image.paste(TINT, mask=marked.point([value * STRENGTH // 255 for value in range(256)]))
    # A bright line inside and a white one outside: one of them shows on every colour.
    image.paste(TINT, mask=ImageChops.subtract(marked, _shifted(marked, grow=False)))
    image.paste("white", mask=ImageChops.subtract(_shifted(marked, grow=True), marked))
    return encoded(image, Format.JPEG, QUALITY)


def _shifted(marked: Image.Image, *, grow: bool) -> Image.Image:
    """The mask with its edge moved by two pixels (Pillow's own filters for that hold the loop)."""
    spread = marked.filter(ImageFilter.BoxBlur(2))
    limit = 1 if grow else 255
    return spread.point([0] * limit + [255] * (256 - limit))
