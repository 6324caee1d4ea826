"""What happened, as values: logs, metrics, progress cards and tests all listen to these.

An event never holds a prompt, a token or a secret, so a listener may write down all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from bot.core.jobs import Job


class About(TypedDict):
    """What every event of a job says, to be passed on as keywords."""

    job_id: int
    guild_id: int
    member_id: int
    at: datetime


def about(job: Job, at: datetime) -> About:
    """The common part of an event."""
    place = job.place
    return {"job_id": job.id, "guild_id": place.guild_id, "member_id": place.member_id, "at": at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a job."""

    job_id: int
    guild_id: int
    member_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Event):
    """A request was queued."""

    model: str
    pictures: int
    estimate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """The card of a request is visible as this message."""

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """A worker took the job."""

    attempt: int
    waited_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Event):
    """The request is on its way to the provider; from here on it may be paid."""

    provider: str
    model: str
    call: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketched(Event):
    """A partial picture arrived (its bytes are left out when the event is shown)."""

    index: int
    picture: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced(Event):
    """The provider said how much of the drawing is done."""

    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """The provider asked for time; the call is repeated then."""

    provider: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(Event):
    """Pictures are drawn and paid; one that was withdrawn in the meantime is cancelled then."""

    provider: str
    model: str
    pictures: int
    cost: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """No picture; what was reserved is released. `code` is from `core.errors`."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeued(Event):
    """Nothing was sent, and the job waits again: we stopped, or no service answers."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """Its author or a moderator does not want it any more, while it is being drawn."""

    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Event):
    """It ended because it was withdrawn; `cost` is what was drawn all the same."""

    by: int
    cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    """The author can see the outcome."""

    route: str
    message_id: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed(Event):
    """Posting did not work; it is tried again, perhaps another way."""

    route: str
    code: str
    detail: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Event):
    """There was nowhere to post the outcome; it stays with the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request was not accepted. `code` is from `core.errors`; `detail` is for the operator."""

    guild_id: int
    member_id: int
    at: datetime
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitOpened:
    """A provider does not answer: until then, nothing is asked of it. `code` says how it failed."""

    provider: str
    until: datetime
    at: datetime
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitClosed:
    """A provider answers again."""

    provider: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePaused:
    """A server has its queue wait, or go on again (the requests are left out when it is shown)."""

    guild_id: int
    by: int
    at: datetime
    paused: bool
    waiting: tuple[int, ...] = field(default=(), repr=False)


Happening = Event | Refused | CircuitOpened | CircuitClosed | QueuePaused

Listener = Callable[[Happening], None]


class Events:
    """Passes what happens to whoever listens, in order, at once."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the answer removes it again. A listener must not block or raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, event: Happening) -> None:
        """Tell everyone."""
        for listener in tuple(self._listeners):
            listener(event)
