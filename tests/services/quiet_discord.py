"""A Discord that only remembers what it was asked to show, and fails when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.delivery import Delivery, Posted, Route
from bot.core.errors import PostingFailed
from bot.core.ports import Progress, Upload


@dataclass(frozen=True, slots=True)
class Shown:
    """One message that was posted."""

    delivery: Delivery
    route: Route
    files: tuple[Upload, ...]
    part: int
    parts: int


@dataclass
class QuietDiscord:
    """Implements `core.ports.Messenger`.

    Attributes:
        failures: What the next posts come to; None is posted.
        limit: Bytes of a file that it takes.
    """

    failures: list[PostingFailed | None] = field(default_factory=list)
    limit: int = 10 * 1024 * 1024
    cards: list[Progress] = field(default_factory=list)
    tried: list[Shown] = field(default_factory=list)
    posted: list[Shown] = field(default_factory=list)

    async def progress(self, progress: Progress) -> None:
        self.cards.append(progress)

    async def deliver(
        self, delivery: Delivery, route: Route, files: Sequence[Upload], *, part: int, parts: int
    ) -> Posted:
        shown = Shown(delivery, route, tuple(files), part, parts)
        self.tried.append(shown)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.posted.append(shown)
        return Posted(message_id=1000 + len(self.posted), channel_id=50)
