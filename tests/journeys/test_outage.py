"""The image service is gone for a while: requests wait, say why, and are drawn when it is back."""

from __future__ import annotations

from bot.core import events
from tests.journeys.studio import Studio, said, texts

WAITS = "keeps its place and is drawn as soon as it does"


async def test_requests_wait_for_a_service_that_does_not_answer(studio: Studio) -> None:
    """Given a service that is down, when it is back, then each request is drawn, once."""
    await studio.service.close()
    people = (studio.world.alice, studio.world.bob, studio.world.mia)
    for number, who in enumerate(people):
        await studio.generate(who, f"picture {number}")
    await studio.happenings.seen(events.CircuitOpened)

    late = await studio.generate(studio.world.alice, "picture 3")

    assert WAITS in said(late)
    await studio.happenings.seen(events.Requeued, 3)
    mine = await studio.world.bob.slash(studio.gallery, "queue")
    assert "Waiting until the image service answers again." in said(mine)
    assert not studio.happenings.of(events.Failed)

    await studio.service.start()

    assert all(message.attachments for message in await studio.posted(4))
    assert len(studio.happenings.of(events.CircuitClosed)) == 1
    drawn = sorted(str(request.fields["prompt"]) for request in studio.service.requests)
    assert drawn == [f"picture {number}" for number in range(4)]


async def test_a_request_that_waits_for_the_service_can_be_cancelled(studio: Studio) -> None:
    """Given a service that is down, when somebody gives up waiting, then nothing is charged."""
    await studio.service.close()
    answers = [await studio.generate(who) for who in (studio.world.alice, studio.world.bob)] + [
        await studio.generate(studio.world.mia)
    ]
    await studio.happenings.seen(events.Requeued, 3)
    assert answers[0].response is not None

    await studio.world.alice.click(answers[0].response.message, label="Cancel")

    assert "Nothing was charged." in texts(answers[0].response.message)
