"""Ideogram's API, version 1 with Ideogram 3: words, pictures taken after, and masked edits; no I/O.

Source: the reference at developer.ideogram.ai. An answer links to its pictures, for a day at most;
one that its safety check took away has no link.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.core.errors import BadAnswer, Blocked
from bot.core.images import Quality
from bot.imageapi.bodies import object_in
from bot.imageapi.calls import Answer, Body, Call, Link, Order, Partial
from bot.imageapi.envelopes import envelope_of, has_error, open_envelope
from bot.imageapi.failures import from_envelope
from bot.imageapi.forms import File, form
from bot.imageapi.shapes import nearest_shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {
    "generate": "/v1/ideogram-v3/generate",
    "remix": "/v1/ideogram-v3/remix",
    "inpaint": "/v1/ideogram-v3/inpaint",
}

FIELDS = frozenset(
    {
        "prompt",
        "negative_prompt",
        "aspect_ratio",
        "rendering_speed",
        "num_images",
        "magic_prompt",
        "style_type",
        "seed",
    }
)

EDIT_FIELDS = FIELDS | {"image_weight"}
"""Beside `image` and `mask`."""

NOT_INPAINTED = frozenset({"negative_prompt", "aspect_ratio", "image_weight"})
"""Fields that a masked edit does not have: it keeps the picture's size and what is around."""

SHAPES = (
    *("1x1", "2x3", "3x2", "3x4", "4x3", "4x5", "5x4", "9x16", "16x9", "10x16", "16x10"),
    *("1x2", "2x1", "1x3", "3x1"),
)

SPEEDS = {Quality.LOW: "TURBO", Quality.MEDIUM: "DEFAULT", Quality.HIGH: "QUALITY"}


def request(order: Order, inputs: Inputs) -> Call:
    """A form to `…/generate`; with a picture to `…/remix`, with a mask for it to `…/inpaint`."""
    provider, wish = order.provider, order.request
    what = "inpaint" if inputs.mask is not None else "remix" if inputs.sources else "generate"
    allowed = provider.edits.fields if inputs.sources and provider.edits else provider.fields
    if what == "inpaint":
        allowed -= NOT_INPAINTED
    texts: dict[str, Any] = {
        **provider.defaults.of(wish.quality),
        "prompt": wish.full_prompt,
        "aspect_ratio": nearest_shape(wish.size, SHAPES, between="x"),
        "rendering_speed": SPEEDS.get(wish.quality, "DEFAULT"),
        "num_images": wish.count,
    }
    if "negative_prompt" in allowed and wish.avoid:
        texts["prompt"] = replace(wish, avoid="").full_prompt
        texts["negative_prompt"] = wish.avoid
    files = [
        File(part="image", name=f"image.{kind.extension}", type=f"image/{kind.value}", content=each)
        for kind, each in inputs.sources
    ]
    if inputs.mask is not None:
        files.append(File(part="mask", name="mask.png", type="image/png", content=inputs.mask))
    hashes = [source.sha256 for source in wish.sources]
    kind, chunks = form(
        {name: str(value) for name, value in texts.items() if name in allowed},
        files,
        seed=" ".join([*hashes, wish.mask or "", wish.full_prompt]),
    )
    return Call(
        method="POST",
        path=provider.path(what, order.model),
        headers={"Content-Type": kind, "Accept": "application/json"},
        body=Body(*chunks),
    )


def answer(
    order: Order,  # noqa: ARG001 - what came says by itself what it is
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer:
    """Understand what came: links to pictures. Fewer than asked for are an answer, none is not.

    Raises:
        DrawingFailed: One of the tree in `core.errors`; `Blocked` where each picture was drawn and
            taken away.
    """
    if not 200 <= status < 300:
        raise from_envelope(status, headers, open_envelope(body), now=now)
    content = object_in(status, body)
    data = content.get("data")
    entries = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    links = [each["url"] for each in entries if _is_link(each.get("url")) and _is_safe(each)]
    if links:
        return Answer(pictures=tuple(map(Link, links)))
    if not all(map(_is_safe, entries)):
        raise Blocked("output stage: no picture passed its safety check")
    if has_error(content):
        raise from_envelope(status, headers, envelope_of(content), now=now)
    raise BadAnswer("HTTP 200 without any picture in it")


def _is_link(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _is_safe(entry: Mapping[str, Any]) -> bool:
    return entry.get("is_image_safe") is not False


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,  # noqa: ARG001 - it does not stream
    headers: Mapping[str, str],  # noqa: ARG001 - likewise
    *,
    now: datetime,  # noqa: ARG001 - likewise
) -> Partial | Answer | None:
    """It sends no events."""
    return None
