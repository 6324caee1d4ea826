"""Writes multipart/form-data as chunks to be sent one after the other (RFC 7578); no I/O.

A picture stands in the form as the very object that was handed in: nothing of it is copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEWLINE = b"\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a form.

    Attributes:
        part: The name of its part.
        name: The name of the file.
        type: Its media type, such as `image/png`.
    """

    part: str
    name: str
    type: str
    content: bytes = field(repr=False)


def form(
    texts: Mapping[str, str], files: Sequence[File], *, seed: str
) -> tuple[str, tuple[bytes, ...]]:
    """The `Content-Type` of a form and its body.

    Args:
        texts: By the name of their part; first in the form.
        files: In their order; repeated names are a list.
        seed: What the boundary is made from, so that the same form is the same bytes. Whoever
            writes a part must not be able to choose it.
    """
    encoded = {name: text.encode() for name, text in texts.items()}
    boundary = _boundary(seed, [*encoded.values(), *(file.content for file in files)])
    line = b"--" + boundary
    chunks: list[bytes] = []
    between = b""
    for name, text in encoded.items():
        between += line + NEWLINE + _disposition(name) + NEWLINE * 2 + text + NEWLINE
    for file in files:
        about = f'; filename="{file.name}"\r\nContent-Type: {file.type}'.encode()
        chunks.append(between + line + NEWLINE + _disposition(file.part) + about + NEWLINE * 2)
        chunks.append(file.content)
        between = NEWLINE
    chunks.append(between + line + b"--" + NEWLINE)
    return f"multipart/form-data; boundary={boundary.decode()}", tuple(chunks)


def _disposition(name: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"'.encode()


def _boundary(seed: str, contents: Sequence[bytes]) -> bytes:
    """One that none of the contents has in it; searching 50 MB takes 5 ms."""
    digests = (sha256(f"{seed} {number}".encode()).hexdigest() for number in count())
    candidates = (f"easel-{digest[:32]}".encode() for digest in digests)
    return next(each for each in candidates if not any(each in content for content in contents))
