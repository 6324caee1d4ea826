"""The same wishes at vendors that each speak their own language, and at a server of one's own."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image

from bot.core import events
from bot.core.jobs import State
from bot.core.quotas import Amount
from bot.imageapi import asking
from bot.imageapi.dialects import a1111, bfl, midjourney
from tests.journeys.pictures import HARBOUR, half_mask, image_of, outcome
from tests.journeys.studio import Studio, open_studio, said, texts
from tests.pretend.a1111 import A1111
from tests.pretend.bfl import Bfl
from tests.pretend.ideogram import Ideogram
from tests.pretend.midjourney import Midjourney
from tests.pretend.server import PretendService, Trouble

Record = dict[str, dict[str, bool]]

EVERY = pytest.mark.parametrize(
    "kind", [A1111, Bfl, Ideogram, Midjourney], ids=lambda kind: kind.provider
)
MASKED = pytest.mark.parametrize("kind", [A1111, Ideogram], ids=lambda kind: kind.provider)
UNMASKED = pytest.mark.parametrize("kind", [Bfl, Midjourney], ids=lambda kind: kind.provider)
PRUDISH = pytest.mark.parametrize(
    "kind", [Bfl, Ideogram, Midjourney], ids=lambda kind: kind.provider
)
ASKED = pytest.mark.parametrize("kind", [A1111, Bfl, Midjourney], ids=lambda kind: kind.provider)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services on this machine may be asked more often than others."""
    monkeypatch.setattr(asking, "SHORTEST", 0.02)
    for dialect in (a1111, bfl, midjourney):
        monkeypatch.setattr(dialect, "AFTER", 0.02)


@asynccontextmanager
async def easel_with(
    kind: type[PretendService], folder: Path
) -> AsyncIterator[tuple[Studio, PretendService]]:
    """An Easel whose operator set that provider up, beside OpenAI."""
    async with (
        kind() as service,
        open_studio(folder / "data", dict(service.environment)) as studio,
    ):
        yield studio, service
        assert studio.service.requests == []  # nobody else drew it


async def edit(studio: Studio, service: PretendService, **options: Any) -> discord.Message:
    """Type /edit and wait for what comes of it."""
    await studio.world.alice.slash(
        studio.gallery, "edit", prompt="at dawn", image=HARBOUR, model=service.model, **options
    )
    return await outcome(studio, studio.gallery)


async def taken(studio: Studio) -> Amount:
    """What Alice used this hour, with what is still reserved."""
    counters = await studio.app.store.counters(
        studio.world.guild.id, studio.world.alice.id, studio.app.clock.now()
    )
    return counters[0].taken


@EVERY
async def test_a_picture_is_drawn_posted_and_charged(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """What a member used is what the service takes."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model=service.model)

        assert (await image_of(message.attachments[0])).size == (1024, 1024)
        assert await taken(studio) == Amount(1, service.bill)
        assert len(service.posts) == 1
    capabilities[service.provider] = {"generate": True}


@EVERY
async def test_two_pictures_are_posted_together_and_both_are_charged(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """However many calls that takes."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model=service.model, count=2)

        assert len(message.attachments) == 2
        assert await taken(studio) == Amount(2, service.bill)
    capabilities[service.provider] = {"count": True}


@EVERY
async def test_a_picture_is_drawn_after_another(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """The picture that was handed in reaches the service, and what it takes is charged."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await edit(studio, service)

        assert (await image_of(message.attachments[0])).size == (1024, 1024)
        assert await taken(studio) == Amount(1, service.bill)
    capabilities[service.provider] = {"edit": True}


@MASKED
async def test_what_a_mask_protects_stays(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """Whether it wants white edited or black: the left half stays as it was."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await edit(studio, service, mask=("mask.png", half_mask()))

        after = await image_of(message.attachments[0])
        before = Image.open(io.BytesIO(HARBOUR[1])).convert("RGB")
        kept, free = (0, 0, 512, 1024), (512, 0, 1024, 1024)
        assert after.crop(kept).tobytes() == before.crop(kept).tobytes()
        assert after.crop(free).tobytes() != before.crop(free).tobytes()
        assert "[Show mask]" in texts(message)
        assert await taken(studio) == Amount(1, service.bill)
    capabilities[service.provider] = {"mask": True}


@UNMASKED
async def test_where_no_mask_is_taken_whoever_sends_one_is_told(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """Rather than have changed what it protects."""
    async with easel_with(kind, tmp_path) as (studio, service):
        answer = await studio.world.alice.slash(
            studio.gallery,
            "edit",
            prompt="at dawn",
            image=HARBOUR,
            mask=("mask.png", half_mask()),
            model=service.model,
        )

        assert "mask" in said(answer)
        assert service.requests == []
    capabilities[service.provider] = {"mask": False}


@PRUDISH
async def test_what_is_refused_is_said_and_costs_nothing(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """However the service says it: at once, or of an order that it took."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.MODERATION)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "safety system declined this request" in texts(message)
        assert await taken(studio) == Amount()
        assert (service.bill, len(service.posts)) == (0, 1)
    capabilities[service.provider] = {"moderation": True}


@pytest.mark.parametrize("state", ["Content Moderated", "Request Moderated"])
async def test_both_ways_of_bfl_to_refuse_are_understood(tmp_path: Path, state: str) -> None:
    """The words, or what was drawn from them."""
    async with easel_with(Bfl, tmp_path) as (studio, service):
        assert isinstance(service, Bfl)
        service.moderates = state
        service.troubles.append(Trouble.MODERATION)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "safety system declined this request" in texts(message)


@EVERY
async def test_a_service_that_asks_for_time_gets_it(
    kind: type[PretendService], tmp_path: Path
) -> None:
    """Nobody has to ask again, and it is paid once."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.TOO_FAST)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert len(message.attachments) == 1
        assert len(service.posts) == 2
        assert await taken(studio) == Amount(1, service.bill)
        [paused] = studio.happenings.of(events.Paused)
        assert paused.provider == service.provider


@EVERY
async def test_a_model_that_is_gone_is_said_to_be(
    kind: type[PretendService], tmp_path: Path
) -> None:
    """In the words for the member, not as trouble with their request."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.GONE)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "does not offer this model now" in texts(message)


@PRUDISH
async def test_an_account_without_money_is_for_the_operator(
    kind: type[PretendService], tmp_path: Path
) -> None:
    """Whoever asked can do nothing about it, so they are told whom to tell."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.MONEY)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "needs the attention of the operator" in texts(message)
        assert await taken(studio) == Amount()


@ASKED
async def test_how_far_it_is_is_told_while_it_is_drawn(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """As percents, or with a preview."""
    async with easel_with(kind, tmp_path) as (studio, service):
        await studio.draw(studio.world.alice, model=service.model)

        told = [event.percent for event in studio.happenings.of(events.Advanced)]
        assert told[0] in {31, 42, 50}
        assert len(studio.happenings.of(events.Sketched)) == (service.provider == "a1111")
    capabilities[service.provider] = {"progress": True}


async def test_what_somebody_else_draws_at_the_same_server_is_not_shown(tmp_path: Path) -> None:
    """Its progress is of whatever it draws, and its web page has other visitors."""
    async with easel_with(A1111, tmp_path) as (studio, service):
        assert isinstance(service, A1111)
        service.web_page = True
        await studio.draw(studio.world.alice, model=service.model)

        assert studio.happenings.of(events.Sketched) == []
        assert studio.happenings.of(events.Advanced) == []


async def test_a_drawing_that_nobody_wants_any_more_is_stopped_and_costs_nothing(
    tmp_path: Path, capabilities: Record
) -> None:
    """A server of one's own takes no money, only time that others wait for."""
    async with easel_with(A1111, tmp_path) as (studio, service), service.held():
        assert isinstance(service, A1111)
        answer = await studio.generate(studio.world.alice, model=service.model)
        await studio.happenings.seen(events.Advanced)
        assert answer.response is not None

        await studio.world.alice.click(answer.response.message, label="Cancel")
        await studio.happenings.seen(events.Delivered)

        assert (service.cancelled, service.drawn) == (1, 0)
        assert "Nothing was charged." in texts(answer.response.message)
        assert await taken(studio) == Amount()
        [cancelled] = studio.happenings.of(events.Cancelled)
        assert cancelled.cost == 0
        job = await studio.app.store.job(cancelled.job_id)
        assert job is not None
        assert (job.state, job.cost or 0) == (State.CANCELLED, 0)
    capabilities[service.provider] = {"cancel": True}


async def test_what_waits_behind_a_drawing_that_was_stopped_is_drawn(tmp_path: Path) -> None:
    """The server is free for it at once, and it is not the one that was stopped."""
    async with easel_with(A1111, tmp_path) as (studio, service):
        async with service.held():
            answer = await studio.generate(studio.world.alice, model=service.model)
            await studio.happenings.seen(events.Advanced)
            await studio.generate(studio.world.bob, "a heron", model=service.model)
            assert answer.response is not None
            await studio.world.alice.click(answer.response.message, label="Cancel")
            await studio.happenings.seen(events.Delivered)
        await studio.happenings.seen(events.Drawn)

        prompts = [came.fields["prompt"] for came in service.posts if "prompt" in came.fields]
        assert prompts == ["a red fox in the snow", "a heron"]
        assert service.cancelled == 1


async def test_a_drawing_that_is_paid_for_is_not_stopped(tmp_path: Path) -> None:
    """It is awaited and settled, since the service takes its money in any case."""
    async with easel_with(Bfl, tmp_path) as (studio, service):
        async with service.held():
            answer = await studio.generate(studio.world.alice, model=service.model)
            await studio.happenings.seen(events.Advanced)
            assert answer.response is not None
            await studio.world.alice.click(answer.response.message, label="Cancel")
        await studio.happenings.seen(events.Delivered)

        assert "counts as used" in texts(answer.response.message)
        assert await taken(studio) == Amount(1, service.bill)
        assert service.bill > 0


async def test_at_a_stop_what_costs_nothing_goes_back_into_the_queue(tmp_path: Path) -> None:
    """The server is told to stop, and the next start draws it from the beginning."""
    changes = {"drain_s": 0}
    async with A1111() as service:
        others = dict(service.environment)
        async with (
            service.held(),
            open_studio(tmp_path / "data", others, **changes) as studio,
        ):
            await studio.generate(studio.world.alice, model=service.model)
            await studio.happenings.seen(events.Advanced)
            await studio.app.stop()

            assert studio.happenings.of(events.Requeued)
            assert (service.cancelled, service.drawn) == (1, 0)


async def test_pictures_that_a_safety_check_takes_away_do_not_spoil_the_others(
    tmp_path: Path,
) -> None:
    """The one that is left is posted; where none is left, that is what is said."""
    async with easel_with(Ideogram, tmp_path) as (studio, service):
        assert isinstance(service, Ideogram)
        service.unsafe = 1
        message = await studio.draw(studio.world.alice, model=service.model, count=2)
        service.unsafe = 2
        none = await studio.draw(studio.world.alice, model=service.model, count=2)

        assert len(message.attachments) == 1
        assert "safety system declined this request" in texts(none)


async def test_a_link_that_has_run_out_is_no_reason_to_draw_again(tmp_path: Path) -> None:
    """It was drawn and paid for, and nobody knows it better than the operator's ledger."""
    async with easel_with(Bfl, tmp_path) as (studio, service):
        assert isinstance(service, Bfl)
        service.expired = True
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "no picture came back" in texts(message)
        assert len(service.posts) == 1
        assert await taken(studio) == Amount()


async def test_a_grid_of_midjourney_is_one_picture_and_says_so(tmp_path: Path) -> None:
    """Whoever asks for two gets two grids; nobody is charged for eight."""
    async with easel_with(Midjourney, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model="mj", count=2)

        assert len(message.attachments) == 2
        assert "four small pictures in a grid, which counts as one picture" in texts(message)
        assert service.bill == 200_000
        assert await taken(studio) == Amount(2, 200_000)


async def test_parameters_in_a_prompt_are_only_words(tmp_path: Path) -> None:
    """`--repeat 10` would be ten orders at the relay, for the price of one here."""
    async with easel_with(Midjourney, tmp_path) as (studio, service):
        prompt = "a red fox --repeat 10 —q 4"
        message = await studio.draw(
            studio.world.alice, prompt, model="mj", avoid="trees", size="1248x832"
        )

        [order] = service.posts
        assert order.fields["prompt"] == "a red fox - repeat 10 - q 4 --ar 3:2 --no trees"
        assert len(message.attachments) == 1
        assert service.bill == 100_000


async def test_what_is_sent_along_is_charged_as_the_service_counts_it(tmp_path: Path) -> None:
    """The most that it can be is reserved, and the true price settles it."""
    async with easel_with(Bfl, tmp_path) as (studio, service):
        async with service.held():
            await studio.world.alice.slash(
                studio.gallery, "edit", prompt="at dawn", image=HARBOUR, model=service.model
            )
            await studio.happenings.seen(events.Sent)
            assert await taken(studio) == Amount(1, 90_000)
        await outcome(studio, studio.gallery)

        assert service.bill == 45_000
        assert await taken(studio) == Amount(1, 45_000)
