"""Ask providers for a job's pictures: which one, how often, and each call paid at most once.

The intent to call is committed before the socket opens, so that after a crash it is known that the
call may have been paid.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.core import events, retry
from bot.core.errors import DrawingFailed, InputsGone, ModelUnavailable, Unreachable
from bot.core.jobs import Job
from bot.core.models import Model
from bot.core.ports import Clock, Drawing, ImageApi, Imaging, Inputs, Vault
from bot.core.stores import Store
from bot.services.circuits import Circuits
from bot.services.routes import route


class Fenced(Exception):
    """Another process took the job over; this one must not touch it again."""


class NotNow(Exception):
    """Nothing was sent, and nothing is going to be: the job goes back to where it waited."""


class Ask:
    """From a running job to a provider's answer, or to a failure."""

    def __init__(
        self,
        *,
        store: Store,
        api: ImageApi,
        imaging: Imaging,
        vault: Vault,
        clock: Clock,
        events: events.Events,
        circuits: Circuits,
    ) -> None:
        self._store = store
        self._api = api
        self._imaging = imaging
        self._vault = vault
        self._clock = clock
        self._events = events
        self._circuits = circuits
        self._sent: set[int] = set()
        self._waiting: set[int] = set()
        self._interruptible: set[int] = set()

    def sent(self, job_id: int) -> bool:
        """Whether something was sent for the job that may be paid; until it is forgotten."""
        return job_id in self._sent

    def waits(self, job_id: int) -> bool:
        """Whether it waits for the provider with nothing sent: it may be cancelled freely."""
        return job_id in self._waiting

    def interruptible(self, job_id: int) -> bool:
        """Whether its drawing can be cancelled: the service stops, and takes nothing for it."""
        return job_id in self._interruptible

    def forget(self, job_id: int) -> None:
        """The job has ended."""
        self._sent.discard(job_id)

    async def __call__(self, job: Job, model: Model) -> tuple[str, Drawing]:
        """Ask one provider after the other, as `core.retry` allows.

        Raises:
            DrawingFailed: None of them drew.
            NotNow: Nothing was sent: none of them answers, or it was withdrawn.
            Fenced: It is somebody else's by now.
        """
        calls = itertools.count(1)
        failure: DrawingFailed = ModelUnavailable("no provider")
        for provider in route(self._api, model, job.request):
            try:
                return provider, await self._call_patiently(job, model, provider, calls)
            except retry.ELSEWHERE as failed:
                failure = failed
        if isinstance(failure, Unreachable) and self._circuits.until is not None:
            raise NotNow("no image service answers")
        raise failure

    async def _call_patiently(
        self, job: Job, model: Model, provider: str, calls: Iterator[int]
    ) -> Drawing:
        """Call one provider, more than once where that was surely not paid and may help."""
        began = self._clock.now()
        for here in itertools.count(1):
            with self._circuits.calling(provider) as passes:
                if not passes:
                    raise Unreachable(f"{provider} did not answer before")
                try:
                    drawing = await self._call(job, model, provider, next(calls))
                except DrawingFailed as failed:
                    failure = failed
                    self._circuits.heard(provider, failure)
                else:
                    self._circuits.heard(provider, None)
                    return drawing
            decision = retry.decide(failure, calls=here, began=began, now=self._clock.now())
            if isinstance(decision, retry.GiveUp):
                raise failure
            await self._pause(job, provider, failure, decision.at)
        raise AssertionError("retries end")

    async def _pause(
        self, job: Job, provider: str, failure: DrawingFailed, until: datetime
    ) -> None:
        self._events.announce(
            events.Paused(
                **events.about(job, self._clock.now()),
                provider=provider,
                until=until,
                reason=failure.code,
            )
        )
        with _noted(self._waiting, job):
            await self._clock.sleep_until(until)

    async def _call(self, job: Job, model: Model, provider: str, call: int) -> Drawing:
        """One call that is paid at most once."""
        with _noted(self._waiting, job):
            inputs = await self._inputs(job, provider)
            await self._api.turn(provider, job.request.count)
        free = self._api.interruptible(provider)
        try:
            with _noted(self._interruptible if free else set(), job):
                await self._announce(job, model, provider, call)
                drawing = self._api.draw(
                    provider,
                    model,
                    job.request,
                    inputs,
                    self._sketched(job),
                    self._advanced(job),
                    member_id=job.place.member_id,
                )
                del inputs  # megabytes that are not needed once they are sent
                return await drawing
        except asyncio.CancelledError:
            if free and await self._not_paid(job, call, "interrupted"):
                self._sent.discard(job.id)
            raise
        except DrawingFailed as failure:
            if not failure.may_be_paid:
                if not await self._not_paid(job, call, failure.code):
                    raise Fenced from failure
                self._sent.discard(job.id)
            raise

    async def _announce(self, job: Job, model: Model, provider: str, call: int) -> None:
        """Write down, then tell, that the call is about to be made.

        Raises:
            NotNow: It must not be: somebody else has the job, or nobody wants it any more.
        """
        if not await self._intend(job, provider, call):
            raise NotNow("it may not be sent")
        self._sent.add(job.id)
        self._events.announce(
            events.Sent(
                **events.about(job, self._clock.now()), provider=provider, model=model.id, call=call
            )
        )

    async def _not_paid(self, job: Job, call: int, code: str) -> bool:
        return await self._store.rejected(job, call, code, self._clock.now())

    async def _intend(self, job: Job, provider: str, call: int) -> bool:
        try:
            return await self._store.intend(job, call, provider, self._clock.now())
        except asyncio.CancelledError:
            # It may be written by now, and yet nothing was sent.
            await self._not_paid(job, call, "stopped")
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


@contextmanager
def _noted(jobs: set[int], job: Job) -> Iterator[None]:
    """The job is one of them for as long as this lasts."""
    jobs.add(job.id)
    try:
        yield
    finally:
        jobs.discard(job.id)
