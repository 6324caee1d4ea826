"""Buttons under requests: they work for the right people, and after any restart."""

from __future__ import annotations

from pathlib import Path

import simcord

from bot.app import App
from bot.core import events
from bot.demo.pretend_api import PretendApi
from bot.demo.world import build_world
from tests.happenings import Happenings
from tests.journeys.studio import Studio, said, settings_for, texts


async def test_again_draws_the_same_on_the_account_of_whoever_presses_it(studio: Studio) -> None:
    """Bob presses Again under Alice's picture, and it counts for Bob."""
    message = await studio.draw(studio.world.alice, "a blue bird", size="1024x1536")

    await studio.world.bob.click(message, label="Again")
    await studio.happenings.seen(events.Delivered, 2)

    first, second = (dict(request.fields) for request in studio.service.requests)
    # The service may tell them apart, without knowing who they are.
    assert first.pop("safety_identifier") != second.pop("safety_identifier")
    assert first == second
    assert studio.happenings.of(events.Accepted)[1].member_id == studio.world.bob.id


async def test_an_impatient_second_press_draws_nothing_more(studio: Studio) -> None:
    """One picture is paid for, and the second press is told why nothing happens."""
    message = await studio.draw(studio.world.alice, "a blue bird")

    await studio.world.bob.click(message, label="Again")
    second = await studio.world.bob.click(message, label="Again")

    assert "I have that already" in said(second)
    await studio.happenings.seen(events.Delivered, 2)
    assert len(studio.service.requests) == 2


async def test_deleting_twice_is_no_error(studio: Studio) -> None:
    """The second press comes after the message is gone."""
    message = await studio.draw(studio.world.alice)
    studio.env.inject_error(
        "DELETE",
        "/webhooks/*/messages/@original",
        status=404,
        code=10008,
        message="Unknown Message",
    )

    answer = await studio.world.alice.click(message, label="Delete")

    assert answer.response is None or "wrong" not in said(answer)


async def test_only_the_author_and_moderators_may_delete_a_picture(studio: Studio) -> None:
    """Bob may not; Alice may."""
    message = await studio.draw(studio.world.alice)

    refused = await studio.world.bob.click(message, label="Delete")
    assert refused.response is not None
    assert refused.response.ephemeral
    assert "Only the person who asked for this, or a moderator" in said(refused)

    await studio.world.alice.click(message, label="Delete")
    assert message.id not in {each.id for each in studio.gallery.history()}


async def test_a_moderator_may_delete_anybodys_picture(studio: Studio) -> None:
    """Mia manages messages here."""
    message = await studio.draw(studio.world.alice)

    await studio.world.mia.click(message, label="Delete")

    assert message.id not in {each.id for each in studio.gallery.history()}


async def test_a_waiting_request_can_be_cancelled_on_its_card(studio: Studio) -> None:
    """What was reserved is released, and nobody draws it."""
    async with studio.service.held():
        for prompt in ("first", "second"):
            await studio.generate(studio.world.alice, prompt)
        answer = await studio.generate(studio.world.alice, "third")
        await studio.service.arrived(2)
        assert answer.response is not None

        await studio.world.alice.click(answer.response.message, label="Cancel")

        assert "Cancelled" in texts(answer.response.message)
    await studio.happenings.seen(events.Delivered, 2)
    assert {request.fields["prompt"] for request in studio.service.requests} == {"first", "second"}
    counters = await studio.app.store.counters(
        studio.world.guild.id, studio.world.alice.id, studio.app.clock.now()
    )
    assert {counter.taken.pictures for counter in counters} == {2}


async def test_somebody_elses_request_cannot_be_cancelled(studio: Studio) -> None:
    """Bob sees Alice's Cancel button; pressing it changes nothing."""
    async with studio.service.held():
        for prompt in ("first", "second"):
            await studio.generate(studio.world.alice, prompt)
        answer = await studio.generate(studio.world.alice, "third")
        assert answer.response is not None

        refused = await studio.world.bob.click(answer.response.message, label="Cancel")

        assert refused.response is not None
        assert refused.response.ephemeral
    await studio.happenings.seen(events.Delivered, 3)


async def test_buttons_of_an_earlier_process_still_work(tmp_path: Path) -> None:
    """A new process on the same database knows the request by its number."""
    async with PretendApi(seconds=0) as service:
        settings = settings_for(tmp_path / "data", service)
        async with App(settings, shard_count=1) as first, simcord.run(first.client) as env:
            world = await build_world(env)
            happenings = Happenings(first.events)
            await first.start()
            gallery = world.channels["gallery"]
            await world.alice.slash(gallery, "generate", prompt="an old oak")
            [delivered] = await happenings.seen(events.Delivered)
            message = next(m for m in gallery.history() if m.id == delivered.message_id)
            await first.stop()
            await first.store.close()

            async with App(settings, shard_count=1) as second:
                await env.restart_bot(second.client)
                happenings = Happenings(second.events)
                await second.start()

                await world.alice.click(message, label="Again")
                await happenings.seen(events.Delivered)
                await second.stop()

        assert [request.fields["prompt"] for request in service.requests] == ["an old oak"] * 2
