"""Servers with open models that speak OpenAI's language: sd-server, LocalAI, vLLM-Omni."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from bot.demo.pretend_parts import Part
from tests.pretend.openai_like import CREATED, encoded
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


class SdServer(PretendService):
    """stable-diffusion.cpp: any model, white is edited, and errors have shapes of their own.

    There is no key, no price and no safety system, here and at the others.
    """

    provider = "openai-compatible"
    model = "stable-diffusion"
    most: ClassVar[int] = 8

    @property
    def environment(self) -> Mapping[str, str]:
        return {"OPENAI_COMPATIBLE_BASE_URL": f"{self.origin}/v1"}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/v1/images/generations", self.generations),
            ("POST", "/v1/images/edits", self.edits),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        if trouble is Trouble.TOO_FAST:
            return says({"error": "too many requests"}, 429, retry_after="0.1")
        if trouble is Trouble.GONE:
            return web.Response(status=404, text="File Not Found", content_type="text/plain")
        return says({"error": "server_error", "message": "out of memory"}, 500)

    async def generations(self, came: Came) -> web.StreamResponse:
        """Words to pictures."""
        if not came.fields.get("prompt"):
            raise Wrong(says({"error": "prompt required"}, 400))
        width, height = _size(came.fields)
        await self.ready()
        return self._answer(
            came,
            [
                painted(came.fields["prompt"], width, height, kind=_kind(came), variation=nth)
                for nth in range(self._count(came))
            ],
        )

    async def edits(self, came: Came) -> web.StreamResponse:
        """Pictures to pictures."""
        images = [each for each in came.files if each.name == "image[]"]
        if not came.fields.get("prompt"):
            raise Wrong(says({"error": "prompt required"}, 400))
        if not images:
            raise Wrong(says({"error": "at least one image[] required"}, 400))
        await self.ready()
        mask = _grey([each for each in came.files if each.name == "mask"])
        return self._answer(
            came,
            [
                changed(
                    images[0].content,
                    mask,
                    came.fields["prompt"],
                    size=_size(came.fields),
                    kind=_kind(came),
                )
                for _ in range(self._count(came))
            ],
        )

    def _count(self, came: Came) -> int:
        return min(max(int(came.fields.get("n", 1)), 1), self.most)

    def _answer(self, came: Came, pictures: list[bytes]) -> web.Response:
        data = [{"b64_json": encoded(each)} for each in pictures]
        return says({"created": CREATED, "data": data, "output_format": _kind(came)})


class LocalAi(SdServer):
    """LocalAI: wants a model that it has, and links to itself unless the picture is asked for."""

    most = 10

    def refusal(self, trouble: Trouble) -> web.Response:
        if trouble is Trouble.TOO_FAST:
            said = {"error": {"code": 429, "message": "rate limited", "type": ""}}
            return says(said, 429, retry_after="0.1")
        words = f"could not load model - all backends returned error: {trouble}"
        return says({"error": {"code": 500, "message": words, "type": ""}}, 500)

    def _answer(self, came: Came, pictures: list[bytes]) -> web.Response:
        if came.fields.get("model") != self.model:
            raise Wrong(self.refusal(Trouble.GONE))
        asked = came.fields.get("response_format") == "b64_json"
        data = [
            {
                "embedding": None,
                "index": 0,
                **({"b64_json": encoded(each)} if asked else {"url": self.link(each)}),
            }
            for each in pictures
        ]
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return says({"id": "4b2f", "created": CREATED, "data": data, "usage": usage})


class VllmOmni(SdServer):
    """vLLM-Omni: FastAPI's errors, and pictures only as base64."""

    most = 10

    def refusal(self, trouble: Trouble) -> web.Response:
        if trouble is Trouble.TOO_FAST:
            return says({"detail": "Too many requests"}, 429, retry_after="0.1")
        return says({"detail": f"Image generation failed: {trouble}"}, 500)

    async def generations(self, came: Came) -> web.StreamResponse:
        """Words to pictures."""
        _judge(came.fields)
        return await super().generations(came)

    async def edits(self, came: Came) -> web.StreamResponse:
        """Pictures to pictures."""
        _judge(came.fields)
        return await super().edits(came)


def _judge(fields: Mapping[str, Any]) -> None:
    if "prompt" not in fields:
        problem = {"type": "missing", "loc": ["body", "prompt"], "msg": "Field required"}
        raise Wrong(says({"detail": [problem]}, 422))
    if fields.get("response_format", "b64_json") != "b64_json":
        raise Wrong(says({"detail": "Only b64_json is supported"}, 400))


def _size(fields: Mapping[str, Any]) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", fields.get("size", "512x512"))
    if found is None or int(found[1]) % 8 or int(found[2]) % 8:
        raise Wrong(says({"error": "invalid params"}, 400))
    return int(found[1]), int(found[2])


def _kind(came: Came) -> str:
    kind: str = came.fields.get("output_format", "png")
    if kind not in {"png", "jpeg"}:
        raise Wrong(says({"error": "invalid output_format, must be one of [png, jpeg]"}, 400))
    return kind


def _grey(masks: list[Part]) -> Image.Image | None:
    """A mask as the server reads it: as one channel, whatever it has."""
    return Image.open(io.BytesIO(masks[0].content)).convert("L") if masks else None
