"""The card of a batch is kept true until the last word, over restarts and outages of Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import events
from bot.core.batches import Batch, line, prompts
from bot.core.errors import Busy, Gone, PostingFailed
from bot.core.jobs import Job
from bot.core.models import DeadModels
from bot.services.batch import POLL, TICK, Together
from bot.services.submit import Submit
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LIMITS, NOW, draft
from tests.services.easel_parts import ScriptedApi

CARD = 77


@dataclass
class Board:
    """Implements `core.batches.Board`; remembers what it showed, and fails when told to."""

    failures: list[PostingFailed] = field(default_factory=list)
    shown: list[Batch] = field(default_factory=list)

    async def show_batch(self, batch: Batch) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.shown.append(batch)


@dataclass
class Desk:
    """A process that follows batches."""

    store: SqliteStore
    clock: ManualClock
    events: events.Events
    board: Board
    together: Together

    async def begin(self, lines: int = 2) -> tuple[int, list[Job]]:
        """A batch of an earlier process, whose card is up."""
        place = draft().place
        batch_id = await self.store.begin_batch(place, lines, NOW)
        assert batch_id is not None
        jobs = []
        for number in range(lines):
            asked = replace(draft(), place=line(place, batch_id, number))
            jobs.append((await self.store.submit(asked, LIMITS, NOW)).job)
        await self.store.batch_answered(batch_id, CARD)
        return batch_id, jobs

    async def cancel(self, job: Job) -> None:
        """One of them is withdrawn, and everybody hears of it."""
        await self.store.cancel(job.id, 1, NOW)
        self.events.announce(events.Cancelled(**events.about(job, NOW), by=1))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """One with a real database."""
    clock, happening, board = ManualClock(NOW), events.Events(), Board()
    store = SqliteStore(tmp_path / "easel.db")
    await store.open()
    submit = Submit(
        store=store,
        api=ScriptedApi(),
        vault=FileVault(tmp_path / "pictures"),
        clock=clock,
        events=happening,
        limits=LIMITS,
        default_model="painter-2.5",
        dead_models=DeadModels.REFUSE,
    )
    together = Together(
        store=store,
        submit=submit,
        board=board,
        clock=clock,
        events=happening,
        limits=LIMITS,
        report=lambda where, bug: pytest.fail(f"{where}: {bug}"),
    )
    yield Desk(store, clock, happening, board, together)
    await store.close()


@asynccontextmanager
async def following(desk: Desk) -> AsyncIterator[None]:
    """The process goes on with what an earlier one began."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(desk.together.run())
        await desk.clock.sleepers()
        yield
        task.cancel()


async def test_after_a_restart_the_card_is_followed_to_its_end(desk: Desk) -> None:
    """Given a batch of an earlier process, when its requests end, then its card says so, once."""
    batch_id, jobs = await desk.begin()

    async with following(desk):
        assert [batch.id for batch in desk.board.shown] == [batch_id]
        for job in jobs:
            await desk.cancel(job)
            await desk.clock.advance(TICK)
            await desk.clock.sleepers()
        while await desk.store.batches_followed():
            await desk.clock.advance(TICK)

    assert desk.board.shown[-1].ended


async def test_a_card_that_cannot_be_edited_now_is_edited_later(desk: Desk) -> None:
    """Discord may be busy, and the last word is said all the same."""
    _, jobs = await desk.begin(1)
    await desk.cancel(jobs[0])
    desk.board.failures.append(Busy("503"))

    async with following(desk):
        assert desk.board.shown == []
        await desk.clock.advance(TICK + POLL + timedelta(seconds=1))
        await desk.clock.sleepers()

    assert [batch.ended for batch in desk.board.shown] == [True]


async def test_a_card_that_was_deleted_is_let_go_of(desk: Desk) -> None:
    """Nothing is tried for ever."""
    _, jobs = await desk.begin(1)
    await desk.cancel(jobs[0])
    desk.board.failures.append(Gone("10008"))

    async with following(desk):
        assert await desk.store.batches_followed() == ()


def test_empty_lines_ask_for_nothing() -> None:
    """Nor do spaces around words."""
    assert prompts("a wren\n\n   \n  an owl  \r\n") == ("a wren", "an owl")
    assert prompts("") == ()
