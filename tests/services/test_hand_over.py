"""Pictures that could not be posted are shown to their author until retention ends."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.core.delivery import Later, Route
from bot.core.errors import NotYours, TooLarge, TooLate
from bot.core.jobs import Job, Picture, State
from bot.core.ports import Upload
from bot.imaging.pillow import PillowImaging
from bot.services.hand_over import HandOver
from bot.services.prepare import Prepare
from bot.services.sweep import KEEP_RESULTS, Sweep
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LEASE, LIMITS, NOW, draft
from tests.services.easel_parts import picture

MEMBER, SOMEBODY_ELSE = 1, 2
LIMIT = 10 * 1024 * 1024


@dataclass
class Whispers:
    """What was shown in private, message by message, to somebody who takes so many bytes a file."""

    takes: int = LIMIT
    files: list[tuple[Upload, ...]] = field(default_factory=list)
    parts: list[tuple[int, int]] = field(default_factory=list)

    async def post(self, job: Job, files: Sequence[Upload], part: int, parts: int) -> None:
        assert job.place.member_id == MEMBER
        if any(len(file.data) > self.takes for file in files):
            raise TooLarge("413 40005")
        self.files.append(tuple(files))
        self.parts.append((part, parts))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The parts that keep and show."""

    folder: Path
    store: SqliteStore
    vault: FileVault
    clock: ManualClock
    hand_over: HandOver
    sweep: Sweep

    async def kept(self, *files: bytes) -> Job:
        """A job whose pictures could not be posted."""
        await self.store.submit(draft(pictures=len(files)), LIMITS, self.clock.now())
        job = await self.store.claim("w", self.clock.now(), LEASE)
        assert job is not None
        pictures = [
            Picture(
                index=index,
                sha256=await self.vault.put(data),
                format="png",
                width=64,
                height=64,
                bytes=len(data),
            )
            for index, data in enumerate(files)
        ]
        await self.store.keep(job, pictures, 1, "p", self.clock.now())
        delivery = await self.store.next_delivery(self.clock.now(), LEASE)
        assert delivery is not None
        await self.store.postpone(delivery, Later(self.clock.now(), Route.KEEP, 0))
        return job

    async def show(
        self, job: Job, seen: Whispers, *, by: int = MEMBER, limit: int = LIMIT
    ) -> Whispers:
        """Ask for the pictures."""
        await self.hand_over(job.id, by=by, limit=limit, post=seen.post)
        return seen

    def age(self, by: timedelta) -> None:
        """Let the files look as if they had been written so long before the clock's time."""
        written = (self.clock.now() - by).timestamp()
        for path in self.folder.glob("??/*"):
            os.utime(path, (written, written))


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    """A real database, real files and real pixels."""
    clock, folder = ManualClock(NOW), tmp_path / "pictures"
    store, vault, imaging = SqliteStore(tmp_path / "easel.db"), FileVault(folder), PillowImaging()
    await store.open()
    yield Shelf(
        folder,
        store,
        vault,
        clock,
        HandOver(store=store, prepare=Prepare(vault=vault, imaging=imaging), clock=clock),
        Sweep(store=store, vault=vault, clock=clock),
    )
    await imaging.close()
    await store.close()


async def test_kept_pictures_are_shown_as_often_as_their_author_asks(shelf: Shelf) -> None:
    """Given a kept request, when it is shown twice, then both times whole, and it stays kept."""
    red, blue = picture("red"), picture("blue")
    job = await shelf.kept(red, blue)

    first, second = await shelf.show(job, Whispers()), await shelf.show(job, Whispers())

    assert first.files == second.files
    assert [[file.data for file in files] for files in first.files] == [[red, blue]]
    found = await shelf.store.job(job.id)
    assert found is not None
    assert found.state is State.KEPT


async def test_nobody_else_is_shown_them(shelf: Shelf) -> None:
    """Given somebody who knows the number, when they ask, then they see nothing."""
    job = await shelf.kept(picture())
    seen = Whispers()

    with pytest.raises(NotYours):
        await shelf.show(job, seen, by=SOMEBODY_ELSE)

    assert seen.files == []


async def test_they_get_under_the_limit_of_the_place_where_they_are_shown(shelf: Shelf) -> None:
    """Given a limit lower than where it was asked for, when it is shown, then it is smaller."""
    job = await shelf.kept(noise())

    seen = await shelf.show(job, Whispers(), limit=50_000)

    [[file]] = seen.files
    assert len(file.data) <= 50_000


async def test_where_discord_finds_them_too_large_they_shrink(shelf: Shelf) -> None:
    """Given a limit that was told wrong, when it is shown, then smaller and smaller, and once."""
    job = await shelf.kept(noise())

    seen = await shelf.show(job, Whispers(takes=40_000))

    [[file]] = seen.files
    assert len(file.data) <= 40_000


async def test_where_nothing_is_small_enough_it_is_said(shelf: Shelf) -> None:
    """Given a Discord that takes nothing, when it is shown, then that ends, as too large."""
    job = await shelf.kept(picture())

    with pytest.raises(TooLarge):
        await shelf.show(job, Whispers(takes=0))


async def test_what_does_not_fit_together_is_shown_in_several_messages(shelf: Shelf) -> None:
    """Given four files of nine megabytes, when they are shown, then in two messages, in order."""
    pad = bytes(9 * 1024 * 1024)
    job = await shelf.kept(*(picture(colour) + pad for colour in ("red", "blue", "green", "white")))

    seen = await shelf.show(job, Whispers())

    assert [[file.index for file in files] for files in seen.files] == [[0, 1], [2, 3]]
    assert seen.parts == [(0, 2), (1, 2)]


async def test_after_retention_they_are_let_go_of_and_that_is_said(shelf: Shelf) -> None:
    """Given a kept request, when its time is over, then the file goes, and not a moment before."""
    job = await shelf.kept(picture())
    await shelf.clock.advance(KEEP_RESULTS - timedelta(seconds=1))
    shelf.age(KEEP_RESULTS)
    assert await shelf.sweep.once() == 0
    assert len((await shelf.show(job, Whispers())).files) == 1

    await shelf.clock.advance(1)

    with pytest.raises(TooLate, match="do not keep"):
        await shelf.show(job, Whispers())
    await shelf.clock.advance(1)
    assert await shelf.sweep.once() == 1
    assert [path for path in shelf.folder.glob("??/*") if path.is_file()] == []


async def test_a_file_that_is_lost_is_said_like_one_that_was_let_go_of(shelf: Shelf) -> None:
    """Given a data folder that was copied in part, when it is asked for, then no error is told."""
    job = await shelf.kept(picture())
    for path in shelf.folder.glob("??/*"):
        path.unlink()

    with pytest.raises(TooLate, match="do not keep"):
        await shelf.show(job, Whispers())


async def test_what_was_not_kept_is_not_shown(shelf: Shelf) -> None:
    """Given a waiting request, or none, when it is asked for, then there is nothing to show."""
    waiting = (await shelf.store.submit(draft(), LIMITS, NOW)).job

    for job_id in (waiting.id, 404):
        with pytest.raises(TooLate):
            await shelf.hand_over(job_id, by=MEMBER, limit=LIMIT, post=Whispers().post)


def noise() -> bytes:
    """A PNG that compresses badly: about 200 kB."""
    file = io.BytesIO()
    Image.frombytes("RGB", (256, 256), os.urandom(256 * 256 * 3)).save(file, "PNG")
    return file.getvalue()
