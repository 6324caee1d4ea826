"""Jobs whose worker is gone come to an end while others work on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import events
from bot.core.jobs import Job, State
from bot.imaging.pillow import PillowImaging
from bot.services.ask import Ask
from bot.services.circuits import Circuits
from bot.services.draw import Draw
from bot.services.recover import EVERY, Recover
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LIMITS, NOW, draft
from tests.happenings import Happenings
from tests.services.easel_parts import ScriptedApi, drawing, picture

LEASE = EVERY / 2


@dataclass
class Life:
    """A process that works, and what it has in hand."""

    store: SqliteStore
    vault: FileVault
    clock: ManualClock
    happenings: Happenings
    recover: Recover
    in_hand: set[int] = field(default_factory=set)

    async def job(self, *, sent: bool = False) -> Job:
        """A job that somebody claimed."""
        asked = draft()
        request = replace(asked.request, model="painter-2.5")
        await self.store.submit(replace(asked, request=request), LIMITS, NOW)
        job = await self.store.claim("w", NOW, LEASE)
        assert job is not None
        if sent:
            assert await self.store.intend(job, 1, "first", NOW)
        return job

    async def state(self, job: Job) -> State:
        """Where the job is now."""
        found = await self.store.job(job.id)
        assert found is not None
        return found.state


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    """A process with a real database and real files, going round."""
    clock, happening, api = ManualClock(NOW), events.Events(), ScriptedApi()
    store, vault = SqliteStore(tmp_path / "easel.db"), FileVault(tmp_path / "pictures")
    imaging, bugs = PillowImaging(), list[BaseException]()
    ask = Ask(
        store=store,
        api=api,
        imaging=imaging,
        vault=vault,
        clock=clock,
        events=happening,
        circuits=Circuits(("first",), clock=clock, events=happening),
    )
    draw = Draw(
        store=store,
        api=api,
        imaging=imaging,
        vault=vault,
        clock=clock,
        events=happening,
        ask=ask,
        report=lambda _, error: bugs.append(error),
    )
    in_hand = set[int]()
    recover = Recover(
        store=store,
        vault=vault,
        draw=draw,
        clock=clock,
        events=happening,
        in_hand=lambda: in_hand,
        repeat=False,
        report=lambda _, error: bugs.append(error),
    )
    await store.open()
    going_round = asyncio.get_running_loop().create_task(recover.run())
    yield Life(store, vault, clock, Happenings(happening), recover, in_hand)
    going_round.cancel()
    await asyncio.wait([going_round])
    await imaging.close()
    await store.close()
    assert bugs == []


async def test_a_job_whose_lease_has_ended_waits_again(life: Life) -> None:
    """Given a worker that vanished, when its lease has ended, then somebody else may draw."""
    job = await life.job()

    await life.clock.advance(EVERY + timedelta(seconds=1))
    await life.happenings.seen(events.Requeued)

    assert await life.state(job) is State.QUEUED


async def test_a_job_that_was_sent_ends_as_unknown(life: Life) -> None:
    """Given a call on its way, when nobody waits for its answer any more, then it is told."""
    job = await life.job(sent=True)

    await life.clock.advance(EVERY + timedelta(seconds=1))
    [failed] = await life.happenings.seen(events.Failed)

    assert failed.code == "unknown"
    assert await life.state(job) is State.UNKNOWN


async def test_a_job_in_hand_is_left_alone_however_old_its_lease_is(life: Life) -> None:
    """Given a database that was locked for long, when the lease ends, then its worker goes on."""
    job = await life.job(sent=True)
    other = await life.job()
    life.in_hand.add(job.id)

    await life.clock.advance(EVERY + timedelta(seconds=1))
    await life.happenings.seen(events.Requeued)

    assert (await life.state(job), await life.state(other)) == (State.RUNNING, State.QUEUED)


async def test_an_answer_that_was_on_its_way_to_the_disk_is_gone_on_with(life: Life) -> None:
    """Given a paid picture that reached the disk, when its worker is gone, then it is posted."""
    job = await life.job(sent=True)
    answer = await life.vault.announce(job, "first", drawing(picture()))
    await life.vault.put(picture(), answer.pictures[0])

    await life.clock.advance(EVERY + timedelta(seconds=1))
    await life.happenings.seen(events.Drawn)

    assert await life.state(job) is State.DRAWN
