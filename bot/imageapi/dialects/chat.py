"""Chat completions, where the answer to words is a picture; requests and answers, no I/O.

Sources: OpenRouter's pages about pictures (`modalities`, `image_config`, `message.images`), and
what public code finds in the answers of relays that resell ChatGPT's drawing ("Sora Image" and its
heirs): a shape in brackets behind the words, and a picture as Markdown, after text that tells how
far it is, and before a second link to download the same file.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import orjson

from bot.core.errors import BadAnswer, Blocked, OutcomeUnknown
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Body, Call, Order, Partial, Piece
from bot.imageapi.dialects.chat_pictures import pictures_in
from bot.imageapi.encoded import data_url
from bot.imageapi.envelopes import envelope_of, has_error, open_envelope
from bot.imageapi.failures import from_envelope
from bot.imageapi.shapes import nearest_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.core.images import Size
    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {"draw": "/chat/completions", "models": "/models"}

FIELDS = frozenset({"model", "messages", "modalities", "image_config", "stream", "ratio"})
"""`ratio` is no field of its own: it is the shape, in brackets behind the words. With `stream`, how
far it is comes as text, and no proxy on the way takes the silence for an end."""

EDIT_FIELDS = FIELDS
"""Beside the pictures, which follow the words in the message."""

SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
"""Of `image_config`."""

RATIOS = ("1:1", "2:3", "3:2")
"""That are understood in brackets."""

CLASSES = ((2_000_000, "1K"), (8_000_000, "2K"), (2**62, "4K"))
"""Pixels at most, and what `image_config` calls pictures of that size."""

REFUSED = re.compile(
    r"content_filter|image_safety|prohibited_content|recitation|^safety$|content polic|"
    r"usage polic|safety (system|guideline|filter)|moderation|violat|内容政策|违反|违规|敏感|审核",
    re.IGNORECASE,
)
"""In why it stopped, or in what it wrote instead of drawing."""

_PERCENT = re.compile(r"(\d{1,3})(?:\.\d{1,9})?\s?%")

LOOKED_AT = 4_000
"""Characters of what it wrote that are searched for the reason."""


def request(order: Order, inputs: Inputs) -> Call:
    """`POST /chat/completions`: one message, which asks for one picture."""
    provider, wish = order.provider, order.request
    allowed = provider.edits.fields if inputs.sources and provider.edits else provider.fields
    words = wish.full_prompt
    if "ratio" in allowed:
        words += f" [{nearest_shape(wish.size, RATIOS)}]"
    pictures = [
        {"type": "image_url", "image_url": {"url": data_url(form, content)}}
        for form, content in inputs.sources
    ]
    # Older relays take a list only where there are pictures.
    content: Any = [{"type": "text", "text": words}, *pictures] if pictures else words
    body = {
        "model": provider.called(order.model),
        "messages": [{"role": "user", "content": content}],
        "modalities": ["image", "text"],
        "image_config": _config(wish.size),
        "stream": True,
    }
    accept = "text/event-stream, application/json" if "stream" in allowed else "application/json"
    return Call(
        method="POST",
        path=provider.path("draw", order.model),
        headers={"Content-Type": "application/json", "Accept": accept},
        body=Body(orjson.dumps({name: value for name, value in body.items() if name in allowed})),
    )


def _config(size: Size) -> dict[str, str]:
    named = next(name for most, name in CLASSES if size.pixels <= most)
    config = {"aspect_ratio": nearest_shape(size, SHAPES)}
    # Models that know no other class refuse the word.
    return config if named == "1K" else {**config, "image_size": named}


def answer(
    order: Order,
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer:
    """Understand a whole answer, or the list of all that a stream said.

    A link that stands in the prompt is the member's own, and is never taken for a picture.

    Raises:
        DrawingFailed: One of the tree in `core.errors`; `BadAnswer` where it only wrote.
    """
    if not 200 <= status < 300:
        raise from_envelope(status, headers, open_envelope(body), now=now)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if body.lstrip().startswith(b"{") and not body.rstrip().endswith(b"}"):
            raise OutcomeUnknown(f"HTTP {status}, cut after {len(body):,} bytes") from error
        page = open_envelope(body).message
        raise BadAnswer(f"HTTP {status} with something else than JSON: {page}") from error
    said = [each for each in _list(content) or [content] if isinstance(each, dict)]
    message = _Message(said)
    pictures = tuple(pictures_in(message.entries, message.text, order.request.full_prompt))
    if pictures:
        return Answer(pictures=pictures, usage=_usage(said))
    if message.refused:
        raise Blocked(message.refused)
    for each in (*said, *message.choices):
        if each.get("error") or (each in said and len(said) == 1 and has_error(each)):
            raise from_envelope(status, headers, envelope_of(each), now=now)
    raise BadAnswer(f"HTTP {status} with words and no picture: {message.text[:500]}")


class _Message:
    """What was said in all, of one answer or of many events.

    Attributes:
        choices: Of every event.
        text: All that was written.
        entries: What stands beside the text: pictures in one shape or another.
        refused: Why it will not draw that; empty if it does not say so.
    """

    def __init__(self, said: list[dict[str, Any]]) -> None:
        self.choices = [
            choice
            for each in said
            for choice in _list(each.get("choices"))
            if isinstance(choice, dict)
        ]
        texts: list[str] = []
        self.entries: list[Any] = [entry for each in said for entry in _list(each.get("data"))]
        reasons: list[str] = []
        for choice in self.choices:
            for part in (choice.get("message"), choice.get("delta")):
                told = part if isinstance(part, dict) else {}
                self.entries += _list(told.get("images"))
                self._read(told.get("content"), texts)
                reasons.append(_text(told.get("refusal")))
            reasons += [
                _text(choice.get("finish_reason")),
                _text(choice.get("native_finish_reason")),
            ]
        self.text = "".join(texts)
        blocked = [each for each in reasons if REFUSED.search(each, 0, LOOKED_AT)]
        written = REFUSED.search(self.text, 0, LOOKED_AT)
        self.refused = blocked[0] if blocked else self.text[:500] if written else ""

    def _read(self, content: object, texts: list[str]) -> None:
        if isinstance(content, str):
            texts.append(content)
        for part in _list(content):
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                texts.append(part["text"])
            else:
                self.entries.append(part)


def event(
    order: Order,  # noqa: ARG001 - what came says by itself what it is
    event: Event,
    headers: Mapping[str, str],
    *,
    now: datetime,
) -> Partial | Piece | Answer | None:
    """Understand one event: a few characters of what it says.

    Raises:
        DrawingFailed: The stream told of a failure. If it does not say that it refused, the
            outcome is unknown: drawing had begun.
    """
    try:
        content = orjson.loads(event.data)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict):
        return None
    if content.get("error") or event.name == "error":
        raise from_envelope(500, headers, envelope_of(content), now=now)
    choices = [each for each in _list(content.get("choices")) if isinstance(each, dict)]
    if not choices:
        return None
    percents = _PERCENT.findall("".join(_texts(choices)))
    return Piece(
        data=event.data,
        progress=int(percents[-1]) if percents else None,
        last=any(each.get("finish_reason") for each in choices),
    )


def _texts(choices: list[dict[str, Any]]) -> Iterator[str]:
    for choice in choices:
        delta = choice.get("delta")
        told = delta if isinstance(delta, dict) else {}
        yield from (_text(told.get(name))[-200:] for name in ("content", "reasoning_content"))


def _usage(said: list[dict[str, Any]]) -> Usage | None:
    """What was counted, where pictures are told from words, and what it took in all."""
    counts = [each["usage"] for each in said if isinstance(each.get("usage"), dict)]
    for counted in reversed(counts):
        drawn = _count(counted.get("completion_tokens_details"), "image_tokens")
        charge = _charge(counted.get("cost"))
        if drawn or charge:
            return Usage(
                text_in=_count(counted, "prompt_tokens"),
                image_out=drawn,
                text_out=max(_count(counted, "completion_tokens") - drawn, 0),
                charge=charge,
            )
    return None


def _charge(cost: object) -> int | None:
    """Micro-dollars of OpenRouter's dollars; 0 is what it says where another key was charged."""
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 < cost < 100:
        return None
    # Rounded first: what is no round number in binary would be a micro-dollar more.
    return math.ceil(round(cost * 1_000_000, 3))


def _count(table: object, name: str) -> int:
    value = table.get(name) if isinstance(table, dict) else None
    # Past a trillion it is not a count, and would not fit where money is kept.
    return value if type(value) is int and 0 < value < 10**12 else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
