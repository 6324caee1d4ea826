"""Reads the body of an answer that should be a JSON object; no I/O."""

from __future__ import annotations

from typing import Any

import orjson

from bot.core.errors import BadAnswer, DrawingFailed, OutcomeUnknown
from bot.imageapi.envelopes import open_envelope


def object_in(
    status: int, body: bytes | bytearray, *, otherwise: type[DrawingFailed] = BadAnswer
) -> dict[str, Any]:
    """The object, whatever the answer's label says it is.

    Args:
        status: Of the HTTP answer.
        body: Whatever came.
        otherwise: What it means if it is something else, such as the page of a proxy. For a
            service that can be asked again, `OutcomeUnknown` has it asked.

    Raises:
        OutcomeUnknown: It breaks off: whatever it was, the rest is lost.
        DrawingFailed: Of that kind.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        begun = body[:64].lstrip()
        if not begun or begun.startswith((b"{", b"[")):
            raise OutcomeUnknown(f"HTTP {status}, cut after {len(body):,} bytes") from error
        message = open_envelope(body).message
        raise otherwise(f"HTTP {status} with something else than JSON: {message}") from error
    if not isinstance(content, dict):
        raise otherwise(f"HTTP {status} with something else than an object")
    return content
