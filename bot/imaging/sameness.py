"""Whether a provider kept to the mask.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from bot.imaging.encode import plain, shrunk
from bot.imaging.inspect import decode, distrust
from bot.imaging.masks import marks

COMPARED_EDGE = 256
"""Pixels of the longer edge at which two pictures are compared."""

BLUR = 2.0
"""Pixels; grain, losses and fine detail that was drawn anew are gone after it."""

SHIFT = 5
"""Pixels of a square within which colours may have moved: models do not hit the pixel."""

MARGIN = 8
"""Pixels next to what is edited that are not compared: seams are blended, shadows fall."""

TOLERANCE = 32
"""Of 255: how far a colour may be off, as light and tint change a little all over."""

CHANGED = 0.02
"""The part of what is compared that has to be off before the mask counts as ignored."""

LEAST = 0.01
"""The part of the picture that there must be to compare."""

STRETCH = 1.1
"""Beyond this change of shape, the provider has cropped or extended; nothing can be compared."""


def kept(before: bytes, after: bytes, mask: bytes) -> bool:
    """Whether what the mask protects looks the same before and after.

    It is false only where that was clearly changed: colours and shapes well away from the mask's
    edge, more of them than losses, grain or a slight move can explain. Where nothing can be
    compared (the shape of the picture changed, or hardly anything is protected), it is true.

    Raises:
        BadAnswer: One of the three cannot be read.
    """
    old, new = _opened(before), _opened(after)
    stretch = old.width * new.height / (old.height * new.width)
    if not 1 / STRETCH <= stretch <= STRETCH:
        return True
    new = new.resize(old.size, Image.Resampling.BILINEAR)
    protected = _protected(marks(mask), old, new)
    compared = protected.histogram()[255]
    if compared < LEAST * old.width * old.height:
        return True
    off = ImageChops.darker(_apart(old, new), protected)
    return sum(off.histogram()[TOLERANCE + 1 :]) < CHANGED * compared


def _opened(data: bytes) -> Image.Image:
    image = decode(data, about=2 * COMPARED_EDGE)
    with distrust(data):
        return shrunk(plain(image, keep_alpha=True), COMPARED_EDGE).convert("RGBA")


def _protected(marked: Image.Image, old: Image.Image, new: Image.Image) -> Image.Image:
    """255 where nothing may change, well away from where something may, or shows through."""
    free = marked.resize(old.size, Image.Resampling.BOX)
    for image in (old, new):
        free = ImageChops.lighter(free, ImageChops.invert(image.getchannel("A")))
    near = free.point(_whole(1)).filter(ImageFilter.BoxBlur(MARGIN))
    return ImageChops.invert(near.point(_whole(1)))


def _whole(least: int) -> list[int]:
    return [0] * least + [255] * (256 - least)


def _apart(one: Image.Image, other: Image.Image) -> Image.Image:
    """How far the colours of each pixel are from any that the other picture has close by."""
    one, other = (
        image.convert("RGB").filter(ImageFilter.GaussianBlur(BLUR)) for image in (one, other)
    )
    apart = ImageChops.lighter(_outside(one, other), _outside(other, one))
    red, green, blue = apart.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _outside(one: Image.Image, other: Image.Image) -> Image.Image:
    above = ImageChops.subtract(one, other.filter(ImageFilter.MaxFilter(SHIFT)))
    below = ImageChops.subtract(other.filter(ImageFilter.MinFilter(SHIFT)), one)
    return ImageChops.lighter(above, below)
