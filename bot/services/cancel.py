"""Withdraw a request that waits, or that is being drawn."""

from __future__ import annotations

from dataclasses import replace

from bot.core.errors import NotYours, TooLate
from bot.core.events import Cancelled, Events, Withdrawn, about
from bot.core.jobs import Job, State
from bot.core.ports import Clock
from bot.core.stores import Store


class Cancel:
    """The way out. What it came to is delivered like every other outcome."""

    def __init__(self, *, store: Store, clock: Clock, events: Events) -> None:
        self._store = store
        self._clock = clock
        self._events = events

    async def __call__(self, job_id: int, *, by: int, guild_id: int, moderator: bool) -> Job:
        """Cancel a waiting request, or ask for one that is being drawn not to be posted.

        Answers the job as it is then: cancelled, or running with `cancelled_by` set.

        Args:
            job_id: Which.
            by: The member who asks.
            guild_id: Where they ask; a moderator there is none elsewhere.
            moderator: Whether they may act on other people's requests.

        Raises:
            NotYours: It is somebody else's, or there is none of that number here.
            TooLate: It is cancelled already, or finished.
        """
        job = await self._store.job(job_id)
        if job is None or job.place.guild_id != guild_id:
            raise NotYours
        if job.place.member_id != by and not moderator:
            raise NotYours
        if job.cancelled_by is not None:
            raise TooLate("This request is cancelled already.")
        now = self._clock.now()
        match await self._store.cancel(job_id, by, now):
            case State.QUEUED:
                self._events.announce(Cancelled(**about(job, now), by=by))
                job = replace(job, state=State.CANCELLED, cancelled_by=by)
            case State.RUNNING:
                self._events.announce(Withdrawn(**about(job, now), by=by))
                job = replace(job, state=State.RUNNING, cancelled_by=by)
            case State.CANCELLED:
                raise TooLate("This request is cancelled already.")
            case _:
                raise TooLate("This request is finished already, so there is nothing to cancel.")
        return job
