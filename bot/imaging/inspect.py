"""What the bytes of a picture really are. Labels, names and sizes from elsewhere are not believed.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import (
    Image,
    WebPImagePlugin,  # noqa: F401 -- else Pillow loads all its forty readers to find it
)

from bot.core.errors import BadAnswer
from bot.core.images import Format
from bot.core.ports import Inspected

PIXEL_LIMIT = 50_000_000
"""Width times height; the largest picture that a model draws has a sixth of it."""

DELIVERED = {
    "PNG": Format.PNG,
    "JPEG": Format.JPEG,
    # A JPEG with further pictures behind the first, as telephones write; every viewer shows one.
    "MPO": Format.JPEG,
    "WEBP": Format.WEBP,
}

READABLE = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
"""What is read at all. Each further format is more code that meets bytes from strangers."""


def inspect(data: bytes) -> Inspected:
    """Read format and size from the bytes, and decode all of them to prove that they can be.

    Of an animation only the first frame is decoded.

    Raises:
        BadAnswer: They are no picture, a broken one, one with too many pixels, or one that can be
            read but is neither PNG, JPEG nor WebP (GIF, BMP): `encode.rewrite` makes one of the
            three of it.
    """
    image = decode(data)
    form = DELIVERED.get(image.format or "")
    if form is None:
        raise BadAnswer(f"a {image.format} picture, to be rewritten before it is used")
    with distrust(data):
        return Inspected(
            format=form,
            width=image.width,
            height=image.height,
            transparent=is_see_through(image),
        )


def decode(data: bytes, *, about: int | None = None) -> Image.Image:
    """The picture with all its pixels, or the first frame of it.

    Args:
        data: The file.
        about: An edge in pixels: where that saves work, the result may be smaller than the
            picture, but not smaller than this.

    Raises:
        BadAnswer: As `inspect` says, but for the formats.
    """
    with distrust(data):
        # Nothing but the header is read here: a bomb is refused before it goes off.
        image = Image.open(BytesIO(data), formats=READABLE)
        if image.width * image.height > PIXEL_LIMIT:
            raise BadAnswer(f"{image.width}x{image.height} pixels are too many to decode")
        if about is not None:
            image.draft(None, (about, about))
        image.load()
    return image


def is_see_through(image: Image.Image) -> bool:
    """Whether any pixel lets something behind it show; an alpha channel alone does not."""
    if not image.has_transparency_data:
        return False
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    return any(rgba.getchannel("A").histogram()[:255])


@contextmanager
def distrust(data: bytes) -> Iterator[None]:
    """Turn whatever a decoder raises at these bytes into one error.

    Raises:
        BadAnswer: The block raised anything but that, or a lack of memory, which is ours.
    """
    try:
        yield
    except (BadAnswer, MemoryError):
        raise
    # Decoders raise what they like at broken bytes: OSError, SyntaxError, struct.error, KeyError.
    except Exception as failure:
        start = f"{len(data)} bytes that start with {data[:16]!r}"
        raise BadAnswer(f"{type(failure).__name__} while decoding {start}") from failure
