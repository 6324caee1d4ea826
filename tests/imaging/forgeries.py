"""Picture files that no library writes: odd ones, broken ones, and some that mean harm."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageCms

from tests.imaging.pictures import PNG_START, chunk, written

ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
"""First column, first row and steps of the passes of an interlaced PNG; the last is every row."""

SECRET = b"52.5200 N 13.4050 E"
"""What must never travel along."""


def png(
    size: tuple[int, int], kind: int, rows: bytes, *, depth: int = 8, interlaced: bool = False
) -> bytes:
    """A PNG of rows as they are stored, each behind the number of its filter."""
    header = struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, interlaced)
    return (
        PNG_START
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def interlaced_png(image: Image.Image) -> bytes:
    """An RGB picture as browsers once showed it: coarse first."""
    rows = bytearray()
    for left, top, across, down in (*ADAM7, (0, 1, 1, 2)):
        for y in range(top, image.height, down):
            pixels = [image.getpixel((x, y)) for x in range(left, image.width, across)]
            rows += b"\0" + bytes(value for pixel in pixels for value in as_tuple(pixel))
    return png(image.size, 2, bytes(rows), interlaced=True)


def deep_png(image: Image.Image) -> bytes:
    """An RGB or RGBA picture with 16 bits a colour."""
    width = len(image.getbands()) * image.width
    flat = image.tobytes()
    rows = bytearray()
    for start in range(0, len(flat), width):
        rows += b"\0" + bytes(
            twice for value in flat[start : start + width] for twice in (value,) * 2
        )
    return png(image.size, 2 if image.mode == "RGB" else 6, bytes(rows), depth=16)


def as_tuple(pixel: object) -> tuple[int, ...]:
    """A pixel of several colours."""
    assert isinstance(pixel, tuple)
    return pixel


def blank_png(width: int, height: int) -> bytes:
    """A real picture of so many see-through pixels, small as a file."""
    packer = zlib.compressobj(1)
    row = bytes(1 + 4 * width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_chunk(data: bytes, kind: bytes, content: bytes, *, wrong: bool = False) -> bytes:
    """A PNG with one more part behind its header, if need be with a wrong checksum."""
    part = chunk(kind, content)
    if wrong:
        part = part[:-4] + b"\0\0\0\0"
    return data[:33] + part + data[33:]


def with_segment(data: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment before all others."""
    return (
        data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content + data[2:]
    )


def without_segment(data: bytes, marker: int) -> bytes:
    """A JPEG without the first segment of that kind."""
    start = data.index(bytes((0xFF, marker)))
    length = int.from_bytes(data[start + 2 : start + 4])
    return data[:start] + data[start + 2 + length :]


def exif(orientation: int = 1, *, secret: bytes = SECRET) -> Image.Exif:
    """What a camera writes: how it was held, where it was, and whose it is."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = secret.decode()
    tags.get_ifd(0x8825)[1] = "N"
    tags.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return tags


def swapped_profile() -> bytes:
    """A colour profile by which red means blue and blue means red."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


def srgb_profile() -> bytes:
    """The profile that means what is meant without one."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def jpeg_of_many_scans(image: Image.Image, scans: int) -> bytes:
    """A JPEG that comes in so many passes that it takes minutes to decode when it is large."""
    data = written(image, "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + data[-2:]


def gif_bomb(width: int, height: int) -> bytes:
    """A few bytes of GIF that promise a wall of pixels."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0)
    return b"GIF89a" + screen + frame + b"\x02\x02\x4c\x01\x00;"


def bmp_bomb(width: int, height: int) -> bytes:
    """The same as BMP."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 100, 0, 0, 54) + info + bytes(100)


def tiff_bomb(width: int, height: int) -> bytes:
    """The same as TIFF."""
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (279, 100))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(104)


def jpeg_bomb(width: int, height: int, **options: object) -> bytes:
    """The same as JPEG."""
    data = bytearray(written(Image.new("RGB", (8, 8)), "JPEG", **options))
    at = data.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def chunks(data: bytes) -> Iterator[bytes]:
    """The kinds of the parts of a PNG."""
    at = len(PNG_START)
    while at < len(data):
        yield data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4])


def segments(data: bytes) -> Iterator[int]:
    """The markers of a JPEG up to its pixels."""
    at = 2
    while data[at + 1] != 0xDA:
        yield data[at + 1]
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
