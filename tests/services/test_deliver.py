"""Outcomes reach their authors by one way or another, once, and never larger than allowed."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.core import events
from bot.core.delivery import Delivery, Later, Posted, Route
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
from tests.services.quiet_discord import CHANNEL, AnswerLost, QuietDiscord

LEASE = timedelta(minutes=5)
ENDS = (events.Delivered, events.Kept)
HOUR = timedelta(hours=1)


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

    async def begun(self, route: Route, *, large: bool = False) -> Delivery:
        """An outcome that another process had in hand: one message, or two where it is large."""
        pad = bytes(9 * 1024 * 1024) if large else b""
        await self.drawn(*(picture(colour) + pad for colour in ("red", "blue", "green")))
        delivery = await self.store.next_delivery(self.clock.now(), LEASE)
        assert delivery is not None
        await self.store.postpone(delivery, Later(self.clock.now(), route, 0))
        return replace(delivery, route=route)

    async def state(self, job: Job) -> State:
        """Where the job is now."""
        found = await self.store.job(job.id)
        assert found is not None
        return found.state


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    """Delivery on a real database, real files and real pixels, to a Discord that remembers."""
    clock, happening = ManualClock(NOW), events.Events()
    discord = QuietDiscord(clock)
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
    """Let it post, and let just the pauses go by that it makes, until nothing is left to do."""
    async with asyncio.TaskGroup() as group:
        running = group.create_task(post.deliver.run())
        async for event in announced(post):
            if isinstance(event, ENDS):
                break
            if isinstance(event, events.Postponed) and event.until > post.clock.now():
                await post.clock.advance(event.until - post.clock.now())
        running.cancel()


async def announced(post: Post) -> AsyncIterator[events.Happening]:
    """Everything that is announced, in order."""
    told = 0
    while True:
        while told == len(post.happenings.all):
            await post.happenings.next()
        yield post.happenings.all[told]
        told += 1


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
    assert len(await post.store.files_in_use(NOW, NOW)) == 1


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


async def test_what_is_posted_stays_when_the_next_message_is_not(post: Post) -> None:
    """Given two messages, when the second one meets trouble, then only that is asked for again."""
    delivery = await post.begun(Route.REPLY, large=True)
    post.discord.failures = [None, Busy("502"), Busy("502")]

    await until_ended(post)

    assert [each.part for each in post.discord.tried] == [0, 1, 1, 1]
    assert [each.part for each in post.discord.posted] == [0, 1]
    [delivered] = post.happenings.of(events.Delivered)
    assert delivered.message_id == 77
    assert await post.state(delivery.job) is State.DELIVERED


async def test_a_restart_goes_on_after_the_message_that_is_recorded(post: Post) -> None:
    """Given a first message that somebody deleted, when a new process posts, then just the rest."""
    delivery = await post.begun(Route.CHANNEL, large=True)
    await post.store.sending(delivery, 0, post.clock.now())
    await post.store.sent(delivery, 0, Posted(60, CHANNEL), post.clock.now())
    await post.clock.advance(HOUR)

    await until_ended(post)

    assert [each.part for each in post.discord.posted] == [1]
    assert post.discord.sought == []
    [delivered] = post.happenings.of(events.Delivered)
    assert delivered.message_id == 60


async def test_a_message_whose_answer_was_lost_is_found(post: Post) -> None:
    """Given a process that died before it heard, when Discord forgot, then no new one is."""
    delivery = await post.begun(Route.CHANNEL, large=True)
    await post.store.sending(delivery, 0, post.clock.now())
    lost = await post.discord.deliver(delivery, Route.CHANNEL, [], part=0, parts=2)
    post.discord.failures = [Busy("502")]
    await post.clock.advance(HOUR)

    await until_ended(post)

    assert [each.part for each in post.discord.posted] == [0, 1]
    [delivered] = post.happenings.of(events.Delivered)
    assert delivered.message_id == lost.message_id
    assert post.discord.sought == [0], "what was found is written down"


async def test_a_message_that_discord_never_got_is_posted(post: Post) -> None:
    """Given a process that died before it asked, when it is not found, then it is sent."""
    delivery = await post.begun(Route.CHANNEL)
    await post.store.sending(delivery, 0, post.clock.now())
    await post.clock.advance(HOUR)

    await until_ended(post)

    assert post.discord.sought == [0]
    assert len(post.discord.posted) == 1


async def test_for_a_minute_the_nonce_is_enough(post: Post) -> None:
    """Given a lost answer, when it is tried again at once, then nothing has to be looked for."""
    await post.begun(Route.CHANNEL)
    post.discord.failures = [AnswerLost("cut")]

    await until_ended(post)

    assert len(post.discord.posted) == 1
    assert len(post.discord.tried) == 2
    assert post.discord.sought == []


async def test_after_an_outage_of_minutes_it_is_looked_for(post: Post) -> None:
    """Given a lost answer and an outage that outlives the nonce, when it ends, then it is there."""
    await post.begun(Route.CHANNEL)
    post.discord.failures = [AnswerLost("cut"), *[Busy("502")] * 5]
    post.discord.searches = [Busy("502")] * 2

    await until_ended(post)

    assert len(post.discord.posted) == 1
    assert post.discord.sought == [0, 0, 0]


async def test_what_may_be_in_the_channel_is_looked_for_before_another_way(post: Post) -> None:
    """Given a lost answer in a channel that closes then, when it is there, then no second one."""
    await post.begun(Route.CHANNEL)
    post.discord.failures = [AnswerLost("cut"), Forbidden("50013")]

    await until_ended(post)

    assert [each.route for each in post.discord.posted] == [Route.CHANNEL]


async def test_where_it_may_not_look_it_posts_rather_twice_than_never(post: Post) -> None:
    """Given a lost answer and no right to read, when the nonce is forgotten, then it is sent."""
    delivery = await post.begun(Route.CHANNEL)
    await post.store.sending(delivery, 0, post.clock.now())
    post.discord.blind = True
    await post.clock.advance(HOUR)

    await until_ended(post)

    assert await post.state(delivery.job) is State.DELIVERED
    assert len(post.discord.posted) == 1


async def test_an_edit_of_the_card_is_repeated_and_not_looked_for(post: Post) -> None:
    """Given an edit whose answer was lost, when it is done again, then the card is the same."""
    await post.begun(Route.REPLY)
    post.discord.failures = [AnswerLost("cut"), *[Busy("502")] * 7]

    await until_ended(post)

    assert [each.route for each in post.discord.posted] == [Route.REPLY]
    assert post.discord.sought == []
