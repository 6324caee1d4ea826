"""Google's Gemini API, where a model that writes also draws; no I/O.

Sources: Google's reference of `models.generateContent` and the types of its SDKs. One call is one
picture, and what it says besides comes as text. Models that think may draw drafts: parts that are
marked as thoughts are never the result. Relays write the same names with underscores.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
import pybase64

from bot.core.errors import AccountProblem, BadAnswer, Blocked, DrawingFailed
from bot.core.pricing import Usage
from bot.imageapi.bodies import object_in
from bot.imageapi.calls import Answer, Body, Call, Link, Order, Partial
from bot.imageapi.encoded import decoded
from bot.imageapi.envelopes import envelope_of, open_envelope
from bot.imageapi.failures import from_envelope
from bot.imageapi.shapes import nearest_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.core.images import Size
    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {"draw": "/models/{model}:generateContent", "models": "/models?pageSize=1000"}

FIELDS = frozenset({"responseModalities", "aspectRatio", "imageSize"})
"""Of `generationConfig`, and of the `imageConfig` in it; the words are always sent."""

EDIT_FIELDS = FIELDS
"""Beside the pictures, which follow the words."""

SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")

CLASSES = ((2_000_000, "1K"), (8_000_000, "2K"), (2**62, "4K"))
"""Pixels at most, and what pictures of that size are called: 4K is 4096x4096, not 3840x2160."""

USUAL = "1K"
"""What is drawn where no class is asked for; some models know no other, nor the word for it."""

REFUSED = frozenset(
    {
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "RECITATION",
        "IMAGE_RECITATION",
        "BLOCKLIST",
        "SPII",
    }
)
"""Why it stopped, where its safety system did it. Left out: NO_IMAGE, IMAGE_OTHER and the like."""

ACCOUNT = re.compile(rb"api.?key|user location|free tier|limit: 0\b|PerDay", re.IGNORECASE)
"""Words of refusals that neither waiting nor other options cure, whatever their status."""

RETRY = re.compile(rb'"retryDelay":\s{0,9}"(\d{1,6}(?:\.\d{1,9})?)s"')
"""When to ask again: it stands in the details of the error and in no header."""

LOOKED_AT = 20_000
"""Bytes of an error that are looked at; a real one is shorter."""


def request(order: Order, inputs: Inputs) -> Call:
    """`POST /models/{model}:generateContent`: one picture, from words and any pictures."""
    provider, wish = order.provider, order.request
    allowed = provider.edits.fields if inputs.sources and provider.edits else provider.fields
    parts: list[dict[str, Any]] = [{"text": wish.full_prompt}]
    parts += [
        {
            "inlineData": {
                "mimeType": f"image/{form.value}",
                "data": pybase64.b64encode(content).decode(),
            }
        }
        for form, content in inputs.sources
    ]
    shown = {"aspectRatio": nearest_shape(wish.size, SHAPES), "imageSize": _class(wish.size)}
    if shown["imageSize"] == USUAL:
        del shown["imageSize"]
    config: dict[str, Any] = {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": shown}
    config["imageConfig"] = {name: value for name, value in shown.items() if name in allowed}
    if "responseModalities" not in allowed:
        del config["responseModalities"]
    body = {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}
    return Call(
        method="POST",
        path=provider.path("draw", order.model),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=Body(orjson.dumps(body)),
    )


def _class(size: Size) -> str:
    return next(name for most, name in CLASSES if size.pixels <= most)


def answer(
    order: Order,  # noqa: ARG001 - what came says by itself what it is
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer:
    """Understand what came: pictures of every candidate, and the tokens that were counted.

    Raises:
        DrawingFailed: One of the tree in `core.errors`; `BadAnswer` where it only wrote, or says
            of no picture why there is none.
    """
    if not 200 <= status < 300:
        raise _refusal(status, headers, body, now)
    said = object_in(status, body)
    if said.get("error"):
        raise from_envelope(status, headers, envelope_of(said), now=now)
    candidates = [each for each in _list(said.get("candidates")) if isinstance(each, dict)]
    pictures = tuple(picture for each in candidates for picture in _pictures(each))
    if pictures:
        return Answer(pictures=pictures, usage=_usage(_either(said, "usageMetadata")))
    _explain(said, candidates)
    raise BadAnswer(f"HTTP {status} without any picture in it{_words(candidates)}")


def _refusal(
    status: int, headers: Mapping[str, str], body: bytes | bytearray, now: datetime
) -> DrawingFailed:
    envelope = open_envelope(body)
    if status in {400, 403, 429} and ACCOUNT.search(body, 0, LOOKED_AT):
        return AccountProblem(f"HTTP {status}, {envelope.type}: {envelope.message}")
    wait = RETRY.search(body, 0, LOOKED_AT)
    waiting = {"retry-after": wait[1].decode()} if wait and "retry-after" not in headers else {}
    return from_envelope(status, {**headers, **waiting}, envelope, now=now)


def _explain(said: Mapping[str, Any], candidates: list[dict[str, Any]]) -> None:
    """Why there is no picture.

    Raises:
        Blocked: Its safety system refused the words, or what it drew.
        BadAnswer: It gives another reason.
    """
    reason = _either(_table(_either(said, "promptFeedback")), "blockReason")
    if isinstance(reason, str) and reason:
        raise Blocked(f"input stage: {reason}")
    for candidate in candidates:
        reason = str(_either(candidate, "finishReason") or "")
        told = _either(candidate, "finishMessage")
        detail = f"{reason}: {told}" if isinstance(told, str) and told else reason
        if reason.upper() in REFUSED:
            raise Blocked(f"output stage: {detail}")
        if reason.upper() not in {"", "STOP"}:
            raise BadAnswer(f"no picture: {detail}{_words(candidates)}")


def _parts(candidate: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What it gives as its result."""
    for part in _list(_table(candidate.get("content")).get("parts")):
        if isinstance(part, dict) and part.get("thought") is not True:
            yield part


def _pictures(candidate: Mapping[str, Any]) -> Iterator[bytes | Link]:
    for part in _parts(candidate):
        inline = _table(_either(part, "inlineData"))
        file = _table(_either(part, "fileData"))
        kind = str(_either(inline or file, "mimeType") or "image/")
        data, where = inline.get("data"), _either(file, "fileUri")
        picture = decoded(data) if isinstance(data, str) else None
        if not kind.startswith("image/"):
            continue
        if picture:
            yield picture
        elif isinstance(where, str) and where.startswith("http"):
            yield Link(where)


def _words(candidates: list[dict[str, Any]]) -> str:
    """What it wrote instead of drawing."""
    texts = [str(part.get("text") or "") for each in candidates for part in _parts(each)]
    return f": {' '.join(texts)[:500]}" if any(texts) else ""


def _usage(content: Any) -> Usage | None:
    """What was counted, or None where it was not. Thoughts cost what words do."""
    counts = _table(content)
    drawn = _by_kind(_either(counts, "candidatesTokensDetails")).get("IMAGE", 0)
    out = _count(_either(counts, "candidatesTokenCount"))
    given = _by_kind(_either(counts, "promptTokensDetails"))
    if not (drawn or out):
        return None
    # Where kinds are not told apart, what it gave is a picture.
    drawn = drawn or out
    image_in = given.get("IMAGE", 0)
    return Usage(
        text_in=max(_count(_either(counts, "promptTokenCount")) - image_in, given.get("TEXT", 0)),
        image_in=image_in,
        image_out=drawn,
        text_out=max(out - drawn, 0) + _count(_either(counts, "thoughtsTokenCount")),
    )


def _by_kind(details: Any) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for each in _list(details):
        detail = _table(each)
        kind = str(detail.get("modality") or "").upper()
        kinds[kind] = kinds.get(kind, 0) + _count(_either(detail, "tokenCount"))
    return kinds


def _count(value: object) -> int:
    # Past a trillion it is not a count, and would not fit where money is kept.
    return value if type(value) is int and 0 < value < 10**12 else 0


def _either(table: Mapping[str, Any], name: str) -> Any:
    """The value by that name, or by the same with underscores."""
    found = table.get(name)
    if found is None:
        found = table.get("".join(f"_{c.lower()}" if c.isupper() else c for c in name))
    return found


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,  # noqa: ARG001 - it is never asked to stream
    headers: Mapping[str, str],  # noqa: ARG001 - likewise
    *,
    now: datetime,  # noqa: ARG001 - likewise
) -> Partial | Answer | None:
    """It sends no events."""
    return None
