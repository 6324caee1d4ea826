"""Lines for log channels: gathered, tried again, left alone where they are not wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.core import events
from bot.core.errors import Busy, Forbidden, Gone, InvalidRequest, PostingFailed
from bot.core.guilds import Change, GuildSettings
from bot.core.logbook import Ended, Line
from bot.discord_ui import log_lines
from bot.services.tell_log import GREETING, LEFT_ALONE, TellLog
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LIMITS, NOW, draft

LOG = 77


@dataclass
class Book:
    """Implements `core.logbook.Logbook`: remembers messages, and fails when told to."""

    failures: list[PostingFailed | None] = field(default_factory=list)
    tried: int = 0
    messages: list[tuple[int, tuple[Line, ...]]] = field(default_factory=list)

    async def log(self, guild_id: int, channel_id: int, lines: Sequence[Line]) -> int:
        self.tried += 1
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        _, held = log_lines.fit(lines)
        self.messages.append((channel_id, tuple(lines[:held])))
        return held

    @property
    def lines(self) -> list[Line]:
        """All that can be read."""
        return [line for _, lines in self.messages for line in lines]


@dataclass
class Desk:
    """What tells the log, and what it told."""

    store: SqliteStore
    clock: ManualClock
    book: Book
    events: events.Events
    reported: list[str]
    tell: TellLog

    async def choose(self, *, log: int | None = LOG, days: int = 1) -> None:
        """Somebody changes the settings."""
        chosen = GuildSettings(log_channel=log, retention_days=days)
        await self.store.choose(1, chosen, LIMITS, 7, self.clock.now())

    async def cancelled(self) -> None:
        """A request comes and goes."""
        job = (await self.store.submit(draft(), LIMITS, NOW)).job
        await self.store.cancel(job.id, 1, NOW)
        self.events.announce(events.Cancelled(**events.about(job, NOW), by=1))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """On a real database, with a log channel chosen and told."""
    clock, happening, book, reported = ManualClock(NOW), events.Events(), Book(), list[str]()
    store = SqliteStore(tmp_path / "easel.db")
    tell = TellLog(
        store=store,
        book=book,
        clock=clock,
        events=happening,
        report=lambda name, error: reported.append(f"{name}: {error}"),
    )
    await store.open()
    made = Desk(store, clock, book, happening, reported, tell)
    await tell.once()
    await made.choose()
    await tell.once()
    book.messages.clear()
    book.tried = 0
    yield made
    await store.close()


async def test_a_round_is_one_message(desk: Desk) -> None:
    """Given several things that happened, when a round is made, then one message has them all."""
    await desk.cancelled()
    await desk.cancelled()
    await desk.choose(days=2)

    await desk.tell.once()

    [(channel, lines)] = desk.book.messages
    assert channel == LOG
    assert [type(line) for line in lines] == [Change, Ended, Ended]
    await desk.tell.once()
    assert len(desk.book.messages) == 1


async def test_what_was_changed_while_it_was_not_there_is_told(desk: Desk) -> None:
    """Given a process that ended, when the next one looks, then it goes on where that stopped."""
    await desk.choose(days=2)
    later = TellLog(
        store=desk.store,
        book=desk.book,
        clock=desk.clock,
        events=desk.events,
        report=lambda *_: None,
    )

    await later.once()
    await desk.tell.once()

    assert len(desk.book.lines) == 1


async def test_a_busy_discord_gets_the_lines_later(desk: Desk) -> None:
    """Given a rate limit, when the next round is made, then nothing is missing or there twice."""
    desk.book.failures = [Busy("429")]
    await desk.cancelled()
    await desk.tell.once()
    await desk.cancelled()

    await desk.tell.once()

    assert len(desk.book.lines) == 2
    assert not desk.tell.trouble(1, LOG)
    assert desk.reported == []


@pytest.mark.parametrize("refusal", [Forbidden("403"), Gone("404")])
async def test_a_closed_channel_is_reported_once_and_left_alone(
    desk: Desk, refusal: PostingFailed
) -> None:
    """Given a channel that is closed, when much happens, then it is tried once in a while."""
    desk.book.failures = [refusal, refusal]
    for _ in range(3):
        await desk.cancelled()
        await desk.tell.once()

    assert desk.book.tried == 1
    assert desk.tell.trouble(1, LOG)
    await desk.clock.advance(LEFT_ALONE)
    await desk.cancelled()
    await desk.tell.once()
    assert desk.book.tried == 2
    assert len(desk.reported) == 1
    assert f"the log channel {LOG} of server 1" in desk.reported[0]

    await desk.clock.advance(LEFT_ALONE)
    await desk.cancelled()
    await desk.tell.once()
    assert not desk.tell.trouble(1, LOG)
    assert len(desk.book.lines) == 1


async def test_another_channel_is_tried_at_once(desk: Desk) -> None:
    """Given a channel that is closed, when another one is chosen, then nobody waits for it."""
    desk.book.failures = [Forbidden("403")]
    await desk.cancelled()
    await desk.tell.once()

    await desk.choose(log=88)
    await desk.tell.once()

    assert [channel for channel, _ in desk.book.messages] == [88]
    assert not desk.tell.trouble(1, 88)


async def test_a_channel_is_tried_before_it_is_chosen(desk: Desk) -> None:
    """Given one that is closed, when it is greeted, then the sentence says what it takes."""
    desk.book.failures = [Forbidden("403"), Busy("500")]

    with pytest.raises(InvalidRequest, match="“View Channel” and “Send Messages”"):
        await desk.tell.greet(1, 88)
    with pytest.raises(InvalidRequest, match="try again in a moment"):
        await desk.tell.greet(1, 88)
    await desk.tell.greet(1, 88)

    assert desk.book.lines == [GREETING]


async def test_direct_messages_are_nobodys_business(desk: Desk) -> None:
    """Given a request in a direct message, when it ends, then no line is gathered."""
    job = (await desk.store.submit(draft(guild=0), LIMITS, NOW)).job
    desk.events.announce(events.Cancelled(**events.about(job, NOW), by=1))

    await desk.tell.once()

    assert desk.book.tried == 0


async def test_what_is_not_stored_any_more_leaves_no_line(desk: Desk) -> None:
    """Given a request that was erased meanwhile, when a round is made, then the others are told."""
    desk.events.announce(events.Cancelled(job_id=404, guild_id=1, member_id=1, at=NOW, by=1))
    await desk.cancelled()
    await desk.tell.once()

    assert len(desk.book.lines) == 1


def test_a_message_holds_as_many_lines_as_discord_takes() -> None:
    """Given long lines, when they are fitted, then none is cut in two and none is left behind."""
    lines = ["x" * 900] * 5
    first, held = log_lines.fit(lines)

    assert (len(first), held) == (1801, 2)
    assert log_lines.fit(lines[4:]) == ("x" * 900, 1)
