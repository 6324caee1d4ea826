"""Which part of a picture is meant: `left half`, `bottom right corner`, `10%,20%,50%,40%`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.errors import InvalidRequest
from bot.core.images import Size

WHOLE = 10_000
"""A whole edge, in hundredths of a percent."""

PARTS = {"half": WHOLE // 2, "third": WHOLE // 3, "quarter": WHOLE // 4}
SIDEWAYS = {"left": "first", "right": "last"}
UPRIGHT = {"top": "first", "upper": "first", "bottom": "last", "lower": "last"}
MIDDLE = frozenset({"center", "centre", "middle"})
FILLERS = frozenset(
    {"a", "an", "the", "one", "of", "in", "on", "at", "part", "side", "area", "corner", "edge"}
    | {"image", "photo", "picture"}
)
SEVERAL = {"two thirds": "66.67%", "three quarters": "75%"}

EXAMPLES = (
    "Name a part like `left half`, `top third`, `right 30%`, `bottom right corner` or `center`, "
    "or a box like `10%,20%,50%,40%` (from the left, from the top, width, height)."
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in hundredths of a percent of the picture's edges."""

    left: int
    top: int
    right: int
    bottom: int

    def pixels(self, size: Size) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels of a picture; never empty."""
        left = self.left * size.width // WHOLE
        top = self.top * size.height // WHOLE
        right = -(-self.right * size.width // WHOLE)
        bottom = -(-self.bottom * size.height // WHOLE)
        return left, top, max(right, left + 1), max(bottom, top + 1)


def parse_region(text: str) -> Box:
    """The box that the words or numbers mean.

    Raises:
        InvalidRequest: They mean none, or the whole picture.
    """
    box = _from_numbers(text) or _from_words(text)
    if box is None:
        raise InvalidRequest(f"“{text[:60]}” is not a part of a picture that I know. {EXAMPLES}")
    if box == Box(0, 0, WHOLE, WHOLE):
        raise InvalidRequest("That is the whole picture. Leave `region` out to change all of it.")
    return box


def _from_numbers(text: str) -> Box | None:
    found = re.fullmatch(
        r"\s*" + r"[\s,;]+".join([r"(\d{1,3}(?:\.\d{1,2})?)\s*%?"] * 4) + r"\s*", text
    )
    if not found:
        return None
    left, top, width, height = (_hundredths(number) for number in found.groups())
    if not width or not height:
        raise InvalidRequest("A box needs a width and a height of more than 0%.")
    if left + width > WHOLE or top + height > WHOLE:
        raise InvalidRequest(
            f"The box {text.strip()[:40]} is not inside the picture: the distance from the left "
            "and the width may be 100% together, and so may the distance from the top and the "
            "height."
        )
    return Box(left, top, left + width, top + height)


def _hundredths(number: str) -> int:
    whole, _, fraction = number.partition(".")
    return int(whole) * 100 + int(fraction.ljust(2, "0") or 0)


def _from_words(text: str) -> Box | None:
    words = _words(text)
    parts = [part for word in words if (part := _part(word))]
    across = {SIDEWAYS[word] for word in words if word in SIDEWAYS}
    down = {UPRIGHT[word] for word in words if word in UPRIGHT}
    central = not MIDDLE.isdisjoint(words)
    known = {*SIDEWAYS, *UPRIGHT, *MIDDLE, *FILLERS}
    # A word that is not understood may change the meaning of all the others.
    if any(word not in known and not _part(word) for word in words):
        return None
    if len(across) > 1 or len(down) > 1 or len(parts) > 1 or not (across or down or central):
        return None
    part = _extent(words, parts, corner=bool(across and down))
    # `center` is the middle both ways, `top center` the middle of the top; `middle third` is a
    # strip from top to bottom, as the left and the right third are.
    aside = "middle" if central else "all"
    upright = "all" if parts and not across else aside
    left, right = _span(across.pop() if across else aside, part)
    top, bottom = _span(down.pop() if down else upright, part)
    return Box(left, top, right, bottom)


def _words(text: str) -> list[str]:
    """Words and percentages, in lower case: `["left", "30%"]`."""
    text = re.sub(r"[\s-]+", " ", text.lower())
    for several, percent in SEVERAL.items():
        text = text.replace(several, percent)
    text = re.sub(r"(\d) ?(?:%|percent\b)", r"\1%", text)
    return [word for word in re.split(r"[ ,;:!`'\"“”]+|\.(?!\d)", text) if word]


def _part(word: str) -> int | None:
    """How much of an edge a word means, if it means any."""
    found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,2})?)%", word)
    return _hundredths(found[1]) if found else PARTS.get(word)


def _extent(words: list[str], parts: list[int], *, corner: bool) -> int:
    if corner and "quarter" in words:
        return WHOLE // 2  # a quarter of the picture, not of each edge
    if parts:
        return parts[0]
    if corner and "corner" in words:
        return WHOLE // 3
    if "edge" in words and not corner:
        return WHOLE // 10
    return WHOLE // 2


def _span(where: str, part: int) -> tuple[int, int]:
    match where:
        case "first":
            return 0, part
        case "last":
            return WHOLE - part, WHOLE
        case "middle":
            start = (WHOLE - part) // 2
            return start, start + part
        case _:
            return 0, WHOLE
