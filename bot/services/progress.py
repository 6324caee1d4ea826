"""Keep the cards of unfinished requests true: position, drawing, partial pictures, pauses.

Each card is edited at most once in a few seconds. Once the outcome of a request is known its card
belongs to delivery: `settled` waits for an edit that is under way and allows no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core import events
from bot.core.errors import BadAnswer, PostingFailed
from bot.core.ports import Clock, Imaging, Messenger, Progress
from bot.core.previews import EDIT_EVERY, worth_showing
from bot.core.stores import Store
from bot.services.circuits import Circuits
from bot.services.expect import Expect

TICK = timedelta(seconds=1)

WAITING_SHOWN = 20
"""Cards of waiting requests that are kept up to date: those accepted first."""

EDITS_PER_TICK = 3
"""Cards edited in one tick; Discord allows fifty requests a second for all that the bot does."""


@dataclass(slots=True)
class Card:
    """What is known about the card of one unfinished request.

    Attributes:
        up: Whether the message is there to be edited.
        ahead: The position it shows; None while it is drawn.
        silent: Whether it shows that no provider answers.
        paused: Whether it shows that the server has its queue wait.
        urgent: Whether it is brought up to date although many cards come before it.
        changed: Whether it shows less than is known.
        back: Whether it was put back into the queue, which the message does not say yet.
        editing: Held while an edit is under way.
        closed: No further edits: the outcome is known.
    """

    guild_id: int
    up: bool = False
    ahead: int | None = None
    silent: bool = False
    paused: bool = False
    urgent: bool = False
    since: datetime | None = None
    until: datetime | None = None
    asked: bool = True
    sketch: bytes | None = None
    percent: int | None = None
    last_edit: datetime | None = None
    changed: bool = False
    back: bool = False
    closed: bool = False
    editing: asyncio.Lock = field(default_factory=asyncio.Lock)


class ShowProgress:
    """Listens to what happens and edits cards accordingly."""

    def __init__(
        self,
        *,
        store: Store,
        imaging: Imaging,
        messenger: Messenger,
        clock: Clock,
        events: events.Events,
        expect: Expect,
        circuits: Circuits,
    ) -> None:
        self._store = store
        self._imaging = imaging
        self._messenger = messenger
        self._clock = clock
        self._expect = expect
        self._circuits = circuits
        self._cards: dict[int, Card] = {}
        self._changed = asyncio.Event()
        events.listen(self._heard)

    async def run(self) -> None:
        """Edit what has changed, until cancelled."""
        while True:
            await self._changed.wait()
            await self.refresh()
            await self._clock.sleep_until(self._clock.now() + TICK)

    async def refresh(self) -> None:
        """One round of edits: cards that are drawn first, then some that wait."""
        self._changed.clear()
        now = self._clock.now()
        drawing = [job_id for job_id, card in self._cards.items() if card.since]
        waiting = [job_id for job_id, card in self._cards.items() if not card.since]
        urgent = [job_id for job_id in waiting[WAITING_SHOWN:] if self._cards[job_id].urgent]
        async with asyncio.TaskGroup() as group:
            for job_id in drawing:
                card = self._cards[job_id]
                if card.changed and card.up and worth_showing(card.last_edit, now):
                    group.create_task(self._edit(job_id, card))
            for job_id in (*waiting[:WAITING_SHOWN], *urgent[:WAITING_SHOWN]):
                if await self._moved(job_id) and (moved := self._cards.get(job_id)):
                    group.create_task(self._edit(job_id, moved))
        if any(card.changed for card in self._cards.values()):
            self._changed.set()

    async def conclude(self) -> None:
        """Say of requests that were put back that they wait, since nobody draws them now.

        Raises:
            Unavailable: The store cannot be read.
        """
        for job_id, card in tuple(self._cards.items()):
            if card.back and card.up:
                card.ahead = await self._store.ahead(job_id)
                await self._edit(job_id, card)

    async def settled(self, job_id: int) -> None:
        """Give the card over to delivery; returns when no edit of ours can follow."""
        card = self._cards.pop(job_id, None)
        if card is not None:
            card.closed = True
            async with card.editing:
                return

    async def _moved(self, job_id: int) -> bool:
        """Whether a waiting request stands otherwise than its card shows."""
        card = self._cards.get(job_id)
        if card is None:
            return False  # it was settled while others were looked at
        recent = card.last_edit and self._clock.now() - card.last_edit < 2 * EDIT_EVERY
        if not card.up or not card.changed or recent:
            return False
        ahead = await self._store.ahead(job_id)
        silent = self._circuits.until is not None
        paused = (await self._store.policy(card.guild_id)).chosen.paused
        shown = (card.ahead, card.silent, card.paused)
        moved = ahead is not None and (card.back or (ahead, silent, paused) != shown)
        card.ahead, card.silent, card.paused = ahead, silent, paused
        card.changed, card.urgent = moved, False
        return moved

    async def _edit(self, job_id: int, card: Card) -> None:
        async with card.editing:
            job = None if card.closed else await self._store.job(job_id)
            if job is None or card.closed or job.cancelled_by is not None:
                return
            card.changed, card.back, card.last_edit = False, False, self._clock.now()
            progress = Progress(
                job=job,
                ahead=None if card.since else card.ahead,
                expected_s=self._expect.seconds(
                    job.request, (card.ahead or 0) if not card.since else 0
                ),
                since=card.since,
                until=card.until,
                asked=card.asked,
                silent=card.silent and not card.since,
                paused=card.paused and not card.since,
                sketch=await self._sketch(card.sketch),
                percent=card.percent,
            )
            # Progress is a courtesy: an edit that fails is not repeated, the next one may work.
            with contextlib.suppress(PostingFailed):
                await self._messenger.progress(progress)

    async def _sketch(self, partial: bytes | None) -> bytes | None:
        if partial is None:
            return None
        try:
            return await self._imaging.sketch(partial)
        except BadAnswer:
            return None

    def _heard(self, event: events.Happening) -> None:
        if isinstance(event, events.Refused):
            return
        if isinstance(event, events.CircuitOpened | events.CircuitClosed):
            pass  # all that wait may have something else to show
        elif isinstance(event, events.QueuePaused):
            for job_id in event.waiting:
                card = self._cards.setdefault(job_id, Card(event.guild_id, up=True))
                card.urgent = True
        elif isinstance(event, events.Drawn | events.Failed | events.Cancelled | events.Kept):
            if event.job_id in self._cards:
                self._cards[event.job_id].closed = True
        else:
            self._note(event)
        # Whatever happened to one request may have moved those behind it.
        for card in self._cards.values():
            if not card.since:
                card.changed = True
        self._changed.set()

    def _note(self, event: events.Event) -> None:
        match event:
            case events.Accepted():
                self._cards[event.job_id] = Card(event.guild_id)
            case events.Answered():
                self._card(event).up = True
            case events.Started() | events.Requeued():
                card = self._card(event)
                card.since = event.at if isinstance(event, events.Started) else None
                card.changed, card.until, card.sketch, card.percent = True, None, None, None
                card.back = isinstance(event, events.Requeued)
            case events.Paused():
                card = self._card(event)
                card.until, card.asked, card.changed = event.until, event.reason == "too_fast", True
            case events.Sketched():
                card = self._card(event)
                card.sketch, card.until, card.changed = event.picture, None, True
            case events.Advanced():
                card = self._card(event)
                card.percent, card.until, card.changed = event.percent, None, True
            case _:
                return

    def _card(self, event: events.Event) -> Card:
        # Requests of an earlier process have cards that are up already.
        return self._cards.setdefault(event.job_id, Card(event.guild_id, up=True))
