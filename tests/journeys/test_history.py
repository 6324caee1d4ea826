"""/history: my pictures wherever they are, and those that could not be posted."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.core import events
from bot.core.jobs import DIRECT
from bot.discord_ui.commands.history import MOST_SHOWN, ShowKept
from bot.services.sweep import KEEP_RESULTS
from tests.journeys.pictures import outcome
from tests.journeys.studio import Studio, hold_studio, said, texts


def answer(result: InteractionResult) -> discord.Message:
    """The private message that answers an interaction."""
    assert result.response is not None
    assert result.response.ephemeral
    assert result.response.message is not None
    return result.response.message


async def history(who: MemberActor, where: ChannelHandle) -> discord.Message:
    """Type /history there."""
    return answer(await who.slash(where, "history"))


async def kept(studio: Studio, prompt: str = "a red fox", **options: object) -> int:
    """Let Alice ask for a picture that can be posted nowhere; answers its number."""
    before = len(studio.happenings.of(events.Kept))
    async with studio.service.held():
        await studio.generate(studio.world.alice, prompt, **options)
        await studio.service.arrived(1)
        env = studio.env
        env.inject_error("*", "/webhooks/*", status=404, code=10008, times=None)
        env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
        env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50013, times=None)
    [*_, event] = await studio.happenings.seen(events.Kept, before + 1)
    env.backend.faults.clear()
    return event.job_id


def elsewhere(studio: Studio) -> tuple[MemberActor, ChannelHandle]:
    """Alice in another server that has the bot."""
    guild = studio.env.create_guild("Elsewhere")
    return guild.add_member(studio.world.alice.user), guild.create_text_channel("pictures")


def prompts(message: discord.Message) -> list[str]:
    """What the entries of the list quote, in order."""
    return re.findall(r"^> (.*)$", texts(message), re.MULTILINE)


async def test_who_has_no_pictures_is_told_how_to_get_one(studio: Studio) -> None:
    """Other people's are none of mine."""
    await studio.draw(studio.world.alice)

    shown = await history(studio.world.bob, studio.gallery)

    assert "no pictures yet" in texts(shown)
    assert "/generate" in texts(shown)


async def test_my_pictures_are_listed_newest_first_with_links_to_them(studio: Studio) -> None:
    """Each with when it was asked for, and with what."""
    first = await studio.draw(studio.world.alice, "a red fox", size="1024x1536")
    await studio.draw(studio.world.bob, "a green frog")
    second = await studio.draw(studio.world.alice, "a blue bird", count=2)

    shown = await history(studio.world.alice, studio.gallery)

    assert prompts(shown) == ["a blue bird", "a red fox"]
    where = f"https://discord.com/channels/{studio.world.guild.id}/{studio.gallery.id}"
    links = re.findall(r"\]\((.*?)\)", texts(shown))
    assert links == [f"{where}/{second.id}", f"{where}/{first.id}"]
    assert len(re.findall(r"<t:\d+:R> · gpt-image-2.5-flare · ", texts(shown))) == 2
    assert "1024 × 1536" in texts(shown)
    assert "2 pictures" in texts(shown)


async def test_again_in_the_list_draws_it_once_more_for_everybody_to_see(studio: Studio) -> None:
    """Its card is a message in the channel where the list was asked for."""
    await studio.draw(studio.world.alice, "a blue bird")
    shown = await history(studio.world.alice, studio.world.channels["sketches"])

    await studio.world.alice.click(shown, label="Again")
    again = await outcome(studio, studio.world.channels["sketches"], 2)

    assert "a blue bird" in texts(again)
    assert [request.fields["prompt"] for request in studio.service.requests] == ["a blue bird"] * 2


async def test_of_another_server_there_is_the_link_and_no_again(studio: Studio) -> None:
    """Nothing is drawn, shown or charged in a server where it was not asked for."""
    picture = await studio.draw(studio.world.alice, "a blue bird")
    alice, pictures = elsewhere(studio)

    shown = await history(alice, pictures)

    assert prompts(shown) == ["a blue bird"]
    assert f"/{studio.world.guild.id}/{studio.gallery.id}/{picture.id})" in texts(shown)
    assert "[Again]" not in texts(shown)
    assert "can be drawn again there" in texts(shown)


async def test_in_direct_messages_there_are_links_to_everything(tmp_path: Path) -> None:
    """Again is there for what was asked for in private."""
    async with hold_studio(tmp_path / "data", direct_messages=True) as studio:
        user = studio.world.alice.user
        await studio.draw(studio.world.alice, "a red fox")
        await user.slash("generate", prompt="a secret")
        private = await outcome(studio, user.dm_channel, 2)

        shown = answer(await user.slash("history"))
        in_server = await history(studio.world.alice, studio.gallery)

        assert prompts(shown) == prompts(in_server) == ["a secret", "a red fox"]
        link = f"https://discord.com/channels/@me/{user.dm_channel.id}/{private.id}"
        assert link in texts(shown)
        assert link in texts(in_server)
        assert texts(shown).count("[Again]") == texts(in_server).count("[Again]") == 1


async def test_long_lists_are_read_page_by_page(studio: Studio) -> None:
    """Back and forth, however long and odd the prompts; a page fits into a message."""
    asked = [f"number {number} " + "*_" * 100 for number in range(MOST_SHOWN + 2)]
    for prompt in asked:
        await studio.generate(studio.world.alice, prompt)
    await studio.happenings.seen(events.Delivered, len(asked))
    numbers = [str(number) for number in range(MOST_SHOWN + 1, -1, -1)]

    result = await studio.world.alice.slash(studio.gallery, "history")

    def listed() -> list[str]:
        return re.findall(r"^> number (\d+)", said(result), re.MULTILINE)

    assert listed() == numbers[:MOST_SHOWN]
    assert "[Newer]" not in said(result)

    await studio.world.alice.click(answer(result), label="Older")
    assert listed() == numbers[MOST_SHOWN:]
    assert "[Older]" not in said(result)

    await studio.world.alice.click(answer(result), label="Newer")
    assert listed() == numbers[:MOST_SHOWN]


async def test_what_could_not_be_posted_is_shown_to_its_author_as_often_as_they_like(
    studio: Studio,
) -> None:
    """The list says so in plain words, and Show answers in private with the pictures."""
    await kept(studio, "a red fox", count=2, spoiler=True)
    shown = await history(studio.world.alice, studio.gallery)
    assert "could not post this anywhere. I keep it for you until <t:" in texts(shown)
    assert "go to it" not in texts(shown)

    for _ in range(2):
        pictures = answer(await studio.world.alice.click(shown, label="Show"))

        assert [each.filename.split("-")[0] for each in pictures.attachments] == [
            "SPOILER_easel",
            "SPOILER_easel",
        ]
        assert "> a red fox" in texts(pictures)
        assert texts(pictures).count("(a red fox)") == 2
    assert len(studio.service.requests) == 1


async def test_it_is_shown_in_another_server_too(studio: Studio) -> None:
    """It is private and costs nothing, and the first server may be gone."""
    await kept(studio)
    alice, pictures = elsewhere(studio)

    shown = answer(await alice.click(await history(alice, pictures), label="Show"))

    assert len(shown.attachments) == 1


async def test_nobody_else_can_press_show(studio: Studio) -> None:
    """Not even a moderator who made up the button's number."""
    job_id = await kept(studio)
    forged = discord.ui.LayoutView(timeout=None)
    forged.add_item(discord.ui.ActionRow(ShowKept(job_id)))
    channel = studio.app.client.get_partial_messageable(studio.gallery.id)
    message = await channel.send(view=forged)

    for somebody in (studio.world.bob, studio.world.mia):
        refused = answer(await somebody.click(message, label="Show"))

        assert "Only the person who asked for this" in texts(refused)
        assert refused.attachments == []


async def test_the_queue_says_that_something_could_not_be_posted(studio: Studio) -> None:
    """To its author alone, with the way to it, whether or not something waits."""
    await kept(studio)
    await kept(studio)

    idle = await studio.world.alice.slash(studio.gallery, "queue")
    assert "The pictures of 2 requests could not be posted. You find them with /history" in said(
        idle
    )
    async with studio.service.held():
        await studio.generate(studio.world.alice, "a blue bird")
        busy = await studio.world.alice.slash(studio.gallery, "queue")
        assert "The pictures of 2 requests" in said(busy)
        assert "a blue bird" in said(busy)
    theirs = await studio.world.bob.slash(studio.gallery, "queue")
    assert "posted" not in said(theirs)
    await studio.happenings.seen(events.Delivered)


async def test_after_a_month_the_list_says_that_it_is_not_kept_any_more(studio: Studio) -> None:
    """Show says so too, where the list is an old one; the request can still be drawn again."""
    job_id = await kept(studio)
    old = await history(studio.world.alice, studio.gallery)
    seconds = int(KEEP_RESULTS.total_seconds())
    with closing(sqlite3.connect(studio.app.settings.database_path)) as database, database:
        database.execute(
            "UPDATE job SET finished_at = finished_at - ? WHERE id = ?",
            (seconds * 1_000_000, job_id),
        )

    shown = await history(studio.world.alice, studio.gallery)
    late = await studio.world.alice.click(old, label="Show")
    queue = await studio.world.alice.slash(studio.gallery, "queue")

    assert "do not keep it any more" in texts(shown)
    assert "[Show]" not in texts(shown)
    assert "I do not keep these pictures any more" in said(late)
    assert "posted" not in said(queue)
    await studio.world.alice.click(shown, label="Again")
    await studio.happenings.seen(events.Delivered)


async def test_what_reached_its_author_as_a_direct_message_is_linked_there(studio: Studio) -> None:
    """The channel was closed to the bot while it drew."""
    async with studio.service.held():
        await studio.generate(studio.world.alice)
        await studio.service.arrived(1)
        studio.env.inject_error("*", "/webhooks/*", status=404, code=10008, times=None)
        studio.env.inject_error(
            "*", f"/channels/{studio.gallery.id}/messages*", status=403, code=50013, times=None
        )
    [event] = await studio.happenings.seen(events.Delivered)
    studio.env.backend.faults.clear()
    assert event.route == "direct"

    shown = await history(studio.world.alice, studio.gallery)

    private = studio.world.alice.user.dm_channel.id
    assert f"https://discord.com/channels/@me/{private}/{event.message_id}" in texts(shown)
    assert event.guild_id != DIRECT
