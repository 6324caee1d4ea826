"""Show pictures that could not be posted to their author, in private, as often as they ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.core.errors import NotYours, TooLate
from bot.core.jobs import Job
from bot.core.ports import Clock, Upload
from bot.core.stores import Store
from bot.services.prepare import Prepare
from bot.services.sweep import kept_until

AT_ONCE = 2
"""Requests that are shown at the same time; bounds the memory that pictures take."""

GONE = "I do not keep these pictures any more. Please ask again with /generate."

Post = Callable[[Job, Sequence[Upload], int, int], Awaitable[None]]
"""Posts one message: of what, its files, which message it is (from 0), and of how many."""


class HandOver:
    """Leaves the request as it is: what was shown can be shown again until retention ends."""

    def __init__(self, *, store: Store, prepare: Prepare, clock: Clock) -> None:
        self._store = store
        self._prepare = prepare
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, job_id: int, *, by: int, limit: int, post: Post) -> None:
        """Post the kept pictures of a request, in as many messages as they need.

        Args:
            job_id: The request.
            by: Who wants to see them.
            limit: Bytes that one file may have.
            post: Posts one message where only they see it.

        Raises:
            NotYours: Somebody else asked for them.
            TooLate: They are not kept any more.
            PostingFailed: Discord does not take them.
        """
        job = await self._kept(job_id, by)
        here = replace(job, place=replace(job.place, upload_limit=limit))
        async with self._turn:
            try:
                await self._post_all(here, limit, post)
            except FileNotFoundError as gone:
                raise TooLate(GONE) from gone

    async def _kept(self, job_id: int, by: int) -> Job:
        job = await self._store.job(job_id)
        if job is not None and job.place.member_id != by:
            raise NotYours
        if job is None or kept_until(job, self._clock.now()) is None:
            raise TooLate(GONE)
        return job

    async def _post_all(self, job: Job, limit: int, post: Post) -> None:
        groups = await self._prepare.messages(job, await self._store.pictures(job.id))
        for part, pictures in enumerate(groups):

            async def post_part(files: Sequence[Upload], part: int = part) -> None:
                await post(job, files, part, len(groups))

            await self._prepare.posted(job, pictures, limit, post_part)
