"""Somebody changes their mind while their picture is being drawn."""

from __future__ import annotations

from bot.core import events
from bot.core.jobs import State
from bot.core.quotas import Amount
from bot.demo.pretend_faults import RateLimited
from tests.journeys.studio import Studio, said, texts


async def taken(studio: Studio) -> Amount:
    """What Alice used this hour, with what is still reserved."""
    counters = await studio.app.store.counters(
        studio.world.guild.id, studio.world.alice.id, studio.app.clock.now()
    )
    return counters[0].taken


async def test_what_is_drawn_all_the_same_is_not_posted_and_counts(studio: Studio) -> None:
    """The card says so at once, and in the end what it came to; the ledger knows the true cost."""
    async with studio.service.held():
        answer = await studio.generate(studio.world.alice)
        await studio.service.arrived(1)
        assert answer.response is not None

        await studio.world.alice.click(answer.response.message, label="Cancel")

        assert "It was being drawn already. It will not be posted" in texts(answer.response.message)
        assert "[Cancel]" not in texts(answer.response.message)
    await studio.happenings.seen(events.Delivered)
    came_to = "It was drawn by then, so it counts as used. It was not posted."
    assert came_to in texts(answer.response.message)
    assert not answer.response.message.attachments
    assert (await taken(studio)).micro == studio.service.billed_microdollars
    [cancelled] = studio.happenings.of(events.Cancelled)
    job = await studio.app.store.job(cancelled.job_id)
    assert job is not None
    assert job.state is State.CANCELLED


async def test_until_it_ends_the_list_says_that_it_is_cancelled(studio: Studio) -> None:
    """There is nothing left to press."""
    async with studio.service.held():
        answer = await studio.generate(studio.world.alice)
        await studio.service.arrived(1)
        assert answer.response is not None
        await studio.world.alice.click(answer.response.message, label="Cancel")

        mine = await studio.world.alice.slash(studio.gallery, "queue")
        assert "Cancelled while it was being drawn." in said(mine)
        assert "[Cancel]" not in said(mine)
    await studio.happenings.seen(events.Delivered)


async def test_what_was_not_sent_yet_costs_nothing_and_is_never_sent(studio: Studio) -> None:
    """The service asked for a minute; nobody waits for it in vain."""
    studio.service.script(RateLimited(after_s=50))
    answer = await studio.generate(studio.world.alice)
    await studio.happenings.seen(events.Paused)
    assert answer.response is not None

    await studio.world.alice.click(answer.response.message, label="Cancel")

    await studio.happenings.seen(events.Delivered)
    assert "Nothing was charged." in texts(answer.response.message)
    assert len(studio.service.requests) == 1
    assert await taken(studio) == Amount()
