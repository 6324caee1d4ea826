"""Each way to edit, with one picture and several, in a channel, in a thread, in private."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.builders import ChannelHandle, UserHandle

from bot.core import events
from tests.journeys.pictures import BOAT, HARBOUR, mention, outcome, thread_of
from tests.journeys.studio import Studio, hold_studio, texts

Act = Callable[[Studio, ChannelHandle, bool], Awaitable[None]]


async def by_command(studio: Studio, where: ChannelHandle, several: bool) -> None:
    """/edit with one or two pictures."""
    more: dict[str, Any] = {"image2": BOAT} if several else {}
    await studio.world.alice.slash(where, "edit", prompt="make it dawn", image=HARBOUR, **more)


async def by_menu(studio: Studio, where: ChannelHandle, several: bool) -> None:
    """The menu of somebody else's message; of two pictures the second."""
    files = [HARBOUR, BOAT] if several else [HARBOUR]
    message = await studio.world.bob.send(where, "look", attachments=files)
    form = await studio.world.alice.context_menu(where, "Edit image", message)
    choice: dict[str, Any] = {"which": ["2"]} if several else {}
    await studio.world.alice.submit_modal(form, {"prompt": "make it dawn", **choice})


async def by_mention(studio: Studio, where: ChannelHandle, several: bool) -> None:
    """A mention with pictures."""
    files = [HARBOUR, BOAT] if several else [HARBOUR]
    await studio.world.alice.send(where, mention(studio, "make it dawn"), attachments=files)


async def drawn(studio: Studio, where: ChannelHandle, count: int) -> discord.Message:
    """A result of ours in that channel."""
    await studio.world.bob.slash(where, "generate", prompt="a harbour", count=count)
    return await outcome(studio, where)


async def by_reply(studio: Studio, where: ChannelHandle, several: bool) -> None:
    """A reply to a result; of several pictures one is chosen in the form."""
    original = await drawn(studio, where, 2 if several else 1)
    alice = studio.world.alice
    await alice.send(where, mention(studio, "make it dawn"), reply_to=original)
    if several:
        answer = where.last_message
        assert answer is not None
        form = await alice.click(answer, label="Edit this picture")
        await alice.submit_modal(form, {"prompt": "make it dawn", "which": ["2"]})


async def by_button(studio: Studio, where: ChannelHandle, several: bool) -> None:
    """Edit… under a result; of several pictures one is chosen first."""
    original = await drawn(studio, where, 2 if several else 1)
    alice = studio.world.alice
    if several:
        chosen = await alice.select(original, ["1"])
        assert chosen.response is not None
        original = chosen.response.message
    form = await alice.click(original, label="Edit…")
    await alice.submit_modal(form, {"prompt": "make it dawn"})


WAYS: tuple[Act, ...] = (by_command, by_menu, by_mention, by_reply, by_button)


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
@pytest.mark.parametrize("in_thread", [False, True], ids=["channel", "thread"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_every_way_ends_in_an_edited_picture(
    studio: Studio, way: Act, in_thread: bool, several: bool
) -> None:
    """Given a place and pictures, when somebody edits, then the edit is posted there."""
    where = thread_of(studio) if in_thread else studio.gallery

    await way(studio, where, several)
    await studio.happenings.seen(events.Delivered, 2 if way in (by_reply, by_button) else 1)

    edit = studio.service.requests[-1]
    assert edit.path.endswith("/images/edits")
    assert edit.prompt == "make it dawn"
    last = studio.happenings.of(events.Delivered)[-1]
    message = next(each for each in where.history() if each.id == last.message_id)
    assert message.attachments


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
async def test_the_ways_there_are_alone_with_the_bot_work_as_well(
    tmp_path: Path, several: bool
) -> None:
    """Given that the operator allows it, when somebody edits in direct messages, then it works."""
    async with hold_studio(tmp_path / "data", direct_messages=True) as studio:
        user: UserHandle = studio.world.alice.user
        more: dict[str, Any] = {"image2": BOAT} if several else {}

        await user.slash("edit", prompt="make it dawn", image=HARBOUR, **more)
        first = await outcome(studio, user.dm_channel)
        form = await user.click(first, label="Edit…")
        others: dict[str, Any] = {"others": [BOAT]} if several else {}
        await user.submit_modal(form, {"prompt": "make it dusk", **others})
        second = await outcome(studio, user.dm_channel, 2)
        await user.click(second, label="Vary")
        third = await outcome(studio, user.dm_channel, 3)

        assert third.attachments
        assert [len(request.parts) for request in studio.service.requests] == [
            1 + several,
            1 + several,
            1,
        ]


async def test_pictures_of_other_bots_can_be_edited_from_the_menu(studio: Studio) -> None:
    """Given a picture that a webhook posted, when it is edited, then it is like any other."""
    webhook = studio.world.guild.create_webhook(studio.gallery, "Camera")
    message = await webhook.send("a snapshot", attachments=[HARBOUR])

    form = await studio.world.alice.context_menu(studio.gallery, "Edit image", message)
    await studio.world.alice.submit_modal(form, {"prompt": "make it dawn"})
    result = await outcome(studio, studio.gallery)

    assert result.attachments


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
async def test_mentions_and_replies_work_alone_with_the_bot(tmp_path: Path, several: bool) -> None:
    """Given direct messages, when pictures come with a mention, or a result is replied to."""
    async with hold_studio(tmp_path / "data", direct_messages=True) as studio:
        user: UserHandle = studio.world.alice.user
        files = [HARBOUR, BOAT] if several else [HARBOUR]
        stored = studio.env.backend.store_attachments(user.dm_channel.id, files)

        await user.send_dm(mention(studio, "make it dawn"), attachments=stored)
        first = await outcome(studio, user.dm_channel)
        reference = {"channel_id": str(user.dm_channel.id), "message_id": str(first.id)}
        await user.send_dm(mention(studio, "make it dusk"), reference=reference)
        second = await outcome(studio, user.dm_channel, 2)

        assert "make it dusk" in texts(second)
        assert [len(request.parts) for request in studio.service.requests] == [1 + several, 1]
