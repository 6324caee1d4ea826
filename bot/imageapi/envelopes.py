"""Finds code, type and message in whatever an image service calls an error.

The shapes that occur in the wild, besides OpenAI's `{"error": {code, type, param, message}}`:
`{"error": "text"}` and `{"error": "server_error", "message": …}` (sd.cpp), `{"detail": …}`
(FastAPI), `{"success": false, "message": …}` (new-api), `[{"error": {…}}]` (Gemini), LiteLLM's
wrap that puts the status into `code` and keeps the truth in the message, plain text, and HTML.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import orjson

TEXT_LIMIT = 4_000
"""Characters of an error that are looked at; a real one is shorter."""

WORD_LIMIT = 200
"""Characters of a code; whatever is longer is none."""

MOST = 20
"""Categories that are named."""

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an error says about itself; empty strings where it says nothing.

    Attributes:
        code: Lower case, never a mere number.
        type: Likewise; for Azure its inner code, for Gemini its `status`.
        message: As the service wrote it: it may repeat the prompt or the key.
        readable: Whether it came in the service's own words, not as a page of some proxy.
        stage: For safety: what was refused, `input` or `output`.
        categories: For safety: why.
    """

    code: str = ""
    type: str = ""
    message: str = ""
    readable: bool = True
    stage: str = ""
    categories: tuple[str, ...] = ()


def open_envelope(body: bytes | bytearray) -> Envelope:
    """Read the body of an answer that is, or may be, an error."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _from_text(bytes(body[:TEXT_LIMIT]).decode(errors="replace").strip())
    return envelope_of(content)


def envelope_of(content: Any) -> Envelope:
    """Read an error from JSON that was parsed already."""
    if isinstance(content, list) and content:
        content = content[0]
    if isinstance(content, str):
        return Envelope(message=_text(content))
    if not isinstance(content, dict):
        return Envelope()
    error = content.get("error") or content.get("detail") or content.get("errors")
    if isinstance(error, list) and error:
        error = error[0]
    if isinstance(error, dict):
        # FastAPI wraps what was raised: {"detail": {"error": {…}}}.
        inner = error.get("error")
        return _from_dict(inner if isinstance(inner, dict) else error)
    if isinstance(error, str):
        # A text, or a code with the text beside it.
        beside = _text(content.get("message"))
        if beside and " " not in error:
            return Envelope(code=_word(error), type=_word(content.get("type")), message=beside)
        return Envelope(code=_word(content.get("code")), message=_text(error))
    return _from_dict(content)


def has_error(content: Any) -> bool:
    """Whether JSON that came with status 200 is an error all the same."""
    if not isinstance(content, dict):
        return True
    return bool(content.get("error") or content.get("detail")) or content.get("success") is False


def _from_dict(error: dict[str, Any]) -> Envelope:
    details = error.get("moderation_details")
    details = details if isinstance(details, dict) else {}
    inner = error.get("innererror") or error.get("inner_error")
    inner = inner if isinstance(inner, dict) else {}
    categories = details.get("categories")
    kinds = (inner.get("code"), error.get("type"), error.get("status"))
    return Envelope(
        code=_word(error.get("code")),
        type=next((word for kind in kinds if (word := _word(kind))), ""),
        message=_text(error.get("message")) or _text(error.get("msg")) or _text(error.get("error")),
        stage=_text(details.get("moderation_stage")),
        categories=tuple(map(_word, categories[:MOST])) if isinstance(categories, list) else (),
    )


def _from_text(text: str) -> Envelope:
    if not text.startswith("<"):
        return Envelope(message=text)
    title = _TITLE.search(text)
    words = title[1] if title else _TAG.sub(" ", text)
    return Envelope(message=" ".join(html.unescape(words).split()), readable=False)


def _word(value: object) -> str:
    """A code as the table of codes knows it; a number only repeats the status."""
    if not isinstance(value, str) or len(value) > WORD_LIMIT:
        return ""
    word = value.strip().lower()
    return "" if word.isdigit() or word == "none" else word


def _text(value: object) -> str:
    return value.strip()[:TEXT_LIMIT] if isinstance(value, str) else ""
