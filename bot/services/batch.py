"""Ask for several pictures by one command, and keep the card true that shows them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core import batches
from bot.core.batches import Batch, Board, Refused
from bot.core.errors import Busy, InvalidRequest, PostingFailed, Refusal, Unavailable
from bot.core.events import Event, Events, Happening
from bot.core.jobs import Place
from bot.core.models import Wish
from bot.core.ports import Clock
from bot.core.stores import Limits, Store
from bot.services import waiting
from bot.services.submit import Submit

TICK = timedelta(seconds=3)
"""Discord takes about one edit a second of all cards in a channel together."""

POLL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """What became of the lines.

    Attributes:
        batch: None where all of them were refused.
    """

    batch: Batch | None
    refused: tuple[Refused, ...]


class Together:
    """Takes batches in, and follows them until everything in them has ended.

    Args:
        limits: What the operator allows; a server may allow less.
        report: Told where the database does not answer.
    """

    def __init__(
        self,
        *,
        store: Store,
        submit: Submit,
        board: Board,
        clock: Clock,
        events: Events,
        limits: Limits,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._submit = submit
        self._board = board
        self._clock = clock
        self._limits = limits
        self._report = report
        self._of: dict[int, int] = {}
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        events.listen(self._heard)

    async def most(self, guild_id: int) -> int:
        """How many requests of one member may wait there: so many lines may be asked for."""
        chosen = (await self._store.policy(guild_id)).chosen
        return min(self._limits.within(chosen).member_queue, batches.MOST_LINES)

    async def begin(self, prompts: Sequence[str], wish: Wish, place: Place) -> Began | None:
        """Queue each prompt like a request of its own; None where Discord told us of it twice.

        Raises:
            InvalidRequest: There is no line, or there are too many; nothing is queued.
            Unavailable: Nothing can be stored.
        """
        most = await self.most(place.guild_id)
        if not prompts:
            raise InvalidRequest("Say in each line what one picture should show.")
        if len(prompts) > most:
            raise InvalidRequest(
                f"That is {len(prompts)} lines; you may have {most} requests waiting here. Nothing "
                "was queued."
            )
        batch_id = await self._store.begin_batch(place, len(prompts), self._clock.now())
        if batch_id is None:
            return None
        refused = []
        for number, prompt in enumerate(prompts):
            here = batches.line(place, batch_id, number)
            try:
                await self._submit.wish(replace(wish, prompt=prompt), here)
            except Refusal as refusal:
                refused.append(Refused(prompt=prompt, refusal=refusal))
        if refused:
            await self._store.batch_refused(batch_id, len(refused))
        begun = await self._store.batch(batch_id)
        if begun is None or not begun.jobs:
            await self._store.batch_shown(batch_id)
            return Began(batch=None, refused=tuple(refused))
        self._follow(begun)
        return Began(batch=begun, refused=tuple(refused))

    async def answered(self, batch_id: int, message_id: int) -> None:
        """Its card is up."""
        await self._store.batch_answered(batch_id, message_id)
        self._changed.add(batch_id)
        self._wake.set()

    async def batch(self, batch_id: int) -> Batch | None:
        """As it is now."""
        return await self._store.batch(batch_id)

    async def run(self) -> None:
        """Follow them until cancelled, also those of an earlier process."""
        while True:
            try:
                if not self._of:
                    await self._take_up()
                await self.once()
            except Unavailable as locked:
                self._report("batches", locked)
            await self._clock.sleep_until(self._clock.now() + TICK)
            await waiting.until(self._clock.now() + POLL, self._wake, self._clock)

    async def once(self) -> None:
        """Bring every card up to date that shows what is not so any more."""
        self._wake.clear()
        changed, self._changed = self._changed, set()
        for batch_id in changed:
            batch = await self._store.batch(batch_id)
            if batch is None:
                continue
            if await self._show(batch) and batch.ended:
                await self._store.batch_shown(batch_id)
                for job in batch.jobs:
                    self._of.pop(job.id, None)

    async def _show(self, batch: Batch) -> bool:
        """Whether nothing is left to be shown of it as it is."""
        if batch.place.message_id is None:
            # Its card is about to appear, or never did: then the results speak for themselves.
            return batch.ended
        try:
            await self._board.show_batch(batch)
        except Busy:
            self._changed.add(batch.id)
            return False
        except PostingFailed:
            return True  # it was deleted, or the channel is closed
        return True

    async def _take_up(self) -> None:
        for batch_id in await self._store.batches_followed():
            batch = await self._store.batch(batch_id)
            if batch is not None:
                self._follow(batch)

    def _follow(self, batch: Batch) -> None:
        self._of |= {job.id: batch.id for job in batch.jobs}
        self._changed.add(batch.id)
        self._wake.set()

    def _heard(self, event: Happening) -> None:
        if isinstance(event, Event) and event.job_id in self._of:
            self._changed.add(self._of[event.job_id])
            self._wake.set()
