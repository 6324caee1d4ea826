"""The log channel: one line for each request that ended, and for each change."""

from __future__ import annotations

import logging

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.core import events
from bot.core.pricing import exact_dollars
from tests.journeys.studio import Studio, said


async def log_to(studio: Studio, channel: ChannelHandle) -> str:
    """Make it the log channel."""
    return said(await studio.world.mia.slash(studio.gallery, "settings log", channel=channel))


async def lines(studio: Studio, channel: ChannelHandle) -> list[str]:
    """Everything that was posted there, after a round."""
    await studio.app.tell_log.once()
    posted = sorted(channel.history(), key=lambda message: message.id)
    for message in posted:
        allowed = studio.env.backend.get_message(channel.id, message.id).allowed_mentions
        assert (allowed.everyone, allowed.users, allowed.roles) == (False, frozenset(), frozenset())
    return [line for message in posted for line in message.content.splitlines()]


@pytest.fixture
async def log(studio: Studio) -> ChannelHandle:
    """A channel for it."""
    await studio.app.tell_log.once()
    return studio.world.guild.create_text_channel("log")


async def test_a_request_leaves_a_line_with_its_exact_cost_and_a_link(
    studio: Studio, log: ChannelHandle
) -> None:
    """Who, what, how it ended, and the words that stand in the channel anyway, hidden."""
    assert f"**Log channel:** none → <#{log.id}>" in await log_to(studio, log)
    picture = await studio.draw(studio.world.alice, "a fox ||everyone|| @here")

    *_, line = await lines(studio, log)

    [drawn] = studio.happenings.of(events.Drawn)
    link = f"https://discord.com/channels/{studio.world.guild.id}/{studio.gallery.id}/{picture.id}"
    assert line == (
        f"<@{studio.world.alice.id}> · gpt-image-2.5-flare · 1024 × 1024 · medium · "
        f"{exact_dollars(drawn.cost)} · drawn · [go to it]({link}) · "
        "||a fox \\|\\|everyone\\|\\| @\u200bhere||"
    )


async def test_what_was_not_drawn_leaves_a_line_without_its_words(
    studio: Studio, log: ChannelHandle
) -> None:
    """Failed, cancelled by its author, cancelled by somebody else; once each."""
    await log_to(studio, log)
    alice = studio.world.alice
    await studio.draw(alice, "secret words !moderation")
    async with studio.service.held():
        for _ in range(4):
            await studio.generate(alice, "secret words")
        await studio.service.arrived(2)
        own, other = [event.job_id for event in studio.happenings.of(events.Accepted)[-2:]]
        for who, job_id in ((alice, own), (studio.world.mia, other)):
            job = await studio.app.store.job(job_id)
            assert job is not None
            card = next(m for m in studio.gallery.history() if m.id == job.place.message_id)
            await who.click(card, label="Cancel")
        first = await lines(studio, log)
    await studio.posted(3)

    told = "\n".join(first)
    assert "failed (blocked); not charged · [go to it](" in told
    assert told.count("· cancelled · [go to it](") == 1
    assert told.count(f"· cancelled by <@{studio.world.mia.id}> · [go to it](") == 1
    assert "secret" not in told
    assert f"changed **request {other} of <@{alice.id}>**: waiting → cancelled" in told
    after = await lines(studio, log)
    assert after[: len(first)] == first
    assert "\n".join(after).count("cancelled by") == 1


async def test_a_change_leaves_a_line_and_never_the_words_themselves(
    studio: Studio, log: ChannelHandle
) -> None:
    """Whoever reads the log may be one of those that they are kept from."""
    await log_to(studio, log)
    mia = studio.world.mia
    await mia.slash(studio.gallery, "settings timezone", zone="Asia/Tokyo")
    form = await mia.slash(studio.gallery, "settings words")
    await mia.submit_modal(form, {"words": "mudblood"})

    told = "\n".join(await lines(studio, log))

    assert f"<@{mia.id}> changed **setting zone**: UTC → Asia/Tokyo" in told
    assert f"<@{mia.id}> changed **setting words**" in told
    assert "mudblood" not in told


async def test_many_lines_are_few_messages(studio: Studio, log: ChannelHandle) -> None:
    """Forty changes are posted together, each within what Discord takes."""
    await log_to(studio, log)
    for number in range(40):
        await studio.app.choose.change(
            studio.world.guild.id, by=studio.world.mia.id, retention_days=number + 1
        )

    told = await lines(studio, log)

    assert sum("retention days" in line for line in told) == 40
    assert len(log.history()) <= 4


async def test_a_channel_that_cannot_be_written_to_is_refused(studio: Studio) -> None:
    """With the permissions that it takes; nothing is changed."""
    me = studio.world.guild.me
    assert me is not None
    closed = studio.world.guild.create_text_channel(
        "closed", overwrites={me: discord.PermissionOverwrite(send_messages=False)}
    )

    assert "I need the permissions “View Channel” and" in await log_to(studio, closed)
    assert (await studio.app.choose.chosen(studio.world.guild.id)).log_channel is None


async def test_a_channel_that_is_gone_stops_nothing_and_is_told_once(
    studio: Studio, log: ChannelHandle, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator's log says so once, and /settings show until it is repaired."""
    await log_to(studio, log)
    studio.env.backend.delete_channel(log.id)

    with caplog.at_level(logging.WARNING, "bot"):
        for _ in range(3):
            await studio.draw(studio.world.alice)
            await studio.app.tell_log.once()

    told = [record.message for record in caplog.records if "log channel" in record.message]
    assert len(told) == 1
    shown = said(await studio.world.mia.slash(studio.gallery, "settings show"))
    assert "I cannot write there: it is gone, or I need the permissions" in shown

    other = studio.world.guild.create_text_channel("log-again")
    await log_to(studio, other)
    await studio.draw(studio.world.alice)
    assert any("· drawn ·" in line for line in await lines(studio, other))
    shown = said(await studio.world.mia.slash(studio.gallery, "settings show"))
    assert "I cannot write there" not in shown


async def test_without_a_log_channel_nothing_is_posted(studio: Studio, log: ChannelHandle) -> None:
    """Nor anything of before, once there is one."""
    await studio.draw(studio.world.alice)
    await studio.app.tell_log.once()

    await log_to(studio, log)
    told = await lines(studio, log)

    assert len(told) == 2
    assert "Each request that ends" in told[0]
    assert "changed **setting log channel**" in told[1]
