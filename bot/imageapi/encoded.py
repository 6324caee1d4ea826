"""Pictures as text, as answers hold them and requests carry them; no I/O."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import pybase64

if TYPE_CHECKING:
    from bot.core.images import Format


def decoded(text: str) -> bytes | None:
    """The bytes of base64, with `data:` before it or without; None where it is none."""
    if text.startswith("data:"):
        text = text[text.find(",") + 1 :]
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        pass
    # Line breaks, the alphabet for URLs, or no padding: slower, and nearly never needed.
    tidy = "".join(text.split()).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return pybase64.b64decode(tidy + "=" * (-len(tidy) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None


def data_url(form: Format, content: bytes) -> str:
    """The picture as an address that holds it."""
    return f"data:image/{form.value};base64,{pybase64.b64encode(content).decode()}"
