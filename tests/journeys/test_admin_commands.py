"""/admin: a manager looks after the queue, sees what is spent, and who changed what."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import discord
import pytest
from PIL import Image
from simcord.actors import MemberActor

from bot.core import events
from bot.core.jobs import State
from bot.discord_ui.overseeing import OVERSEEING
from tests.journeys.studio import Studio, said, texts


async def admin(studio: Studio, name: str, **options: str) -> discord.Message:
    """What mia is answered, privately."""
    answer = await studio.world.mia.slash(studio.gallery, f"admin {name}", **options)
    assert answer.response is not None
    assert answer.response.ephemeral
    assert answer.response.message is not None
    return answer.response.message


async def press(studio: Studio, message: discord.Message, label: str) -> str:
    """What the page says after mia pressed a button of it."""
    answer = await studio.world.mia.click(message, label=label)
    return said(answer) if answer.response is not None else ""


async def card_says(studio: Studio, job_id: int, words: str) -> None:
    """Wait for the card of a request to say so."""
    job = await studio.app.store.job(job_id)
    assert job is not None
    card = job.place.message_id
    while words not in texts(next(m for m in studio.gallery.history() if m.id == card)):
        await studio.app.client.wait_for(
            "raw_message_edit", check=lambda edit: edit.message_id == card, timeout=20
        )


async def test_an_empty_queue_says_so(studio: Studio) -> None:
    """And can be paused all the same."""
    shown = texts(await admin(studio, "queue"))

    assert "Nothing is waiting or being drawn here" in shown
    assert "[Pause]" in shown
    assert "[Cancel all that wait…]" not in shown


async def test_the_queue_shows_who_waits_where_and_since_when(studio: Studio) -> None:
    """What is drawn first, then what waits; each can be cancelled, and its card says so."""
    alice, bob = studio.world.alice, studio.world.bob
    async with studio.service.held():
        for prompt in ("first", "second", "third"):
            await studio.generate(alice, prompt)
        await studio.service.arrived(2)
        await studio.generate(bob, "of bob")
        await studio.service.arrived(3)
        await studio.generate(alice, "fourth")
        page = await admin(studio, "queue")

        shown = texts(page)
        assert "3 being drawn, 2 waiting" in shown
        assert shown.count(f"<@{alice.id}> · being drawn · <t:") == 2
        assert f"<@{alice.id}> · next · <t:" in shown
        assert f"<@{alice.id}> · 1 request before it" in shown
        assert "> third" in shown

        third = studio.happenings.of(events.Accepted)[2].job_id
        answer = await studio.world.mia.click(page, custom_id=f"admin-cancel:{third}")
        assert answer.response is not None
        assert "third" not in texts(answer.response.message)
        await card_says(studio, third, "Cancelled")
    changes = await studio.app.choose.audit(studio.world.guild.id, 5)
    assert [change.what for change in changes] == [f"request {third} of <@{alice.id}>"]


async def test_a_paused_queue_waits_and_its_cards_say_why(studio: Studio) -> None:
    """Those that waited, those that come later, and /queue; then everything is drawn."""
    alice = studio.world.alice
    async with studio.service.held():
        for prompt in ("first", "second", "third"):
            await studio.generate(alice, prompt)
        await studio.service.arrived(2)
        paused = await press(studio, await admin(studio, "queue"), "Pause")
    await studio.posted(2)
    late = said(await studio.generate(alice, "late"))
    third = studio.happenings.of(events.Accepted)[2].job_id

    assert "The queue is paused" in paused
    assert "[Go on]" in paused
    assert "The queue is paused" in late
    assert "keeps its place" in said(await alice.slash(studio.gallery, "queue"))
    await card_says(studio, third, "The queue is paused")
    assert len(studio.service.requests) == 2

    on = await press(studio, await admin(studio, "queue"), "Go on")
    assert "paused" not in on
    await studio.posted(4)
    what = [change.what for change in await studio.app.choose.audit(studio.world.guild.id, 5)]
    assert what == ["setting paused", "setting paused"]


async def test_clearing_asks_first_and_then_cancels_all_that_wait(studio: Studio) -> None:
    """What is drawn goes on; whoever goes back has changed nothing."""
    alice, bob = studio.world.alice, studio.world.bob
    await studio.app.choose.change(studio.world.guild.id, by=1, server_slots=1, member_slots=1)
    async with studio.service.held():
        await studio.generate(alice, "drawn")
        await studio.service.arrived(1)
        for who in (alice, bob, bob):
            await studio.generate(who, "waits")
        page = await admin(studio, "queue")
        asked = await press(studio, page, "Cancel all that wait…")
        assert "**Cancel 3 requests?** Nothing is charged" in asked
        assert "3 waiting" in await press(studio, page, "Back")
        await press(studio, page, "Cancel all that wait…")
        done = await press(studio, page, "Cancel 3 requests")

    assert "3 requests cancelled" in done
    [shown] = [message for message in await studio.posted(4) if message.attachments]
    assert "drawn" in texts(shown)
    counts = await studio.app.store.counts()
    assert counts[State.QUEUED] == 0
    for event in studio.happenings.of(events.Accepted)[1:]:
        await card_says(studio, event.job_id, "Nothing was charged")


async def test_usage_is_a_picture_and_a_table_that_agree_with_the_ledger(
    studio: Studio, tmp_path: Path
) -> None:
    """With words for those who do not see the picture, and the members by name."""
    await studio.draw(studio.world.alice, count=2)
    await studio.draw(studio.world.bob)

    message = await admin(studio, "usage", period="this month", by="member")

    picture, table = message.attachments
    with Image.open(io.BytesIO(await picture.read())) as image:
        assert image.size == (1200, 750)
        assert image.getpixel((3, 3))[:3] < (64, 64, 64)  # type: ignore[index]
    rows = list(csv.DictReader((await table.read()).decode().splitlines()))
    with sqlite3.connect(tmp_path / "data" / "easel.db") as database:
        [(pictures, micro)] = database.execute(
            "SELECT sum(pictures), sum(micro) FROM ledger WHERE kind = 'charge'"
        )
    database.close()
    assert sum(int(row["pictures"]) for row in rows) == pictures == 3
    assert sum(int(row["microdollars"]) for row in rows) == micro
    shown = texts(message)
    assert f"3 pictures, ${micro / 1_000_000:.6f}".rstrip("0") in shown
    assert f"1. <@{studio.world.alice.id}>: 2 pictures" in shown
    assert "1. gpt-image-2.5-flare: 3 pictures" in shown
    assert "(Two bar charts, pictures above and dollars below, this month" in shown


async def test_usage_of_nothing_is_an_empty_chart(studio: Studio) -> None:
    """Not an error."""
    message = await admin(studio, "usage")

    assert "0 pictures, $0.00" in texts(message)
    assert "nothing was drawn last 30 days" in texts(message)


async def test_the_audit_is_read_in_pages(studio: Studio) -> None:
    """Newest first, with what was before and after; words that are not allowed stay hidden."""
    guild, mia = studio.world.guild.id, studio.world.mia.id
    assert "Nobody has changed anything" in texts(await admin(studio, "audit"))
    await studio.app.choose.change(guild, by=mia, words=("mudblood",))
    for number in range(11):
        await studio.app.choose.change(guild, by=mia, retention_days=number + 1)

    newest = await admin(studio, "audit")
    assert f"<@{mia}> changed **setting retention days**: 10 → 11" in texts(newest)
    assert "mudblood" not in texts(newest)
    older = await press(studio, newest, "Older")
    assert "setting retention days**: nothing → 1" in older
    assert "setting words**: nothing → ||mudblood||" in older
    assert "[Older]" not in older
    assert "10 → 11" in await press(studio, newest, "Newest")


@pytest.mark.parametrize("kind", OVERSEEING, ids=lambda each: each.__name__)
async def test_a_made_up_button_does_nothing_for_a_member(
    studio: Studio, kind: type[discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]]]
) -> None:
    """The id is right; whoever presses it does not manage the server."""
    alice: MemberActor = studio.world.alice
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(kind(1)))  # type: ignore[arg-type]
    channel = studio.app.client.get_partial_messageable(studio.gallery.id)
    forged = await channel.send(view=view)

    answer = await alice.click(forged, custom_id=kind(1).custom_id)  # type: ignore[arg-type]

    assert "You may not use /admin here any more" in said(answer)
    assert await studio.app.choose.audit(studio.world.guild.id, 1) == ()
