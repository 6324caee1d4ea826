"""Several requests by one command: each is an ordinary one, and one card shows them all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.core.errors import Refusal
from bot.core.jobs import Job, Place, State

MOST_LINES = 100
"""More than a form can hold of lines worth reading."""

ENDED = frozenset(State) - {State.QUEUED, State.RUNNING, State.DRAWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one command asked for, and where all of it is.

    Attributes:
        place: Of the command and of its card; only the requests themselves have roles and the like.
        asked: How many requests.
        refused: Those of them that were not accepted; they are not among the jobs.
        jobs: Those that were accepted, in order, without those that are forgotten.
    """

    id: int
    place: Place
    asked: int
    refused: int = 0
    accepted_at: datetime
    jobs: tuple[Job, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return all(job.state in ENDED for job in self.jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One line that was not accepted; why is for its author alone."""

    prompt: str
    refusal: Refusal


def line(place: Place, batch_id: int, number: int) -> Place:
    """Where the nth request of a batch comes from: as an interaction of its own.

    It has no token: its card is that of the batch, which others edit, and its pictures are
    messages of their own.
    """
    return replace(place, interaction_id=-(1000 * batch_id + number), token="", batch_id=batch_id)


def prompts(text: str) -> tuple[str, ...]:
    """The lines of a form that say anything."""
    return tuple(each.strip() for each in text.splitlines() if each.strip())


class Batches(Protocol):
    """The part of the store that knows which requests are shown together."""

    async def begin_batch(self, place: Place, asked: int, now: datetime) -> int | None:
        """Its number; None where this interaction has begun one already."""
        ...

    async def batch(self, batch_id: int) -> Batch | None:
        """A batch with its requests as they are now."""
        ...

    async def batch_refused(self, batch_id: int, refused: int) -> None:
        """So many of its requests were not accepted."""
        ...

    async def batch_answered(self, batch_id: int, message_id: int) -> None:
        """This message is the card of a batch, and of each of its requests."""
        ...

    async def batch_shown(self, batch_id: int) -> None:
        """Its card says the last word."""
        ...

    async def batches_followed(self) -> tuple[int, ...]:
        """Those whose card does not yet."""
        ...


class Board(Protocol):
    """Discord, as far as the cards of batches go."""

    async def show_batch(self, batch: Batch) -> None:
        """Bring its card up to date.

        Raises:
            PostingFailed: It cannot be edited.
        """
        ...
