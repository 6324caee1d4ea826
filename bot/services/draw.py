"""Draw one claimed job: call a provider, keep the bytes, settle the cost.

The order is what makes it safe. The intent to call is committed before the socket opens, so that
after a crash it is known that the call may have been paid. An answer is announced beside the files
before they are written, so that a new process can go on from there. The bytes are on disk before
the row that names them. Keeping, settling and handing over to delivery are one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.core import events, retry
from bot.core.errors import (
    BadAnswer,
    BadPicture,
    DrawingFailed,
    InputsGone,
    ModelUnavailable,
    OutcomeUnknown,
    Unavailable,
)
from bot.core.jobs import Job, Note, Picture
from bot.core.models import Model
from bot.core.ports import Answer, Clock, Drawing, ImageApi, Imaging, Inputs, Vault
from bot.core.pricing import settle
from bot.core.stores import Store
from bot.services.routes import route

STORE_PAUSE = timedelta(seconds=2)
STORE_TRIES = 300
"""How often a paid result is offered to a disk that is full or locked: for ten minutes."""

Done = TypeVar("Done")


class Fenced(Exception):
    """Another process took the job over; this one must not touch it again."""


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
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._api = api
        self._imaging = imaging
        self._vault = vault
        self._clock = clock
        self._events = events
        self._report = report
        self._calling: set[int] = set()
        self._announced: dict[int, Answer] = {}

    async def __call__(self, job: Job) -> None:
        """Bring the job to drawn, failed or unknown; a fenced one is left alone.

        Cancelled before anything was sent, it puts the job back into the queue.
        """
        try:
            await self._draw(job)
            # Not in "finally": where no end could be stored, the next start goes on from it.
            if job.id in self._announced:
                await self._vault.withdraw(self._announced[job.id])
        except asyncio.CancelledError:
            if job.id not in self._calling:
                await self._put_back(job)
            raise
        finally:
            self._calling.discard(job.id)
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

    async def _put_back(self, job: Job) -> None:
        now = self._clock.now()
        if await self._store.requeue(job, now):
            self._events.announce(
                events.Requeued(**events.about(job, now), reason="stopped before it was sent")
            )

    async def _draw(self, job: Job) -> None:
        began = self._clock.now()
        try:
            model = self._model(job)
            provider, drawing = await self._call_providers(job, model)
            await self._keep(job, model, provider, drawing, began)
        except Fenced:
            return
        except DrawingFailed as failure:
            await self._fail(job, failure)
        except Exception as bug:  # noqa: BLE001 -- whatever it is, the author gets an outcome
            self._report(f"job {job.id}", bug)
            kind = OutcomeUnknown if job.id in self._calling else DrawingFailed
            await self._fail(job, kind(type(bug).__name__))

    def _model(self, job: Job) -> Model:
        """What draws it, if it still can: a job may have waited past its model's end."""
        model = self._api.catalogue.find(job.request.model)
        if model is None or not self._api.providers(model):
            raise ModelUnavailable(f"nobody serves {job.request.model}")
        return model

    async def _call_providers(self, job: Job, model: Model) -> tuple[str, Drawing]:
        """Ask one provider after the other, as `core.retry` allows."""
        calls = 0
        failure: DrawingFailed = ModelUnavailable("no provider")
        for provider in route(self._api, model, job.request):
            began, here = self._clock.now(), 0
            while True:
                calls, here = calls + 1, here + 1
                try:
                    return provider, await self._call(job, model, provider, calls)
                except DrawingFailed as failed:
                    failure = failed
                decision = retry.decide(failure, calls=here, began=began, now=self._clock.now())
                if isinstance(decision, retry.GiveUp):
                    break
                self._events.announce(
                    events.Paused(
                        **events.about(job, self._clock.now()),
                        provider=provider,
                        until=decision.at,
                        reason=failure.code,
                    )
                )
                await self._clock.sleep_until(decision.at)
            if not isinstance(failure, retry.ELSEWHERE):
                break
        raise failure

    async def _call(self, job: Job, model: Model, provider: str, call: int) -> Drawing:
        """One call that is paid at most once."""
        inputs = await self._inputs(job, provider)
        await self._api.turn(provider, job.request.count)
        if not await self._store.intend(job, call, provider, self._clock.now()):
            raise Fenced
        self._calling.add(job.id)
        self._events.announce(
            events.Sent(
                **events.about(job, self._clock.now()), provider=provider, model=model.id, call=call
            )
        )
        try:
            drawing = self._api.draw(
                provider, model, job.request, inputs, self._sketched(job), self._advanced(job)
            )
            del inputs  # megabytes that are not needed once they are sent
            return await drawing
        except DrawingFailed as failure:
            if not failure.may_be_paid:
                if not await self._store.rejected(job, call, failure.code, self._clock.now()):
                    raise Fenced from failure
                self._calling.discard(job.id)
            raise

    async def _inputs(self, job: Job, provider: str) -> Inputs:
        """The bytes that go with the request, read for each call: they may be many megabytes."""
        request = job.request
        try:
            sources = [
                (each.format, await self._vault.get(each.sha256)) for each in request.sources
            ]
            mask = await self._vault.get(request.mask) if request.mask else None
        except FileNotFoundError as gone:
            raise InputsGone(f"job {job.id} names a file that is not kept") from gone
        shape = self._api.mask_shape(provider)
        return Inputs(
            sources=tuple(sources),
            mask=await self._imaging.shape_mask(mask, shape) if mask else None,
        )

    def _sketched(self, job: Job) -> Callable[[int, bytes], None]:
        return lambda index, picture: self._events.announce(
            events.Sketched(**events.about(job, self._clock.now()), index=index, picture=picture)
        )

    def _advanced(self, job: Job) -> Callable[[int], None]:
        return lambda percent: self._events.announce(
            events.Advanced(**events.about(job, self._clock.now()), percent=percent)
        )

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
        if answer.usage is not None and not sold.prices.pictures:
            # It was counted for all of them; those that a crash took are not charged.
            cost = -(-cost * len(pictures) // len(answer.pictures))
        note = await self._note(job, pictures[0][1])
        await self._store_paid(job, kept, cost, answer.provider, note)
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
    ) -> None:
        """Keep and settle."""
        stored = await self._patiently(
            lambda: self._store.keep(job, kept, cost, provider, self._clock.now(), note=note)
        )
        if not stored:
            raise Fenced

    async def _fail(self, job: Job, failure: DrawingFailed) -> None:
        if await self._patiently(lambda: self._store.fail(job, failure, self._clock.now())):
            self._events.announce(
                events.Failed(
                    **events.about(job, self._clock.now()), code=failure.code, detail=failure.detail
                )
            )

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
