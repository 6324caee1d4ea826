"""How an outcome reaches its author.

Edit the reply; else post in the channel; else a direct message; else keep it.

Delivery is apart from drawing and is retried on its own: a picture that was paid for is never
drawn again because it could not be posted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.errors import Busy, Forbidden, Gone, PostingFailed, Rejected
from bot.core.jobs import Job, Picture, State

TOKEN_LIFE = timedelta(minutes=14)
"""An interaction's token lives 15 minutes; the last one is left to slow uploads."""

MAX_TRIES = 12
"""Tries at one route that is busy, over more than half an hour, before the next one is taken."""

LATE_EDITS = timedelta(seconds=2)
"""How long an edit that an earlier process sent may take until Discord carries it out."""

ANSWER_GRACE = timedelta(seconds=10)
"""How long the card that answers a command may take to appear before it is given up."""

LONGEST_PAUSE = timedelta(minutes=10)

NONCE_LIFE = timedelta(minutes=1)
"""How long Discord surely knows a nonce; it says “a few minutes”."""


class Route(StrEnum):
    """Where an outcome is shown, best first."""

    REPLY = "reply"  #: Edit the card that answered the command.
    CHANNEL = "channel"  #: A new message in the channel, mentioning the author.
    DIRECT = "direct"  #: A direct message to the author.
    KEEP = "keep"  #: Nowhere: it stays on disk.


ORDER = tuple(Route)


@dataclass(frozen=True, slots=True)
class Posted:
    """It is visible, as this message."""

    message_id: int
    channel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of an outcome that Discord was asked to show.

    Attributes:
        number: Which one, from 0.
        route: By which way it was asked.
        posted: The message; None where no answer is known, so that it may be there or not.
        at: When Discord was asked, or when it had answered.
    """

    number: int
    route: Route
    posted: Posted | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An outcome on its way to its author.

    Attributes:
        id: Also the seed of the nonce that keeps Discord from posting it twice.
        job: What was asked, and how it ended.
        pictures: Empty where the outcome is a notice.
        route: What is tried next.
        tries: At this route so far.
        parts: What is known of its messages, in order; those that were never asked for are not
            among them.
    """

    id: int
    job: Job
    pictures: tuple[Picture, ...]
    route: Route
    tries: int
    parts: tuple[Part, ...] = ()

    def part(self, number: int) -> Part | None:
        """What is known of one of its messages."""
        return next((part for part in self.parts if part.number == number), None)


@dataclass(frozen=True, slots=True)
class Later:
    """Try again at that time."""

    at: datetime
    route: Route
    tries: int


def answer_is_on_its_way(delivery: Delivery, now: datetime, began: datetime) -> bool:
    """Whether the outcome is ready before the card that it is to replace is up.

    Args:
        delivery: What is to be shown.
        now: The time.
        began: When this process began; what an earlier one did not answer, nobody will.
    """
    job = delivery.job
    ours = job.accepted_at >= began
    return ours and job.place.message_id is None and now - job.accepted_at < ANSWER_GRACE


def may_be_overwritten(delivery: Delivery, now: datetime, began: datetime) -> bool:
    """Whether an edit of the card by an earlier process may still come after the outcome.

    Args:
        delivery: What is to be shown.
        now: The time.
        began: When this process began.
    """
    return delivery.job.accepted_at < began and now - began < LATE_EDITS


def first_route(delivery: Delivery, now: datetime) -> Route:
    """The route to take now: a reply only while its token lives."""
    job = delivery.job
    if job.state is State.CANCELLED and delivery.route is not Route.REPLY:
        return Route.KEEP  # the card of its batch says so
    expired = bool(job.place.token) and now - job.accepted_at >= TOKEN_LIFE
    return _next(delivery) if expired and delivery.route is Route.REPLY else delivery.route


def _next(delivery: Delivery) -> Route:
    """Where to go on. That something was cancelled is worth no message of its own."""
    if delivery.job.state is State.CANCELLED:
        return Route.KEEP
    return ORDER[min(ORDER.index(delivery.route) + 1, len(ORDER) - 1)]


def after_failure(delivery: Delivery, failure: PostingFailed, now: datetime) -> Later:
    """When and where to try again; `Route.KEEP` where nothing is left to try."""
    if isinstance(failure, Gone | Forbidden | Rejected):
        return Later(now, _next(delivery), 0)
    tries = delivery.tries + 1
    if tries >= MAX_TRIES:
        return Later(now, _next(delivery), 0)
    pause = min(timedelta(seconds=2**tries), LONGEST_PAUSE)
    named = failure.until if isinstance(failure, Busy) else None
    return Later(max(named or now + pause, now), delivery.route, tries)


def nonce(delivery_id: int, part: int) -> str:
    """At most 25 characters; the same for each try at the same part of the same delivery."""
    return f"easel-{delivery_id}-{part}"


def edits_card(route: Route, part: int) -> bool:
    """Whether a part replaces the card, which is the same however often it is done."""
    return route is Route.REPLY and part == 0


def nonce_holds(part: Part, route: Route, now: datetime) -> bool:
    """Whether Discord, asked again by that route, answers with the message that is there."""
    return part.route is route and now - part.at < NONCE_LIFE


def at_route(delivery: Delivery, route: Route) -> Delivery:
    """The same delivery by another way, with its tries counted afresh."""
    return delivery if route is delivery.route else replace(delivery, route=route, tries=0)
