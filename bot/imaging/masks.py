"""Masks: what of a picture is edited. Inside Easel they are greyscale PNGs, white is edited.

The masks written here are black or white and nothing between. Those read here may have shades:
each that is not black counts as edited.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

from PIL import Image, ImageChops

from bot.core.errors import BadPicture
from bot.core.images import Format, Size
from bot.core.ports import MaskShape
from bot.core.regions import Box
from bot.imaging.encode import encoded
from bot.imaging.inspect import decode, distrust
from bot.imaging.opening import opened, refusing, turn
from bot.imaging.refusals import Role
from bot.imaging.scaling import scaled

NOISE = 32
"""Of 255: what a lossy format leaves in black is darker, and a pale brush is lighter."""

SENT = 4_000_000
"""Bytes that a mask has at most when it is sent."""

NOTHING = "This mask marks nothing: paint white, or make transparent, what should change."
EVERYTHING = (
    "This mask marks the whole picture. Paint black what should stay, or leave the mask out to "
    "change all of it."
)

TURNED = frozenset(
    {
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.TRANSVERSE,
    }
)
"""What exchanges width and height."""


def mask(data: bytes, size: Size) -> bytes:
    """An uploaded mask as Easel keeps it: a greyscale PNG of that size, white is edited.

    A mask that is see-through somewhere marks what is see-through, whatever its colours; any other
    marks what is not black. It is stretched to the size if it has another, with hard edges.

    Raises:
        BadPicture: It cannot be read, or marks nothing, or everything.
    """
    image = opened(data, Role.MASK, max(size.width, size.height))
    with refusing(data, Role.MASK):
        upright = turn(image)
        wide = (size.width, size.height)
        image = scaled(image, wide[::-1] if upright in TURNED else wide, Image.Resampling.BOX)
        if upright is not None:
            image = image.transpose(upright)
        marked = _binary(_marks(image), above=NOISE)
    shades = marked.histogram()
    if not shades[255]:
        raise BadPicture(NOTHING)
    if not shades[0]:
        raise BadPicture(EVERYTHING)
    return encoded(marked, Format.PNG, 100)


def mask_box(box: Box, size: Size) -> bytes:
    """A mask for a picture of that size that marks a box."""
    marked = Image.new("L", (size.width, size.height), 0)
    marked.paste(255, box.pixels(size))
    return encoded(marked, Format.PNG, 100)


def shape_mask(data: bytes, shape: MaskShape) -> bytes:
    """A mask as a provider takes it, under 4 MB.

    A white one is passed on as it is. Of the others, exactly what is not black in the mask is
    transparent, or black, and the rest is not at all. Only a mask of pure noise has more than 4 MB
    that way: its pixels are taken together in squares, each of which is edited if one of its pixels
    was.
    """
    if shape is MaskShape.WHITE and len(data) < SENT:
        return data
    marked = marks(data)
    side = 1
    while len(shaped := encoded(_shaped(_coarse(marked, side), shape), Format.PNG, 100)) >= SENT:
        side *= 2
    return shaped


def marks(data: bytes) -> Image.Image:
    """A kept mask as an image: 255 where it is edited, 0 elsewhere.

    Raises:
        BadAnswer: It cannot be read.
    """
    image = decode(data)
    with distrust(data):
        return _binary(image.convert("L"), above=1)


def _marks(image: Image.Image) -> Image.Image:
    """How much each pixel of an upload is marked, as shades of grey."""
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        # Some programs write an alpha channel of 254 all over and mean nothing by it.
        if any(alpha.histogram()[: 256 - NOISE]):
            return ImageChops.invert(alpha)
        image = image.convert("RGB")
    return image.convert("L")


def _binary(grey: Image.Image, *, above: int) -> Image.Image:
    return grey.point([0] * above + [255] * (256 - above))


def _coarse(marked: Image.Image, side: int) -> Image.Image:
    if side == 1:
        return marked
    # One white pixel among 256 black ones still has a mean of 1.
    small = _binary(marked.reduce(side), above=1)
    large = small.resize((small.width * side, small.height * side), Image.Resampling.NEAREST)
    return large.crop((0, 0, *marked.size))


def _shaped(marked: Image.Image, shape: MaskShape) -> Image.Image:
    if shape is MaskShape.WHITE:
        return marked
    kept = ImageChops.invert(marked)
    if shape is MaskShape.BLACK:
        return kept
    clear = Image.new("RGBA", marked.size)
    clear.putalpha(kept)
    return clear
