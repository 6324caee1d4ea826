"""What no channel took is there for its author, whatever became of the process and the server."""

from __future__ import annotations

from pathlib import Path

from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Message, Standin
from tests.wire.easel import easel, environment
from tests.wire.test_run import drawn_by, finished


def shows_pictures(message: Message) -> bool:
    """Whether the wait for the pictures is over."""
    return bool(message.attachments)


async def test_a_picture_that_could_not_be_posted_is_shown_to_its_author_from_any_server(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a bot thrown out while it drew, and a restart, then Show has the very picture."""
    alice, bob = await standin.user("alice"), await standin.user("bob")
    lost = await standin.guild("Lost", members=[alice])
    home = await standin.guild("Home", members=[alice, bob])
    studio, gallery = await standin.channel(lost, "studio"), await standin.channel(home, "gallery")
    settings = environment(tmp_path, standin, service)
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        async with service.held():
            asked = await standin.slash(studio, alice, "generate", prompt="a lighthouse")
            await standin.delete_message(await asked.message())
            await service.arrived(1)
            await standin.close_dms(alice)
            await standin.remove_bot(lost)
        [request] = service.requests
        last = await standin.slash(gallery, bob, "generate", prompt="a bridge")
        await last.message(until=finished)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    async with easel("run", settings, tmp_path):
        await standin.ready(2)
        told = await (await standin.slash(gallery, alice, "queue")).message()
        listed = await (await standin.slash(gallery, alice, "history")).message()
    async with easel("run", settings, tmp_path):
        await standin.ready(3)
        pressed = await standin.click(listed, alice, "Show")
        acknowledged = await pressed.acknowledged()
        shown = await pressed.message(until=shows_pictures)

    assert "The pictures of 1 request could not be posted" in told.text
    assert listed.ephemeral
    assert listed.buttons == ["Show"]
    assert "a lighthouse" in listed.text
    assert acknowledged.ephemeral
    assert shown.ephemeral
    [file] = shown.attachments
    assert file.description == "a lighthouse"
    assert await standin.download(file) == await drawn_by(service, request.fields)


async def test_the_list_is_turned_and_drawn_from_after_a_restart(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a list that an earlier process showed, then its links are right and Again works."""
    alice = await standin.user("alice")
    guild = await standin.guild("Studio", members=[alice])
    channel = await standin.channel(guild, "gallery")
    settings = environment(tmp_path, standin, service)
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        prompts = [f"picture {number}" for number in range(11)]
        posted = []
        for prompt in prompts:
            asked = await standin.slash(channel, alice, "generate", prompt=prompt)
            posted.append(await asked.message(until=finished))
            await bot.says("delivered ")
        result = await standin.slash(channel, alice, "history")
        newest = await result.message()

    for picture in posted[1:]:
        assert f"https://discord.com/channels/{guild.id}/{channel.id}/{picture.id}" in newest.text
    assert newest.buttons == ["Again"] * 10 + ["Older"]

    async with easel("run", settings, tmp_path):
        await standin.ready(2)
        await (await standin.click(newest, alice, "Older")).acknowledged()
        oldest = await result.message(until=lambda message: "Newer" in message.buttons)
        assert oldest.buttons == ["Again", "Newer"]
        assert "picture 0" in oldest.text
        again = await standin.click(oldest, alice, "Again")
        assert not (await again.acknowledged()).ephemeral
        await again.message(until=finished)

    assert [request.fields["prompt"] for request in service.requests] == [*prompts, prompts[0]]
