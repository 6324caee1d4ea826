"""What `POST /images/generations` takes: OpenAI's OpenAPI description, written down as a table.

As of SDK 3.51. Fields that GPT Image models refuse with 400 (response_format, style) are left out,
and so is every other: an unknown field is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Check = Callable[[object], bool]


def _text(shortest: int = 0, longest: int | None = None) -> Check:
    def check(value: object) -> bool:
        return isinstance(value, str) and shortest <= len(value) <= (longest or len(value))

    return check


def _one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _whole(least: int | None = None, most: int | None = None) -> Check:
    def check(value: object) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return (least is None or value >= least) and (most is None or value <= most)

    return check


def _size(value: object) -> bool:
    pattern = r"auto|[1-9][0-9]{1,3}x[1-9][0-9]{1,3}"
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it may hold, in words and as a check, and whether it may be null."""

    takes: str
    check: Check
    null: bool = True


FIELDS: Mapping[str, Field] = {
    "prompt": Field("1 to 32,000 characters", _text(1, 32_000), null=False),
    "model": Field("a text", _text()),
    "n": Field("1 to 10", _whole(1, 10)),
    "size": Field("auto or WIDTHxHEIGHT", _size),
    "quality": Field(
        "low to max, or auto", _one_of("low", "medium", "high", "xhigh", "max", "auto")
    ),
    "output_format": Field("a format", _one_of("png", "webp", "jpeg", "gif", "svg")),
    "output_compression": Field("0 to 100", _whole(0, 100)),
    "background": Field("transparent, opaque or auto", _one_of("transparent", "opaque", "auto")),
    "stream": Field("true or false", lambda value: isinstance(value, bool)),
    "partial_images": Field("0 to 3", _whole(0, 3)),
    "moderation": Field("low or auto", _one_of("low", "auto")),
    "complexity": Field("low, medium or high", _one_of("low", "medium", "high")),
    "frame_count": Field("2 to 16", _whole(2, 16)),
    "frame_duration_ms": Field("a whole number", _whole()),
    "safety_identifier": Field("a text", _text()),
    "user": Field("a text", _text(), null=False),
    "svg": Field("an object", lambda value: isinstance(value, dict)),
}
REQUIRED = ("prompt",)


def problems(body: Mapping[str, object]) -> list[str]:
    """What the API would refuse about a request, one sentence each; empty when it is right."""
    found = [f"{name} is missing" for name in REQUIRED if name not in body]
    for name, value in body.items():
        if name not in FIELDS:
            found.append(f"{name} is not a field")
        elif value is None:
            if not FIELDS[name].null:
                found.append(f"{name} may not be null")
        elif not FIELDS[name].check(value):
            found.append(f"{name} takes {FIELDS[name].takes}, not {value!r}")
    return found + _together(body)


def _together(body: Mapping[str, object]) -> list[str]:
    """What the API's guide says about fields that depend on each other."""
    found = []
    if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
        found.append("JPEG cannot be transparent")
    if body.get("partial_images") and not body.get("stream"):
        found.append("partial_images needs stream")
    if "output_compression" in body and body.get("output_format") not in {"jpeg", "webp"}:
        found.append("output_compression is for jpeg and webp")
    return found
