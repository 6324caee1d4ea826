"""Post what was drawn, or say why there is nothing, until its author can see it.

Apart from drawing, and retried on its own: which way is tried when stands in `core.delivery`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.core import events
from bot.core.delivery import (
    LATE_EDITS,
    Delivery,
    Later,
    Posted,
    Route,
    after_failure,
    answer_is_on_its_way,
    at_route,
    edits_card,
    first_route,
    may_be_overwritten,
    nonce_holds,
)
from bot.core.errors import PostingFailed, Unavailable
from bot.core.jobs import Picture
from bot.core.ports import Clock, Messenger, Vault
from bot.core.stores import Store
from bot.services import waiting
from bot.services.prepare import Prepare
from bot.services.slots import Slots

LEASE = timedelta(minutes=5)
POLL = timedelta(seconds=15)

AT_ONCE = 4
"""Messages posted at the same time; bounds the memory that pictures take."""

ANSWER_PAUSE = timedelta(milliseconds=200)


class Deliver:
    """The only way an outcome reaches its author.

    Args:
        settled: Awaited with the job's id before its card is replaced, so that no late progress
            overwrites the outcome.
        report: Told of an error that only a bug can cause.
    """

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        prepare: Prepare,
        messenger: Messenger,
        clock: Clock,
        events: events.Events,
        settled: Callable[[int], Awaitable[None]],
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._prepare = prepare
        self._messenger = messenger
        self._clock = clock
        self._events = events
        self._settled = settled
        self._report = report
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._slots = Slots(AT_ONCE)
        self._in_hand: set[int] = set()
        self._began = clock.now()
        events.listen(self._heard)

    async def run(self) -> None:
        """Post whatever is due, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._slots.take(1)
                self._wake.clear()
                delivery = await self._next()
                if delivery is not None and delivery.id in self._in_hand:
                    # A slow upload outlived its lease. It is still under way here.
                    await self._slots.give(1)
                    continue
                if delivery is not None:
                    self._idle.clear()
                    self._in_hand.add(delivery.id)
                    group.create_task(self._one(delivery), name=f"delivery-{delivery.id}")
                    continue
                await self._slots.give(1)
                if self._slots.idle:
                    self._idle.set()
                await self._sleep()

    def wake(self) -> None:
        """Look for what is due now, not at the next poll."""
        self._wake.set()

    async def drained(self) -> None:
        """Return once nothing that is due is left to post."""
        self._idle.clear()
        self._wake.set()
        await self._idle.wait()

    async def _next(self) -> Delivery | None:
        try:
            return await self._store.next_delivery(self._clock.now(), LEASE)
        except Unavailable as error:
            self._report("deliver", error)
            return None

    async def _sleep(self) -> None:
        now, due = self._clock.now(), None
        with suppress(Unavailable):  # uploads go on while the database is locked
            due = await self._store.next_due()
        await waiting.until(min(due or now + POLL, now + POLL), self._wake, self._clock)

    async def _one(self, delivery: Delivery) -> None:
        try:
            await self._try(delivery)
        except Exception as bug:  # noqa: BLE001 -- the delivery stays in the store and is due again after its lease
            self._report(f"delivery {delivery.id}", bug)
        finally:
            self._in_hand.discard(delivery.id)
            await self._slots.give(1)
            self._wake.set()

    async def _try(self, delivery: Delivery) -> None:
        now = self._clock.now()
        if answer_is_on_its_way(delivery, now, self._began):
            later = Later(now + ANSWER_PAUSE, delivery.route, delivery.tries)
            await self._store.postpone(delivery, later)
            return
        if may_be_overwritten(delivery, now, self._began):
            await self._clock.sleep_until(self._began + LATE_EDITS)
        delivery = at_route(delivery, first_route(delivery, now))
        if delivery.route is Route.KEEP:
            await self._keep(delivery, now)
            return
        await self._settled(delivery.job.id)
        try:
            posted = await self._post(delivery)
        except PostingFailed as failure:
            await self._postpone(delivery, failure)
        else:
            await self._done(delivery, posted)

    async def _post(self, delivery: Delivery) -> Posted:
        """Post every message of the outcome that is not there yet; answers the first."""
        groups = await self._prepare.messages(delivery.job, delivery.pictures)
        first: Posted | None = None
        for part, pictures in enumerate(groups):
            posted = await self._there(delivery, part)
            if posted is None:
                posted = await self._post_part(delivery, pictures, part, len(groups))
                await self._store.sent(delivery, part, posted, self._clock.now())
            first = first or posted
        assert first is not None  # there is always one message
        return first

    async def _there(self, delivery: Delivery, part: int) -> Posted | None:
        """The message that shows a part already; else it is written down that one is asked for.

        Where the answer to an earlier question was lost, Discord itself answers the same question
        with the same message for a while. Later, or in another place, it has to be looked for.
        """
        now = self._clock.now()
        known = delivery.part(part)
        if known is not None and known.posted is not None:
            return known.posted
        if edits_card(delivery.route, part):
            return None
        if known is not None:
            if nonce_holds(known, delivery.route, now):
                return None
            found = await self._messenger.find(delivery, known.route, part, known.at)
            if found is not None:
                await self._store.sent(delivery, part, found, now)
                return found
        await self._store.sending(delivery, part, now)
        return None

    async def _post_part(
        self, delivery: Delivery, pictures: Sequence[Picture], part: int, parts: int
    ) -> Posted:
        """Post one message; what has been posted before it stays as it is."""
        return await self._prepare.posted(
            delivery.job,
            pictures,
            delivery.job.place.upload_limit,
            lambda files: self._messenger.deliver(
                delivery, delivery.route, files, part=part, parts=parts
            ),
        )

    async def _done(self, delivery: Delivery, posted: Posted) -> None:
        now = self._clock.now()
        for sha256 in await self._store.delivered(delivery, posted, now):
            await self._vault.drop(sha256)
        self._events.announce(
            events.Delivered(
                **events.about(delivery.job, now),
                route=delivery.route.value,
                message_id=posted.message_id,
                seconds=(now - delivery.job.accepted_at).total_seconds(),
            )
        )

    async def _postpone(self, delivery: Delivery, failure: PostingFailed) -> None:
        now = self._clock.now()
        later = after_failure(delivery, failure, now)
        self._events.announce(
            events.Postponed(
                **events.about(delivery.job, now),
                route=delivery.route.value,
                code=failure.code,
                detail=failure.detail,
                until=later.at,
            )
        )
        if later.route is Route.KEEP:
            await self._keep(delivery, now)
        else:
            await self._store.postpone(delivery, later)

    async def _keep(self, delivery: Delivery, now: datetime) -> None:
        await self._store.postpone(delivery, Later(now, Route.KEEP, 0))
        self._events.announce(events.Kept(**events.about(delivery.job, now)))

    def _heard(self, event: events.Happening) -> None:
        if isinstance(event, events.Drawn | events.Failed | events.Cancelled | events.Answered):
            self.wake()
