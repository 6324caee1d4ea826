"""What the services need from the database: one Protocol per concern, one store that has them all.

Every call is one transaction: it happened, or it did not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.allowances import Permit
from bot.core.batches import Batches
from bot.core.budgets import NO_BUDGETS, Budgets
from bot.core.delivery import Delivery, Later, Posted
from bot.core.errors import DrawingFailed
from bot.core.guilds import Change, GuildSettings
from bot.core.jobs import Draft, Job, Note, Picture, State
from bot.core.privacy import Privacy
from bot.core.quotas import Amount, Bound, Counter, Rule, Tally
from bot.core.reports import Reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may run and wait at once; see the settings of the same names.

    Attributes:
        slots: Pictures drawn at once by this process.
        server_slots: Likewise for one server.
        member_slots: Likewise for one member of one server.
        server_queue: Requests of one server that may wait.
        member_queue: Requests of one member that may wait.
        budgets: What the operator lets be spent.
    """

    slots: int
    server_slots: int
    member_slots: int
    server_queue: int
    member_queue: int
    budgets: Budgets = NO_BUDGETS

    def within(self, chosen: GuildSettings) -> Limits:
        """Those of one server, which may choose less for itself than the operator allows."""
        return replace(
            self,
            server_slots=0 if chosen.paused else _less(self.server_slots, chosen.server_slots),
            member_slots=_less(self.member_slots, chosen.member_slots),
            server_queue=_less(self.server_queue, chosen.server_queue),
            member_queue=_less(self.member_queue, chosen.member_queue),
        )


def _less(allowed: int, chosen: int | None) -> int:
    return allowed if chosen is None else min(allowed, chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a server decided that is looked at before a request is accepted."""

    chosen: GuildSettings
    permits: tuple[Permit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The answer to a submission.

    Attributes:
        new: False where this interaction had been accepted before.
    """

    job: Job
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Jobs that were left running: those that wait again, and those that came to an end."""

    requeued: tuple[Job, ...]
    ended: tuple[Job, ...]


class Queue(Protocol):
    """The part of the store that jobs move through. Each call is one transaction.

    Calls that take a job are fenced: they answer False or None, and change nothing, when the job
    is not running with that attempt any more. One that was withdrawn while it ran is cancelled by
    the first of them that ends the attempt, whatever that found.
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
        """Write down that a call is about to be made, before its socket opens.

        Refused for a job that was withdrawn.
        """
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
    ) -> Job | None:
        """Drawn: name the kept files, settle the cost, and put the delivery out, all as one.

        Answers the job as it is then: drawn, or cancelled, whose pictures count and are not named.
        """
        ...

    async def fail(self, job: Job, failure: DrawingFailed, now: datetime) -> Job | None:
        """No picture: release what was reserved, and put the notice out.

        An `OutcomeUnknown` ends the job as unknown and keeps its possible cost apart. Answers the
        job as it is then: failed, unknown or cancelled.
        """
        ...

    async def requeue(self, job: Job, now: datetime) -> Job | None:
        """Back to its place in the queue, as if it had not been claimed.

        Answers the job as it is then: queued or cancelled. Refused while a call for it is on its
        way.
        """
        ...

    async def cancel(self, job_id: int, by: int, now: datetime) -> State:
        """Withdraw a job; answers the state it had before.

        One that waits is cancelled, and what was reserved is released. One that runs is marked:
        it is cancelled when its attempt ends. A job in any other state is left as it is.
        """
        ...

    async def clear_queue(self, guild_id: int, by: int, now: datetime) -> tuple[Job, ...]:
        """Cancel all that waits in a server; answers what did, oldest first."""
        ...

    async def recover(
        self, now: datetime, *, repeat: bool, held: Collection[int] | None = None
    ) -> Recovered:
        """Sort out jobs whose worker is gone.

        A job with no call on its way is queued again, unless its worker died with it in hand too
        often; one whose call got no answer ends as unknown, or is queued again once if `repeat`.

        Args:
            now: The time.
            repeat: Whether to draw once more what may have been paid.
            held: The jobs that this process is drawing: then only those whose lease has ended are
                sorted out, and none of these. None at start; where others may be at work then, only
                ended leases are sorted out, too.
        """
        ...

    async def lapsed(self, job_id: int, attempt: int, now: datetime) -> bool:
        """Whether a job runs with that attempt and its lease has ended."""
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

    async def sending(self, delivery: Delivery, part: int, now: datetime) -> None:
        """Write down that Discord is about to be asked for a new message, by that route."""
        ...

    async def sent(self, delivery: Delivery, part: int, posted: Posted, now: datetime) -> None:
        """Write down which message shows a part: it is not posted again, whatever becomes of it."""
        ...

    async def delivered(self, delivery: Delivery, posted: Posted, now: datetime) -> tuple[str, ...]:
        """It is visible. Answers the hashes of files that no job needs any more."""
        ...

    async def postpone(self, delivery: Delivery, later: Later) -> None:
        """Try again then, by that route; `Route.KEEP` keeps it with the job instead."""
        ...


class Accounts(Protocol):
    """The part of the store that limits and use are read from.

    Whoever changes something is written down in the audit, in the same transaction.
    """

    async def rules(self, guild_id: int, member_id: int | None = None) -> tuple[Rule, ...]:
        """Every rule of a server.

        Args:
            guild_id: The server.
            member_id: Somebody who is named: what was said of them before they had themselves
                erased is told under this id.
        """
        ...

    async def set_rule(self, rule: Rule) -> Rule | None:
        """Set one; answers the rule that it replaces."""
        ...

    async def clear_rule(self, rule: Rule, by: int, now: datetime) -> Rule | None:
        """Remove the rule for the same subject and period; answers it."""
        ...

    async def set_permit(self, permit: Permit) -> Permit | None:
        """Say what a subject is allowed; answers the permit that it replaces.

        One that says nothing is removed.
        """
        ...

    async def grant(self, tally: Tally, amount: Amount, by: int, now: datetime) -> Counter:
        """Add to the limits of the period that holds `now`; answers what is counted then."""
        ...

    async def forgive(self, tally: Tally, by: int, now: datetime) -> Counter:
        """Hold what was used in the period that holds `now` against nobody; likewise."""
        ...

    async def counters(self, guild_id: int, member_id: int, now: datetime) -> tuple[Counter, ...]:
        """What the server and the member used in each period that holds `now`."""
        ...

    async def bounds(
        self, guild_id: int, member_id: int, roles: Collection[int], now: datetime
    ) -> tuple[Bound, ...]:
        """What must have room for a request of the member, without the operator's budgets."""
        ...


class Guilds(Protocol):
    """The part of the store that knows what servers chose, and who changed it."""

    async def policy(self, guild_id: int, member_id: int | None = None) -> Policy:
        """What a server decided; `member_id` as in `rules`."""
        ...

    async def choose(
        self, guild_id: int, chosen: GuildSettings, limits: Limits, by: int, now: datetime
    ) -> GuildSettings:
        """Change the settings of a server, within the operator's limits; answers what they were.

        In another time zone, what was used in the periods that are running is counted anew.
        """
        ...

    async def note(self, change: Change) -> None:
        """Write into the audit what was done otherwise than by a rule, a permit or a setting."""
        ...

    async def audit(
        self, guild_id: int, most: int, *, older_than: int | None = None
    ) -> tuple[Change, ...]:
        """The newest changes in a server, or those before the one of that number."""
        ...

    async def changed_last(self, guild_id: int) -> dict[str, Change]:
        """The last change of each setting of a server, by what it is called in the audit."""
        ...

    async def audit_after(self, number: int | None, most: int) -> tuple[Change, ...]:
        """The changes in all servers after the one of that number, oldest first.

        Without a number, the newest alone.
        """
        ...


class Files(Protocol):
    """The part of the store that knows which files are still needed."""

    async def files_in_use(self, inputs_after: datetime, results_after: datetime) -> frozenset[str]:
        """The hashes of all files that somebody may still ask for.

        Those are pictures that are not posted yet, those that could not be and were drawn at
        `results_after` or later, what unfinished requests are drawn from, and what requests
        accepted at `inputs_after` or later were drawn from: they can be repeated.
        """
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


class Store(
    Queue,
    Batches,
    Deliveries,
    Accounts,
    Guilds,
    Files,
    Reports,
    Privacy,
    Memory,
    Hints,
    Protocol,
):
    """All that is stored; one database."""

    @property
    def alone(self) -> bool:
        """Whether no other process can be at work on it."""
        ...

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
