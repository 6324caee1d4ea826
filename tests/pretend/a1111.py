"""AUTOMATIC1111's web UI with `--api --api-auth`: one request at a time, progress, interruption."""

from __future__ import annotations

import asyncio
import io
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web
from PIL import Image

from tests.pretend.server import (
    Came,
    PretendService,
    Route,
    Trouble,
    Wrong,
    changed,
    painted,
    says,
)

CREDENTIALS = "easel:made-up"
SAMPLERS = {"Euler a", "DPM++ 2M"}
CHECKPOINTS = {"v1-5-pruned-emaonly", "sd_xl_base_1.0"}

_NUMBERS: Mapping[str, tuple[float, float]] = {
    "width": (64, 2048),
    "height": (64, 2048),
    "n_iter": (1, 100),
    "steps": (1, 150),
    "cfg_scale": (1, 30),
    "denoising_strength": (0, 1),
    "inpainting_mask_invert": (0, 1),
    "inpainting_fill": (0, 3),
    "mask_blur": (0, 64),
}
_TEXTS = {"prompt", "negative_prompt", "sampler_name", "mask"}
_OTHERS = {
    "init_images": list,
    "inpaint_full_res": bool,
    "override_settings": dict,
    "override_settings_restore_afterwards": bool,
}


class A1111(PretendService):
    """The server.

    Attributes:
        drawn: Pictures that were finished.
        web_page: Whether somebody draws in the web page, so that the progress is theirs.
    """

    provider = "a1111"
    model = "stable-diffusion"

    def __init__(self) -> None:
        super().__init__()
        self.drawn = 0
        self.web_page = False
        self._lock = asyncio.Lock()
        self._drawing = ""
        self._asked = asyncio.Event()
        self._patience = asyncio.timeout(None)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"A1111_BASE_URL": self.origin, "A1111_API_KEY": CREDENTIALS}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/sdapi/v1/txt2img", self._text_to_image),
            ("POST", "/sdapi/v1/img2img", self._image_to_image),
            ("GET", "/sdapi/v1/progress", self._progress),
            ("POST", "/sdapi/v1/interrupt", self._interrupt),
            ("GET", "/sdapi/v1/sd-models", self._models),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        """Only a proxy before it asks for time; it has no money and no morals."""
        match trouble:
            case Trouble.TOO_FAST:
                text = "<html><title>429 Too Many Requests</title></html>"
                return web.Response(status=429, text=text, headers={"Retry-After": "0.1"})
            case Trouble.GONE:
                return _error(404, "HTTPException", "Model not found")
            case _:
                return _error(500, "OutOfMemoryError", "", "CUDA out of memory. Tried 2.00 GiB")

    async def _text_to_image(self, came: Came) -> web.Response:
        self._authorize(came)
        fields = _checked(came.fields, edits=False)

        def draw(number: int) -> bytes:
            size = fields["width"], fields["height"]
            return painted(fields["prompt"], *size, variation=number)

        return await self._draw("scripts_txt2img", fields, draw)

    async def _image_to_image(self, came: Came) -> web.Response:
        self._authorize(came)
        fields = _checked(came.fields, edits=True)
        if not fields.get("init_images"):
            raise Wrong(_error(404, "HTTPException", "Init image not found"))
        source = _decoded(fields["init_images"][0])
        size = fields["width"], fields["height"]
        mask = None
        if "mask" in fields:
            with Image.open(io.BytesIO(_decoded(fields["mask"]))) as sent:
                mask = sent.convert("L").resize(size)

        def draw(_: int) -> bytes:
            return changed(source, mask, fields["prompt"], size=size)

        return await self._draw("scripts_img2img", fields, draw)

    async def _draw(
        self, job: str, fields: Mapping[str, Any], draw: Callable[[int], bytes]
    ) -> web.Response:
        async with self._lock:
            self._asked.clear()
            self._drawing = "task(a1b2c3)" if self.web_page else job
            try:
                images = [draw(number) for number in range(fields.get("n_iter", 1))]
                if await self._finished():
                    self.drawn += len(images)
            finally:
                self._drawing = ""
        # What is interrupted is answered as well, with whatever was there by then.
        texts = [b64encode(image).decode() for image in images]
        return says({"images": texts, "parameters": dict(fields), "info": "{}"})

    async def _finished(self) -> bool:
        """Wait until somebody saw how far it is, and nobody holds it; no if it is interrupted."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as self._patience:
                await self.ready()
                await self._asked.wait()
        return not self._patience.expired()

    async def _progress(self, came: Came) -> web.Response:
        self._authorize(came)
        drawing = bool(self._drawing)
        self._asked.set()
        preview = None
        if drawing and came.query.get("skip_current_image") != "true":
            preview = b64encode(painted("unfinished", 64, 64)).decode()
        state = {"job": self._drawing, "job_count": int(drawing), "interrupted": False}
        share = 0.42 if drawing else 0.0
        return says({"progress": share, "state": state, "current_image": preview})

    async def _interrupt(self, came: Came) -> web.Response:
        self._authorize(came)
        self.cancelled += 1
        if self._drawing:
            self._patience.reschedule(asyncio.get_running_loop().time())
        return says({})

    async def _models(self, came: Came) -> web.Response:
        self._authorize(came)
        return says([{"title": f"{name}.safetensors", "model_name": name} for name in CHECKPOINTS])

    def _authorize(self, came: Came) -> None:
        expected = f"Basic {b64encode(CREDENTIALS.encode()).decode()}"
        if came.headers.get("authorization") != expected:
            raise Wrong(says({"detail": "Incorrect username or password"}, 401))


def _checked(fields: Mapping[str, Any], *, edits: bool) -> Mapping[str, Any]:
    """The fields, as FastAPI takes them; it would leave out in silence what it does not know."""
    for name, value in fields.items():
        if name in _NUMBERS:
            least, most = _NUMBERS[name]
            good = isinstance(value, int | float) and least <= value <= most
        elif name in _TEXTS:
            good = isinstance(value, str)
        else:
            good = name in _OTHERS and isinstance(value, _OTHERS[name])
        if not good or (name in {"init_images", "mask"} and not edits):
            problem = {"loc": ["body", name], "msg": "value is not valid", "type": "value_error"}
            raise Wrong(says({"detail": [problem]}, 422))
    if fields["sampler_name"] not in SAMPLERS:
        raise Wrong(_error(404, "HTTPException", "Sampler not found"))
    checkpoint = fields.get("override_settings", {}).get("sd_model_checkpoint")
    if checkpoint is not None and checkpoint not in CHECKPOINTS:
        raise Wrong(_error(404, "HTTPException", "Model not found"))
    return fields


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except NotBase64 as error:
        raise Wrong(_error(500, "HTTPException", "Invalid encoded image")) from error


def _error(status: int, kind: str, detail: str, errors: str = "") -> web.Response:
    return says({"error": kind, "detail": detail, "body": "", "errors": errors}, status)
