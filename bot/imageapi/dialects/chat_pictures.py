"""Finds the pictures in what a chat model said; no I/O."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.imageapi.calls import Link
from bot.imageapi.encoded import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 50
"""Addresses in one answer that are looked at."""

ALT = 400
"""Characters of the words in brackets before an address."""

# Each character is looked at once: an answer is text of megabytes that a stranger wrote. Whatever
# ends an address in a sentence ends it here, brackets and all that is not ASCII included.
_ADDRESS = re.compile(
    r"data:image/[\w.+-]{1,40};base64,[\w+/=-]+|https?://[\w!#$%&*+,./:;=?@^{|}~-]{4,8000}",
    re.ASCII,
)

_FILE = re.compile(r"\.(png|jpe?g|webp)$", re.IGNORECASE)

_BASE64 = ("iVBORw0KGgo", "/9j/", "UklGR")
"""How PNG, JPEG and WebP begin as base64."""


def pictures_in(entries: Iterable[Any], text: str, prompt: str) -> Iterator[bytes | Link]:
    """Every picture, in order and once: those that stand beside the text, or else those in it.

    In the text, a picture in Markdown or one that is written out is what was meant. Only where
    there is none, other links are: those to a picture's file, or else any.

    Args:
        entries: What was said beside the text: addresses, or tables that hold one or base64.
        text: All that was written.
        prompt: What was asked for: an address in it is repeated, not given.
    """
    seen: set[str] = set()
    beside = [each for entry in entries if (each := _picture_of(entry, seen))]
    if beside:
        yield from beside
        return
    if text.startswith(_BASE64) and (picture := decoded(text)):
        yield picture
        return
    for address in _meant(text, prompt):
        if each := _picture_at(address, seen):
            yield each


def _picture_of(entry: Any, seen: set[str]) -> bytes | Link | None:
    if isinstance(entry, dict):
        for name in ("image_url", "url"):
            found = entry.get(name)
            found = found.get("url") if isinstance(found, dict) else found
            if isinstance(found, str) and (picture := _picture_at(found, seen)):
                return picture
        encoded = entry.get("b64_json")
        return decoded(encoded) or None if isinstance(encoded, str) else None
    return _picture_at(entry, seen) if isinstance(entry, str) else None


def _picture_at(address: str, seen: set[str]) -> bytes | Link | None:
    if address in seen:
        return None
    seen.add(address)
    if address.startswith("data:"):
        return decoded(address) or None
    return Link(address) if address.startswith(("http://", "https://")) else None


def _meant(text: str, prompt: str) -> list[str]:
    shown: list[str] = []
    others: dict[str, str] = {}
    for found in islice(_ADDRESS.finditer(text), MOST):
        address = found[0].rstrip(".,;:!?*")
        if address in prompt:
            continue
        if address.startswith("data:") or _is_shown(text, found.start()):
            shown.append(address.replace("&amp;", "&"))
        else:
            # The same file is often linked twice: to be seen, and to be downloaded.
            others.setdefault(_name(address), address)
    files = [address for name, address in others.items() if _FILE.search(name)]
    return shown or files or list(others.values())


def _is_shown(text: str, start: int) -> bool:
    """Whether it is the address of a picture in Markdown or in HTML."""
    before = text[max(start - ALT, 0) : start]
    if before.endswith("]("):
        bracket = before.rfind("[", 0, -2)
        return before[bracket - 1 : bracket] == "!" if bracket > 0 else False
    return before.endswith(('src="', "src='"))


def _name(address: str) -> str:
    """What the file is called, without what follows the question mark."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return address
    return path.rpartition("/")[2] or address
