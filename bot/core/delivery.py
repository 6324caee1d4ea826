"""How an outcome reaches its author.

Edit the reply; else post in the channel; else a direct message; else keep it.

Delivery is apart from drawing and is retried on its own: a picture that was paid for is never
drawn again because it could not be posted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.errors import Busy, Forbidden, Gone, PostingFailed
from bot.core.jobs import Job, Picture

TOKEN_LIFE = timedelta(minutes=14)
"""An interaction's token lives 15 minutes; the last one is left to slow uploads."""

MAX_TRIES = 12
"""Tries at one route that is busy, over more than half an hour, before the next one is taken."""

ANSWER_GRACE = timedelta(seconds=10)
"""How long the card that answers a command may take to appear before it is given up."""

LONGEST_PAUSE = timedelta(minutes=10)


class Route(StrEnum):
    """Where an outcome is shown, best first."""

    REPLY = "reply"  #: Edit the card that answered the command.
    CHANNEL = "channel"  #: A new message in the channel, mentioning the author.
    DIRECT = "direct"  #: A direct message to the author.
    KEEP = "keep"  #: Nowhere: it stays on disk.


ORDER = tuple(Route)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An outcome on its way to its author.

    Attributes:
        id: Also the seed of the nonce that keeps Discord from posting it twice.
        job: What was asked, and how it ended.
        pictures: Empty where the outcome is a notice.
        route: What is tried next.
        tries: At this route so far.
    """

    id: int
    job: Job
    pictures: tuple[Picture, ...]
    route: Route
    tries: int


@dataclass(frozen=True, slots=True)
class Posted:
    """It is visible, as this message."""

    message_id: int
    channel_id: int


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


def first_route(delivery: Delivery, now: datetime) -> Route:
    """The route to take now: a reply only while its token lives."""
    job = delivery.job
    expired = bool(job.place.token) and now - job.accepted_at >= TOKEN_LIFE
    return Route.CHANNEL if expired and delivery.route is Route.REPLY else delivery.route


def after_failure(delivery: Delivery, failure: PostingFailed, now: datetime) -> Later:
    """When and where to try again; `Route.KEEP` where nothing is left to try."""
    following = ORDER[min(ORDER.index(delivery.route) + 1, len(ORDER) - 1)]
    if isinstance(failure, Gone | Forbidden):
        return Later(now, following, 0)
    tries = delivery.tries + 1
    if tries >= MAX_TRIES:
        return Later(now, following, 0)
    pause = min(timedelta(seconds=2**tries), LONGEST_PAUSE)
    named = failure.until if isinstance(failure, Busy) else None
    return Later(max(named or now + pause, now), delivery.route, tries)


def nonce(delivery_id: int, part: int) -> str:
    """At most 25 characters; the same for each try at the same part of the same delivery."""
    return f"easel-{delivery_id}-{part}"


def at_route(delivery: Delivery, route: Route) -> Delivery:
    """The same delivery by another way, with its tries counted afresh."""
    return delivery if route is delivery.route else replace(delivery, route=route, tries=0)
