"""What is old goes by itself, and so does what members and servers leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import events
from bot.core.delivery import Later, Posted, Route
from bot.core.errors import Blocked, Unavailable
from bot.core.jobs import Job, Picture
from bot.core.privacy import GRACE, TOKEN_USELESS
from bot.services.erase import Erase
from bot.services.forget import EVERY, OLD_EVERY, Forget
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LEASE, LIMITS, NOW, draft
from tests.happenings import Happenings

HERE, THERE = 1, 2
ME = 11


@dataclass
class Life:
    """A process with a real database and real files."""

    store: SqliteStore
    vault: FileVault
    clock: ManualClock
    events: events.Events
    happenings: Happenings
    erase: Erase
    forget: Forget
    settled: list[int] = field(default_factory=list)

    async def begin(self, guild: int = HERE) -> Job:
        """A request that is being drawn."""
        await self.store.submit(draft(guild, ME), LIMITS, self.clock.now())
        job = await self.store.claim("w", self.clock.now(), LEASE)
        assert job is not None
        return job

    async def finish(self, guild: int = HERE) -> Job:
        """One that is finished and shown."""
        job = await self.begin(guild)
        await self.store.fail(job, Blocked(), self.clock.now())
        await self.end(job)
        return job

    async def later(self, by: timedelta) -> None:
        """So much time goes by, and then a round that begins after it."""
        for step in (by, EVERY):
            await self.clock.advance(step)
            await self.clock.sleepers()

    async def end(self, job: Job) -> None:
        """Its outcome is shown, and everybody hears of it."""
        now = self.clock.now()
        delivery = await self.store.next_delivery(now, LEASE)
        assert delivery is not None
        await self.store.delivered(delivery, Posted(5, 50), now)
        self.events.announce(
            events.Delivered(**events.about(job, now), route="reply", message_id=5, seconds=1)
        )


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    """It has just begun."""
    clock, happening = ManualClock(NOW), events.Events()
    store, vault = SqliteStore(tmp_path / "easel.db"), FileVault(tmp_path / "pictures")
    await store.open()
    settled: list[int] = []

    async def settle(job_id: int) -> None:
        settled.append(job_id)

    erase = Erase(store=store, vault=vault, clock=clock, events=happening, settled=settle)
    forget = Forget(
        store=store,
        erase=erase,
        clock=clock,
        events=happening,
        days=90,
        settled=settle,
        report=lambda where, bug: pytest.fail(f"{where}: {bug}"),
    )
    yield Life(store, vault, clock, happening, Happenings(happening), erase, forget, settled)
    await store.close()


@asynccontextmanager
async def going_round(life: Life) -> AsyncIterator[None]:
    """The process runs."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(life.forget.run())
        await life.clock.sleepers()
        yield
        task.cancel()


async def test_what_is_older_than_it_may_be_is_forgotten_within_the_hour(life: Life) -> None:
    """Given a request of three months ago, when the process goes round, then it is not known."""
    job = await life.finish()
    async with going_round(life):
        await life.later(timedelta(days=89))
        assert await life.store.job(job.id) is not None

        await life.later(timedelta(days=1) + OLD_EVERY)

        assert await life.store.job(job.id) is None


async def test_tokens_go_within_minutes(life: Life) -> None:
    """They are of no use after a quarter of an hour, and are not kept longer than it takes."""
    job = await life.finish()
    async with going_round(life):
        await life.later(TOKEN_USELESS)

        found = await life.store.job(job.id)
        assert found is not None
        assert found.place.token == ""


async def test_a_member_is_erased_as_soon_as_the_last_request_has_ended(life: Life) -> None:
    """Given something being drawn, when its end is heard of, then nobody waits for a round."""
    job = await life.begin()
    async with going_round(life):
        erasing = await life.erase(ME)
        assert not erasing.done
        assert [each.cancelled_by for each in erasing.withdrawn] == [ME]
        assert life.settled == [job.id]

        await life.store.fail(job, Blocked(), life.clock.now())
        await life.end(job)

        async with asyncio.timeout(30):
            while await life.store.erasing():  # noqa: ASYNC110 -- nobody announces it
                await asyncio.sleep(0)
    assert await life.store.job(job.id) is None


async def test_a_wish_of_before_a_restart_is_fulfilled(life: Life) -> None:
    """It is written down until it is done."""
    job = await life.begin()
    await life.store.begin_erasing(ME, NOW)
    await life.store.fail(job, Blocked(), NOW)
    await life.end(job)

    async with going_round(life):
        assert await life.store.erasing() == ()
    assert await life.store.job(job.id) is None


async def test_a_server_that_left_is_erased_after_a_week(life: Life) -> None:
    """Given a removal, when it waits, then that is cancelled at once and the rest goes later."""
    kept = await life.finish()
    waiting = (await life.store.submit(draft(HERE, ME), LIMITS, NOW)).job
    async with going_round(life):
        await life.forget.present([HERE])
        await life.forget.left(HERE)
        [cancelled] = life.happenings.of(events.Cancelled)
        assert cancelled.job_id == waiting.id

        await life.later(GRACE - OLD_EVERY)
        assert await life.store.job(kept.id) is not None
        await life.later(2 * OLD_EVERY)

    assert await life.store.job(kept.id) is None
    assert await life.store.departed(life.clock.now()) == ()


async def test_a_server_that_came_back_while_nobody_looked_is_kept(life: Life) -> None:
    """Given a removal and a list that has the server again, then nothing is lost."""
    kept = await life.finish()
    await life.forget.left(HERE)
    await life.clock.advance(2 * GRACE)

    await life.forget.present([HERE])
    await life.forget.once()

    assert await life.store.job(kept.id) is not None


async def test_a_removal_that_was_missed_counts_from_when_it_is_known(life: Life) -> None:
    """Given two servers, when one is not on the list any more, then its week begins."""
    await life.finish(HERE)
    await life.finish(THERE)

    await life.forget.present([THERE])

    assert await life.store.departed(life.clock.now()) == (HERE,)


async def test_files_go_with_what_is_erased(life: Life) -> None:
    """At once, not with the next sweep: here, a picture that could not be posted."""
    name = await life.vault.put(b"a picture")
    job = await life.begin()
    drawn = Picture(index=0, sha256=name, format="png", width=1, height=1, bytes=9)
    await life.store.keep(job, [drawn], 30_000, "openai", NOW)
    delivery = await life.store.next_delivery(NOW, LEASE)
    assert delivery is not None
    await life.store.postpone(delivery, Later(NOW, Route.KEEP, 0))

    assert (await life.erase(ME)).done

    assert not await life.vault.has(name)


async def test_a_locked_database_is_reported_and_tried_again(life: Life) -> None:
    """Given a store that is closed, when the process goes round, then it says so and goes on."""
    told: list[BaseException] = []
    forget = Forget(
        store=life.store,
        erase=life.erase,
        clock=life.clock,
        events=life.events,
        days=90,
        settled=_nothing,
        report=lambda _where, bug: told.append(bug),
    )
    await life.store.close()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(forget.run())
        await life.clock.sleepers()
        assert [type(each) for each in told] == [Unavailable]
        await life.store.open()
        await life.clock.advance(EVERY)
        await life.clock.sleepers()
        task.cancel()
    assert len(told) == 1


async def _nothing(_job_id: int) -> None:
    return None
