"""GPT Proto's own API: an order, then questions until its pictures are links; no I/O.

Sources: public code that draws with it, and a page of notes taken from its documents. An order is
answered with the address to ask at, which is to be used as it is. Pictures to edit must be public
https addresses, which Easel cannot give, so it takes none here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from bot.core.errors import BadAnswer, DrawingFailed, OutcomeUnknown, TooFast, Unreachable
from bot.imageapi.calls import Answer, Body, Call, Link, Order, Partial, Pending
from bot.imageapi.encoded import decoded
from bot.imageapi.envelopes import Envelope, envelope_of, has_error, open_envelope
from bot.imageapi.failures import from_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {"draw": "/api/v3/{model}/text-to-image"}

FIELDS = frozenset({"prompt", "n", "size", "quality", "response_format"})

EDIT_FIELDS: frozenset[str] = frozenset()

AFTER = 2.5
"""Seconds between two questions: each counts towards its limit, and 1 to 3 are recommended."""


def request(order: Order, inputs: Inputs) -> Call:  # noqa: ARG001 - it takes no pictures
    """`POST /api/v3/{maker}/{model}/text-to-image`; the file's name for a model has both."""
    provider, wish = order.provider, order.request
    body: dict[str, Any] = {
        "prompt": wish.full_prompt,
        "n": wish.count,
        "size": str(wish.size),
        "quality": wish.quality.value,
        "response_format": "url",
    }
    listed = {name: value for name, value in body.items() if name in provider.fields}
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
        DrawingFailed: One of the tree in `core.errors`; `OutcomeUnknown` where nobody can tell.
    """
    if not 200 <= status < 300:
        raise from_envelope(status, headers, open_envelope(body), now=now)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise OutcomeUnknown(f"HTTP {status} with something else than JSON") from error
    if not isinstance(content, dict):
        raise BadAnswer(f"HTTP {status} with something else than an object")
    task = content.get("data")
    state = str(task.get("status") or "").strip().lower() if isinstance(task, dict) else ""
    if not isinstance(task, dict) or not state:
        # Refused with status 200, as relays do: {"code": 400, "message": …}.
        code = _code(content)
        if code or has_error(content):
            raise from_envelope(code or status, headers, envelope_of(content), now=now)
        raise OutcomeUnknown(f"HTTP {status} that says nothing about a drawing")
    if state == "failed":
        raise _failure(task, headers, now)
    if state == "completed":
        return _finished(task)
    where = _where(task)
    return Pending(call=Call(method="GET", path=where) if where else None, after=AFTER)


def _finished(task: dict[str, Any]) -> Answer:
    outputs = task.get("outputs")
    pictures = tuple(_pictures(outputs if isinstance(outputs, list) else []))
    if not pictures:
        raise BadAnswer("completed, and no picture in it")
    return Answer(pictures=pictures)


def _pictures(outputs: list[Any]) -> Iterator[bytes | Link]:
    for output in outputs:
        if not isinstance(output, str):
            continue
        if output.startswith(("http://", "https://")):
            yield Link(output)
        elif picture := decoded(output):
            yield picture


def _failure(task: dict[str, Any], headers: Mapping[str, str], now: datetime) -> DrawingFailed:
    """Why it failed: a sentence, or an error as others write it.

    What may be tried again, or may have been paid, is said of the service behind it: here, it is
    over.
    """
    error = task.get("error")
    envelope = envelope_of({"error": error}) if error else Envelope(message="failed")
    failure = from_envelope(200, headers, envelope, now=now)
    over = isinstance(failure, TooFast | Unreachable | OutcomeUnknown)
    return DrawingFailed(failure.detail) if over else failure


def _where(task: dict[str, Any]) -> str | None:
    urls = task.get("urls")
    where = urls.get("get") if isinstance(urls, dict) else None
    return where if isinstance(where, str) and where else None


def _code(content: dict[str, Any]) -> int | None:
    """The status that it means."""
    code = content.get("code")
    return code if isinstance(code, int) and 400 <= code < 600 else None


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,  # noqa: ARG001 - it does not stream
    headers: Mapping[str, str],  # noqa: ARG001 - likewise
    *,
    now: datetime,  # noqa: ARG001 - likewise
) -> Partial | Answer | None:
    """It sends no events."""
    return None
