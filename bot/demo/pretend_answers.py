"""Answers of the pretend API as bytes on the wire, whole, streamed or broken off."""

import uuid
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.demo.pretend_checks import Order
from bot.demo.pretend_faults import Refusal
from bot.demo.pretend_models import Usage

_NAMES = {"generations": "image_generation", "edits": "image_edit"}

GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>524: A timeout occurred</title></head>"
    "<body><h1>A timeout occurred</h1><p>The origin web server did not answer in time.</p>"
    "</body></html>\n"
)


@dataclass(frozen=True)
class Picture:
    """One picture of an answer: its bytes, or the address where a gateway put it."""

    content: bytes
    url: str | None = None

    def as_json(self) -> dict[str, object]:
        """An entry of ``data``."""
        if self.url is not None:
            return {"url": self.url}
        return {"b64_json": b64encode(self.content).decode()}


def headers(elapsed_s: float, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What comes with every answer."""
    return {
        "x-request-id": f"req_{uuid.uuid4().hex}",
        "openai-processing-ms": str(round(elapsed_s * 1000)),
        "openai-version": "2020-10-01",
        **(more or {}),
    }


def refusal(refused: Refusal, elapsed_s: float) -> web.Response:
    """An error in OpenAI's envelope."""
    return web.Response(
        status=refused.status,
        body=orjson.dumps(refused.as_json(), option=orjson.OPT_INDENT_2),
        content_type="application/json",
        headers=headers(elapsed_s, dict(refused.headers)),
    )


def whole(order: Order, pictures: list[Picture], created: int) -> bytes:
    """The JSON of an answer that does not stream; ``created`` is in Unix seconds."""
    return orjson.dumps(
        {
            "created": created,
            "background": order.background,
            "data": [picture.as_json() for picture in pictures],
            "output_format": order.output_format,
            "quality": order.quality,
            "size": order.size,
            "usage": order.usage().as_json(),
        }
    )


def partial_event(order: Order, content: bytes, index: int, created: int) -> bytes:
    """One partial picture of a stream."""
    return _event(order, "partial_image", Picture(content), created, partial_image_index=index)


def completed_event(order: Order, picture: Picture, usage: Usage, created: int) -> bytes:
    """The finished picture of a stream."""
    return _event(order, "completed", picture, created, usage=usage.as_json())


def error_event(refused: Refusal) -> bytes:
    """An error after a stream has begun."""
    return b"event: error\ndata: " + orjson.dumps(refused.as_json()) + b"\n\n"


def _event(order: Order, what: str, picture: Picture, created: int, **more: object) -> bytes:
    name = f"{_NAMES[order.kind]}.{what}"
    data = {
        "type": name,
        **picture.as_json(),
        "created_at": created,
        "size": order.size,
        "quality": order.quality,
        "background": order.background,
        "output_format": order.output_format,
        **more,
    }
    return f"event: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


async def send_half(request: web.Request, body: bytes, *, honest: bool) -> web.StreamResponse:
    """Send half of a body and close.

    Args:
        request: What is answered.
        body: The whole of it.
        honest: True ends the half as if it were all there is; False breaks off a body whose
            length was announced.
    """
    half = body[: len(body) // 2]
    response = web.StreamResponse(headers=headers(0.0, {"connection": "close"}))
    response.content_type = "application/json"
    response.content_length = len(half) if honest else len(body)
    response.force_close()
    await response.prepare(request)
    await response.write(half)
    hang_up(request)
    return response


def hang_up(request: web.Request) -> None:
    """Close the connection once what was written is sent."""
    if request.transport is not None:
        request.transport.close()
