"""What OpenAI's Images API takes: its OpenAPI description, written down as tables.

As of SDK 3.51. Fields that GPT Image models refuse with 400 (response_format, style) are left out,
and so is every other: an unknown field is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from bot.demo.pretend_log import Received
from tests.dialects.openai_files import problems_of_files

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


SHARED: Mapping[str, Field] = {
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
    "complexity": Field("low, medium or high", _one_of("low", "medium", "high")),
    "frame_count": Field("2 to 16", _whole(2, 16)),
    "frame_duration_ms": Field("a whole number", _whole()),
    "safety_identifier": Field("a text", _text()),
    "user": Field("a text", _text(), null=False),
    "svg": Field("an object", lambda value: isinstance(value, dict)),
}
FIELDS = {**SHARED, "moderation": Field("low or auto", _one_of("low", "auto"))}
EDIT_FIELDS = {**SHARED, "input_fidelity": Field("high or low", _one_of("high", "low"))}
REQUIRED = ("prompt",)
NOT_TEXT = frozenset(
    {
        "n",
        "output_compression",
        "stream",
        "partial_images",
        "frame_count",
        "frame_duration_ms",
        "svg",
    }
)
"""Fields that stand in a form as the JSON of their value; the others stand there as they are."""


def problems_with(received: Received) -> list[str]:
    """What the API would refuse about a request that came to the pretend one, a sentence each.

    Generations are JSON. Edits are forms, whose fields are texts beside files.
    """
    if received.path.endswith("/images/generations"):
        surplus = [f"{part.name} is a file" for part in received.parts]
        return problems(received.fields) + surplus
    if received.path.endswith("/images/edits"):
        files = problems_of_files(received.parts)
        return problems(_from_form(received.fields), EDIT_FIELDS) + files
    return [f"{received.path} is no address for pictures"]


def problems(body: Mapping[str, object], fields: Mapping[str, Field] = FIELDS) -> list[str]:
    """What the API would refuse about a body, one sentence each; empty when it is right."""
    found = [f"{name} is missing" for name in REQUIRED if name not in body]
    for name, value in body.items():
        if name not in fields:
            found.append(f"{name} is not a field")
        elif value is None:
            if not fields[name].null:
                found.append(f"{name} may not be null")
        elif not fields[name].check(value):
            found.append(f"{name} takes {fields[name].takes}, not {value!r}")
    return found + _together(body) + _of_model(body)


def _from_form(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(name, text) for name, text in fields.items()}


def _value(name: str, text: object) -> object:
    """What a text of a form means; a value of another kind did not come from a form."""
    if not isinstance(text, str):
        return f"{text!r}, which is no text"
    if name not in NOT_TEXT:
        return text
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return text if value is None else value


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


def _of_model(body: Mapping[str, object]) -> list[str]:
    """What the API's guide says about fields that only some models take."""
    model = str(body.get("model") or "gpt-image-2")
    first = not model.startswith("gpt-image-2")
    latest = model.startswith(("gpt-image-2.5", "gpt-image-2.6"))
    found = []
    if body.get("quality") in {"xhigh", "max"} and not latest:
        found.append(f"{model} does not know the quality {body['quality']}")
    if body.get("complexity") and not model.startswith("gpt-image-2.6"):
        found.append(f"{model} does not know complexity")
    if body.get("input_fidelity") and (not first or model == "gpt-image-1-mini"):
        found.append(f"{model} refuses input_fidelity")
    size = body.get("size")
    if isinstance(size, str) and _size(size) and size != "auto" and not _drawn(size, first=first):
        found.append(f"{model} does not draw {size}")
    return found


def _drawn(size: str, *, first: bool) -> bool:
    if first:
        return size in {"1024x1024", "1024x1536", "1536x1024"}
    shorter, longer = sorted(map(int, size.split("x")))
    return (
        not shorter % 16
        and not longer % 16
        and longer <= min(3840, 3 * shorter)
        and 655_360 <= shorter * longer <= 8_294_400
    )
