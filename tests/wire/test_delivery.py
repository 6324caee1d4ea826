"""A finished picture finds its author, however Discord has changed while it was drawn."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Message, Standin, User
from tests.wire.easel import easel, environment, states
from tests.wire.test_run import finished, scene

MANY = {"EASEL_SLOTS": "20", "EASEL_SERVER_SLOTS": "20", "EASEL_LOG": "json"}


def noise(prompt: str, width: int, height: int, **options: object) -> Image.Image:
    """A picture that no packing makes smaller."""
    del prompt, options
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


async def received(standin: Standin, person: User) -> Message:
    """The picture that came to somebody by direct message."""
    return await standin.message(await standin.direct_channel(person), until=finished)


async def test_a_picture_that_no_channel_takes_comes_directly_or_is_kept(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given channels that are lost while it draws, then each way is tried once, and no further."""
    names = ("alice", "bob", "carol", "dave", "eve")
    alice, bob, carol, dave, eve = [await standin.user(name) for name in names]
    home = await standin.guild("Home", members=[alice, bob, carol, eve])
    away = await standin.guild("Away", members=[carol, dave])
    gone, silent = await standin.channel(home, "gone"), await standin.channel(home, "silent")
    lost = await standin.channel(away, "lost")
    settings = environment(tmp_path, standin, service, **MANY)
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        async with service.held():
            for channel, person, prompt in (
                (gone, alice, "in a channel that is deleted"),
                (silent, bob, "where it may not write any more"),
                (lost, carol, "in a server that threw it out"),
                (lost, dave, "by somebody whom it meets nowhere"),
                (gone, eve, "by somebody who takes no messages"),
            ):
                asked = await standin.slash(channel, person, "generate", prompt=prompt)
                await standin.delete_message(await asked.message())
            await service.arrived(5)
            await standin.close_dms(eve)
            await standin.deny(silent, "send_messages")
            await standin.delete_channel(gone)
            await standin.remove_bot(away)
        for person, words in ((alice, "is deleted"), (bob, "not write"), (carol, "threw it out")):
            message = await received(standin, person)
            assert words in message.text
            assert message.pings == [person.id]
        for person in (dave, eve):
            private = await standin.direct_channel(person)
            refused = await standin.request("POST", f"/channels/{private.id}/messages")
            assert refused.status == 403
        # Whoever asks now is served at once: nothing is tried over and over.
        later = await standin.slash(silent, bob, "generate", prompt="one that cannot be posted")
        assert "“Send Messages”" in (await later.message()).text
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert sorted(states(tmp_path).values()) == ["delivered"] * 3 + ["kept"] * 2
    for channel in (gone, silent, lost):
        tries = await standin.requests("POST", f"/channels/{channel.id}/messages")
        assert len(tries) == {gone: 2, silent: 1, lost: 2}[channel]
    assert len(bot.logged("kept")) == 2
    assert "Traceback" not in bot.said


async def test_pictures_that_are_too_much_for_a_message_are_spread_or_made_smaller(
    tmp_path: Path, standin: Standin
) -> None:
    """Given 26 MB in three files, then two messages; given 300 KB at most, then fewer pixels."""
    channel, alice = await scene(standin)
    async with (
        PretendApi(seconds=0, paint=noise) as service,
        easel("run", environment(tmp_path, standin, service), tmp_path),
    ):
        await standin.ready()
        wish = {"prompt": "noise", "size": "1760x1664", "count": 3}
        several = await standin.slash(channel, alice, "generate", **wish)
        last = await standin.message(channel, until=finished)
        whole = [each for each in await standin.messages(channel) if each.attachments]

        await standin.settings(attachment_size_limit=300_000)
        asked = await standin.slash(channel, alice, "generate", prompt="noise")
        small = await asked.message(until=finished)

    assert [len(each.attachments) for each in whole] == [2, 1]
    assert [each.width for message in whole for each in message.attachments] == [1760] * 3
    assert whole[0] == await several.message()
    assert whole[1] == last
    assert whole[1].pings == []
    assert small.attachments[0].size <= 300_000
    assert (small.attachments[0].width or 0) < 1024
