"""A Discord that only remembers what it was asked to show, and fails when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.delivery import Delivery, Posted, Route, edits_card, nonce
from bot.core.errors import Busy, PostingFailed
from bot.core.ports import Clock, Progress, Upload
from tests.clock import ManualClock

CHANNEL, DIRECT = 50, 51


class AnswerLost(Busy):
    """It was posted, and nobody heard of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message that was asked for.

    Attributes:
        message: As which it was posted; None where it was not.
    """

    delivery: Delivery
    route: Route
    files: tuple[Upload, ...]
    part: int
    parts: int
    message: Posted | None = None


@dataclass
class QuietDiscord:
    """Implements `core.ports.Messenger`.

    Attributes:
        clock: Says when a nonce is forgotten.
        failures: What the next posts come to; None is posted.
        limit: Bytes of a file that it takes.
        tried: Every message that was asked for.
        posted: Those that can be seen.
        searches: What the next searches come to; they succeed where nothing is said.
        sought: The parts that were looked for.
        blind: Whether the bot may not read what was posted.
    """

    clock: Clock = field(default_factory=ManualClock)
    failures: list[PostingFailed | None] = field(default_factory=list)
    limit: int = 10 * 1024 * 1024
    cards: list[Progress] = field(default_factory=list)
    tried: list[Shown] = field(default_factory=list)
    posted: list[Shown] = field(default_factory=list)
    searches: list[PostingFailed] = field(default_factory=list)
    sought: list[int] = field(default_factory=list)
    blind: bool = False
    _nonces: dict[tuple[str, int], tuple[datetime, Posted]] = field(default_factory=dict)

    async def progress(self, progress: Progress) -> None:
        self.cards.append(progress)

    async def deliver(
        self, delivery: Delivery, route: Route, files: Sequence[Upload], *, part: int, parts: int
    ) -> Posted:
        self.tried.append(Shown(delivery, route, tuple(files), part, parts))
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not isinstance(failure, AnswerLost):
            raise failure
        message = self._message(delivery, route, part)
        if all(each.message != message for each in self.posted):
            self.posted.append(Shown(delivery, route, tuple(files), part, parts, message))
        if failure is not None:
            raise failure
        return message

    async def find(
        self, delivery: Delivery, route: Route, part: int, since: datetime
    ) -> Posted | None:
        assert since <= self.clock.now()
        self.sought.append(part)
        if self.searches:
            raise self.searches.pop(0)
        for each in self.posted:
            message = each.message
            here = message is not None and message.channel_id == _place(route)
            if here and (each.delivery.id, each.part) == (delivery.id, part) and not self.blind:
                return message
        return None

    def _message(self, delivery: Delivery, route: Route, part: int) -> Posted:
        """The card; or what the same nonce posted some minutes ago; or a new message."""
        if edits_card(route, part):
            return Posted(message_id=delivery.job.place.message_id or 0, channel_id=CHANNEL)
        now, asked = self.clock.now(), (nonce(delivery.id, part), _place(route))
        at, message = self._nonces.get(asked, (None, None))
        if at is None or message is None or now - at > timedelta(minutes=3):
            message = Posted(message_id=1000 + len(self.tried), channel_id=_place(route))
            self._nonces[asked] = (now, message)
        return message


def _place(route: Route) -> int:
    return DIRECT if route is Route.DIRECT else CHANNEL
