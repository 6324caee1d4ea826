"""Black Forest Labs' API for FLUX: an order, then questions until the picture is ready; no I/O.

Source: the documents of BFL's API. An order is answered with the address to ask at, which may be
on another host of theirs, and with what it takes in credits; the picture is a link that lives for
ten minutes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson
import pybase64

from bot.core.errors import BadAnswer, Blocked, DrawingFailed, OutcomeUnknown
from bot.core.pricing import Usage
from bot.imageapi.bodies import object_in
from bot.imageapi.calls import Answer, Body, Call, Link, Order, Partial, Pending
from bot.imageapi.envelopes import open_envelope
from bot.imageapi.failures import from_envelope
from bot.imageapi.shapes import nearest_shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {"draw": "/{model}"}

FIELDS = frozenset({"prompt", "width", "height", "aspect_ratio", "output_format"})

EDIT_FIELDS = FIELDS
"""Beside the pictures: `input_image`, `input_image_2` and so on."""

SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "9:21", "21:9")

AFTER = 1.5
"""Seconds between two questions."""

CREDIT = 10_000
"""Micro-dollars: a cent."""

MOST = 10_000
"""Credits that one picture may cost; more is none that was meant."""

REFUSED = {"request moderated", "content moderated"}


def request(order: Order, inputs: Inputs) -> Call:
    """`POST /{model}`: one picture. A model of any size is told it, another one its shape."""
    provider, wish = order.provider, order.request
    body: dict[str, Any] = {"prompt": wish.full_prompt, "output_format": wish.format.value}
    if order.model.sizes.free:
        body |= {"width": wish.size.width, "height": wish.size.height}
    else:
        body["aspect_ratio"] = nearest_shape(wish.size, SHAPES)
    allowed = provider.edits.fields if inputs.sources and provider.edits else provider.fields
    listed = {name: value for name, value in body.items() if name in allowed}
    for number, (_, content) in enumerate(inputs.sources, start=1):
        name = "input_image" if number == 1 else f"input_image_{number}"
        listed[name] = pybase64.b64encode(content).decode()
    return Call(
        method="POST",
        path=provider.path("draw", order.model),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=Body(orjson.dumps(listed)),
    )


def answer(
    order: Order,  # noqa: ARG001 - what came says by itself what it is
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer | Pending:
    """Understand what the order, or a question after it, was answered with.

    Raises:
        DrawingFailed: One of the tree in `core.errors`; `OutcomeUnknown` where a question says
            nothing that is known.
    """
    if not 200 <= status < 300:
        raise from_envelope(status, headers, open_envelope(body), now=now)
    content = object_in(status, body, otherwise=OutcomeUnknown)
    where = content.get("polling_url")
    if isinstance(where, str) and where:
        call = Call(method="GET", path=where)
        return Pending(call=call, after=AFTER, usage=_usage(content))
    return _state(content)


def _state(content: dict[str, Any]) -> Answer | Pending:
    state = str(content.get("status", "")).strip().lower()
    if state == "ready":
        result = content.get("result")
        sample = result.get("sample") if isinstance(result, dict) else None
        if not isinstance(sample, str) or not sample:
            raise BadAnswer("ready, and no picture in it")
        return Answer(pictures=(Link(sample),), usage=_usage(content))
    if state in REFUSED:
        raise Blocked(f"{state}: {content.get('details')}")
    if state in {"error", "failed"}:
        raise DrawingFailed(f"{state}: {content.get('details')}")
    if state == "task not found":
        raise OutcomeUnknown(state)
    progress = content.get("progress")
    share = progress if isinstance(progress, int | float) and 0 <= progress <= 1 else None
    return Pending(after=AFTER, progress=None if share is None else round(share * 100))


def _usage(content: dict[str, Any]) -> Usage | None:
    """What it takes, where it says so; it depends on what was sent along as well."""
    credits_ = content.get("cost")
    if not isinstance(credits_, int | float) or not 0 <= credits_ < MOST:
        return None
    return Usage(charge=math.ceil(round(credits_ * CREDIT, 3)))


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,  # noqa: ARG001 - it does not stream
    headers: Mapping[str, str],  # noqa: ARG001 - likewise
    *,
    now: datetime,  # noqa: ARG001 - likewise
) -> Partial | Answer | None:
    """It sends no events."""
    return None
