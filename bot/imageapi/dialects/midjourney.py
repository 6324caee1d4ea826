"""Relays of Midjourney: midjourney-proxy, and what new-api makes of it; no I/O.

Source: the documents of midjourney-proxy. An order is answered with the id of a task, which is
asked for until it succeeded or failed. A task draws four small pictures in a grid; Easel takes the
grid for the one picture that it is, and asks for nothing that would be paid besides.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    BadParameter,
    Blocked,
    DrawingFailed,
    OutcomeUnknown,
    TooFast,
)
from bot.imageapi.bodies import object_in
from bot.imageapi.calls import Answer, Body, Call, Link, Order, Partial, Pending
from bot.imageapi.encoded import data_url
from bot.imageapi.envelopes import Envelope, open_envelope
from bot.imageapi.failures import from_envelope
from bot.imageapi.shapes import nearest_shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {"draw": "/mj/submit/imagine", "task": "/mj/task/{id}/fetch"}

FIELDS = frozenset({"prompt", "botType", "ar", "no", "parameters"})
"""`ar`, `no` and `parameters` are words after the prompt: its shape, what to avoid, and whatever
the provider's file says, such as `--v 7`."""

EDIT_FIELDS = FIELDS
"""Beside the pictures, which are `base64Array`."""

SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "9:21", "21:9")

AFTER = 3.0
"""Seconds between two questions."""

TAKEN = {1, 21, 22}
"""Codes of an order that is drawn: submitted, known already, waiting in the relay's queue."""

FULL, BANNED = 23, 24
"""Codes of an order that is not: the relay's queue is full, a word is forbidden."""

_PARAMETER = re.compile(r"(?:--|—|–)(?=\w)")

_REFUSED = re.compile(
    r"banned|moderat|sensitive|敏感|community (guidelines|standards)|blocked|nsfw|violat",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"quota|subscription|credit|fast hours|account|余额|额度|账号", re.IGNORECASE)


def request(order: Order, inputs: Inputs) -> Call:
    """`POST /mj/submit/imagine`: one grid.

    Parameters in the member's own words become plain words: `--repeat 10` would be ten orders, of
    which one was paid for here.
    """
    provider, wish = order.provider, order.request
    allowed = provider.edits.fields if inputs.sources and provider.edits else provider.fields
    constants = provider.defaults.of(wish.quality)
    words = [_plain(replace(wish, avoid="").full_prompt)]
    if "ar" in allowed:
        words.append(f"--ar {nearest_shape(wish.size, SHAPES)}")
    if "no" in allowed and wish.avoid:
        words.append(f"--no {_plain(wish.avoid)}")
    if parameters := constants.pop("parameters", ""):
        words.append(str(parameters))
    body: dict[str, Any] = {**constants, "prompt": " ".join(words)}
    listed = {name: value for name, value in body.items() if name in allowed}
    if inputs.sources:
        listed["base64Array"] = [data_url(kind, content) for kind, content in inputs.sources]
    return Call(
        method="POST",
        path=provider.path("draw", order.model),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=Body(orjson.dumps(listed)),
    )


def _plain(words: str) -> str:
    """The words on one line, with nothing in them that Midjourney takes for a parameter."""
    return _PARAMETER.sub("- ", " ".join(words.split()))


def answer(
    order: Order,
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer | Pending:
    """Understand what an order, or a question after it, was answered with.

    Raises:
        DrawingFailed: One of the tree in `core.errors`; `OutcomeUnknown` where a question says
            nothing that is known.
    """
    if not 200 <= status < 300:
        raise from_envelope(status, headers, _envelope(body), now=now)
    content = object_in(status, body, otherwise=OutcomeUnknown)
    if isinstance(content.get("status"), str):
        return _state(content)
    code, task = content.get("code"), content.get("result")
    if code in TAKEN and isinstance(task, str | int) and task:
        path = order.provider.path("task", order.model).replace("{id}", quote(str(task), safe=""))
        return Pending(call=Call(method="GET", path=path), after=AFTER)
    said = f"code {code}: {content.get('description')}"
    if code == BANNED:
        raise Blocked(said)
    if code == FULL:
        raise TooFast(said)
    if code in TAKEN:
        raise BadAnswer("it took the order and does not name its task")
    # Nothing was submitted, whatever the reason.
    refused = from_envelope(409, headers, Envelope(message=said), now=now)
    raise _failure(said) if type(refused) is DrawingFailed else refused


def _envelope(body: bytes | bytearray) -> Envelope:
    """An error as relays write it, with its text in `description`."""
    envelope = open_envelope(body)
    if envelope.message or not envelope.readable:
        return envelope
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return envelope
    told = content.get("description") if isinstance(content, dict) else None
    return replace(envelope, message=told) if isinstance(told, str) else envelope


def _state(content: dict[str, Any]) -> Answer | Pending:
    state = content["status"].upper()
    if state == "SUCCESS":
        where = content.get("imageUrl")
        if not isinstance(where, str) or not where:
            raise BadAnswer("it succeeded, and there is no picture in it")
        return Answer(pictures=(Link(where),))
    if state in {"FAILURE", "CANCEL"}:
        raise _failure(f"{state}: {content.get('failReason')}")
    progress = str(content.get("progress") or "").removesuffix("%")
    share = int(progress) if progress.isdecimal() and len(progress) <= 3 else None
    return Pending(after=AFTER, progress=share)


def _failure(reason: str) -> DrawingFailed:
    if _REFUSED.search(reason):
        return Blocked(reason)
    if "invalid" in reason.lower():
        return BadParameter(reason)
    return AccountProblem(reason) if _ACCOUNT.search(reason) else DrawingFailed(reason)


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,  # noqa: ARG001 - it does not stream
    headers: Mapping[str, str],  # noqa: ARG001 - likewise
    *,
    now: datetime,  # noqa: ARG001 - likewise
) -> Partial | Answer | None:
    """It sends no events."""
    return None
