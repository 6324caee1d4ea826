"""Answer questions about requests: where mine are, and what one of them was."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.jobs import Job, State
from bot.core.stores import Store
from bot.services.expect import Expect


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One unfinished request, as its author is shown it.

    Attributes:
        ahead: Requests that start before it, while it waits.
        expected_s: About how long until it is drawn.
    """

    job: Job
    ahead: int
    expected_s: int


class Report:
    """Reads; changes nothing."""

    def __init__(self, *, store: Store, expect: Expect) -> None:
        self._store = store
        self._expect = expect

    async def job(self, job_id: int) -> Job | None:
        """A request of any state."""
        return await self._store.job(job_id)

    async def line(self, job: Job) -> Line:
        """Where one request is."""
        ahead = await self._store.ahead(job.id) or 0
        return Line(job=job, ahead=ahead, expected_s=self._expect.seconds(job.request, ahead))

    async def unfinished(self, guild_id: int, member_id: int) -> tuple[Line, ...]:
        """Where every unfinished request of the member is, oldest first."""
        waiting = await self._store.unfinished(guild_id, member_id)
        return tuple(
            Line(
                job=each.job,
                ahead=each.ahead,
                expected_s=self._expect.seconds(each.job.request, each.ahead),
            )
            for each in waiting
        )

    async def counts(self) -> dict[State, int]:
        """How many requests are live, by state."""
        return await self._store.counts()
