"""Open what members hand in: files from strangers, any of which may be meant to do harm.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from PIL import (
    AvifImagePlugin,  # noqa: F401 -- else Pillow loads all its forty readers to find it
    Image,
    JpegImagePlugin,
    UnidentifiedImageError,
)

from bot.core.errors import BadPicture
from bot.imaging import inspect
from bot.imaging.refusals import Role, damaged, too_large, unreadable
from bot.imaging.scaling import fitted

READABLE = (*inspect.READABLE, "AVIF")
"""TIFF, Photoshop and icon files are refused by name: their readers are the most attacked."""

EDGE_LIMIT = 20_000
"""Pixels."""

MEMORY_LIMIT = 306_000_000
"""Bytes that one file may take while it is decoded."""

BYTES_PER_PIXEL = {"WEBP": 18, "AVIF": 18}
"""While decoding, as measured; these two hold the picture several times, the others once."""

HELD = 4
"""Bytes of a pixel in memory, whatever its kind."""

SCAN_LIMIT = 1000
"""Passes over one JPEG: a usual file has ten; thousands in a small one take minutes to decode."""

ORIENTATION = 0x0112
"""The tag of EXIF that says how the camera was held."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

PNG_START = b"\x89PNG\r\n\x1a\n"

PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"eXIf"})
"""Parts of a PNG file that say what the (first) picture looks like."""


def opened(data: bytes, role: Role, max_edge: int) -> Image.Image:
    """The picture with all its pixels, or the first frame of it; not yet upright.

    Nothing but the header is read before it is known that the rest fits into memory.

    Args:
        data: The file.
        role: What it was handed in as.
        max_edge: Where that saves work, the result may be smaller than the picture, but not
            than the picture fitted to so many pixels an edge.

    Raises:
        BadPicture: It cannot be read, is broken, or too large.
    """
    with refusing(data, role):
        image = Image.open(BytesIO(bare(data)), formats=READABLE)
        width, height = image.size
        pixels = width * height
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            image.draft(None, fitted(image.size, max_edge))
        most = int(min(inspect.PIXEL_LIMIT, MEMORY_LIMIT / (_memory(image, data, pixels) / pixels)))
        if pixels > most or max(width, height) > EDGE_LIMIT:
            raise BadPicture(too_large(role, most // 1_000_000, EDGE_LIMIT))
        if data.count(b"\xff\xda") > SCAN_LIMIT and image.format in ("JPEG", "MPO"):
            raise BadPicture(damaged(role))
        image.load()
    return image


@contextmanager
def refusing(data: bytes, role: Role) -> Iterator[None]:
    """Turn whatever a decoder raises at these bytes into one error with a plain sentence.

    Raises:
        BadPicture: The block raised anything but a lack of memory, which is ours.
    """
    try:
        yield
    except (BadPicture, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadPicture(too_large(role, inspect.PIXEL_LIMIT // 1_000_000, EDGE_LIMIT)) from bomb
    except UnidentifiedImageError as failure:
        raise BadPicture(unreadable(data, role)) from failure
    # Decoders raise what they like at broken bytes: OSError, SyntaxError, struct.error, KeyError.
    except Exception as failure:
        raise BadPicture(damaged(role)) from failure


def bare(data: bytes) -> bytes:
    """A PNG file without anything but its first picture; other files as they are.

    Pillow refuses a whole picture for the size of a text in it, and some programs keep a novel
    there. What comes after broken parts is left for the decoder to judge.
    """
    if not data.startswith(PNG_START):
        return data
    view, kept, at = memoryview(data), [PNG_START], len(PNG_START)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(view[at : at + 4])
        if end > len(data):
            break
        if bytes(view[at + 4 : at + 8]) in PNG_PARTS:
            kept.append(bytes(view[at:end]))
        at = end
    return b"".join([*kept, view[at:]])


def turn(image: Image.Image) -> Image.Transpose | None:
    """What brings the picture upright, as its EXIF data says; broken data say nothing."""
    with suppress(OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    return None


def _memory(image: Image.Image, data: bytes, pixels: int) -> int:
    """Bytes that decoding takes."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return pixels * BYTES_PER_PIXEL.get(image.format or "", HELD)
    # The first count is of the picture itself, the second of a thumbnail.
    several = "progressive" in image.info or data.count(b"\xff\xda") > 2
    drafted = image.width * image.height * HELD
    return drafted + (pixels * _coefficients(image) if several else 0)


def _coefficients(image: JpegImagePlugin.JpegImageFile) -> int:
    """Bytes a pixel of a JPEG that comes in several passes, all of which are held at once."""
    areas = [across * down for _, across, down, _ in image.layer]
    return -(-2 * sum(areas) // max(areas))
