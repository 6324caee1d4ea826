"""/batch: several requests by one command, and the one card that shows them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.core import events
from bot.core.guilds import GuildSettings
from bot.core.jobs import State
from bot.core.models import Wish
from bot.core.periods import Period
from bot.core.quotas import Subject
from bot.services import batch
from bot.services.limit import Whom
from tests.journeys.studio import Studio, said, texts

BIRDS = "a wren\na heron\n\n  an owl  \n"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are edited as soon as there is something to say."""
    monkeypatch.setattr(batch, "TICK", timedelta(0))


async def ask(
    studio: Studio, lines: str = BIRDS, *, who: MemberActor | None = None, **options: object
) -> InteractionResult:
    """Type /batch and fill in the form."""
    who = who or studio.world.alice
    form = await who.slash(studio.gallery, "batch", **options)
    assert form.modal is not None, said(form)
    return await who.submit_modal(form, {"lines": lines})


async def card_says(card: InteractionResult, words: str) -> str:
    """Wait until the card says that."""
    async with asyncio.timeout(30):
        while words not in said(card):  # noqa: ASYNC110 -- nobody announces edits
            await asyncio.sleep(0)
    return said(card)


def results(studio: Studio) -> list[discord.Message]:
    """Messages with pictures, in order."""
    return [message for message in reversed(studio.gallery.history()) if message.attachments]


async def test_each_line_is_drawn_and_the_card_says_when_all_are(studio: Studio) -> None:
    """Each picture is a reply to the card, calls nobody, and has its own buttons."""
    card = await ask(studio, quality="low")
    assert card.response is not None
    assert not card.response.ephemeral
    assert "3 requests at once" in said(card)
    assert "[Cancel all]" in said(card)

    await studio.happenings.seen(events.Delivered, 3)
    shown = await card_says(card, "All are finished.")

    assert "3 done" in shown
    assert "[Cancel all]" not in shown
    drawn = results(studio)
    assert sorted(str(r.fields["prompt"]) for r in studio.service.requests) == [
        "a heron",
        "a wren",
        "an owl",
    ]
    assert len(drawn) == 3
    assert card.response.message is not None
    for message in drawn:
        assert message.reference is not None
        assert message.reference.message_id == card.response.message.id
        assert f"<@{studio.world.alice.id}>" not in texts(message)
        assert "[Again]" in texts(message)
    assert await studio.app.store.batches_followed() == ()


async def test_the_card_counts_what_waits_and_what_is_drawn(studio: Studio) -> None:
    """While the service draws as many as one member may have drawn at once."""
    async with studio.service.held():
        card = await ask(studio)
        await studio.service.arrived(2)

        shown = await card_says(card, "2 being drawn")

        assert "1 waiting · 2 being drawn" in shown
        assert "an owl — *waiting*" in shown
    await studio.happenings.seen(events.Delivered, 3)


async def test_cancel_all_cancels_what_is_not_finished(studio: Studio) -> None:
    """What waits costs nothing; what is being drawn is not posted."""
    async with studio.service.held():
        card = await ask(studio)
        await studio.service.arrived(2)
        assert card.response is not None
        assert card.response.message is not None

        await studio.world.alice.click(card.response.message, label="Cancel all")

        assert "1 cancelled" in said(card)
        assert said(card).count("cancelled while it is drawn") == 2
    await studio.happenings.seen(events.Kept, 2)
    shown = await card_says(card, "All are finished.")
    assert "3 cancelled" in shown
    assert results(studio) == []


async def test_nobody_else_can_cancel_all(studio: Studio) -> None:
    """But those who moderate."""
    async with studio.service.held():
        card = await ask(studio)
        await studio.service.arrived(2)
        assert card.response is not None
        assert card.response.message is not None

        refused = await studio.world.bob.click(card.response.message, label="Cancel all")

        assert "Only the person who asked for this" in said(refused)
        assert "cancelled" not in said(card)
    await studio.happenings.seen(events.Delivered, 3)


async def test_lines_that_are_refused_are_told_in_private(studio: Studio) -> None:
    """Given a word that is not allowed and too small a limit, then the others are drawn."""
    guild, mia = studio.world.guild.id, studio.world.mia.id
    await studio.app.choose.change(guild, by=mia, words=("heron",))
    limit = studio.app.client.services.limit
    await limit.set(Whom(guild, Subject.EVERYONE), Period.DAY, pictures=1, micro=None, by=mia)

    card = await ask(studio)

    await studio.happenings.seen(events.Delivered)
    shown = await card_says(card, "All are finished.")
    assert "1 done · 2 refused" in shown
    assert "heron" not in shown
    told = [each for each in card.followups if each.ephemeral]
    assert len(told) == 1
    private = texts(told[0].message)
    assert "2 lines were not accepted" in private
    assert "does not allow “heron”" in private
    assert "nothing is left" in private


async def test_where_all_lines_are_refused_there_is_no_card(studio: Studio) -> None:
    """Only a private word."""
    guild, mia = studio.world.guild.id, studio.world.mia.id
    await studio.app.choose.change(guild, by=mia, words=("bird",))

    refused = await ask(studio, "a bird\nanother bird")

    assert refused.response is not None
    assert refused.response.ephemeral
    assert "2 lines were not accepted" in said(refused)
    assert results(studio) == []


async def test_more_lines_than_may_wait_are_refused_together(studio: Studio) -> None:
    """Nothing is queued of them; the form says how many there may be."""
    await studio.app.choose.change(studio.world.guild.id, by=studio.world.mia.id, member_queue=2)

    refused = await ask(studio)

    assert "That is 3 lines; you may have 2 requests waiting here." in said(refused)
    assert studio.happenings.of(events.Accepted) == []
    assert (await studio.app.choose.chosen(studio.world.guild.id)) == GuildSettings(member_queue=2)


async def test_a_line_can_be_cancelled_by_itself(studio: Studio) -> None:
    """In the list of what waits, like any other request."""
    async with studio.service.held():
        card = await ask(studio)
        await studio.service.arrived(2)
        [*_, waiting] = await studio.app.store.unfinished(
            studio.world.guild.id, studio.world.alice.id
        )
        mine = await studio.world.alice.slash(studio.gallery, "queue")
        assert mine.response is not None
        assert mine.response.message is not None

        await studio.world.alice.click(
            mine.response.message, custom_id=f"unqueue:{waiting.job.id}:0"
        )

        shown = await card_says(card, "1 cancelled")
        assert "an owl — *cancelled*" in shown
    await studio.happenings.seen(events.Delivered, 2)


async def test_the_same_command_is_queued_once(studio: Studio) -> None:
    """Discord may tell of it twice."""
    async with studio.service.held():
        await ask(studio)
        await studio.service.arrived(2)
        first = await studio.app.store.batch(1)
        assert first is not None
        assert [job.state for job in first.jobs].count(State.QUEUED) == 1

        again = await studio.app.together.begin(["a wren", "a heron"], Wish(prompt=""), first.place)

        assert again is None
    await studio.happenings.seen(events.Delivered, 3)
    assert len(studio.service.requests) == 3


async def test_erasing_takes_batches_along(studio: Studio) -> None:
    """The card of an erased batch is not known any more."""
    card = await ask(studio)
    await studio.happenings.seen(events.Delivered, 3)
    await card_says(card, "All are finished.")

    erasing = await studio.app.erase(studio.world.alice.id)

    assert erasing.done
    assert await studio.app.store.batch(1) is None
