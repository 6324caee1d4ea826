"""/privacy: what is kept of me, all of it as a file, and a way to have it erased."""

from __future__ import annotations

import json
from pathlib import Path

import discord
from simcord.results import InteractionResult

from bot.core import events
from bot.core.jobs import State
from bot.core.periods import Period
from bot.core.quotas import Amount, Subject
from bot.services.limit import Whom
from tests.journeys.studio import Studio, hold_studio, said, texts


def answer(result: InteractionResult) -> discord.Message:
    """The private message that answers an interaction."""
    assert result.response is not None
    assert result.response.ephemeral
    assert result.response.message is not None
    return result.response.message


async def overview(studio: Studio) -> InteractionResult:
    """Alice types /privacy."""
    return await studio.world.alice.slash(studio.gallery, "privacy")


async def erase(studio: Studio) -> InteractionResult:
    """Alice has everything erased."""
    shown = await overview(studio)
    await studio.world.alice.click(answer(shown), label="Erase mine…")
    await studio.world.alice.click(answer(shown), label="Erase everything")
    return shown


def traces(studio: Studio, *marks: str | int) -> list[str | int]:
    """Which words and ids can be found in any file of the data folder."""
    folder: Path = studio.app.settings.data_dir
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())

    def found(mark: str | int) -> bool:
        # A number stands there as SQLite writes it, or in words.
        number = isinstance(mark, int) and mark.to_bytes(8, "big") in everything
        return number or str(mark).encode() in everything

    return [mark for mark in marks if found(mark)]


def pictures(studio: Studio) -> list[Path]:
    """Files of pictures that are kept."""
    folder: Path = studio.app.settings.data_dir / "pictures"
    return [file for file in folder.rglob("*") if file.is_file()]


async def hand_in(studio: Studio, prompt: str) -> None:
    """Alice has her last picture edited."""
    picture = await studio.draw(studio.world.alice, "a red fox")
    before = len(studio.happenings.of(events.Delivered))
    await studio.world.alice.slash(
        studio.gallery, "edit", prompt=prompt, image=await _attached(picture)
    )
    await studio.happenings.seen(events.Delivered, before + 1)


async def _attached(message: discord.Message) -> tuple[str, bytes]:
    attachment = message.attachments[0]
    return attachment.filename, await attachment.read()


async def test_it_says_what_is_kept_and_for_how_long(studio: Studio) -> None:
    """To the person alone, whether or not there is anything."""
    assert "I keep no request of yours" in said(await overview(studio))

    await studio.draw(studio.world.alice)
    shown = said(await overview(studio))

    assert "I keep 1 request of yours, the oldest from <t:" in shown
    assert "90 days" in shown
    assert "[Export mine]" in shown
    assert "[Erase mine…]" in shown


async def test_the_export_is_a_file_with_my_requests_and_nobody_elses(studio: Studio) -> None:
    """It can be read by people and programs."""
    await studio.draw(studio.world.alice, "a red fox")
    await studio.draw(studio.world.bob, "a secret of Bob's")

    sent = answer(
        await studio.world.alice.click(answer(await overview(studio)), label="Export mine")
    )

    [file] = sent.attachments
    assert file.filename == "easel-mine.json"
    found = json.loads(await file.read())
    assert found["member"] == studio.world.alice.id
    assert [each["asked_for"]["prompt"] for each in found["requests"]] == ["a red fox"]
    assert "Bob" not in json.dumps(found)
    assert str(studio.world.bob.id) not in json.dumps(found)


async def test_erasing_asks_first_and_can_be_left(studio: Studio) -> None:
    """Nothing happens by one press."""
    await studio.draw(studio.world.alice)
    shown = await overview(studio)

    await studio.world.alice.click(answer(shown), label="Erase mine…")
    assert "There is no way back." in said(shown)
    await studio.world.alice.click(answer(shown), label="Keep it")

    assert "I keep 1 request of yours" in said(shown)


async def test_after_erasing_nothing_in_the_data_folder_tells_of_me(studio: Studio) -> None:
    """Given pictures drawn and edited, when erased, then no file has my id, words or pictures."""
    await hand_in(studio, "make it unmistakable")
    await studio.draw(studio.world.bob, "what Bob asked for")
    me = studio.world.alice.id
    assert traces(studio, me, "unmistakable") == [me, "unmistakable"]
    assert pictures(studio)

    shown = await erase(studio)

    assert "Everything about you is erased." in said(shown)
    assert traces(studio, me, "unmistakable", "a red fox") == []
    assert traces(studio, "what Bob asked for")
    assert pictures(studio) == []
    used = await studio.app.store.counters(
        studio.world.guild.id, studio.world.bob.id, studio.app.clock.now()
    )
    assert used[0].used.pictures == 3  # the server's
    assert used[1].used.pictures == 1


async def test_buttons_of_erased_requests_say_that_they_are_not_known(studio: Studio) -> None:
    """Under pictures that are still in the channel."""
    picture = await studio.draw(studio.world.alice)
    await erase(studio)

    for who in (studio.world.alice, studio.world.bob):
        refused = answer(await who.click(picture, label="Again"))
        assert "I do not know this request any more." in texts(refused)
    history = answer(await studio.world.alice.slash(studio.gallery, "history"))
    assert "no pictures yet" in texts(history)


async def test_what_waits_is_cancelled_and_what_is_drawn_is_erased_when_it_ends(
    studio: Studio,
) -> None:
    """Given three requests that are not finished, when erased, then each card says so."""
    me = studio.world.alice.id
    async with studio.service.held():
        answers = [await studio.generate(studio.world.alice, f"bird {n}") for n in range(3)]
        await studio.service.arrived(2)

        shown = await erase(studio)

        assert "Something of yours is still being drawn" in said(shown)
        for each in answers:
            assert "**Cancelled.**" in said(each)
        assert traces(studio, me)
    await studio.happenings.seen(events.Cancelled, 3)
    await studio.happenings.seen(events.Delivered, 2)
    while await studio.app.store.erasing():
        await studio.app.erase.go_on_with_all()

    assert traces(studio, me, "bird 0", "bird 1", "bird 2") == []


async def test_erasing_gives_no_new_beginning(studio: Studio) -> None:
    """What is used of a limit stays used."""
    whom = Whom(studio.world.guild.id, Subject.EVERYONE)
    limit = studio.app.client.services.limit
    await limit.set(whom, Period.DAY, pictures=1, micro=None, by=studio.world.mia.id)
    await studio.draw(studio.world.alice)
    await erase(studio)

    refused = answer(await studio.generate(studio.world.alice))

    assert "nothing is left" in texts(refused)
    usage = answer(await studio.world.alice.slash(studio.gallery, "usage"))
    assert "1 of 1 picture" in texts(usage)


async def test_in_direct_messages_it_works_whatever_the_operator_chose(studio: Studio) -> None:
    """For whoever has left the server, too."""
    await studio.draw(studio.world.alice)
    user = studio.world.alice.user

    shown = await user.slash("privacy")
    assert "I keep 1 request of yours" in said(shown)
    await user.click(answer(shown), label="Erase mine…")
    await user.click(answer(shown), label="Erase everything")

    assert "Everything about you is erased." in said(shown)


async def test_a_server_that_removes_the_bot_has_its_queue_cancelled(studio: Studio) -> None:
    """At once; and it is remembered when that was."""
    async with studio.service.held():
        for n in range(3):
            await studio.generate(studio.world.alice, f"bird {n}")
        await studio.service.arrived(2)
        guild = studio.app.client.get_guild(studio.world.guild.id)
        assert guild is not None

        await studio.app.client.on_guild_remove(guild)

        [cancelled] = await studio.happenings.seen(events.Cancelled)
        job = await studio.app.store.job(cancelled.job_id)
        assert job is not None
        assert job.state is State.CANCELLED
        assert await studio.app.store.departed(studio.app.clock.now()) == (guild.id,)
        await studio.app.client.on_guild_join(guild)
        assert await studio.app.store.departed(studio.app.clock.now()) == ()
    await studio.happenings.seen(events.Delivered, 2)


async def test_servers_that_left_while_it_was_away_are_found(tmp_path: Path) -> None:
    """Given a server that is not on the list when it connects, then it is known to have left."""
    async with hold_studio(tmp_path / "data") as studio:
        await studio.draw(studio.world.alice)
        await studio.app.forget.present([])

        assert await studio.app.store.departed(studio.app.clock.now()) == (studio.world.guild.id,)
        await studio.app.client.on_ready()
        assert await studio.app.store.departed(studio.app.clock.now()) == ()
        used = await studio.app.store.counters(
            studio.world.guild.id, studio.world.alice.id, studio.app.clock.now()
        )
        assert used[1].used != Amount()
