"""What members are told of a file that is not taken: what it is, and what to do about it.

No sentence repeats anything that the file says, its name least of all.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """What a file was handed in as; sentences begin with it."""

    PICTURE = "This picture"
    MASK = "The mask"


EMPTY = "This file is empty. Upload it again."

STRANGE = "I cannot read this file as a picture. Send a PNG, JPEG, WebP or GIF file."

READABLE_STARTS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"BM",
)
"""How files begin that can be read, unless something is wrong with them."""

OTHER_PICTURES = {
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"8BPS": "a Photoshop file",
    b"\x00\x00\x01\x00": "an icon file",
    b"\xff\x0a": "a JPEG XL picture",
    b"\x00\x00\x00\x0cJXL ": "a JPEG XL picture",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 picture",
}

NO_PICTURES = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"\x1f\x8b": "an archive",
    b"\x1aE\xdf\xa3": "a video",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
}

HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
"""In the first box of the file; AVIF has brands of its own and is read."""

AVIF_BRANDS = frozenset({b"avif", b"avis"})

_PAGE = re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def damaged(role: Role) -> str:
    """It begins as a picture, but does not decode."""
    return (
        f"{role} is damaged or incomplete. Save it again as PNG or JPEG and try once more, "
        "or send another one."
    )


def too_large(role: Role, millions: int, edge: int) -> str:
    """It would take more memory than one file may."""
    return (
        f"{role} has too many pixels: in a file like this I can take up to {millions} million, "
        f"and {edge:,} along an edge. Make it smaller and try again."
    )


def too_thin(role: Role, ratio: int) -> str:
    """No model makes sense of a line."""
    return (
        f"{role} is too long and thin: one edge may be at most {ratio} times as long as the other. "
        "Crop it and try again."
    )


def unreadable(data: bytes, role: Role) -> str:
    """Why bytes that no reader knows are not taken."""
    if not data:
        return EMPTY
    kind = _other_picture(data)
    if kind:
        return (
            f"{_this(role)} is {kind}, which I cannot read. Save it as PNG or JPEG and try again."
        )
    kind = _no_picture(data)
    if kind:
        return f"{_this(role)} is {kind}, not a picture. Send a PNG, JPEG, WebP or GIF file."
    if data.startswith(READABLE_STARTS) or data[8:12] == b"WEBP" or _brand(data) in AVIF_BRANDS:
        return damaged(role)
    return STRANGE


def _this(role: Role) -> str:
    return "This" if role is Role.PICTURE else role.value


def _brand(data: bytes) -> bytes | None:
    """Which of the many formats that begin with an `ftyp` box it is."""
    return data[8:12] if data[4:8] == b"ftyp" else None


def _other_picture(data: bytes) -> str | None:
    if _brand(data) in HEIC_BRANDS:
        return "a HEIC picture"
    if re.search(rb"<svg[\s>]", data[:4096], re.IGNORECASE) and not _PAGE.match(data):
        return "an SVG drawing"
    return next((name for start, name in OTHER_PICTURES.items() if data.startswith(start)), None)


def _no_picture(data: bytes) -> str | None:
    if _brand(data) not in {None, *AVIF_BRANDS}:
        return "a video"
    if _PAGE.match(data[:1024].removeprefix(b"\xef\xbb\xbf")):
        return "a web page"
    return next((name for start, name in NO_PICTURES.items() if data.startswith(start)), None)
