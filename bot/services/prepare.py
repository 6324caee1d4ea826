"""Make the files of a message from kept pictures: named, described, and small enough."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.core.errors import TooLarge
from bot.core.fitting import ladder, pack
from bot.core.images import Format, ImageRequest
from bot.core.jobs import Job, Picture
from bot.core.ports import Imaging, Upload, Vault

ALT_LIMIT = 1024
"""Characters of alt text; Discord's limit."""

SHRINK = (80, 60, 50, 40, 30, 20)
"""Percent of its largest file to aim for, each time that Discord finds a message too large."""

Result = TypeVar("Result")


class Prepare:
    """From pictures on disk to uploads."""

    def __init__(self, *, vault: Vault, imaging: Imaging) -> None:
        self._vault = vault
        self._imaging = imaging

    async def messages(
        self, job: Job, pictures: Sequence[Picture]
    ) -> tuple[tuple[Picture, ...], ...]:
        """Which pictures share a message, in order; one empty message where there are none."""
        if not pictures:
            return ((),)
        limit = job.place.upload_limit
        sizes = [
            picture.bytes
            if picture.bytes <= limit
            else len((await self._upload(job, picture, limit)).data)
            for picture in pictures
        ]
        return tuple(tuple(pictures[index] for index in group) for group in pack(sizes))

    async def uploads(
        self, job: Job, pictures: Sequence[Picture], limit: int
    ) -> tuple[Upload, ...]:
        """The files of one message.

        Args:
            job: What they were drawn for.
            pictures: What to post.
            limit: Bytes that one file may have.

        Raises:
            TooLarge: A picture does not get under the limit however it is written.
        """
        return tuple([await self._upload(job, picture, limit) for picture in pictures])

    async def posted(
        self,
        job: Job,
        pictures: Sequence[Picture],
        limit: int,
        post: Callable[[Sequence[Upload]], Awaitable[Result]],
    ) -> Result:
        """Post one message; where Discord finds it too large, the same pictures smaller.

        Args:
            job: What they were drawn for.
            pictures: What to post.
            limit: Bytes that one file may have, as far as is known.
            post: Posts these files.

        Raises:
            PostingFailed: What `post` raised; `TooLarge` once nothing is small enough.
        """
        for percent in SHRINK:
            files = await self.uploads(job, pictures, limit)
            try:
                return await post(files)
            except TooLarge:
                if not files:
                    raise
                limit = max(len(file.data) for file in files) * percent // 100
        raise TooLarge("no picture is small enough")

    async def _upload(self, job: Job, picture: Picture, limit: int) -> Upload:
        data = await self._vault.get(picture.sha256)
        form = Format(picture.format)
        if len(data) > limit:
            data, form = await self._smaller(data, limit)
        return Upload(
            index=picture.index,
            name=f"easel-{job.id}-{picture.index + 1}.{form.extension}",
            data=data,
            alt=alt_text(job.request),
            spoiler=job.request.spoiler,
        )

    async def _smaller(self, data: bytes, limit: int) -> tuple[bytes, Format]:
        seen = await self._imaging.inspect(data)
        for rung in ladder(transparent=seen.transparent):
            written = await self._imaging.rewrite(data, rung)
            if len(written) <= limit:
                return written, rung.format
        raise TooLarge(f"{len(data)} bytes do not get under {limit}")


def alt_text(request: ImageRequest) -> str:
    """What a screen reader says: the prompt, as far as Discord takes it."""
    text = " ".join(request.prompt.split())
    return text if len(text) <= ALT_LIMIT else text[: ALT_LIMIT - 1] + "…"
