"""Answer questions about requests: where mine are, what came of them, and what one of them was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.jobs import Job, State
from bot.core.ports import Clock
from bot.core.reports import GuildQueue, Page
from bot.core.stores import Store
from bot.services.circuits import Circuits
from bot.services.expect import Expect
from bot.services.sweep import KEEP_RESULTS, kept_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One unfinished request, as its author is shown it.

    Attributes:
        ahead: Requests that start before it, while it waits.
        expected_s: About how long until it is drawn.
        silent: Whether it waits because no provider answers.
        paused: Whether it waits because the server has its queue wait.
    """

    job: Job
    ahead: int
    expected_s: int
    silent: bool = False
    paused: bool = False


class Report:
    """Reads; changes nothing."""

    def __init__(self, *, store: Store, expect: Expect, clock: Clock, circuits: Circuits) -> None:
        self._store = store
        self._expect = expect
        self._clock = clock
        self._circuits = circuits

    async def job(self, job_id: int) -> Job | None:
        """A request of any state."""
        return await self._store.job(job_id)

    async def line(self, job: Job) -> Line:
        """Where one request is."""
        ahead = await self._store.ahead(job.id) or 0
        return self._line(job, ahead, paused=await self._paused(job.place.guild_id))

    async def unfinished(self, guild_id: int, member_id: int) -> tuple[Line, ...]:
        """Where every unfinished request of the member is, oldest first."""
        waiting = await self._store.unfinished(guild_id, member_id)
        paused = await self._paused(guild_id)
        return tuple(self._line(each.job, each.ahead, paused=paused) for each in waiting)

    async def guild_queue(
        self, guild_id: int, most: int, *, skip: int = 0
    ) -> tuple[GuildQueue, tuple[Line, ...]]:
        """What waits and runs in a server, and where each request of that part is."""
        queue = await self._store.guild_queue(guild_id, most, skip=skip)
        paused = await self._paused(guild_id)
        lines = (self._line(each.job, each.ahead, paused=paused) for each in queue.shown)
        return queue, tuple(lines)

    async def _paused(self, guild_id: int) -> bool:
        return (await self._store.policy(guild_id)).chosen.paused

    def _line(self, job: Job, ahead: int, *, paused: bool) -> Line:
        return Line(
            job=job,
            ahead=ahead,
            expected_s=self._expect.seconds(job.request, ahead),
            silent=job.state is State.QUEUED and self._circuits.until is not None,
            paused=job.state is State.QUEUED and paused,
        )

    async def shown(
        self,
        member_id: int,
        most: int,
        *,
        older_than: int | None = None,
        newer_than: int | None = None,
    ) -> Page:
        """What was drawn for the member in any server, newest first; see `core.stores.Reports`."""
        return await self._store.shown(
            member_id, most, older_than=older_than, newer_than=newer_than
        )

    async def last(self, guild_id: int, member_id: int, most: int) -> tuple[Job, ...]:
        """What was drawn for the member in one server, the newest first."""
        return await self._store.last(guild_id, member_id, most)

    async def kept(self, member_id: int) -> int:
        """How many requests of the member could not be posted, and are still kept."""
        return await self._store.kept(member_id, self._clock.now() - KEEP_RESULTS)

    def kept_until(self, job: Job) -> datetime | None:
        """When its pictures are let go of; None unless they could not be posted and are kept."""
        return kept_until(job, self._clock.now())

    async def counts(self) -> dict[State, int]:
        """How many requests are live, by state."""
        return await self._store.counts()
