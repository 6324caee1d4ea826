"""Picture bytes, wherever they are kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.jobs import Job
from bot.core.ports import Drawing
from bot.core.pricing import Usage
from bot.ops.clock import SystemClock
from bot.storage.engines import Storage
from tests.clock import ManualClock
from tests.conformance.engines import Engine
from tests.conformance.world import LEASE, LIMITS, NOW, SOON, draft

PICTURE = b"\x89PNG and so on\x00\xff" * 100
DRAWING = Drawing(pictures=(b"one", b"two"), usage=Usage(text_in=1, image_out=2))


@pytest.fixture
def clock() -> ManualClock:
    """Standing still."""
    return ManualClock(NOW)


@pytest.fixture
async def storage(engine: Engine, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Storage]:
    """Open, with nothing in it."""
    made = engine.storage(tmp_path, clock)
    await made.store.open()
    yield made
    await made.store.close()


async def claimed(storage: Storage) -> Job:
    """A running job."""
    await storage.store.submit(draft(), LIMITS, NOW)
    job = await storage.store.claim("w", NOW, LEASE)
    assert job is not None
    return job


async def test_what_was_put_is_got_by_its_hash(storage: Storage) -> None:
    """Byte for byte."""
    vault = storage.vault
    assert not await vault.has(hashlib.sha256(PICTURE).hexdigest())

    name = await vault.put(PICTURE)

    assert name == hashlib.sha256(PICTURE).hexdigest()
    assert await vault.get(name) == PICTURE
    assert await vault.has(name)


async def test_a_hash_that_is_known_need_not_be_worked_out(storage: Storage) -> None:
    """Whoever announced it has done so."""
    name = hashlib.sha256(PICTURE).hexdigest()

    assert await storage.vault.put(PICTURE, name) == name
    assert await storage.vault.get(name) == PICTURE


async def test_what_was_dropped_is_gone(storage: Storage) -> None:
    """Dropping it again, or what never was, does nothing."""
    vault = storage.vault
    name = await vault.put(PICTURE)

    await vault.drop(name)
    await vault.drop(name)
    await vault.drop("0" * 64)

    assert not await vault.has(name)
    with pytest.raises(FileNotFoundError):
        await vault.get(name)
    assert await vault.put(PICTURE) == name
    assert await vault.get(name) == PICTURE


async def test_the_same_bytes_are_kept_until_all_have_let_go(storage: Storage) -> None:
    """One job was posted; others put the same picture and have not written their rows yet."""
    vault = storage.vault
    async with asyncio.TaskGroup() as group:
        puts = [group.create_task(vault.put(PICTURE)) for _ in range(8)]
    [name] = {put.result() for put in puts}

    for _ in range(7):
        await vault.drop(name)
    assert await vault.get(name) == PICTURE

    await vault.drop(name)
    assert not await vault.has(name)


async def test_what_an_earlier_process_put_can_be_got_and_dropped(
    engine: Engine, tmp_path: Path, storage: Storage, clock: ManualClock
) -> None:
    """It is let go like any other."""
    name = await storage.vault.put(PICTURE)
    await storage.store.close()

    later = engine.storage(tmp_path, clock)
    await later.store.open()
    try:
        assert await later.vault.get(name) == PICTURE
        await later.vault.drop(name)
        assert not await later.vault.has(name)
    finally:
        await later.store.close()


async def test_what_no_row_names_is_stray_after_an_hour(
    engine: Engine, tmp_path: Path, storage: Storage
) -> None:
    """Not what a row names, nor what is young."""
    vault = storage.vault
    named, old, young = [await vault.put(data) for data in (b"named", b"old", b"young")]
    for name, minutes in ((named, 120), (old, 61), (young, 59)):
        engine.age(tmp_path, name, NOW - timedelta(minutes=minutes))

    assert await vault.stray({named}, NOW) == (old,)

    await vault.drop(old)
    assert await vault.stray({named}, NOW) == ()


async def test_nothing_is_stray_where_nothing_was_put(storage: Storage) -> None:
    """There need not even be a place for it."""
    assert await storage.vault.stray((), NOW) == ()


async def test_putting_again_makes_bytes_young_again(engine: Engine, tmp_path: Path) -> None:
    """Their row may be about to be written."""
    clock = SystemClock()
    storage = engine.storage(tmp_path, clock)
    await storage.store.open()
    try:
        name = await storage.vault.put(PICTURE)
        engine.age(tmp_path, name, clock.now() - timedelta(hours=2))
        assert await storage.vault.stray((), clock.now()) == (name,)

        await storage.vault.put(PICTURE)

        assert await storage.vault.stray((), clock.now()) == ()
    finally:
        await storage.store.close()


async def test_what_was_announced_is_known_until_it_is_withdrawn(
    storage: Storage, clock: ManualClock
) -> None:
    """With all that the next process needs to go on from there."""
    job = await claimed(storage)
    answer = await storage.vault.announce(job, "openai", DRAWING)
    await clock.advance(LEASE)

    assert (answer.job_id, answer.attempt, answer.provider) == (job.id, job.attempt, "openai")
    assert answer.pictures == tuple(hashlib.sha256(data).hexdigest() for data in (b"one", b"two"))
    assert answer.usage == DRAWING.usage
    assert await storage.vault.announced() == (answer,)

    await storage.vault.withdraw(answer)
    await storage.vault.withdraw(answer)
    assert await storage.vault.announced() == ()


async def test_announcing_again_says_it_once(storage: Storage, clock: ManualClock) -> None:
    """The first time may have been cut off after it was written."""
    job = await claimed(storage)
    await storage.vault.announce(job, "openai", DRAWING)
    answer = await storage.vault.announce(job, "openai", DRAWING)
    await clock.advance(LEASE)

    assert await storage.vault.announced() == (answer,)


async def test_what_somebody_may_be_putting_right_now_is_not_taken_over(
    engine: Engine, storage: Storage, clock: ManualClock
) -> None:
    """Where several may work, until the lease of the job ends."""
    answer = await storage.vault.announce(await claimed(storage), "openai", DRAWING)
    await clock.advance(LEASE - SOON)

    assert await storage.vault.announced() == (() if engine.shared else (answer,))

    await clock.advance(SOON)
    assert await storage.vault.announced() == (answer,)


async def test_what_was_announced_is_not_stray(
    engine: Engine, tmp_path: Path, storage: Storage
) -> None:
    """However long ago it was put: a restart will go on from there."""
    answer = await storage.vault.announce(await claimed(storage), "openai", DRAWING)
    for data in DRAWING.pictures:
        engine.age(tmp_path, await storage.vault.put(data), NOW - timedelta(days=1))

    assert await storage.vault.stray((), NOW) == ()

    await storage.vault.withdraw(answer)
    assert await storage.vault.stray((), NOW) == tuple(sorted(answer.pictures))
