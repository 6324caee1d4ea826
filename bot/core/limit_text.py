"""A limit as it is typed into one field of a form: `5 pictures and $2.50`, `unlimited`."""

from __future__ import annotations

import re

from bot.core.errors import InvalidRequest
from bot.core.pricing import read_dollars

UNLIMITED = re.compile(r"unlimited|no limits?", re.IGNORECASE)
NOTHING = re.compile(r"none|nothing|0", re.IGNORECASE)
PICTURES = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d{1,7})(?:\s*(?:pictures?|images?|pics?))?", re.IGNORECASE
)
DOLLARS = re.compile(r"\$\s*[\d.,]+|[\d.,]+\s*(?:\$|dollars?|usd)", re.IGNORECASE)
BETWEEN = re.compile(r"\s+and\s+|\s*(?:,(?!\d)|;|\+|&)\s*", re.IGNORECASE)

Typed = tuple[int | None, int | None]
"""Pictures and micro-dollars; with neither, it is said that there is no limit."""

HOW = "Write a limit like 5 pictures, $2.50, 5 pictures and $2.50, or unlimited."


def read_limit(text: str) -> Typed | None:
    """What was typed; None where the field is empty, so that nothing is set.

    Raises:
        InvalidRequest: It is not a limit; the sentence shows how one is written.
    """
    text = text.strip()
    if not text:
        return None
    if UNLIMITED.fullmatch(text):
        return None, None
    if NOTHING.fullmatch(text):
        return 0, None
    pictures: int | None = None
    micro: int | None = None
    for part in BETWEEN.split(text):
        if DOLLARS.fullmatch(part) and micro is None:
            micro = read_dollars(re.sub(r"[^\d.,]", "", part))
        elif (found := PICTURES.fullmatch(part)) and pictures is None:
            pictures = int(found[1].replace(",", ""))
        else:
            raise InvalidRequest(f"“{text[:60]}” is not a limit. {HOW}")
    return pictures, micro
