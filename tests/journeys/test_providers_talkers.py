"""The same wishes at services whose models talk: Gemini, OpenRouter, and a relay of ChatGPT's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core import events
from bot.core.quotas import Amount
from tests.journeys.pictures import HARBOUR, half_mask, image_of
from tests.journeys.studio import said, texts
from tests.journeys.test_providers_vendors import Record, easel_with, edit, taken
from tests.pretend.gemini import Gemini
from tests.pretend.server import PretendService, Trouble
from tests.pretend.talkers import OpenRouter, Relay

EVERY = pytest.mark.parametrize("kind", [Gemini, OpenRouter, Relay], ids=lambda kind: kind.provider)


@EVERY
async def test_a_picture_is_drawn_posted_and_charged(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """The finished picture, not its draft, and for what the service takes."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model=service.model)

        assert (await image_of(message.attachments[0])).size == (1024, 1024)
        assert service.bill > 0
        assert await taken(studio) == Amount(1, service.bill)
        assert len(service.posts) == 1
    capabilities[service.provider] = {"generate": True}


@pytest.mark.parametrize(
    ("kind", "size"), [(Gemini, "848x1264"), (OpenRouter, "848x1264"), (Relay, "1024x1536")]
)
async def test_the_shape_that_is_asked_for_is_drawn(
    kind: type[PretendService], size: str, tmp_path: Path
) -> None:
    """None of them takes a size; each has its own words for the shape."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model=service.model, size=size)

        image = await image_of(message.attachments[0])
        assert f"{image.width}x{image.height}" == size


async def test_a_class_of_size_is_asked_for_and_charged(tmp_path: Path) -> None:
    """2K costs half as much again."""
    async with easel_with(Gemini, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model=service.model, size="2048x2048")

        assert (await image_of(message.attachments[0])).size == (2048, 2048)
        assert await taken(studio) == Amount(1, service.bill) == Amount(1, 50_400)


@EVERY
async def test_two_pictures_are_two_calls_and_one_message(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """One message of theirs is one picture."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model=service.model, count=2)

        assert len(message.attachments) == 2
        assert len(service.posts) == 2
        assert await taken(studio) == Amount(2, service.bill)
    capabilities[service.provider] = {"count": True}


@EVERY
async def test_a_picture_is_drawn_after_another(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """It goes along with the words, and is paid where the service takes something for it."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await edit(studio, service)

        assert len(message.attachments) == 1
        assert await taken(studio) == Amount(1, service.bill)
    capabilities[service.provider] = {"edit": True}


@EVERY
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
        assert service.posts == []
    capabilities[service.provider] = {"mask": False}


@EVERY
async def test_what_is_refused_is_said_and_costs_nothing(
    kind: type[PretendService], tmp_path: Path, capabilities: Record
) -> None:
    """Also where it says so with status 200, in words for people."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.MODERATION)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "safety system declined this request" in texts(message)
        assert await taken(studio) == Amount()
        assert (service.bill, len(service.posts)) == (0, 1)
    capabilities[service.provider] = {"moderation": True}


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
async def test_an_account_without_money_is_for_the_operator(
    kind: type[PretendService], tmp_path: Path
) -> None:
    """Whoever asked can do nothing about it, so they are told whom to tell."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.MONEY)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "needs the attention of the operator" in texts(message)
        assert await taken(studio) == Amount()


@EVERY
async def test_a_model_that_is_gone_is_said_to_be(
    kind: type[PretendService], tmp_path: Path
) -> None:
    """In the words for the member, not as trouble with their request."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.GONE)
        message = await studio.draw(studio.world.alice, model=service.model)

        assert "does not offer this model now" in texts(message)


async def test_how_far_it_is_is_told_while_it_is_drawn(
    tmp_path: Path, capabilities: Record
) -> None:
    """A relay says it in words, before the picture."""
    async with easel_with(Relay, tmp_path) as (studio, service):
        await studio.draw(studio.world.alice, model=service.model)

        told = [event.percent for event in studio.happenings.of(events.Advanced)]
        assert told
        assert set(told) <= {2, 42}
    capabilities[service.provider] = {"progress": True}


async def test_a_link_in_the_prompt_is_not_taken_for_the_picture(tmp_path: Path) -> None:
    """A relay repeats what it was asked for, also an address in it."""
    prompt = "a poster that says http://127.0.0.1:9/mine.png"
    async with easel_with(Relay, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, prompt, model=service.model)

        assert (await image_of(message.attachments[0])).size == (1024, 1024)
        assert [came.path for came in service.requests] == ["/v1/chat/completions"]
