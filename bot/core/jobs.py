"""A job: one accepted request and where it is on its way to its author.

queued ──claim──► running ──picture kept──► drawn ──posted──► delivered
   │                 │                        │
   └── cancelled     ├── failed               └── kept
                     ├── unknown
                     ├── cancelled (withdrawn in the middle: not posted)
                     └── queued (our own stop, or no service answers: nothing is owed yet)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.images import ImageRequest


class State(StrEnum):
    """Where a job is."""

    QUEUED = "queued"  #: Accepted and waiting for its turn; its cost is reserved.
    RUNNING = "running"  #: Claimed by a worker, with a lease.
    DRAWN = "drawn"  #: Pictures are on disk and paid; they wait to be posted.
    DELIVERED = "delivered"  #: Posted.
    KEPT = "kept"  #: Drawn, but there was nowhere to post it.
    FAILED = "failed"  #: No picture; nothing charged.
    UNKNOWN = "unknown"  #: Sent, no answer: it may have been paid; the author is not charged.
    CANCELLED = "cancelled"  #: Withdrawn; what was not drawn by then costs nothing.


TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset(
        {State.DRAWN, State.FAILED, State.UNKNOWN, State.CANCELLED, State.QUEUED}
    ),
    State.DRAWN: frozenset({State.DELIVERED, State.KEPT}),
    State.KEPT: frozenset(),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    State.UNKNOWN: frozenset(),
    State.CANCELLED: frozenset(),
}
"""Every step a job can take; the schema and the documents are tested against it."""

LIVE = frozenset({State.QUEUED, State.RUNNING})
"""States in which the estimate is reserved."""


class Note(StrEnum):
    """What is worth saying about pictures beside that they are finished."""

    MASK_IGNORED = "mask_ignored"  #: What the mask protects was changed all the same.


NOBODY = 0
"""Stands for a member of whom everything was erased. Numbers below it stand for one such member."""

ERASED = "someone who had their data erased"
"""How such a member is spoken of."""

DIRECT = 0
"""Stands for the server where there is none: all direct messages share one lane."""


def say_member(member_id: int) -> str:
    """A member as a mention, as long as they are known."""
    return f"<@{member_id}>" if member_id > NOBODY else ERASED


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in Discord a request came from, and how to answer it there.

    Attributes:
        guild_id: The server, or `DIRECT`.
        channel_id: The channel or thread.
        member_id: Who asked.
        interaction_id: Discord's id of the command, button or message: the same one is never
            queued twice.
        token: The interaction's token, which `core.delivery` says how long to use; empty where a
            message was answered, whose card the bot may edit for ever.
        application_id: The bot's application.
        message_id: The card that shows this job, once it is known.
        upload_limit: Bytes per file that Discord said it takes here.
        roles: The member's in the server. They decide which limits hold, and are not stored.
        inside: The channel that a thread belongs to, and the category, as far as there are any; not
            stored either.
        age_restricted: Whether the channel is for adults; likewise.
        batch_id: The batch whose card shows this request among others; None where it has its own.
    """

    guild_id: int
    channel_id: int
    member_id: int
    interaction_id: int
    token: str
    application_id: int
    message_id: int | None = None
    upload_limit: int = 10 * 1024 * 1024
    roles: frozenset[int] = frozenset()
    inside: frozenset[int] = frozenset()
    age_restricted: bool = False
    batch_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request that is about to be submitted.

    Attributes:
        estimate: The most it can cost, in micro-dollars.
        parent_id: The job that this one repeats, varies or edits, if any.
    """

    place: Place
    request: ImageRequest
    estimate: int
    parent_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request that was accepted.

    Attributes:
        attempt: Grows with each claim; whoever writes with an older one is refused (fencing).
        cost: Micro-dollars that were charged; None until it is settled.
        cancelled_by: Who withdrew it. While it runs, it was asked for in the middle of drawing:
            it will not be posted, and what is drawn all the same counts.
        failure: The code of what went wrong, as in `core.errors`.
    """

    id: int
    place: Place
    request: ImageRequest
    state: State
    attempt: int
    estimate: int
    accepted_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cost: int | None = None
    provider: str | None = None
    failure: str | None = None
    parent_id: int | None = None
    note: Note | None = None
    cancelled_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One finished picture of a job, kept on disk until it is posted.

    Attributes:
        index: Its number within the job, from 0.
        sha256: Names the file (hexadecimal).
        bytes: The file's length.
    """

    index: int
    sha256: str
    format: str
    width: int
    height: int
    bytes: int
