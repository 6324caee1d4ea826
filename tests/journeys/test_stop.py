"""The operator stops Easel while requests are under way."""

from __future__ import annotations

from bot.core import events
from bot.core.jobs import State
from bot.demo.pretend_faults import RateLimited
from tests.journeys.studio import Studio


async def test_a_stop_does_not_wait_for_a_service_that_asked_for_a_pause(studio: Studio) -> None:
    """Given a request that was told to come back in a minute, when we stop, then it is queued."""
    studio.service.script(RateLimited(after_s=50))
    await studio.generate(studio.world.alice)
    [paused] = await studio.happenings.seen(events.Paused)

    studio.app.work.drain()

    [requeued] = await studio.happenings.seen(events.Requeued)
    assert requeued.reason == "stopped before it was sent"
    assert requeued.at < paused.until
    job = await studio.app.store.job(paused.job_id)
    assert job is not None
    assert job.state is State.QUEUED


async def test_a_stop_waits_for_what_was_sent_and_posts_it(studio: Studio) -> None:
    """Given a request that the service is drawing, when we stop, then its picture is posted."""
    async with studio.service.held():
        await studio.generate(studio.world.alice)
        await studio.service.arrived(1)
        studio.app.work.drain()

    [message] = await studio.posted()
    assert message.attachments
