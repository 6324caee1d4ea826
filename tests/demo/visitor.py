"""A visitor of the pretend API: a plain HTTP client that says what it got."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import aiohttp
from PIL import Image

from bot.demo.pretend_api import PretendApi

MODEL = "gpt-image-2.5-flare"
PROMPT = "a red fox in the snow"


class Noon:
    """A clock that stands at noon of one day."""

    def __init__(self, day: str = "2026-11-20") -> None:
        self._now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, moment: datetime) -> None:
        raise AssertionError("nothing here waits by the clock")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The error, which every envelope must have in full."""
        error: dict[str, Any] = self.json["error"]
        assert {"message", "type", "param", "code"} <= set(error)
        return error

    @property
    def pictures(self) -> list[Image.Image]:
        return [opened(entry["b64_json"]) for entry in self.json["data"]]

    @property
    def last_picture(self) -> Image.Image:
        """The finished one, streamed or not."""
        if self.headers["Content-Type"].startswith("text/event-stream"):
            return opened(list(self.events)[-1][1]["b64_json"])
        return self.pictures[-1]

    @property
    def events(self) -> Iterator[tuple[str, Any]]:
        """Name and data of each event of a stream, blocks read to the letter."""
        for block in self.body.decode().removesuffix("\n\n").split("\n\n"):
            name, data = block.split("\n")
            yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@dataclass
class Visitor:
    """Sends requests with the right key, unless told otherwise."""

    api: PretendApi
    session: aiohttp.ClientSession
    key: str | None = field(default=None)

    async def generate(self, **fields: object) -> Answer:
        """POST /images/generations; a field that is ... is left out."""
        body = {"model": MODEL, "prompt": PROMPT, "size": "1024x1024", **fields}
        return await self.send(
            "POST", "/images/generations", json={k: v for k, v in body.items() if v is not ...}
        )

    async def edit(
        self,
        *images: bytes,
        mask: bytes | None = None,
        name: str = "image[]",
        kind: str = "image/png",
        **fields: str,
    ) -> Answer:
        """POST /images/edits as a multipart form."""
        form = aiohttp.FormData(default_to_multipart=True)
        for field_name, value in {"model": MODEL, "prompt": PROMPT, **fields}.items():
            form.add_field(field_name, value)
        for number, image in enumerate(images):
            form.add_field(name, image, filename=f"{number}.png", content_type=kind)
        if mask is not None:
            form.add_field("mask", mask, filename="mask.png", content_type="image/png")
        return await self.send("POST", "/images/edits", data=form)

    async def send(self, method: str, path: str, **more: Any) -> Answer:
        """Send anything."""
        key = self.api.key if self.key is None else self.key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = path if path.startswith("http") else self.api.base_url + path
        async with self.session.request(method, url, headers=headers, **more) as response:
            return Answer(response.status, response.headers.copy(), await response.read())


def opened(b64: str) -> Image.Image:
    """Decode a picture to its last pixel."""
    image = Image.open(BytesIO(b64decode(b64, validate=True)))
    image.load()
    return image


def png(image: Image.Image, kind: str = "PNG") -> bytes:
    """Encode a picture."""
    target = BytesIO()
    image.save(target, kind)
    return target.getvalue()


def picture(size: tuple[int, int] = (1024, 1024), mode: str = "RGB") -> Image.Image:
    """A picture with something everywhere."""
    return Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 20).convert(mode)
