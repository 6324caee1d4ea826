"""Take in the pictures that members hand in: fetch, check, keep.

They are fetched at once, since Discord's links expire, and kept by their content before a request
names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.canvas import Direction, expand
from bot.core.errors import BadPicture, InvalidRequest
from bot.core.images import Size, Source
from bot.core.models import Model
from bot.core.ports import Imaging, Incoming, Prepared, Vault
from bot.core.regions import parse_region

FETCHED = 25 * 1024 * 1024
"""Bytes of one file that is handed in; Discord lets most people upload less."""

KEPT = 16 * 1024 * 1024
"""Bytes of one file as it is kept and sent; providers take up to 50 MB."""

MAX_EDGE = 3840
"""Pixels; no current model looks at more."""

MOST = 16
"""Pictures of one request; also the most that any model takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a request is drawn from.

    Attributes:
        mask: The hash of the mask for the first source.
        size: What to draw, where that follows from the pictures and not from the model.
    """

    sources: tuple[Source, ...]
    mask: str | None = None
    size: Size | None = None


class TakeIn:
    """From files that somebody handed in to pictures that are kept."""

    def __init__(self, *, vault: Vault, imaging: Imaging) -> None:
        self._vault = vault
        self._imaging = imaging

    async def pictures(
        self, files: Sequence[Incoming], *, mask: Incoming | None = None, region: str = ""
    ) -> Taken:
        """Pictures to edit, and what part of the first is meant.

        Raises:
            BadPicture: One cannot be used; the sentence says which and why.
            InvalidRequest: The region is none, or comes with a mask.
        """
        if not files:
            raise InvalidRequest("Add the picture that I should edit.")
        if len(files) > MOST:
            raise InvalidRequest(f"I can look at {MOST} pictures at a time, not at {len(files)}.")
        if mask is not None and region.strip():
            raise InvalidRequest("Give a mask or a region, not both.")
        box = parse_region(region) if region.strip() else None
        sources = tuple([await self._picture(file, several=len(files) > 1) for file in files])
        first = sources[0].size
        drawn = None
        if mask is not None:
            drawn = await self._imaging.mask(await mask.read(FETCHED), first)
        elif box is not None:
            drawn = await self._imaging.mask_box(box, first)
        return Taken(sources=sources, mask=await self._vault.put(drawn) if drawn else None)

    async def expanded(
        self, file: Incoming, direction: Direction, percent: int, model: Model
    ) -> Taken:
        """A picture on a larger canvas, with a mask for what is new.

        Raises:
            BadPicture: It cannot be used.
            InvalidRequest: It cannot grow that way.
        """
        prepared = await self._prepared(file)
        canvas = expand(prepared.size, direction, percent, model.sizes)
        padded, mask = await self._imaging.pad(prepared.data, canvas)
        seen = await self._imaging.inspect(padded)
        source = Source(sha256=await self._vault.put(padded), format=seen.format, size=canvas.size)
        return Taken(sources=(source,), mask=await self._vault.put(mask), size=canvas.size)

    async def mask_shown(self, source: Source, mask: str) -> bytes:
        """The picture with what is edited tinted, as a JPEG.

        Raises:
            BadPicture: They are not kept any more.
        """
        try:
            picture, kept = await self._vault.get(source.sha256), await self._vault.get(mask)
        except FileNotFoundError as gone:
            raise BadPicture("I do not keep this picture and its mask any more.") from gone
        return await self._imaging.show_mask(picture, kept)

    async def _picture(self, file: Incoming, *, several: bool) -> Source:
        try:
            prepared = await self._prepared(file)
        except BadPicture as bad:
            # With several pictures it must be clear which one is meant.
            raise BadPicture(f"{file.name}: {bad.sentence}" if several else bad.sentence) from bad
        return Source(
            sha256=await self._vault.put(prepared.data),
            format=prepared.format,
            size=prepared.size,
        )

    async def _prepared(self, file: Incoming) -> Prepared:
        data = await file.read(FETCHED)
        return await self._imaging.prepare(data, max_edge=MAX_EDGE, max_bytes=KEPT)
