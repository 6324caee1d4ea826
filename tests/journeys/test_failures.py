"""The image service fails in each of its ways, and the author is told and not charged."""

from __future__ import annotations

import pytest

from bot.core import events
from bot.core.quotas import Amount
from bot.demo.pretend_faults import Cut, Fault, Html, Moderation, Quota, RateLimited, ServerError
from tests.journeys.studio import Studio, texts


async def charged(studio: Studio) -> Amount:
    """What the server was charged this hour, with what is still reserved."""
    counters = await studio.app.store.counters(
        studio.world.guild.id, studio.world.alice.id, studio.app.clock.now()
    )
    return counters[0].taken if counters else Amount()


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Moderation(), "blocked", "safety system declined"),
        (ServerError(), "unknown", "no picture came back"),
        (Cut(), "unknown", "no picture came back"),
        (Quota(), "account", "needs the attention of the operator"),
        (Html(), "unknown", "no picture came back"),
    ],
)
async def test_a_failure_ends_in_a_notice_on_the_card_and_charges_nothing(
    studio: Studio, fault: Fault, code: str, words: str
) -> None:
    """One call, one notice with a next step, nothing left reserved."""
    studio.service.script(fault)

    message = await studio.draw(studio.world.alice, "a cat")

    assert words in texts(message)
    assert "You were not charged" in texts(message)
    assert "[Try again]" in texts(message)
    [failed] = studio.happenings.of(events.Failed)
    assert failed.code == code
    assert len(studio.service.requests) == 1
    assert await charged(studio) == Amount()


async def test_too_many_requests_is_waited_for_and_then_drawn(studio: Studio) -> None:
    """A 429 is surely not paid, so the same request is made again when the service says."""
    studio.service.script(RateLimited(after_s=0.2))

    message = await studio.draw(studio.world.alice, "a cat")

    assert message.attachments
    assert len(studio.happenings.of(events.Paused)) == 1
    assert len(studio.service.requests) == 2
    assert (await charged(studio)).pictures == 1


async def test_try_again_draws_the_same_request_once_more(studio: Studio) -> None:
    """The button under a notice is a new request on the account of whoever presses it."""
    studio.service.script(Moderation())
    notice = await studio.draw(studio.world.alice, "a cat")

    await studio.world.bob.click(notice, label="Try again")
    await studio.happenings.seen(events.Delivered, 2)

    [first, second] = studio.service.requests
    assert first.fields["prompt"] == second.fields["prompt"]
