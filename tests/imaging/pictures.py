"""Real picture files, made on the spot: photographs, drawings, and some that mean harm."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

from bot.core.images import Format

PNG_START = b"\x89PNG\r\n\x1a\n"


def written(image: Image.Image, form: str, **options: object) -> bytes:
    """The image as a file."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """A picture with soft and hard changes, so that scaling and losses can be seen."""
    across = Image.linear_gradient("L").resize((width, height))
    down = across.transpose(Image.Transpose.ROTATE_180)
    middle = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, middle))


def see_through(width: int = 64, height: int = 48) -> Image.Image:
    """The same with its left half not there."""
    image = scene(width, height).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, width // 2, height))
    return image


def noise(width: int, height: int) -> Image.Image:
    """What takes encoders longest, and is the same each time."""
    return Image.effect_noise((width, height), 120).convert("RGB")


def picture(form: Format, width: int = 64, height: int = 48) -> bytes:
    """A plain picture file."""
    return written(scene(width, height), form.value)


def opened(data: bytes) -> Image.Image:
    """A file as any other program reads it."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG file."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes of PNG that promise a wall of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        PNG_START
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def webp_bomb(width: int, height: int) -> bytes:
    """A WebP file of the same intent."""
    size = struct.pack("<I", (width - 1) | (height - 1) << 14)
    lossless = b"VP8L" + struct.pack("<I", 64) + b"\x2f" + size + bytes(59)
    body = b"WEBP" + lossless
    return b"RIFF" + struct.pack("<I", len(body)) + body
