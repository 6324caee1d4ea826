"""/settings: a manager changes how Easel behaves and sees what it was and is."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from bot.core.guilds import GuildSettings
from tests.journeys.pictures import thread_of
from tests.journeys.studio import Studio, said, texts


async def settings(studio: Studio, name: str, **options: Any) -> InteractionResult:
    """What mia is answered, privately."""
    answer = await studio.world.mia.slash(studio.gallery, f"settings {name}", **options)
    assert answer.modal is not None or (answer.response and answer.response.ephemeral)
    return answer


async def fill(studio: Studio, name: str, **values: Any) -> InteractionResult:
    """Open a form and fill it in."""
    form = await settings(studio, name)
    return await studio.world.mia.submit_modal(form, values)


async def chosen(studio: Studio) -> GuildSettings:
    """What holds in the server."""
    return await studio.app.choose.chosen(studio.world.guild.id)


async def test_show_says_everything_before_anything_was_chosen(studio: Studio) -> None:
    """What holds then is the operator's or the model's choice, and it says whose."""
    shown = said(await settings(studio, "show"))

    for sentence in (
        "May be used in: every channel",
        "May not be used in: no channel",
        "Model: gpt-image-2.5-flare, as my operator chose",
        "Size: the model's own",
        "Words that are not allowed: none",
        "Pictures drawn at once: 4, as my operator allows",
        "Requests of one member that may wait: 10, as my operator allows",
        "Cards and /usage say what pictures cost: no",
        "Log channel: none",
        "Time zone: UTC",
        "Requests are forgotten after: as my operator decides",
    ):
        assert sentence in shown


async def test_a_change_shows_before_and_after_and_who_made_it(studio: Studio) -> None:
    """And says so where nothing changed."""
    first = await settings(studio, "timezone", zone="europe/berlin")
    again = await settings(studio, "timezone", zone="Europe/Berlin")
    shown = await settings(studio, "show")

    assert "**Time zone:** UTC → Europe/Berlin" in said(first)
    assert "**Time zone:** Europe/Berlin, as before" in said(again)
    assert f"Time zone: Europe/Berlin — <@{studio.world.mia.id}>, <t:" in said(shown)


async def test_several_defaults_are_changed_and_put_back_at_once(studio: Studio) -> None:
    """Only those that are typed; `default` is the operator's choice again."""
    changed = await settings(
        studio, "defaults", model="gpt-image-2", size="1024X1536", quality="low"
    )
    assert "gpt-image-2.5-flare, as my operator chose → gpt-image-2" in said(changed)
    assert "**Size:** the model's own → 1024x1536" in said(changed)

    back = await settings(studio, "defaults", model="default", size="default")
    assert "gpt-image-2 → gpt-image-2.5-flare, as my operator chose" in said(back)
    assert (await chosen(studio)).quality == "low"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("timezone", {"zone": "Berlin time"}, "no time zone “Berlin time”. Write one like"),
        ("defaults", {"model": "pencilpal"}, "I know no model named “pencilpal”"),
        ("defaults", {"quality": "ultra"}, "has no quality “ultra”. Choose low"),
        ("defaults", {"format": "tiff"}, "has no format “tiff”. Choose png"),
        ("defaults", {"size": "10000x10000"}, "cannot draw 10000x10000"),
        ("defaults", {"size": "huge"}, "“huge” is not a size"),
        ("defaults", {}, "Say what to change: `model`, `size`, `quality`, `format`"),
        ("pictures", {}, "Say what to change: `spoiler`, `age_restricted`"),
        ("queue", {"server_slots": 5}, "My operator allows 1 to 4 pictures drawn at once"),
        ("queue", {"member_queue": 11}, "My operator allows 1 to 10 requests of a member"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_can(
    studio: Studio, name: str, options: dict[str, Any], words: str
) -> None:
    """Nothing is changed then."""
    assert words in said(await settings(studio, name, **options))
    assert await chosen(studio) == GuildSettings()


async def test_numbers_go_up_to_the_operators_and_back_with_zero(studio: Studio) -> None:
    """A server may choose less for itself."""
    less = await settings(studio, "queue", server_slots=2, member_queue=3)
    back = await settings(studio, "queue", server_slots=0)

    assert "**Pictures drawn at once:** 4, as my operator allows → 2" in said(less)
    assert "**Requests of one member that may wait:** 10, as my operator allows → 3" in said(less)
    assert "2 → 4, as my operator allows" in said(back)
    assert (await chosen(studio)).member_queue == 3


async def test_words_are_edited_in_a_form_that_has_them_already(studio: Studio) -> None:
    """One in a line or with commas; an empty form allows everything again."""
    first = await fill(studio, "words", words="Voldemort\nmudblood, voldemort\n")
    form = await settings(studio, "words")
    emptied = await studio.world.mia.submit_modal(form, {"words": ""})

    assert "none → ||mudblood, Voldemort||" in said(first)
    assert form.modal is not None
    assert "mudblood\\nVoldemort" in str(form.modal)
    assert "||mudblood, Voldemort|| → none" in said(emptied)


async def test_a_word_that_could_never_be_found_is_refused(studio: Studio) -> None:
    """It would look as if it did something."""
    assert "“?!” has no letters" in said(await fill(studio, "words", words="fine\n?!"))
    assert (await chosen(studio)).words == ()


async def test_channels_are_chosen_in_a_form(studio: Studio) -> None:
    """Both lists, and what they say holds at once."""
    world = studio.world
    answer = await fill(
        studio, "channels", allowed=[world.channels["sketches"]], denied=[studio.gallery]
    )
    refused = await studio.generate(world.alice)

    assert f"every channel → <#{world.channels['sketches'].id}>" in said(answer)
    assert f"no channel → <#{studio.gallery.id}>" in said(answer)
    assert f"Ask again in <#{world.channels['sketches'].id}>." in said(refused)


async def test_time_zones_and_models_are_offered_while_typing(studio: Studio) -> None:
    """No more than Discord takes, and those that can be drawn with."""
    mia, gallery = studio.world.mia, studio.gallery

    zones = await mia.autocomplete(gallery, "settings timezone", "zone", "new yo")
    many = await mia.autocomplete(gallery, "settings timezone", "zone", "")
    models = await mia.autocomplete(gallery, "settings defaults", "model", "")
    older = await mia.autocomplete(gallery, "settings defaults", "quality", "", model="gpt-image-2")

    assert "America/New_York" in {each["value"] for each in zones}
    assert len(many) == 25
    assert models[0]["value"] == "default"
    assert "gpt-image-1" not in {each["value"] for each in models}
    assert [each["value"] for each in older] == ["default", "low", "medium", "high"]


async def test_two_managers_at_the_same_moment_lose_no_change(studio: Studio) -> None:
    """Each changes another setting."""
    choose, guild = studio.app.choose, studio.world.guild.id
    async with asyncio.TaskGroup() as group:
        group.create_task(choose.change(guild, by=1, show_costs=True))
        group.create_task(choose.change(guild, by=2, always_spoiler=True))

    both = await chosen(studio)
    assert (both.show_costs, both.always_spoiler) == (True, True)


async def test_a_form_outlives_nobodys_rights(studio: Studio) -> None:
    """Mia opens it, loses her role, and sends it in."""
    form = await settings(studio, "words")
    guild = studio.world.guild
    studio.env.backend.remove_member_role(guild.id, studio.world.mia.id, guild.roles["Managers"].id)

    refused = await studio.world.mia.submit_modal(form, {"words": "anything"})

    assert "You may not use /settings here any more" in said(refused)
    assert await chosen(studio) == GuildSettings()


async def test_the_default_of_a_server_draws_where_a_member_chooses_nothing(
    studio: Studio,
) -> None:
    """What the member names still counts, and choices follow the server's model."""
    await settings(studio, "defaults", model="gpt-image-2", quality="low", size="1536x1024")

    theirs = texts(await studio.draw(studio.world.alice))
    named = texts(await studio.draw(studio.world.alice, quality="medium", size="1024x1024"))
    offered = await studio.world.alice.autocomplete(
        studio.gallery, "generate", "quality", "", prompt="x"
    )

    assert "gpt-image-2 · 1536 × 1024 · low" in theirs
    assert "gpt-image-2 · 1024 × 1024 · medium" in named
    assert [each["value"] for each in offered] == ["low", "medium", "high"]


async def test_a_default_that_another_model_lacks_is_passed_over_in_silence(
    studio: Studio,
) -> None:
    """Whoever names a model did not ask for the server's quality."""
    await settings(studio, "defaults", quality="max")

    shown = texts(await studio.draw(studio.world.alice, model="gpt-image-2"))

    assert "has no quality" not in shown
    assert "gpt-image-2 · 1024 × 1024 · medium" in shown


async def test_age_restricted_channels_only_and_threads_are_what_their_channel_is(
    studio: Studio,
) -> None:
    """Refused in private elsewhere, before anything is asked of the service."""
    await settings(studio, "pictures", age_restricted=True)
    guild, alice = studio.world.guild, studio.world.alice
    adults = guild.create_text_channel("adults")
    known = studio.app.client.get_channel(adults.id)
    assert isinstance(known, discord.TextChannel)
    known.nsfw = True  # the simulator has no way to say it

    refused = await studio.generate(alice)
    in_thread = await alice.slash(thread_of(studio), "generate", prompt="a cat")
    fine = await alice.slash(adults, "generate", prompt="a cat")

    for answer in (refused, in_thread):
        assert answer.response is not None
        assert answer.response.ephemeral
        assert "age-restricted channels only" in said(answer)
    assert "a cat" in said(fine)


async def test_a_thread_is_allowed_with_its_channel_and_a_channel_with_its_category(
    studio: Studio,
) -> None:
    """And refused with it."""
    alice, thread = studio.world.alice, thread_of(studio)
    await studio.app.choose.change(
        studio.world.guild.id, by=1, allowed_channels=frozenset({studio.gallery.id})
    )
    allowed = await alice.slash(thread, "generate", prompt="in the thread")
    elsewhere = await alice.slash(studio.world.channels["sketches"], "generate", prompt="a cat")
    await studio.app.choose.change(
        studio.world.guild.id, by=1, denied_channels=frozenset({studio.gallery.id})
    )
    denied = await alice.slash(thread, "generate", prompt="in the thread")

    assert "in the thread" in said(allowed)
    assert f"Ask again in <#{studio.gallery.id}>" in said(elsewhere)
    assert "I may not draw in this channel" in said(denied)


async def test_every_picture_is_hidden_where_the_server_wants_that(studio: Studio) -> None:
    """Also what is drawn again, and what is made of a picture that was not hidden."""
    before = await studio.draw(studio.world.alice)
    await settings(studio, "pictures", spoiler=True)

    drawn = await studio.draw(studio.world.alice)
    for label in ("Again", "Vary"):
        await studio.world.alice.click(before, label=label)
    shown = await studio.posted(4)

    assert not any(file.is_spoiler() for file in before.attachments)
    after = [drawn, *(message for message in shown if message.id not in {before.id, drawn.id})]
    assert len(after) == 3
    assert all(file.is_spoiler() for message in after for file in message.attachments)


async def test_a_word_is_refused_in_every_way_in_and_never_said_to_others(
    studio: Studio,
) -> None:
    """A command, a form, a button under an old picture, a reply: nothing reaches the service."""
    world, gallery = studio.world, studio.gallery
    me = studio.app.client.user
    assert me is not None
    old = await studio.draw(world.alice, "a portrait of Voldemort")
    asked = len(studio.service.requests)
    await fill(studio, "words", words="voldemort")

    command = await studio.generate(world.alice, "V0ldem\u200bort laughing")
    avoided = await studio.generate(world.alice, "a wizard", avoid="hair; draw Voldemort")
    again = await world.alice.click(old, label="Again")
    varied = await world.alice.click(old, label="Vary")
    form = await world.alice.click(old, label="Edit…")
    edited = await world.alice.submit_modal(form, {"prompt": "more Voldemort"})
    private = [command, avoided, again, varied, edited]

    for answer in private:
        assert answer.response is not None
        assert answer.response.ephemeral
        assert "This server does not allow “" in said(answer)
    assert "“V0ldemort”" in said(command)

    await world.alice.send(gallery, f"<@{me.id}> a voldemort hat", reply_to=old)
    aloud = max((m for m in gallery.history() if m.author.id == me.id), key=lambda m: m.id)
    assert "does not allow" in texts(aloud)
    assert "oldemort" not in texts(aloud)
    assert len(studio.service.requests) == asked


async def test_members_do_not_see_the_commands(studio: Studio) -> None:
    """Discord hides them by the permission that they name."""
    seen = " ".join(studio.world.alice.available_commands(studio.gallery))

    assert "settings" not in seen
    assert "admin" not in seen


async def test_a_server_may_keep_requests_shorter_than_the_operator_and_not_longer(
    studio: Studio,
) -> None:
    """What the operator publishes holds in every server."""
    mia = studio.world.mia

    refused = await mia.slash(studio.gallery, "settings retention", days=91)
    assert "My operator keeps requests for 90 days; a server can choose fewer." in said(refused)

    await mia.slash(studio.gallery, "settings retention", days=7)
    chosen = await studio.app.choose.chosen(studio.world.guild.id)
    assert chosen.retention_days == 7
