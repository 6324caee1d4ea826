"""What the services need from the database: one Protocol per concern, one store that has them all.

Every call is one transaction: it happened, or it did not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.delivery import Delivery, Later, Posted
from bot.core.errors import DrawingFailed
from bot.core.jobs import Draft, Job, Note, Picture, State
from bot.core.quotas import Counter, Period, Rule, Standing, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may run and wait at once; see the settings of the same names.

    Attributes:
        slots: Pictures drawn at once by this process.
        server_slots: Likewise for one server.
        member_slots: Likewise for one member of one server.
        server_queue: Requests of one server that may wait.
        member_queue: Requests of one member that may wait.
    """

    slots: int
    server_slots: int
    member_slots: int
    server_queue: int
    member_queue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The answer to a submission.

    Attributes:
        new: False where this interaction had been accepted before.
    """

    job: Job
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One unfinished request of a member and about how many start before it."""

    job: Job
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was found at start, by how the last process left it."""

    requeued: tuple[Job, ...]
    unknown: tuple[Job, ...]


class Queue(Protocol):
    """The part of the store that jobs move through. Each call is one transaction.

    Calls that take a job are fenced: they answer False, and change nothing, when the job is not
    running with that attempt any more.
    """

    async def submit(self, draft: Draft, limits: Limits, now: datetime) -> Submitted:
        """Queue a request and reserve its estimate, or neither.

        Raises:
            QuotaExceeded: A rule has no room for it.
            QueueFull: Too much is waiting.
            Unavailable: It cannot be stored.
        """
        ...

    async def answered(self, job_id: int, message_id: int) -> None:
        """Remember which message shows the job."""
        ...

    async def claim(self, worker: str, now: datetime, lease: timedelta) -> Job | None:
        """The next job in fair order, running, or None where nothing may start."""
        ...

    async def renew(self, job: Job, now: datetime, lease: timedelta) -> bool:
        """Prolong the lease of a running job."""
        ...

    async def intend(self, job: Job, call: int, provider: str, now: datetime) -> bool:
        """Write down that a call is about to be made, before its socket opens."""
        ...

    async def rejected(self, job: Job, call: int, code: str, now: datetime) -> bool:
        """Write down that a call was surely not paid."""
        ...

    async def keep(
        self,
        job: Job,
        pictures: Sequence[Picture],
        cost: int,
        provider: str,
        now: datetime,
        *,
        note: Note | None = None,
    ) -> bool:
        """Drawn: name the kept files, settle the cost, and put the delivery out, all as one."""
        ...

    async def fail(self, job: Job, failure: DrawingFailed, now: datetime) -> bool:
        """No picture: release what was reserved, and put the notice out.

        An `OutcomeUnknown` ends the job as unknown and keeps its possible cost apart.
        """
        ...

    async def requeue(self, job: Job, now: datetime) -> bool:
        """Back to its place in the queue, as if it had not been claimed."""
        ...

    async def cancel(self, job_id: int, now: datetime) -> State:
        """Cancel a waiting job and release what was reserved; the state it had before.

        A job in any other state is left as it is.
        """
        ...

    async def recover(self, now: datetime, *, repeat: bool) -> Recovered:
        """At start: sort out what processes that are gone left running.

        Where others may be at work, these are jobs whose lease has ended. A job with no call on
        its way is queued again; one whose call got no answer ends as unknown, or is queued again
        once if `repeat`.
        """
        ...

    async def set_limits(self, limits: Limits) -> None:
        """Apply the slots for servers and members to every lane."""
        ...


class Deliveries(Protocol):
    """The part of the store that outcomes leave through."""

    async def next_delivery(self, now: datetime, lease: timedelta) -> Delivery | None:
        """One that is due, held by the caller for the lease."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next delivery is due, if there is any."""
        ...

    async def delivered(self, delivery: Delivery, posted: Posted, now: datetime) -> tuple[str, ...]:
        """It is visible. Answers the hashes of files that no job needs any more."""
        ...

    async def postpone(self, delivery: Delivery, later: Later) -> None:
        """Try again then, by that route; `Route.KEEP` keeps it with the job instead."""
        ...


class Accounts(Protocol):
    """The part of the store that rules, use and settings of servers are read from."""

    async def rules(self, guild_id: int) -> tuple[Rule, ...]:
        """Every rule of a server."""
        ...

    async def set_rule(self, rule: Rule) -> Rule | None:
        """Set one; answers the rule that it replaces."""
        ...

    async def clear_rule(self, guild_id: int, subject: Subject, period: Period) -> Rule | None:
        """Remove one; answers it."""
        ...

    async def counters(self, guild_id: int, member_id: int, now: datetime) -> tuple[Counter, ...]:
        """What the server and the member used in each period that holds `now`."""
        ...

    async def standings(self, guild_id: int, member_id: int, now: datetime) -> tuple[Standing, ...]:
        """Each rule that applies to the member, and what is taken of it."""
        ...

    async def shows_costs(self, guild_id: int) -> bool:
        """Whether result cards of this server name their cost."""
        ...

    async def show_costs(self, guild_id: int, *, shown: bool) -> None:
        """Change that."""
        ...


class Files(Protocol):
    """The part of the store that knows which files are still needed."""

    async def files_in_use(self, keep_inputs_after: datetime) -> frozenset[str]:
        """The hashes of all files that somebody may still ask for.

        Those are pictures that are not posted yet, what unfinished requests are drawn from, and
        what later requests than that time were drawn from: they can be repeated.
        """
        ...


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


class Memory(Protocol):
    """Small facts that outlive the process, by name."""

    async def recall(self, name: str) -> str | None:
        """The fact, if there is one."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Keep it."""
        ...


class Hints(Protocol):
    """Word of what other processes changed in the same database; some of it may be missed."""

    async def listen(self, changed: Callable[[], None]) -> None:
        """Call it whenever something may have become ready to be drawn or posted.

        Returns, at once, only where no other process can change anything.

        Raises:
            Unavailable: Nothing is heard any more.
        """
        ...


class Store(Queue, Deliveries, Accounts, Files, Reports, Memory, Hints, Protocol):
    """All that is stored; one database."""

    async def open(self) -> None:
        """Bring the schema up to date and, where it is for one process, take it for this one.

        Raises:
            Misconfigured: The database cannot be used; the sentence says why.
        """
        ...

    async def close(self) -> None:
        """Let go of it; safe to call twice."""
        ...

    def described(self) -> str:
        """Once it is open: which database it is, for the operator."""
        ...
