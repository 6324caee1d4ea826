"""Being woken by what another process changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.core.errors import Unavailable
from bot.services.hear import PAUSE, Hear
from tests.clock import ManualClock


class Talkative:
    """A database that tells of something each time it is listened to, and then falls silent."""

    def __init__(self, *, lost: bool) -> None:
        self.lost = lost
        self.listened = 0

    async def listen(self, changed: Callable[[], None]) -> None:
        """Once; what happens then is chosen above."""
        self.listened += 1
        changed()
        if self.lost:
            raise Unavailable("the connection is gone")


async def test_every_loop_is_woken_and_listening_begins_anew() -> None:
    """Given a connection that is lost, then it is told, and after a pause there is another one."""
    clock, database = ManualClock(), Talkative(lost=True)
    woken: list[str] = []
    reports: list[str] = []
    hear = Hear(
        store=database,
        clock=clock,
        wake=(lambda: woken.append("work"), lambda: woken.append("deliver")),
        report=lambda name, error: reports.append(f"{name}: {error!r}"),
    )
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hear.run())
        await clock.sleepers()
        assert woken == ["work", "deliver"]
        assert len(reports) == 1

        await clock.advance(PAUSE)
        assert database.listened == 2
        assert woken == ["work", "deliver"] * 2
        running.cancel()


async def test_where_there_is_nothing_to_hear_it_ends() -> None:
    """One file has one process."""
    database = Talkative(lost=False)

    await Hear(store=database, clock=ManualClock(), wake=(), report=lambda *_: None).run()

    assert database.listened == 1
