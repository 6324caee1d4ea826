"""What those who manage a server do about its queue, and what they are told of its spending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.bookkeeping import By, Chart, Span, Spent, bits, draw_up, total, write_csv
from bot.core.events import Cancelled, Events, QueuePaused, about
from bot.core.guilds import calendar
from bot.core.jobs import Job, State
from bot.core.ports import Clock, Imaging
from bot.core.pricing import dollars
from bot.core.stores import Store
from bot.services.choose import Choose

EVERY_ONE = 100_000
"""More requests than may wait in a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What was spent in a server in some time.

    Attributes:
        starts_at: When that time began.
        picture: The chart as a PNG.
        table: The same as CSV, in more detail.
    """

    span: Span
    starts_at: datetime
    zone: str
    spent: tuple[Spent, ...]
    chart: Chart
    picture: bytes
    table: bytes


class Oversee:
    """For those who manage a server."""

    def __init__(
        self,
        *,
        store: Store,
        choose: Choose,
        imaging: Imaging,
        clock: Clock,
        events: Events,
    ) -> None:
        self._store = store
        self._choose = choose
        self._imaging = imaging
        self._clock = clock
        self._events = events

    async def pause(self, guild_id: int, *, by: int, paused: bool) -> None:
        """Have the queue of a server wait, or go on. What is being drawn is finished."""
        await self._choose.change(guild_id, by=by, paused=paused)
        queue = await self._store.guild_queue(guild_id, EVERY_ONE)
        waiting = (each.job.id for each in queue.shown if each.job.state is State.QUEUED)
        self._events.announce(
            QueuePaused(
                guild_id=guild_id,
                by=by,
                at=self._clock.now(),
                paused=paused,
                waiting=tuple(waiting),
            )
        )

    async def clear(self, guild_id: int, *, by: int) -> tuple[Job, ...]:
        """Cancel all that waits in a server; answers what did, as it is then."""
        now = self._clock.now()
        cleared = await self._store.clear_queue(guild_id, by, now)
        for job in cleared:
            self._events.announce(Cancelled(**about(job, now), by=by))
        return tuple(replace(job, state=State.CANCELLED, cancelled_by=by) for job in cleared)

    async def account(self, guild_id: int, span: Span, by: By) -> Account:
        """What was spent in a server, drawn and as a table."""
        name = (await self._choose.chosen(guild_id)).zone
        zone = calendar(name)
        marks = bits(span, self._clock.now(), zone)
        spent = await self._store.spent(guild_id, marks)
        drawn = total(spent)
        title = f"{span.capitalize()}: {drawn.pictures:,} pictures, {dollars(drawn.micro)}"
        chart = draw_up(spent, marks, by, title, zone)
        return Account(
            span=span,
            starts_at=marks[0],
            zone=name,
            spent=spent,
            chart=chart,
            picture=await self._imaging.chart(chart),
            table=write_csv(spent, zone),
        )
