"""Pictures that members hand in, made fit to be kept and sent.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

from math import sqrt

from PIL import Image

from bot.core.errors import BadPicture
from bot.core.images import Format, Size
from bot.core.ports import Prepared
from bot.imaging.colours import in_srgb
from bot.imaging.encode import encoded
from bot.imaging.inspect import is_see_through
from bot.imaging.opening import opened, refusing, turn
from bot.imaging.refusals import Role, too_thin
from bot.imaging.scaling import fitted, scaled

LEAST_EDGE = 64
"""Pixels of the shorter edge; models refuse, or make nothing of, pictures that are smaller."""

MOST_RATIO = 20
"""Longer edge over shorter edge: a long screenshot of a chat has ten."""

SMALL = 512 * 512
"""Pixels up to which a picture is written without losses, wherever it comes from."""

QUALITY = 95
"""Of a JPEG: with colours in full, a second loss that nobody sees."""


def prepare(data: bytes, *, max_edge: int, max_bytes: int) -> Prepared:
    """Check a picture that a member handed in and make it fit to be sent.

    It is always written anew, never passed through: that is the only proof that nothing travels
    along in it (EXIF with the place, XMP, text, comments, provenance, further pictures), and that
    what others decode is what was checked. Upright, the first frame, sRGB, eight bits a colour.

    What came without losses (PNG, GIF, BMP, lossless WebP), is small or is see-through becomes a
    PNG; if that has more than `max_bytes`, a JPEG, or a smaller PNG where it is see-through. Other
    pictures become a JPEG. The longer edge is brought down to `max_edge`, and further where the
    file is too large still. Of less than 64 pixels an edge, each pixel becomes a square.

    Args:
        data: The file; type and size are read from nothing else.
        max_edge: Pixels.
        max_bytes: Of the file that is written.

    Raises:
        BadPicture: It is no picture, broken, too large, or more than 20 times as long as wide.
    """
    role = Role.PICTURE
    image = opened(data, role, max_edge)
    with refusing(data, role):
        if max(image.size) > MOST_RATIO * min(image.size):
            raise BadPicture(too_thin(role, MOST_RATIO))
        upright, profile = turn(image), image.info.get("icc_profile")
        lossless = image.format in ("PNG", "GIF", "BMP") or data[12:16] == b"VP8L"
        image = scaled(image, fitted(image.size, max_edge), Image.Resampling.LANCZOS)
        image = in_srgb(image, profile)
        if upright is not None:
            image = image.transpose(upright)
        if image.mode == "RGBA" and not is_see_through(image):
            image = image.convert("RGB")
        image = _enlarged(image, max_edge)
        return _written(image, max_bytes, lossless=lossless)


def _enlarged(image: Image.Image, max_edge: int) -> Image.Image:
    factor = min(-(-LEAST_EDGE // min(image.size)), max_edge // max(image.size))
    if factor < 2:
        return image
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def _written(image: Image.Image, max_bytes: int, *, lossless: bool) -> Prepared:
    while True:
        data = b""
        for form in _forms(image, lossless=lossless):
            data = encoded(image, form, QUALITY)
            if len(data) <= max_bytes or max(image.size) == 1:
                return Prepared(data=data, format=form, size=Size(*image.size))
        # Bytes go with the area, a little slower: details stay.
        smaller = max(image.size) * min(0.9, 0.95 * sqrt(max_bytes / len(data)))
        image = image.resize(
            fitted(image.size, max(1, int(smaller))), Image.Resampling.LANCZOS, reducing_gap=2.0
        )


def _forms(image: Image.Image, *, lossless: bool) -> tuple[Format, ...]:
    if image.mode == "RGBA":
        return (Format.PNG,)
    if lossless or image.width * image.height <= SMALL:
        return (Format.PNG, Format.JPEG)
    return (Format.JPEG,)
