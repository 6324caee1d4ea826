"""Outcomes reach their authors by one way or another, once, and never larger than allowed."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.core import events
from bot.core.delivery import Route
from bot.core.errors import Blocked, Busy, Forbidden, Gone, PostingFailed, TooLarge
from bot.core.jobs import Job, Picture, State
from bot.imaging.pillow import PillowImaging
from bot.services.deliver import Deliver
from bot.services.prepare import Prepare
from bot.storage.files import FileVault
from bot.storage.sqlite import SqliteStore
from tests.clock import ManualClock
from tests.conformance.world import LIMITS, NOW, draft
from tests.happenings import Happenings
from tests.services.easel_parts import picture
from tests.services.quiet_discord import QuietDiscord

LEASE = timedelta(minutes=5)
ENDS = (events.Delivered, events.Kept)


@dataclass(frozen=True, slots=True)
class Post:
    """The parts that deliver."""

    store: SqliteStore
    vault: FileVault
    clock: ManualClock
    discord: QuietDiscord
    happenings: Happenings
    deliver: Deliver
    settled: list[int]

    async def drawn(self, *files: bytes) -> Job:
        """A job whose pictures wait to be posted."""
        await self.store.submit(draft(pictures=len(files)), LIMITS, self.clock.now())
        job = await self.store.claim("w", self.clock.now(), LEASE)
        assert job is not None
        await self.store.answered(job.id, 77)
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
        return job

    async def state(self, job: Job) -> State:
        """Where the job is now."""
        found = await self.store.job(job.id)
        assert found is not None
        return found.state


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    """Delivery on a real database, real files and real pixels, to a Discord that remembers."""
    clock, happening, discord = ManualClock(NOW), events.Events(), QuietDiscord()
    store, vault = SqliteStore(tmp_path / "easel.db"), FileVault(tmp_path / "pictures")
    imaging, settled = PillowImaging(), list[int]()

    async def note(job_id: int) -> None:
        settled.append(job_id)

    def fail(name: str, error: BaseException) -> None:
        raise AssertionError(name) from error

    deliver = Deliver(
        store=store,
        vault=vault,
        prepare=Prepare(vault=vault, imaging=imaging),
        messenger=discord,
        clock=clock,
        events=happening,
        settled=note,
        report=fail,
    )
    await store.open()
    yield Post(store, vault, clock, discord, Happenings(happening), deliver, settled)
    await imaging.close()
    await store.close()


async def until_ended(post: Post) -> None:
    """Let it post, and skip the pauses between its tries, until nothing is left to do."""

    async def ended() -> None:
        while not any(isinstance(each, ENDS) for each in post.happenings.all):
            await post.happenings.next()

    async with asyncio.TaskGroup() as group:
        running = group.create_task(post.deliver.run())
        await post.clock.run(ended())
        running.cancel()


async def test_pictures_replace_the_card_and_their_files_are_let_go(post: Post) -> None:
    """Given a drawn job, when it is posted, then it is delivered and nothing stays on disk."""
    job = await post.drawn(picture())

    await until_ended(post)

    [shown] = post.discord.posted
    assert shown.route is Route.REPLY
    assert await post.state(job) is State.DELIVERED
    assert not await post.vault.has(shown.delivery.pictures[0].sha256)
    assert post.settled == [job.id]


@pytest.mark.parametrize(
    ("failures", "route"),
    [
        ([Gone("10008")], Route.CHANNEL),
        ([Gone("10008"), Forbidden("50013")], Route.DIRECT),
        ([Busy("502"), Busy("502")], Route.REPLY),
        ([Busy("502")] * 12, Route.CHANNEL),
    ],
    ids=["card deleted", "channel closed", "outage", "long outage"],
)
async def test_what_does_not_work_one_way_is_tried_the_next(
    post: Post, failures: list[PostingFailed], route: Route
) -> None:
    """Given trouble at Discord, when it is posted, then it arrives by the best way left."""
    job = await post.drawn(picture())
    post.discord.failures = [*failures]

    await until_ended(post)

    [shown] = post.discord.posted
    assert shown.route is route
    assert await post.state(job) is State.DELIVERED


async def test_with_nowhere_to_go_a_picture_is_kept(post: Post) -> None:
    """Given no way at all, when all were tried, then the picture stays with its job."""
    job = await post.drawn(picture())
    post.discord.failures = [Gone("10008"), Forbidden("50013"), Forbidden("50007")]

    await until_ended(post)

    assert await post.state(job) is State.KEPT
    assert post.discord.posted == []
    assert len(await post.store.files_in_use(NOW)) == 1


async def test_a_message_that_is_too_large_is_written_smaller(post: Post) -> None:
    """Given noise that compresses badly, when Discord refuses it, then it shrinks until it fits."""
    noise = Image.frombytes("RGB", (256, 256), os.urandom(256 * 256 * 3))
    file = io.BytesIO()
    noise.save(file, "PNG")
    await post.drawn(file.getvalue())
    post.discord.failures = [TooLarge("413"), TooLarge("413")]

    await until_ended(post)

    [shown] = post.discord.posted
    sizes = [len(each.files[0].data) for each in post.discord.tried]
    assert sizes == sorted(sizes, reverse=True)
    assert len(shown.files[0].data) < len(file.getvalue())


async def test_pictures_that_do_not_fit_together_are_spread_over_messages(post: Post) -> None:
    """Given four files of nine megabytes, when they are posted, then in two messages, in order."""
    pad = bytes(9 * 1024 * 1024)
    await post.drawn(*(picture(colour) + pad for colour in ("red", "blue", "green", "white")))

    await until_ended(post)

    assert [[file.index for file in shown.files] for shown in post.discord.posted] == [
        [0, 1],
        [2, 3],
    ]
    assert [(shown.part, shown.parts) for shown in post.discord.posted] == [(0, 2), (1, 2)]


async def test_a_failure_is_told_the_same_way(post: Post) -> None:
    """Given a refusal of the service, when it is posted, then as a notice without files."""
    await post.store.submit(draft(), LIMITS, NOW)
    job = await post.store.claim("w", NOW, LEASE)
    assert job is not None
    await post.store.answered(job.id, 77)
    await post.store.fail(job, Blocked("moderation_blocked"), NOW)

    await until_ended(post)

    [shown] = post.discord.posted
    assert shown.files == ()
    assert shown.delivery.job.failure == "blocked"
