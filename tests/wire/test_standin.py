"""The Discord stand-in, proved with a real discord.py client and with plain HTTP."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from tests.wire.discord_standin import APPLICATION_ID, MIB, File, StandinError
from tests.wire.discord_standin.specimen import Asked, Specimen, Words, attached, picture, running

if TYPE_CHECKING:
    from tests.wire.discord_standin import Channel
    from tests.wire.discord_standin.studio import Studio

pytest_plugins = ["tests.wire.discord_standin.studio"]

CALLBACK = "/interactions/*/callback"
ORIGINAL = "/webhooks/*/messages/@original"


async def test_a_client_logs_in_and_sees_its_guild(studio: Studio, bot: Specimen) -> None:
    """Given a guild, when discord.py logs in, then it knows the guild, itself and its rights."""
    guild = bot.get_guild(int(studio.guild.id))
    assert guild
    assert guild.me.id == APPLICATION_ID
    assert guild.text_channels[0].permissions_for(guild.me).attach_files


async def test_syncing_again_creates_no_command(studio: Studio, bot: Specimen) -> None:
    """Given a synced command, when it is synced again, then it keeps its id and is not created."""
    before = await studio.standin.commands()
    await bot.tree.sync()
    after = await studio.standin.commands()

    assert [each["name"] for each in after["commands"]["global"]] == ["draw", "Describe"]
    assert after["commands"] == before["commands"]
    assert after["creates"]["global"] == 2
    assert after["overwrites"]["global"] == 2


async def test_a_picture_is_deferred_posted_and_downloaded(studio: Studio, bot: Specimen) -> None:
    """Given /draw, when the bot defers and edits, then its picture is there, resolved, intact."""
    asked = await studio.draw()
    answer = await asked.acknowledged()
    drawn = await asked.message()

    assert answer.type == 5
    assert answer.ms < 1000
    assert drawn.text == "drawn"
    assert drawn.attachments[0].description == "Teal"
    assert [(each["width"], each["height"]) for each in drawn.pictures] == [(64, 32)]
    assert await studio.standin.download(drawn.pictures[0]["url"]) == picture()


async def test_an_option_brings_its_file_to_the_bot(studio: Studio, bot: Specimen) -> None:
    """Given an attachment option, when the bot reads it, then it gets the very bytes."""
    received = asyncio.Queue[bytes]()

    async def read(asked: Asked) -> None:
        await asked.response.defer()
        await received.put(await asked.namespace.source.read())

    bot.script = read
    large = picture(kind="WEBP") + bytes(2 * MIB)
    await studio.draw(source=File("in.webp", large))

    assert await received.get() == large


async def test_autocomplete_proposes_sizes(studio: Studio, bot: Specimen) -> None:
    """Given half a size, when a person types it, then the bot's choices come back."""
    asked = await studio.standin.autocomplete(
        studio.gallery, studio.alice, "draw", "size", size="64"
    )

    assert [each["value"] for each in await asked.choices()] == ["64x32", "32x64"]


async def test_a_button_works_after_the_bot_restarted(studio: Studio) -> None:
    """Given a posted card, when the bot is started anew, then the card's button still works."""
    async with running(Specimen(), studio.standin):
        drawn = await (await studio.draw()).message()
    async with running(Specimen(), studio.standin):
        pressed = await studio.standin.click(drawn, studio.alice, "Again")
        changed = await pressed.message()

    assert changed.id == drawn.id
    assert changed.text == "drawn 1 times"


async def test_a_modal_takes_words_and_a_file(studio: Studio, bot: Specimen) -> None:
    """Given a modal, when a person fills it in, then the bot reads both, and answers privately."""
    bot.script = lambda asked: asked.response.send_modal(Words())
    asked = await studio.draw()
    sent = await asked.submit({"Prompt": "more fog", "mask": [File("mask.png", picture())]})
    answer = await sent.message()

    assert answer.text == "more fog ['mask.png']"
    assert answer.ephemeral


async def test_a_menu_shows_the_bot_a_message_it_may_not_read(
    studio: Studio, bot: Specimen
) -> None:
    """Given no message content intent, when a menu is used, then that message is shown whole."""
    said = await studio.standin.send(studio.gallery, studio.alice, "Hi", [File("a.png", b"?")])
    asked = await studio.standin.message_menu(said, studio.alice, "Describe")

    assert (await asked.message()).text == "Hi ['a.png']"


async def test_a_message_is_readable_only_when_it_mentions_the_bot(
    studio: Studio, bot: Specimen
) -> None:
    """Given no message content intent, when people write, then only mentions can be read."""
    await studio.standin.send(studio.gallery, studio.alice, "secret")
    await studio.standin.send(studio.gallery, studio.alice, f"<@{APPLICATION_ID}> hello")
    await (await studio.draw()).message()

    assert bot.read[:2] == ["", f"<@{APPLICATION_ID}> hello"]


async def test_a_late_acknowledgement_is_refused(studio: Studio, bot: Specimen) -> None:
    """Given 3 s have passed, when the bot acknowledges, then Discord has forgotten it (10062)."""
    refused = asyncio.Queue[discord.NotFound]()

    async def dawdle(asked: Asked) -> None:
        await studio.standin.advance(3.1)
        try:
            await asked.response.defer()
        except discord.NotFound as error:
            await refused.put(error)

    bot.script = dawdle
    await studio.draw()

    assert (await refused.get()).code == 10062


async def test_a_token_dies_after_fifteen_minutes(studio: Studio, bot: Specimen) -> None:
    """Given a deferral, when 15 minutes have passed, then editing it is refused (50027)."""
    refused = asyncio.Queue[discord.HTTPException]()

    async def take_long(asked: Asked) -> None:
        await asked.response.defer()
        await studio.standin.advance(15 * 60 + 1)
        try:
            await asked.edit_original_response(content="late")
        except discord.HTTPException as error:
            await refused.put(error)

    bot.script = take_long
    await studio.draw()
    error = await refused.get()

    assert (error.status, error.code) == (401, 50027)


async def test_a_large_file_is_refused(studio: Studio, bot: Specimen) -> None:
    """Given a limit, when a file is larger, then it is refused (413, 40005), and smaller is not."""
    await studio.standin.settings(attachment_size_limit=1000, reported_size_limit=MIB)
    refused = asyncio.Queue[tuple[int, int, int]]()

    async def post(asked: Asked) -> None:
        await asked.response.defer()
        try:
            await asked.edit_original_response(attachments=[attached(b"0" * 1001)])
        except discord.HTTPException as error:
            await refused.put((error.status, error.code, asked.filesize_limit))
        await asked.edit_original_response(attachments=[attached(b"0" * 1000)])

    bot.script = post
    asked = await studio.draw()

    assert await refused.get() == (413, 40005, MIB)
    assert (await asked.message()).attachments[0].size == 1000


async def test_a_request_over_25_mib_is_refused(studio: Studio) -> None:
    """Given files that fit alone, when together they are too much, then none is taken."""
    form = aiohttp.FormData({"payload_json": "{}"}, quote_fields=False)
    for index in range(3):
        form.add_field(f"files[{index}]", io.BytesIO(bytes(9 * MIB)), filename=f"{index}.png")
    route = f"/channels/{studio.gallery.id}/messages"

    assert (await studio.rest("POST", route, data=form))[1]["code"] == 40005
    assert await studio.standin.messages(studio.gallery) == []


async def test_the_same_nonce_posts_once(studio: Studio) -> None:
    """Given an answer that got lost, when the message is sent again, then it stands there once."""
    await studio.standin.fault(route="/channels/*/messages", when="after", cut=True)
    with pytest.raises(aiohttp.ClientError):
        await studio.post(content="once", nonce="job-7", enforce_nonce=True)
    _, again = await studio.post(content="once", nonce="job-7", enforce_nonce=True)
    posted = await studio.standin.messages(studio.gallery)
    await studio.standin.advance(600)
    _, later = await studio.post(content="once", nonce="job-7", enforce_nonce=True)

    assert [each.id for each in posted] == [again["id"]]
    assert later["id"] != again["id"]


async def test_what_was_posted_is_read_in_pages(studio: Studio) -> None:
    """Given five messages and one that is gone, when they are read, then the newest come first."""
    route = f"/channels/{studio.gallery.id}/messages"
    ids = [(await studio.post(content=str(number)))[1]["id"] for number in range(6)]
    await studio.standin.delete_message((await studio.standin.messages(studio.gallery))[2])
    del ids[2]

    async def read(query: str) -> list[str]:
        return [each["id"] for each in (await studio.rest("GET", route + query))[1]]

    assert await read("") == ids[::-1]
    assert await read("?limit=2") == [ids[4], ids[3]]
    assert await read(f"?limit=2&after={ids[0]}") == [ids[2], ids[1]]
    assert await read(f"?before={ids[2]}") == [ids[1], ids[0]]
    assert (await studio.rest("GET", f"{route}?limit=101"))[0] == 400
    assert await studio.standin.violations(forgive=True)
    await studio.standin.deny(studio.gallery, "read_message_history")
    assert await read("") == []


async def test_a_second_acknowledgement_is_refused(studio: Studio, bot: Specimen) -> None:
    """Given an interaction dispatched twice, when both are deferred, then one is told 40060."""
    asked = await studio.draw()
    await asked.message()
    await studio.standin.repeat(asked)
    second = await studio.standin.request("POST", CALLBACK, times=2)

    assert (second.status, second.code) == (400, 40060)


async def test_a_followup_completes_a_private_deferral(studio: Studio, bot: Specimen) -> None:
    """Given a private deferral, when a public followup comes, then it is that message, private."""

    async def follow(asked: Asked) -> None:
        await asked.response.defer(ephemeral=True)
        await asked.followup.send("done")
        await asked.followup.send("and more")

    bot.script = follow
    asked = await studio.draw()
    await asked.message(until=lambda message: message.text == "and more")
    first, second = await asked.messages()

    assert (first.text, first.ephemeral, first.loading) == ("done", True, False)
    assert (second.text, second.ephemeral) == ("and more", False)


async def test_a_deleted_answer_cannot_be_edited(studio: Studio, bot: Specimen) -> None:
    """Given an answer its author deleted, when the bot edits it, then it is told 10008."""
    held = await studio.standin.fault(method="PATCH", route=ORIGINAL, hold=True)
    asked = await studio.draw()
    await held.struck()
    thinking = await asked.message(until=lambda message: message.loading)
    await studio.standin.delete_message(thinking)
    await held.release()

    assert (await studio.standin.request("PATCH", ORIGINAL)).code == 10008


async def test_permissions_are_kept(studio: Studio) -> None:
    """Given what a bot may not do, when it tries, then it is told just that."""
    private, standin = await studio.standin.direct_channel(studio.alice), studio.standin

    async def code_for(channel: Channel, *denied: str) -> int:
        await standin.deny(channel, *denied)
        form = aiohttp.FormData({"payload_json": "{}"}, quote_fields=False)
        form.add_field("files[0]", picture(), filename="a.png")
        _, answer = await studio.rest("POST", f"/channels/{channel.id}/messages", data=form)
        return int(answer.get("code", 0))

    assert await code_for(studio.gallery) == 0
    assert await code_for(studio.gallery, "view_channel") == 50001
    assert await code_for(studio.gallery, "send_messages") == 50013
    assert await code_for(studio.gallery, "attach_files") == 50013
    assert await code_for(private) == 0
    await standin.close_dms(studio.alice)
    assert await code_for(private) == 50007
    other = await standin.channel(studio.guild, "other")
    await standin.delete_channel(studio.gallery)
    assert (await studio.post(content="?"))[1]["code"] == 10003
    await standin.remove_bot(studio.guild)
    assert (await studio.rest("GET", f"/channels/{other.id}"))[1]["code"] == 50001
    assert (await studio.rest("GET", f"/guilds/{studio.guild.id}"))[1]["code"] == 10004


async def test_links_expire_and_cannot_be_forged(studio: Studio, bot: Specimen) -> None:
    """Given a link, when it is changed or a day has passed, then nothing is there."""
    drawn = await (await studio.draw()).message()
    link = drawn.attachments[0].url
    with pytest.raises(StandinError, match="404"):
        await studio.standin.download(link.replace("hm=", "hm=0"))
    await studio.standin.advance(86_401)
    with pytest.raises(StandinError, match="404"):
        await studio.standin.download(link)
    fresh = (await studio.standin.look(drawn)).attachments[0].url

    assert await studio.standin.download(fresh) == picture()


async def test_what_no_bot_should_send_is_reported(studio: Studio) -> None:
    """Given an unknown route, field and form, when they are sent, then each is a violation."""
    status, _ = await studio.rest("GET", "/channels/1/invites")
    _, unknown = await studio.post(content="hi", colour="red")
    _, long = await studio.post(content="x" * 2001)
    _, empty = await studio.post(content="")
    said = await studio.standin.violations(forgive=True)

    assert status == 404
    assert (unknown["code"], long["code"], empty["code"]) == (50035, 50035, 50006)
    assert "colour" in json.dumps(unknown["errors"])
    assert [sentence.split(": ")[1] for sentence in said][:3] == [
        "The stand-in has no such route",
        "colour",
        "content",
    ]
    assert await studio.standin.violations() == []
