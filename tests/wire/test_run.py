"""`easel run` as operators run it: a process, a Discord on a socket, an image service."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from PIL import Image

from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import Huge
from tests.wire.discord_standin import Channel, Message, Standin, User
from tests.wire.easel import easel, environment


async def scene(discord: Standin) -> tuple[Channel, User]:
    """A server with one channel and one member."""
    alice = await discord.user("alice")
    guild = await discord.guild("Studio", members=[alice])
    return await discord.channel(guild, "gallery"), alice


async def drawn_by(service: PretendApi, fields: Mapping[str, object]) -> bytes:
    """What the service, which draws the same for the same words, answers to these fields."""
    plain = {
        name: value for name, value in fields.items() if not name.startswith(("stream", "part"))
    }
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {service.key}"}) as session,
        session.post(f"{service.base_url}/images/generations", json=plain) as response,
    ):
        [picture] = (await response.json())["data"]
        return base64.b64decode(picture["b64_json"])


def finished(message: Message) -> bool:
    """Whether a message shows pictures and offers them again."""
    return bool(message.attachments) and "Again" in message.buttons


async def test_it_logs_in_syncs_its_commands_draws_and_posts(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """From nothing to a picture, over real sockets, with every rule of Discord's kept."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path) as bot:
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="a lighthouse")
        answer = await asked.acknowledged()
        message = await asked.message(until=finished)

        assert not answer.ephemeral
        assert answer.ms < 1000
        [file] = message.attachments
        assert file.description == "a lighthouse"
        with Image.open(io.BytesIO(await standin.download(file))) as picture:
            assert picture.size == (1024, 1024)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said

    assert standin.token not in bot.said
    assert service.key not in bot.said


async def test_the_bytes_of_the_service_reach_discord_untouched(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """No picture is written anew where it need not be: provenance marks survive."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="a bridge")
        message = await asked.message(until=finished)

        uploaded = await standin.download(message.attachments[0])

    [asked_for] = service.requests
    assert uploaded == await drawn_by(service, asked_for.fields)


async def test_stop_finishes_what_is_drawn_keeps_what_waits_and_the_next_start_goes_on(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """SIGTERM loses nothing: one is posted before the end, the other after the next start."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service, EASEL_SLOTS="1")
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        async with service.held():
            first = await standin.slash(channel, alice, "generate", prompt="first")
            await service.arrived(1)
            second = await standin.slash(channel, alice, "generate", prompt="second")
            await second.acknowledged()
            bot.terminate()
        drawn = await first.message(until=finished)
        assert await bot.stopped() == 0, bot.said
        assert drawn.attachments
        assert len(service.requests) == 1

    async with easel("run", settings, tmp_path):
        await standin.ready(2)
        later = await second.message(until=finished)
        assert later.attachments
    assert [request.fields["prompt"] for request in service.requests] == ["first", "second"]


async def test_killed_while_drawing_the_author_is_told_and_not_charged(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """The request may have been paid, so it is not repeated by itself."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service)
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        async with service.held():
            asked = await standin.slash(channel, alice, "generate", prompt="a storm")
            await service.arrived(1)
            await asked.message()
            await bot.kill()

    async with easel("run", settings, tmp_path):
        notice = await asked.message(until=lambda message: "Try again" in message.buttons)
        assert "no picture came back" in notice.text
        usage = await standin.slash(channel, alice, "usage")
        assert "Nothing yet" in (await usage.message()).text or "0 pictures" in (
            (await usage.message()).text
        )
    assert len(service.requests) == 1


async def test_a_picture_over_the_upload_limit_is_posted_smaller(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Twelve megabytes do not fit; the picture is written again until it does."""
    channel, alice = await scene(standin)
    service.script(Huge())
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        asked = await standin.slash(channel, alice, "generate", prompt="noise")
        message = await asked.message(until=finished, deadline=40)

    [file] = message.attachments
    assert file.size <= 10 * 1024 * 1024
    assert (file.content_type, file.width) == ("image/webp", 1024)


async def test_discord_refusing_the_size_leads_to_a_smaller_picture(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """The limit that Discord named was wrong, as it sometimes is: 413 goes down the ladder."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        await standin.settings(attachment_size_limit=200_000)
        asked = await standin.slash(channel, alice, "generate", prompt="a meadow in detail")
        message = await asked.message(until=finished, deadline=40)

    assert message.attachments[0].size <= 200_000


async def test_a_card_that_its_author_deleted_is_followed_by_a_new_message(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """The picture is posted in the channel, and its author is called."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        async with service.held():
            asked = await standin.slash(channel, alice, "generate", prompt="a kite")
            card = await asked.message()
            await service.arrived(1)
            await standin.delete_message(card)
        message = await standin.message(channel, until=finished)

    assert message.id != card.id
    assert message.pings == [alice.id]


async def test_after_fifteen_minutes_the_outcome_is_a_new_message(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Discord forgets the command; the picture still arrives."""
    channel, alice = await scene(standin)
    async with easel("run", environment(tmp_path, standin, service), tmp_path):
        await standin.ready()
        async with service.held():
            asked = await standin.slash(channel, alice, "generate", prompt="a glacier")
            card = await asked.message()
            await service.arrived(1)
            await standin.advance(16 * 60)
        message = await standin.message(channel, until=finished)

    assert message.id != card.id
    assert message.pings == [alice.id]
