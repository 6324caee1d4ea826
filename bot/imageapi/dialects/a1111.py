"""The API of AUTOMATIC1111's web UI, which Forge and SD.Next speak as well; no I/O.

Source: its code (modules/api/api.py). One call holds until all its pictures are drawn. Meanwhile
the server can be asked how far it is, with a preview, and told to stop; both mean whatever it is
drawing then. It draws one request at a time, and lets others wait.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pybase64

from bot.core.errors import AccountProblem, BadAnswer, BadParameter, DrawingFailed
from bot.imageapi.bodies import object_in
from bot.imageapi.calls import Answer, Body, Call, Order, Partial, Pending
from bot.imageapi.encoded import decoded
from bot.imageapi.envelopes import Envelope, open_envelope
from bot.imageapi.failures import from_envelope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.ports import Inputs
    from bot.imageapi.sse import Event

PATHS = {
    "generate": "/sdapi/v1/txt2img",
    "edit": "/sdapi/v1/img2img",
    "progress": "/sdapi/v1/progress",
    "interrupt": "/sdapi/v1/interrupt",
    "models": "/sdapi/v1/sd-models",
}

FIELDS = frozenset(
    {
        "prompt",
        "negative_prompt",
        "width",
        "height",
        "n_iter",
        "steps",
        "cfg_scale",
        "distilled_cfg_scale",
        "sampler_name",
        "scheduler",
        "seed",
        "override_settings",
        "override_settings_restore_afterwards",
    }
)
"""`n_iter` draws one picture after the other; side by side, they need as much more memory."""

EDIT_FIELDS = FIELDS | {
    "denoising_strength",
    "inpainting_mask_invert",
    "inpainting_fill",
    "inpaint_full_res",
    "mask_blur",
    "resize_mode",
}
"""Beside `init_images` and `mask`."""

AFTER = 1.0
"""Seconds between two questions how far it is."""

SOMEBODY = "task("
"""How the name of a job begins that came from the web page, not from the API: not ours."""


def request(order: Order, inputs: Inputs) -> Call:
    """`POST /sdapi/v1/txt2img`, or `/img2img` for one with a source; watched, and stopped by name.

    What is to be avoided has a field of its own here: said in the prompt, it would be drawn.
    """
    provider, wish = order.provider, order.request
    body: dict[str, Any] = {
        **provider.defaults.of(wish.quality),
        "prompt": replace(wish, avoid="").full_prompt,
        "negative_prompt": wish.avoid,
        "width": wish.size.width,
        "height": wish.size.height,
        "n_iter": wish.count,
    }
    if order.model.id in provider.names:
        body["override_settings"] = {"sd_model_checkpoint": provider.called(order.model)}
    allowed = provider.edits.fields if inputs.sources and provider.edits else provider.fields
    listed = {name: value for name, value in body.items() if name in allowed}
    if inputs.sources:
        listed["init_images"] = [_text(content) for _, content in inputs.sources]
    if inputs.mask is not None:
        listed["mask"] = _text(inputs.mask)
    # Of several, nobody says which one the preview is of.
    previews = "" if wish.count == 1 else "?skip_current_image=true"
    progress = Call(method="GET", path=provider.path("progress", order.model) + previews)
    stop = Call(method="POST", path=provider.path("interrupt", order.model))
    return Call(
        method="POST",
        path=provider.path("edit" if inputs.sources else "generate", order.model),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=Body(orjson.dumps(listed)),
        watch=Pending(call=progress, after=AFTER),
        cancel=stop if provider.interruptible else None,
    )


def _text(content: bytes) -> str:
    return pybase64.b64encode(content).decode()


def answer(
    order: Order,  # noqa: ARG001 - what came says by itself what it is
    status: int,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    now: datetime,
) -> Answer | Pending:
    """Understand the pictures that came, or how far they are.

    Raises:
        DrawingFailed: One of the tree in `core.errors`.
    """
    if not 200 <= status < 300:
        raise _refusal(status, headers, body, now)
    content = object_in(status, body)
    images = content.get("images")
    if isinstance(images, list):
        texts = [text for text in images if isinstance(text, str)]
        pictures = tuple(picture for text in texts if (picture := decoded(text)))
        if not pictures:
            raise BadAnswer("HTTP 200 without any picture in it")
        return Answer(pictures=pictures)
    if "progress" not in content:
        raise BadAnswer("HTTP 200 without any picture in it")
    return _pending(content)


def _pending(content: dict[str, Any]) -> Pending:
    state = content.get("state")
    job = state.get("job") if isinstance(state, dict) else ""
    if isinstance(job, str) and job.startswith(SOMEBODY):
        return Pending(after=AFTER)
    share, preview = content["progress"], content.get("current_image")
    known = isinstance(share, int | float) and 0 <= share <= 1
    return Pending(
        after=AFTER,
        progress=round(share * 100) if known else None,
        picture=decoded(preview) if isinstance(preview, str) else None,
    )


def _refusal(
    status: int, headers: Mapping[str, str], body: bytes | bytearray, now: datetime
) -> DrawingFailed:
    """What it says in `{"error": kind, "detail": …, "errors": …}`, or anything else between."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    detail = content.get("detail") if isinstance(content, dict) else None
    if status == 404 and detail == "Not Found":
        return AccountProblem("it has no API: was it started with --api?")
    if not isinstance(content, dict) or not isinstance(content.get("errors"), str):
        return from_envelope(status, headers, open_envelope(body), now=now)
    # It ran into an error of its own, so it does not go on drawing.
    told = detail if isinstance(detail, str) and detail else content["errors"]
    message = f"{content.get('error')}: {told}"
    if status >= 500:
        return DrawingFailed(f"HTTP {status}: {message}")
    if "sampler" in message.lower():
        return BadParameter(f"HTTP {status}: {message}")
    return from_envelope(status, headers, Envelope(message=message), now=now)


def event(
    order: Order,  # noqa: ARG001 - as above
    event: Event,  # noqa: ARG001 - it does not stream
    headers: Mapping[str, str],  # noqa: ARG001 - likewise
    *,
    now: datetime,  # noqa: ARG001 - likewise
) -> Partial | Answer | None:
    """It sends no events."""
    return None
