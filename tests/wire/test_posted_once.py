"""A message whose answer was lost, once Discord knows its nonce no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.pretend_api import PretendApi
from tests.wire.crashing_world import Fall, Outcome, World, shows
from tests.wire.discord_standin import Channel, Message, Standin
from tests.wire.easel import easel, environment
from tests.wire.test_run import scene

DEAD = 400
"""Seconds until the next process starts; Discord knows a nonce for 300."""


@pytest.fixture
async def world(tmp_path: Path, standin: Standin, service: PretendApi) -> World:
    """A server, a member, and nothing stored yet."""
    channel, alice = await scene(standin)
    return World(tmp_path, standin, service, channel, alice)


@asynccontextmanager
async def answer_lost(world: World, fall: Fall) -> AsyncIterator[None]:
    """The card is deleted, and the process dies when the outcome has been posted elsewhere.

    What is done inside happens while the picture is drawn.
    """
    async with world.doomed(fall.spelled, behind=DEAD) as process:
        await world.ready()
        async with world.service.held():
            card = await (await world.asks(fall)).message()
            await world.service.arrived(1)
            await world.discord.delete_message(card)
            yield
        await process.reached(fall)
    await world.discord.advance(DEAD)


async def shown(world: World, channel: Channel, fall: Fall) -> list[Message]:
    """The messages in a channel that show the outcome."""
    messages = await world.discord.messages(channel)
    return [each for each in messages if shows(fall)(each) and not each.deleted]


async def goes_on(world: World) -> None:
    """The real program starts, posts what it thinks is not posted, and is stopped."""
    settings = environment(world.folder, world.discord, world.service)
    async with easel("run", settings, world.folder) as bot:
        await world.ready()
        # It stops when nothing that is due is left to post.
        bot.terminate()
        assert await bot.stopped() == 0, bot.said
    with world.rows() as bench:
        assert bench.look("SELECT state FROM delivery WHERE state <> 'done'") == []


async def test_a_new_message_in_the_channel_is_found(world: World) -> None:
    """Given a picture posted below a lost card, when the next process comes, then it is there."""
    fall = Fall("after messenger.deliver 2", Outcome.PICTURE)
    async with answer_lost(world, fall):
        pass
    before = await shown(world, world.channel, fall)
    await goes_on(world)

    assert [each.id for each in await shown(world, world.channel, fall)] == [before[0].id]


async def test_a_direct_message_is_found(world: World) -> None:
    """Given a channel that closed, when the next process comes, then nobody is written to twice."""
    fall = Fall("after messenger.deliver 3", Outcome.PICTURE)
    async with answer_lost(world, fall):
        await world.discord.deny(world.channel, "send_messages")
    await goes_on(world)

    direct = await world.discord.direct_channel(world.alice)
    assert len(await shown(world, direct, fall)) == 1
    assert await shown(world, world.channel, fall) == []


async def test_where_it_may_not_read_it_posts_rather_twice_than_never(world: World) -> None:
    """Given a channel without its history, when an answer is lost, then it cannot know better."""
    fall = Fall("after messenger.deliver 2", Outcome.PICTURE)
    async with answer_lost(world, fall):
        await world.discord.deny(world.channel, "read_message_history")
    await goes_on(world)

    assert len(await shown(world, world.channel, fall)) == 2
