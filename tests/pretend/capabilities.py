"""What can be done at each service: `python -m tests.pretend.capabilities` prints it as a table.

Nothing is written down by hand: each pretend service is asked by the real client.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from PIL import Image

from bot.core.errors import Blocked, DrawingFailed, ModelUnavailable
from bot.core.images import Format, ImageRequest, Size, Source
from bot.core.models import Model
from bot.core.ports import Drawing, Inputs, MaskShape
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.client import HttpImageApi
from bot.imageapi.providers import load_providers
from bot.ops.clock import SystemClock
from tests.pretend.server import PretendService, Trouble
from tests.pretend.services import SERVICES

CATALOGUE = load_catalogue()
ASLEEP = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What worked at one provider.

    Attributes:
        progress: It tells how far it is, or sends partial pictures.
        cancel: It is told that nobody wants the picture any more.
        moderation: That it will not draw something is understood as that.
    """

    generate: bool
    count: bool
    edit: bool
    mask: bool
    progress: bool
    cancel: bool
    moderation: bool


class Haste:
    """A clock for which whoever waits has waited long enough."""

    def __init__(self) -> None:
        self._now = SystemClock().now()

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, moment: datetime) -> None:
        self._now = max(self._now, moment)
        await asyncio.sleep(0)


class Visit:
    """One client at one service."""

    def __init__(self, service: PretendService) -> None:
        self.service = service
        (provider,) = load_providers(
            order=(service.provider,), folder=None, environment=service.environment
        )
        known = CATALOGUE.find(service.model)
        assert known is not None
        self.model: Model = provider.sold(known)
        self.api = HttpImageApi([provider], CATALOGUE, Haste())
        self.heard: list[object] = []

    async def all(self) -> Capabilities:
        """Everything, one after the other."""
        one = self._request()
        picture = (Format.PNG, _png(one.size))
        edit = replace(one, sources=(Source(sha256="a picture", format=Format.PNG, size=one.size),))
        masked = replace(edit, mask="a mask")
        mask = _mask(one.size, self.api.mask_shape(self.service.provider))
        return Capabilities(
            generate=await self._draws(one, Inputs()),
            progress=bool(self.heard),
            count=await self._draws(replace(one, count=2), Inputs()),
            edit=await self._draws(edit, Inputs(sources=(picture,))),
            mask=await self._draws(masked, Inputs(sources=(picture,), mask=mask)),
            cancel=await self._cancels(one),
            moderation=await self._blocks(one),
        )

    def _request(self) -> ImageRequest:
        return ImageRequest(
            prompt="a red fox",
            model=self.model.id,
            size=self.model.sizes.offered[0],
            quality=self.model.default_quality,
            format=self.model.formats[0],
        )

    def _draw(self, request: ImageRequest, inputs: Inputs) -> Awaitable[Drawing]:
        return self.api.draw(
            self.service.provider,
            self.model,
            request,
            inputs,
            lambda _, picture: self.heard.append(picture),
            self.heard.append,
        )

    async def _draws(self, request: ImageRequest, inputs: Inputs) -> bool:
        try:
            drawing = await self._draw(request, inputs)
        except ModelUnavailable:
            return False
        for picture in drawing.pictures:
            Image.open(io.BytesIO(picture)).load()
        return len(drawing.pictures) == request.count

    async def _cancels(self, request: ImageRequest) -> bool:
        before = len(self.service.requests)
        async with (
            self.service.held(),
            asyncio.timeout(ASLEEP),
            asyncio.TaskGroup() as group,
        ):
            drawing = group.create_task(self._wanted(request))
            await self.service.arrived(before + 1)
            drawing.cancel()
        return self.service.cancelled > 0

    async def _wanted(self, request: ImageRequest) -> None:
        await self._draw(request, Inputs())

    async def _blocks(self, request: ImageRequest) -> bool:
        self.service.troubles.append(Trouble.MODERATION)
        try:
            await self._draw(request, Inputs())
        except Blocked:
            return True
        except DrawingFailed:
            return False
        return False


async def tried(service: PretendService) -> Capabilities:
    """What works there, found by doing it."""
    async with service:
        visit = Visit(service)
        async with visit.api:
            return await visit.all()


def _png(size: Size) -> bytes:
    return _saved(Image.new("RGB", (size.width, size.height), "navy"))


def _mask(size: Size, shape: MaskShape) -> bytes:
    """The right half may change, as the provider wants it said."""
    white = Image.new("L", (size.width, size.height), 0)
    white.paste(255, (size.width // 2, 0, size.width, size.height))
    if shape is MaskShape.WHITE:
        return _saved(white)
    black = white.point(lambda value: 255 - value)
    if shape is MaskShape.BLACK:
        return _saved(black)
    mask = Image.new("RGBA", white.size)
    mask.putalpha(black)
    return _saved(mask)


def _saved(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


async def table() -> str:
    """One line for each provider, by name."""
    columns = [field.name for field in fields(Capabilities)]
    lines = [f"| provider | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for kind in sorted(SERVICES, key=lambda each: each.provider):
        found = await tried(kind())
        marks = ["yes" if getattr(found, name) else "–" for name in columns]
        lines.append(f"| {kind.provider} | {' | '.join(marks)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(asyncio.run(table()))  # noqa: T201 -- that is what it is for
