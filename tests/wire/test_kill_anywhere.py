"""Take the process away at every step of drawing and posting: one outcome, paid once, in any case.

What is not accepted yet has no outcome. What may have been paid and left nothing on the disk ends
with a notice. Everything else ends with the picture. Several requests are stopped in one life,
each at a step of its own; the last one is where the process is killed at once.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import Fault, Hang, RateLimited
from bot.demo.pretend_log import Received
from tests.wire.crashing_world import Fall, Outcome, World
from tests.wire.discord_standin import Standin
from tests.wire.test_edit import photo
from tests.wire.test_run import scene

NOTHING, NOTICE, PICTURE = Outcome.NOTHING, Outcome.NOTICE, Outcome.PICTURE

TOO_FAST, SLOW, REFUSED = "too fast", "slow", "!moderation"
"""What the image service makes of a request of that kind."""

DRAWING = [
    Fall("before store.submit", NOTHING),
    Fall("before api.turn", PICTURE),
    Fall("after api.turn", PICTURE),
    Fall("before store.intend", PICTURE),
    Fall("after store.intend", NOTICE),
    Fall("before api.draw", NOTICE),
    Fall("after api.draw", NOTICE),  # the bytes were in memory only
    Fall("before vault.announce", NOTICE),
    Fall("after vault.announce", NOTICE),
    Fall("after store.submit", PICTURE),  # accepted, and the command never answered
]
KEEPING = [
    Fall("before vault.put", NOTICE),
    Fall("after vault.put", PICTURE),
    Fall("before vault.put 2", PICTURE, lost=1, options={"count": 2}),
    Fall("before imaging.inspect", PICTURE),
    Fall("after imaging.inspect", PICTURE),
    Fall("before store.keep", PICTURE),
    Fall("before vault.withdraw", PICTURE),
    Fall("after vault.withdraw", PICTURE),
]
POSTING = [
    Fall("before vault.get", PICTURE),
    Fall("after vault.get", PICTURE),
    Fall("before messenger.deliver", PICTURE),
    Fall("after messenger.deliver", PICTURE),
    Fall("after store.keep", PICTURE),
]
POSTED = [
    Fall("before store.delivered", PICTURE),
    Fall("after store.delivered", PICTURE),
    Fall("before vault.drop", PICTURE),
    Fall("after vault.drop", PICTURE),
]
REFUSALS = [
    Fall("before store.rejected", NOTICE, REFUSED),
    Fall("after store.rejected", NOTICE, REFUSED),
    Fall("before store.fail", NOTICE, REFUSED),
    Fall("before messenger.deliver", NOTICE, REFUSED),
    Fall("after messenger.deliver", NOTICE, REFUSED),
    Fall("after store.delivered", NOTICE, REFUSED),
    Fall("after store.fail", NOTICE, REFUSED),
]
EDITS = [
    Fall("after vault.put", NOTHING, "kept", nameless=True, options={"image": photo()}),
    Fall("before vault.get", PICTURE, "edit", options={"image": photo()}),
    Fall("after vault.get", PICTURE, "edit", options={"image": photo()}),
    Fall("after vault.put", PICTURE, "edit", options={"image": photo()}),
    Fall("before store.next_delivery", PICTURE),
    Fall("before store.claim", PICTURE),  # from here on requests only wait
    Fall("before store.answered", PICTURE),  # answered, and nobody knows with which message
]
WAITING = [
    Fall("before store.rejected", NOTICE, TOO_FAST),
    Fall("after store.rejected", PICTURE, TOO_FAST),
    Fall("before store.renew", NOTICE, SLOW),
    Fall("after store.renew 2", NOTICE, SLOW),
    Fall("after store.next_delivery", PICTURE),
    Fall("after store.claim", PICTURE),
    Fall("after store.answered", PICTURE),
]
PUT_BACK = [
    Fall("before store.requeue", PICTURE),
    Fall("after store.requeue", PICTURE),
]
WITHOUT_CARD = [
    Fall("before store.postpone", PICTURE),
    Fall("after store.postpone", PICTURE),
    Fall("before messenger.deliver 2", PICTURE),
    Fall("after messenger.deliver 2", PICTURE),
]
LARGE: dict[str, Any] = {"count": 3, "size": "1760x1664"}
ASKED_FOR_TWO = [
    Fall("before store.sending", PICTURE, "large", pictures=3, options=LARGE),
    Fall("after store.sending", PICTURE, "large", pictures=3, options=LARGE),
    Fall("before messenger.deliver 2", PICTURE, "large", pictures=3, options=LARGE),
    Fall("after messenger.deliver 2", PICTURE, "large", pictures=3, options=LARGE),
]
TWO_MESSAGES = [
    Fall("before store.sent", PICTURE, "large", pictures=3, options=LARGE),
    Fall("after store.sent", PICTURE, "large", pictures=3, options=LARGE),
    Fall("before store.sent 2", PICTURE, "large", pictures=3, options=LARGE),
    Fall("after store.sent 2", PICTURE, "large", pictures=3, options=LARGE),
]
AGES = 400
"""Seconds after which Discord knows no nonce any more."""

ALL = (
    *(DRAWING, KEEPING, POSTING, POSTED, REFUSALS, EDITS, WAITING),
    *(PUT_BACK, WITHOUT_CARD, ASKED_FOR_TWO, TWO_MESSAGES),
)


class Moods:
    """How the image service takes requests: by their kind, and some only once."""

    def __init__(self) -> None:
        self._slowed: set[str] = set()

    def __call__(self, request: Received) -> Fault | None:
        if request.prompt.startswith(SLOW):
            return Hang(300)
        if request.prompt.startswith(TOO_FAST) and request.prompt not in self._slowed:
            self._slowed.add(request.prompt)
            return RateLimited(0.05)
        return None


@pytest.fixture
async def world(tmp_path: Path, standin: Standin, service: PretendApi) -> World:
    """A server, a member, and nothing stored yet."""
    channel, alice = await scene(standin)
    service.rule(Moods())
    return World(tmp_path, standin, service, channel, alice)


@pytest.mark.parametrize(
    "falls",
    [DRAWING, KEEPING, POSTING, POSTED, REFUSALS, EDITS, WAITING],
    ids=["drawing", "keeping", "posting", "posted", "refusals", "edits", "waiting"],
)
async def test_killed_at_any_step_each_request_ends_once(world: World, falls: list[Fall]) -> None:
    """Given requests at these steps, when the process dies, then the next one ends each once."""
    await world.dies(*falls)
    await world.restarts(*falls)
    await world.proves(*falls)


async def test_killed_while_it_stops_it_loses_nothing_that_waits(world: World) -> None:
    """Given a stop that puts requests back, when the process dies of it, then they are drawn."""
    refused, behind = PUT_BACK
    world.service.script(RateLimited(60))
    async with world.doomed(refused.spelled, behind.spelled, EASEL_DRAIN_S="20") as process:
        await world.ready()
        card = await world.asks(refused)
        await card.message(until=lambda shown: "Waiting for the image" in shown.text)
        card = await world.asks(behind)
        await card.message(until=lambda shown: "Drawing" in shown.text)
        process.terminate()
    await world.restarts(*PUT_BACK)
    await world.proves(*PUT_BACK)


async def test_killed_posting_anew_it_posts_once(world: World) -> None:
    """Given cards that were deleted, when the process dies, then each outcome is one message."""
    async with world.doomed(*(fall.spelled for fall in WITHOUT_CARD)) as process:
        await world.ready()
        for number, fall in enumerate(WITHOUT_CARD, 1):
            async with world.service.held():
                card = await (await world.asks(fall)).message()
                await world.service.arrived(number)
                await world.discord.delete_message(card)
            await process.reached(fall)
    await world.restarts(*WITHOUT_CARD)
    await world.proves(*WITHOUT_CARD)


@pytest.fixture
async def heavy_world(tmp_path: Path, standin: Standin) -> AsyncIterator[World]:
    """Three pictures have 26 MB there, which is more than one message takes."""
    async with PretendApi(seconds=0, paint=noise) as service:
        channel, alice = await scene(standin)
        yield World(tmp_path, standin, service, channel, alice)


@pytest.mark.parametrize("falls", [ASKED_FOR_TWO, TWO_MESSAGES], ids=["asked", "answered"])
async def test_killed_between_two_messages_it_posts_each_once(
    heavy_world: World, falls: list[Fall]
) -> None:
    """Given two messages, when no nonce outlives the dead process, then each is posted once."""
    await heavy_world.dies(*falls, behind=AGES)
    await heavy_world.discord.advance(AGES)
    await heavy_world.restarts(*falls)
    await heavy_world.proves(*falls)


async def test_killed_again_and_again_while_it_looks_it_posts_once(heavy_world: World) -> None:
    """Given an answer that was lost, when each search for it is cut short, then it is there."""
    fall = ASKED_FOR_TWO[-1]
    steps = ["before messenger.find", "after messenger.find", "before store.sent"]
    behind = AGES * len(steps)
    await heavy_world.dies(fall, behind=behind + AGES)
    for step in steps:
        await heavy_world.discord.advance(AGES)
        async with heavy_world.doomed(f"*={step}", behind=behind):
            behind -= AGES
    await heavy_world.discord.advance(AGES)
    await heavy_world.restarts(fall)
    await heavy_world.proves(fall)


def noise(*args: object, **options: object) -> Image.Image:
    """A picture that no packing makes smaller."""
    return Image.frombytes("RGB", (1760, 1664), os.urandom(1760 * 1664 * 3))


async def test_killed_again_and_again_while_it_starts_it_gets_there(world: World) -> None:
    """Given a picture that no row names, when each start dies further on, then it is posted."""
    fall = Fall("after vault.put", PICTURE)
    await world.dies(fall)
    for step in (
        "before store.keep",
        "after store.keep",
        "before store.recover",
        "after store.recover",
        "before vault.withdraw",
        "after vault.withdraw",
    ):
        async with world.doomed(f"*={step}"):
            pass
    await world.restarts(fall)
    await world.proves(fall)


def test_no_step_is_left_out() -> None:
    """Given all steps, when they are counted, then there are many, and no two are the same."""
    every = [(fall.kind, fall.step) for falls in ALL for fall in falls]
    assert len({step for _, step in every}) >= 25
    assert len({(fall.prompt, len(falls)) for falls in ALL for fall in falls}) == len(every)
