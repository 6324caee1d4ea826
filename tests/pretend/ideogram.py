"""Ideogram 3: forms, links that live for a day, a safety check that takes pictures away."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from PIL import Image, ImageChops

from tests.pretend.server import (
    KEY,
    Came,
    PretendService,
    Route,
    Trouble,
    Wrong,
    changed,
    painted,
    says,
)

SIZES = {
    "1x1": (1024, 1024),
    "2x3": (832, 1248),
    "3x2": (1248, 832),
    "3x4": (864, 1152),
    "4x3": (1152, 864),
    "9x16": (736, 1312),
    "16x9": (1312, 736),
}
PRICES = {"TURBO": 30_000, "DEFAULT": 60_000, "QUALITY": 90_000}

_GENERATE = {"prompt", "negative_prompt", "aspect_ratio", "rendering_speed", "num_images"} | {
    "magic_prompt"
}
_FIELDS = {
    "generate": _GENERATE,
    "remix": _GENERATE | {"image_weight"},
    "inpaint": _GENERATE - {"negative_prompt", "aspect_ratio"},
}
_FILES = {"generate": [], "remix": ["image"], "inpaint": ["image", "mask"]}


class Ideogram(PretendService):
    """The service.

    Attributes:
        unsafe: How many pictures of the next answer are taken away.
    """

    provider = "ideogram"
    model = "ideogram-v3"

    def __init__(self) -> None:
        super().__init__()
        self.unsafe = 0

    @property
    def environment(self) -> Mapping[str, str]:
        return {"IDEOGRAM_BASE_URL": self.origin, "IDEOGRAM_API_KEY": KEY}

    def routes(self) -> Sequence[Route]:
        return (("POST", "/v1/ideogram-v3/{what:generate|remix|inpaint}", self._draw),)

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.MODERATION:
                return says({"error": "Prompt or provided image failed the safety checks"}, 422)
            case Trouble.TOO_FAST:
                return says({"error": "Too many requests in flight"}, 429, retry_after="0.1")
            case Trouble.MONEY:
                return says({"error": "Insufficient credits"}, 402)
            case Trouble.GONE:
                return says({"error": "Model is not available any more"}, 410)

    async def _draw(self, came: Came) -> web.Response:
        if came.headers.get("api-key") != KEY:
            raise Wrong(says({"error": "Unauthorized"}, 401))
        what = came.here["what"]
        if not came.headers["content-type"].startswith("multipart/form-data"):
            raise _invalid("expected a form")
        if set(came.fields) - _FIELDS[what] or [each.name for each in came.files] != _FILES[what]:
            raise _invalid("unexpected fields")
        speed, count = came.fields["rendering_speed"], int(came.fields.get("num_images", "1"))
        if speed not in PRICES or not 1 <= count <= 8:
            raise _invalid("rendering_speed or num_images")
        await self.ready()
        pictures = [self._picture(came, what, number) for number in range(count)]
        self.bill += PRICES[speed] * count
        data = [self._entry(picture) for picture in pictures]
        return says({"created": "2026-11-20T12:00:00Z", "data": data})

    def _entry(self, picture: bytes) -> dict[str, Any]:
        safe = self.unsafe == 0
        self.unsafe = max(0, self.unsafe - 1)
        return {
            "prompt": "what magic made of it",
            "is_image_safe": safe,
            "seed": 12345,
            "url": self.link(picture) if safe else None,
        }

    def _picture(self, came: Came, what: str, number: int) -> bytes:
        prompt = came.fields["prompt"]
        if what == "inpaint":
            source, mask = (each.content for each in came.files)
            return changed(source, _white(mask, source), prompt)
        ratio = came.fields.get("aspect_ratio", "1x1")
        if ratio not in SIZES:
            raise _invalid("aspect_ratio")
        if what == "remix":
            return changed(came.files[0].content, None, prompt, size=SIZES[ratio])
        return painted(prompt, *SIZES[ratio], variation=number)


def _white(data: bytes, source: bytes) -> Image.Image:
    """The mask, whose black is edited, with white in its place."""
    mask, picture = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(source))
    if mask.size != picture.size:
        raise _invalid("the mask must have the size of the image")
    if set(mask.convert("L").tobytes()) != {0, 255}:
        raise _invalid("the mask must be black and white")
    return ImageChops.invert(mask.convert("L"))


def _invalid(what: str) -> Wrong:
    return Wrong(says({"error": f"Invalid input: {what}"}, 400))
