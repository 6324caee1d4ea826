"""OpenAI's Images API, and what gateways make of it: requests and answers as bytes, no I/O.

Sources: OpenAI's OpenAPI description and the types of its Python SDK 3.51. Relays differ: they may
link to a picture instead of sending it, call the list `images` instead of `data`, write null where
a field should be missing, put `data:` before base64, and report failures with status 200.
"""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import orjson

from bot.core.errors import BadAnswer, OutcomeUnknown
from bot.core.images import Background, Format
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Body, Call, Link, Order, Partial
from bot.imageapi.edits import EditBody
from bot.imageapi.encoded import data_url, decoded
from bot.imageapi.envelopes import envelope_of, has_error, open_envelope
from bot.imageapi.failures import from_envelope
from bot.imageapi.forms import File, form
from bot.imageapi.shapes import nearest_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.core.images import ImageRequest, Size
    from bot.core.ports import Inputs
    from bot.imageapi.defaults import Constant
    from bot.imageapi.sse import Event

FIELDS = frozenset(
    {
        "model",
        "prompt",
        "n",
        "size",
        "quality",
        "output_format",
        "background",
        "stream",
        "partial_images",
        "safety_identifier",
        # Of relays and servers alone; OpenAI refuses them with 400.
        "response_format",
        "aspect_ratio",
        "resolution",
        "step",
        "num_inference_steps",
        "guidance_scale",
    }
)
"""Of `POST /images/generations`. `response_format` always asks for the picture itself, not for a
link. A size is said as `size`, or as `aspect_ratio` and `resolution`, or else in words."""

EDIT_FIELDS = FIELDS
"""Of `POST /images/edits`, beside the pictures. Never among them: moderation, which its form does
not have, and input_fidelity, which GPT Image 2 and later refuse with 400."""

SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")

MOST_DOLLARS = 1_000
"""For one call; more is none that was meant."""

CLASSES = ((1_600_000, "1K"), (7_000_000, "2K"))
"""Pixels at most; what has more is 4K."""

PATHS = {"generate": "/images/generations", "edit": "/images/edits", "models": "/models"}


def request(order: Order, inputs: Inputs) -> Call:
    """`POST /images/generations`, or `/images/edits` for a request with sources.

    Only those fields are sent that the provider's file lists. Each option of the request is one of
    them, so that the price is the one that was reserved.

    Args:
        order: What is asked of whom.
        inputs: The bytes of the request's sources and of its mask.
    """
    provider, request = order.provider, order.request
    edits = provider.edits if request.sources else None
    options = _options(order, edits.fields if edits else provider.fields)
    if edits and edits.body is EditBody.FORM:
        kind, chunks = _form(options, request, inputs)
    else:
        kind, chunks = "application/json", (orjson.dumps(options | _linked(inputs)),)
    accept = "text/event-stream, application/json" if order.stream else "application/json"
    return Call(
        method="POST",
        path=provider.path("edit" if request.sources else "generate", order.model),
        headers={"Content-Type": kind, "Accept": accept},
        body=Body(*chunks),
    )


def _options(order: Order, allowed: frozenset[str]) -> dict[str, Constant]:
    """Those that are allowed, in the order of OpenAI's documents."""
    request = order.request
    options: dict[str, Constant] = {
        "model": order.provider.called(order.model),
        "prompt": _words(order, allowed),
        "n": request.count,
        "size": str(request.size),
        "quality": request.quality.value,
        "output_format": request.format.value,
        "response_format": "b64_json",
        "aspect_ratio": nearest_shape(request.size, SHAPES),
        "resolution": _class(request.size),
    }
    if request.background is not Background.AUTO:
        options["background"] = request.background.value
    if order.stream:
        options |= {"stream": True, "partial_images": order.provider.partial_images}
    if order.author:
        options["safety_identifier"] = order.author
    options |= order.provider.defaults.of(request.quality)
    return {name: value for name, value in options.items() if name in allowed}


def _words(order: Order, allowed: frozenset[str]) -> str:
    """The prompt; with the shape, where there is a choice and no field for it."""
    prompt = order.request.full_prompt
    if allowed & {"size", "aspect_ratio"} or len(order.model.sizes.offered) == 1:
        return prompt
    return f"{prompt}\n\nAspect ratio: {nearest_shape(order.request.size, SHAPES)}."


def _class(size: Size) -> str:
    return next((name for most, name in CLASSES if size.pixels <= most), "4K")


def _linked(inputs: Inputs) -> dict[str, Any]:
    """Pictures and mask as addresses that hold them."""
    pictures = [{"image_url": data_url(kind, content)} for kind, content in inputs.sources]
    mask = inputs.mask
    return {
        **({"images": pictures} if pictures else {}),
        **({"mask": {"image_url": data_url(Format.PNG, mask)}} if mask is not None else {}),
    }


def _form(
    options: Mapping[str, Constant], request: ImageRequest, inputs: Inputs
) -> tuple[str, tuple[bytes, ...]]:
    """The form of an edit, as its type and its chunks.

    A single picture is a list as well: every service takes `image[]`, some nothing else, and
    OpenAI takes `image` only once.
    """
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in options.items()
    }
    files = [
        File(
            part="image[]",
            name=f"image-{number}.{kind.extension}",
            type=f"image/{kind.value}",
            content=content,
        )
        for number, (kind, content) in enumerate(inputs.sources, start=1)
    ]
    if inputs.mask is not None:
        files.append(File(part="mask", name="mask.png", type="image/png", content=inputs.mask))
    hashes = [source.sha256 for source in request.sources]
    seed = " ".join([*hashes, request.mask or "", request.full_prompt])
    return form(texts, files, seed=seed)


def answer(
    order: Order,  # noqa: ARG001 - what came says by itself what it is
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer:
    """Understand a complete body: pictures as bytes or links, and the tokens that were counted.

    Fewer pictures than asked for are an answer; none is not.

    Raises:
        DrawingFailed: One of the tree in `core.errors`; `BadAnswer` for a 200 without a picture,
            `OutcomeUnknown` for one that ends in the middle of its JSON.
    """
    if not 200 <= status < 300:
        raise from_envelope(status, headers, open_envelope(body), now=now)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if _breaks_off(body):
            raise OutcomeUnknown(f"HTTP {status}, cut after {len(body):,} bytes") from error
        message = open_envelope(body).message
        raise BadAnswer(f"HTTP {status} with something else than JSON: {message}") from error
    return _answer(content, status, headers, now)


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,
    headers: Mapping[str, str],
    *,
    now: datetime,
) -> Partial | Answer | None:
    """Understand one event of a stream; None is one that says nothing about a picture.

    Only an event whose type ends in `.completed`, or that is a whole answer by itself, is taken
    for the result.

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
    kind = content.get("type")
    kind = kind if isinstance(kind, str) else event.name
    if kind.endswith(".partial_image"):
        picture = next(_pictures([content]), None)
        return Partial(picture) if isinstance(picture, bytes) else None
    if kind.endswith(".completed"):
        return _answer({**content, "data": [content]}, 200, headers, now)
    if "error" in (kind, event.name) or kind.endswith(".failed") or content.get("error"):
        raise from_envelope(500, headers, envelope_of(content), now=now)
    return _answer(content, 200, headers, now) if content.get("data") else None


def _breaks_off(body: bytes | bytearray) -> bool:
    """Whether a proxy on the way let go of the rest: the service did draw."""
    start, end = body[:64].lstrip(), body[-64:].rstrip()
    return not start or (start.startswith(b"{") and not end.endswith(b"}"))


def _answer(content: Any, status: int, headers: Mapping[str, str], now: datetime) -> Answer:
    data = content.get("data") or content.get("images") if isinstance(content, dict) else None
    entries = data if isinstance(data, list) else [data] if isinstance(data, dict) else []
    pictures = tuple(_pictures(entries))
    if pictures:
        return Answer(pictures=pictures, usage=_usage(content))
    if has_error(content):
        raise from_envelope(status, headers, envelope_of(content), now=now)
    raise BadAnswer("HTTP 200 without any picture in it")


def _pictures(entries: list[Any]) -> Iterator[bytes | Link]:
    """What the entries of `data` hold; one that holds nothing readable is left out."""
    for entry in entries:
        encoded, link = None, entry
        if isinstance(entry, dict):
            # Popped, so that the text is let go as soon as it is decoded.
            encoded, link = entry.pop("b64_json", None), entry.get("url")
        link = link if isinstance(link, str) else ""  # some relays list bare links
        if not encoded and link.startswith("data:"):
            encoded = link
        picture = decoded(encoded) if isinstance(encoded, str) else None
        if picture:
            yield picture
        elif link.startswith(("http://", "https://")):
            yield Link(link)


def _usage(answer: dict[str, Any]) -> Usage | None:
    """What the service counted, or None where it did not: relays send zeros."""
    charge = _charge(answer)
    tokens = _tokens(_details(answer, "usage"))
    if charge is None:
        return tokens
    return replace(tokens or Usage(), charge=charge)


def _charge(answer: dict[str, Any]) -> int | None:
    """Micro-dollars that Vercel's gateway takes for the call, in dollars beside the pictures.

    None for nothing: then the key of another service is what pays.
    """
    about = _details(answer, "providerMetadata") or _details(answer, "provider_metadata")
    cost = _details(about, "gateway").get("cost")
    try:
        dollars = Decimal(str(cost))
        meant = 0 < dollars < MOST_DOLLARS
    except InvalidOperation:  # also where it is written as a number that is none
        return None
    return math.ceil(dollars * 1_000_000) if meant else None


def _tokens(content: dict[str, Any]) -> Usage | None:
    given = _details(content, "input_tokens_details")
    drawn = _details(content, "output_tokens_details")
    text_out = _count(drawn, "text_tokens")
    image_out = max(_count(content, "output_tokens") - text_out, _count(drawn, "image_tokens"))
    if not image_out:
        return None
    image_in = _count(given, "image_tokens")
    text_in = max(_count(content, "input_tokens") - image_in, _count(given, "text_tokens"))
    return Usage(text_in=text_in, image_in=image_in, image_out=image_out, text_out=text_out)


def _details(content: dict[str, Any], key: str) -> dict[str, Any]:
    details = content.get(key)
    return details if isinstance(details, dict) else {}


def _count(content: dict[str, Any], key: str) -> int:
    value = content.get(key)
    # Past a trillion it is not a count, and would not fit where money is kept.
    return value if type(value) is int and 0 < value < 10**12 else 0
