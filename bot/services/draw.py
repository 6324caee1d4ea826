"""Draw one claimed job: call a provider, keep the bytes, settle the cost.

The order is what makes it safe. An answer is announced beside the files before they are written, so
that a new process can go on from there. The bytes are on disk before the row that names them.
Keeping, settling and handing over to delivery are one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.core import events
from bot.core.errors import (
    BadAnswer,
    BadPicture,
    DrawingFailed,
    ModelUnavailable,
    OutcomeUnknown,
    Unavailable,
)
from bot.core.jobs import Job, Note, Picture, State
from bot.core.models import Model
from bot.core.ports import Answer, Clock, Drawing, ImageApi, Imaging, Vault
from bot.core.pricing import counted, settle
from bot.core.stores import Store
from bot.services.ask import Ask, Fenced, NotNow

STORE_PAUSE = timedelta(seconds=2)
STORE_TRIES = 300
"""How often a paid result is offered to a disk that is full or locked: for ten minutes."""

Done = TypeVar("Done")


class Draw:
    """From a running job to pictures on disk, or to a failure its author is told of.

    Args:
        report: Told of an error that only a bug can cause.
    """

    def __init__(
        self,
        *,
        store: Store,
        api: ImageApi,
        imaging: Imaging,
        vault: Vault,
        clock: Clock,
        events: events.Events,
        ask: Ask,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._ask = ask
        self._api = api
        self._imaging = imaging
        self._vault = vault
        self._clock = clock
        self._events = events
        self._report = report
        self._announced: dict[int, Answer] = {}

    async def __call__(self, job: Job) -> None:
        """Bring the job to drawn, failed or unknown; a fenced one is left alone.

        Cancelled before anything was sent, or while it costs nothing, it puts the job back into
        the queue. There, one that was withdrawn ends.
        """
        try:
            await self._draw(job)
            # Not in "finally": where no end could be stored, the next start goes on from it.
            if job.id in self._announced:
                await self._vault.withdraw(self._announced[job.id])
        except asyncio.CancelledError:
            if not self._ask.sent(job.id):
                await self._put_back(job, "stopped before it was sent")
            raise
        finally:
            self._ask.forget(job.id)
            self._announced.pop(job.id, None)

    async def adopt(self, job: Job, answer: Answer) -> None:
        """Go on with a running job whose answer an earlier process was putting on the disk.

        Does nothing where it came to no picture: whether that was paid is not known.

        Raises:
            Unavailable: It cannot be stored.
        """
        model = self._api.catalogue.find(job.request.model)
        pictures = await self._put_before(answer)
        if model is None or not pictures:
            return
        try:
            await self._settle(job, model, answer, pictures, self._clock.now())
        except BadAnswer as failure:
            await self._fail(job, failure)
        except Fenced:
            return

    async def _put_before(self, answer: Answer) -> list[tuple[str, bytes]]:
        """Those pictures of an answer that reached the disk, by their hashes."""
        found: list[tuple[str, bytes]] = []
        for name in answer.pictures:
            with contextlib.suppress(FileNotFoundError):
                found.append((name, await self._vault.get(name)))
        return found

    async def _put_back(self, job: Job, reason: str) -> None:
        now = self._clock.now()
        back = await self._store.requeue(job, now)
        if back is not None and back.state is State.QUEUED:
            self._events.announce(events.Requeued(**events.about(job, now), reason=reason))
        elif back is not None:
            self._withdrawn(back, now)

    def _withdrawn(self, job: Job, now: datetime) -> None:
        assert job.cancelled_by is not None  # that is why it is cancelled
        self._events.announce(
            events.Cancelled(**events.about(job, now), by=job.cancelled_by, cost=job.cost or 0)
        )

    async def _draw(self, job: Job) -> None:
        began = self._clock.now()
        try:
            model = self._model(job)
            provider, drawing = await self._ask(job, model)
            await self._keep(job, model, provider, drawing, began)
        except Fenced:
            return
        except NotNow as reason:
            await self._put_back(job, str(reason))
        except DrawingFailed as failure:
            await self._fail(job, failure)
        except (Unavailable, OSError) as trouble:
            # Its lease ends by itself, and then the job goes on from what its calls and files say.
            self._report(f"job {job.id} could not be stored", trouble)
            raise
        except Exception as bug:  # noqa: BLE001 -- whatever it is, the author gets an outcome
            self._report(f"job {job.id}", bug)
            kind = OutcomeUnknown if self._ask.sent(job.id) else DrawingFailed
            await self._fail(job, kind(type(bug).__name__))

    def _model(self, job: Job) -> Model:
        """What draws it, if it still can: a job may have waited past its model's end."""
        model = self._api.catalogue.find(job.request.model)
        if model is None or not self._api.providers(model):
            raise ModelUnavailable(f"nobody serves {job.request.model}")
        return model

    async def _keep(
        self, job: Job, model: Model, provider: str, drawing: Drawing, began: datetime
    ) -> None:
        answer = await self._patiently(lambda: self._vault.announce(job, provider, drawing))
        self._announced[job.id] = answer
        pictures = list(zip(answer.pictures, drawing.pictures, strict=True))
        for name, data in pictures:
            await self._patiently(partial(self._vault.put, data, name))
        await self._settle(job, model, answer, pictures, began)

    async def _settle(
        self,
        job: Job,
        model: Model,
        answer: Answer,
        pictures: Sequence[tuple[str, bytes]],
        began: datetime,
    ) -> None:
        """From pictures on disk, by their hashes, to a job that is drawn and paid for."""
        kept: list[Picture] = []
        for name, data in pictures:
            try:
                kept.append(await self._seen(len(kept), name, data))
            except BadAnswer:
                continue  # the others may be fine; none at all is an error below
        if not kept:
            raise BadAnswer(f"{answer.provider} sent nothing that decodes")
        sold = self._api.sold(answer.provider, model)
        cost = settle(sold, job.request, answer.usage, pictures=len(kept))
        if counted(sold, answer.usage):
            # It was counted for all of them; those that a crash took are not charged.
            cost = -(-cost * len(pictures) // len(answer.pictures))
        note = await self._note(job, pictures[0][1])
        settled = await self._store_paid(job, kept, cost, answer.provider, note)
        now = self._clock.now()
        self._events.announce(
            events.Drawn(
                **events.about(job, now),
                provider=answer.provider,
                model=model.id,
                pictures=len(kept),
                cost=cost,
                seconds=(now - began).total_seconds(),
            )
        )
        if settled.state is State.CANCELLED:
            self._withdrawn(settled, now)

    async def _note(self, job: Job, drawn: bytes) -> Note | None:
        """Whether the provider changed what the mask protects; best effort, it is paid anyway."""
        request = job.request
        if request.mask is None:
            return None
        try:
            before, mask = (
                await self._vault.get(request.sources[0].sha256),
                await self._vault.get(request.mask),
            )
            kept = await self._imaging.kept(before, drawn, mask)
        except (FileNotFoundError, BadAnswer, BadPicture):
            return None
        return None if kept else Note.MASK_IGNORED

    async def _seen(self, index: int, name: str, data: bytes) -> Picture:
        seen = await self._imaging.inspect(data)
        return Picture(
            index=index,
            sha256=name,
            format=seen.format.value,
            width=seen.width,
            height=seen.height,
            bytes=len(data),
        )

    async def _store_paid(
        self, job: Job, kept: list[Picture], cost: int, provider: str, note: Note | None
    ) -> Job:
        """Keep and settle."""
        stored = await self._patiently(
            lambda: self._store.keep(job, kept, cost, provider, self._clock.now(), note=note)
        )
        if stored is None:
            raise Fenced
        return stored

    async def _fail(self, job: Job, failure: DrawingFailed) -> None:
        ended = await self._patiently(lambda: self._store.fail(job, failure, self._clock.now()))
        now = self._clock.now()
        if ended is None:
            return
        self._events.announce(
            events.Failed(**events.about(job, now), code=failure.code, detail=failure.detail)
        )
        if ended.state is State.CANCELLED:
            self._withdrawn(ended, now)

    async def _patiently(self, act: Callable[[], Awaitable[Done]]) -> Done:
        """Do what must not be lost; a disk that is full or locked is given time.

        Raises:
            Unavailable: It stayed so; at the next start the job ends as its calls and files say.
            OSError: Likewise.
        """
        for _ in range(STORE_TRIES - 1):
            try:
                return await act()
            except (Unavailable, OSError) as trouble:
                self._report("keeping what was drawn; trying again", trouble)
                await self._clock.sleep_until(self._clock.now() + STORE_PAUSE)
        return await act()


async def renewing(store: Store, clock: Clock, job: Job, lease: timedelta) -> None:
    """Prolong the lease of a job until cancelled, or until the job is not ours any more."""
    held = True
    while held:
        await clock.sleep_until(clock.now() + lease / 3)
        # A store that is locked for a moment is no reason to drop a call that may be paid.
        with contextlib.suppress(Unavailable):
            held = await store.renew(job, clock.now(), lease)


async def under_lease(draw: Draw, store: Store, clock: Clock, job: Job, lease: timedelta) -> None:
    """Draw while the lease is renewed beside it."""
    async with asyncio.TaskGroup() as group:
        lease_keeper = group.create_task(renewing(store, clock, job, lease))
        await draw(job)
        lease_keeper.cancel()
