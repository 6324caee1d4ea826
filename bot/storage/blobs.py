"""Picture bytes in the database, where workers on several machines share them.

They outlive a power cut once their transaction is committed, as all that is stored does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import TypeVar

from bot.core.jobs import Job
from bot.core.ports import Answer, Clock, Drawing
from bot.storage import answers
from bot.storage.files import STRAY_AFTER
from bot.storage.postgres_pool import Pool
from bot.storage.transaction import Transaction
from bot.storage.transactions import blobs

Result = TypeVar("Result")


class BlobVault:
    """`core.ports.Vault` in rows; every call may raise `Unavailable`.

    As with files, what was put twice is gone when it was dropped twice; what that leaves over is
    a stray.

    Args:
        pool: The database; whoever opens it does so before anything is put.
        clock: When something is put, and whose lease has ended.
    """

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def put(self, data: bytes, sha256: str | None = None) -> str:
        """Keep the bytes so that they survive a power cut; answers their SHA-256.

        Args:
            data: What to keep.
            sha256: Their hash, where it is known already.
        """
        now = self._clock.now()
        return await self._write("put", lambda tx: blobs.put(tx, data, sha256, now))

    async def get(self, sha256: str) -> bytes:
        """The bytes.

        Raises:
            FileNotFoundError: They are not kept any more.
        """
        data = await self._read("get", partial(blobs.get, sha256=sha256))
        if data is None:
            raise FileNotFoundError(sha256)
        return data

    async def has(self, sha256: str) -> bool:
        """Whether they are kept."""
        return await self._read("has", partial(blobs.has, sha256=sha256))

    async def drop(self, sha256: str) -> None:
        """Let go of them; nothing happens if they are gone, or if another job took them too."""
        await self._write("drop", partial(blobs.drop, sha256=sha256))

    async def stray(self, named: Collection[str], now: datetime) -> tuple[str, ...]:
        """Hashes of what nothing will ask for.

        Args:
            named: Every hash that a row of a job names.
            now: The time; what was put within the last hour is left out.
        """
        old = await self._read("stray", partial(blobs.older, than=now - STRAY_AFTER))
        announced = answers.read_each(await self._read("stray", blobs.announced))
        coming = {name for answer in announced for name in answer.pictures}
        return tuple(name for name in old if name not in coming and name not in named)

    async def announce(self, job: Job, provider: str, drawing: Drawing) -> Answer:
        """Write down what is about to be put, as safely as the pictures themselves."""
        answer = await asyncio.to_thread(answers.of, job, provider, drawing)
        text = answers.written(answer).decode()
        await self._write("announce", lambda tx: blobs.announce(tx, job.id, job.attempt, text))
        return answer

    async def announced(self) -> tuple[Answer, ...]:
        """What was announced and not withdrawn, but for what others are putting right now."""
        now = self._clock.now()
        return answers.read_each(await self._read("announced", partial(blobs.left, now=now)))

    async def withdraw(self, answer: Answer) -> None:
        """Forget what was announced."""
        await self._write("withdraw", lambda tx: blobs.withdraw(tx, answer.job_id, answer.attempt))

    async def _write(self, name: str, body: Callable[[Transaction], Result]) -> Result:
        return await self._pool.run(name, body, write=True)

    async def _read(self, name: str, body: Callable[[Transaction], Result]) -> Result:
        return await self._pool.run(name, body, write=False)
