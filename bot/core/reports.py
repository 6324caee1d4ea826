"""What is only read from the database, and the part of the store that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.bookkeeping import Spent
from bot.core.jobs import Job, Picture, Place, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One unfinished request of a member and about how many start before it."""

    job: Job
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A request whose pictures were drawn.

    Attributes:
        posted: The message that shows them; None where they could not be posted anywhere.
    """

    job: Job
    posted: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of what was drawn for a member, newest first.

    Attributes:
        newer: Whether there is more before it.
        older: Whether there is more after it.
    """

    shown: tuple[Shown, ...]
    newer: bool
    older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildQueue:
    """What waits and runs in one server.

    Attributes:
        shown: A part of it: what runs first, then what waits, in the order of asking.
        running: How many run in all.
        waiting: How many wait in all.
    """

    shown: tuple[Waiting, ...]
    running: int
    waiting: int


class Reports(Protocol):
    """The part of the store that is only read."""

    async def job(self, job_id: int) -> Job | None:
        """A job of any state."""
        ...

    async def ahead(self, job_id: int) -> int | None:
        """About how many requests start before this one; None if it does not wait."""
        ...

    async def unfinished(self, guild_id: int, member_id: int) -> tuple[Waiting, ...]:
        """What the member has waiting, running, or on its way to be posted; oldest first."""
        ...

    async def counts(self) -> dict[State, int]:
        """How many jobs are live, by state: queued, running and drawn."""
        ...

    async def pictures(self, job_id: int) -> tuple[Picture, ...]:
        """What was drawn for a job, in order."""
        ...

    async def shown(
        self,
        member_id: int,
        most: int,
        *,
        older_than: int | None = None,
        newer_than: int | None = None,
    ) -> Page:
        """What was drawn for the member in any server, or the part next to the job of that id.

        Where fewer than `most` are newer, the page is the newest one, and full.
        """
        ...

    async def last(self, guild_id: int, member_id: int, most: int) -> tuple[Job, ...]:
        """What was drawn for the member in one server, the newest first."""
        ...

    async def kept(self, member_id: int, drawn_after: datetime) -> int:
        """How many requests of the member could not be posted, of those drawn then or later."""
        ...

    async def guild_queue(self, guild_id: int, most: int, *, skip: int = 0) -> GuildQueue:
        """What waits and runs in a server, so many of it, after so many others."""
        ...

    async def spent(self, guild_id: int, marks: Sequence[datetime]) -> tuple[Spent, ...]:
        """What was charged in a server between each mark and the next, by member and model."""
        ...
