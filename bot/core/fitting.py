"""How pictures get under Discord's upload limits without being lost.

The ladder: the bytes as they are, then WebP or JPEG at falling quality, then smaller. Files that
fit one by one but not together are spread over several messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.images import Format

PER_REQUEST = 24 * 1024 * 1024
"""Bytes of one message with all its files; Discord takes 25 MiB, some of it for the envelope."""

PER_MESSAGE = 10
"""Files in one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One way to write a picture.

    Attributes:
        quality: 1 to 100, as encoders of lossy formats understand it.
        percent: Of the picture's edges that remain.
    """

    format: Format
    quality: int
    percent: int


def ladder(*, transparent: bool) -> Iterator[Rung]:
    """What to try, in order, when a picture is over the limit as it is.

    WebP keeps transparency; JPEG is what every client shows at once.
    """
    lossy = Format.WEBP if transparent else Format.JPEG
    yield Rung(format=Format.WEBP, quality=92, percent=100)
    yield Rung(format=lossy, quality=85, percent=100)
    yield Rung(format=lossy, quality=75, percent=100)
    for percent in (75, 50, 35, 25, 15):
        yield Rung(format=lossy, quality=80, percent=percent)


def pack(sizes: Sequence[int], *, limit: int = PER_REQUEST) -> tuple[tuple[int, ...], ...]:
    """Which files go into which message, in order.

    Args:
        sizes: Bytes of each file; each is under the limit of its own.
        limit: Bytes that one message takes.
    """
    messages: list[tuple[int, ...]] = []
    current: list[int] = []
    room = limit
    for index, size in enumerate(sizes):
        if current and (size > room or len(current) == PER_MESSAGE):
            messages.append(tuple(current))
            current, room = [], limit
        current.append(index)
        room -= size
    if current:
        messages.append(tuple(current))
    return tuple(messages)
