"""What kind of picture some bytes are, and how large, read from their header alone."""

from __future__ import annotations

import mimetypes
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Picture:
    """A recognised picture."""

    content_type: str
    width: int
    height: int


def recognise(data: bytes) -> Picture | None:
    """The picture in data, or None where it is none that Discord shows."""
    for reader in (_png, _gif, _webp, _jpeg):
        try:
            picture = reader(data)
        except (struct.error, IndexError):
            continue
        if picture:
            return picture
    return None


def content_type(filename: str, picture: Picture | None) -> str | None:
    """What Discord calls the file: the picture's own type, else what its name says."""
    return picture.content_type if picture else mimetypes.guess_type(filename)[0]


def _png(data: bytes) -> Picture | None:
    if not data.startswith(_PNG):
        return None
    return Picture("image/png", *struct.unpack_from(">II", data, 16))


def _gif(data: bytes) -> Picture | None:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        return None
    return Picture("image/gif", *struct.unpack_from("<HH", data, 6))


def _webp(data: bytes) -> Picture | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    if data[12:16] == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return Picture("image/webp", width, int.from_bytes(data[27:30], "little") + 1)
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", data, 26)
    return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)


def _jpeg(data: bytes) -> Picture | None:
    if data[:2] != b"\xff\xd8":
        return None
    for marker, place in _jpeg_segments(data):
        if marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, place + 3)
            return Picture("image/jpeg", width, height)
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place < len(data):
        if data[place] != 0xFF:
            return
        marker = data[place + 1]
        yield marker, place + 2
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
