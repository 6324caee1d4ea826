"""The same wishes at services that speak OpenAI's language in their own way, and at GPT Proto."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image
from pydantic import SecretStr

from bot.core import events
from bot.core.quotas import Amount
from bot.imageapi import asking
from bot.imageapi.dialects import gptproto
from tests.journeys.pictures import HARBOUR, half_mask, image_of, outcome
from tests.journeys.studio import Studio, open_studio, said, texts
from tests.pretend.azure import Azure, AzureClassic
from tests.pretend.gptproto import GptProto, GptProtoNative
from tests.pretend.own_servers import LocalAi, SdServer, VllmOmni
from tests.pretend.relays import (
    Apiyi,
    ApiyiAll,
    ApiyiVip,
    Crazyrouter,
    CrazyrouterShapes,
    LiteLlm,
    Vercel,
    VercelShapes,
)
from tests.pretend.server import PretendService, Trouble

Kind = type[PretendService]
Record = dict[str, dict[str, bool]]

OWN: list[Kind] = [SdServer, LocalAi, VllmOmni]
COUNTING: list[Kind] = [Azure, AzureClassic, LiteLlm, Apiyi, Vercel]
BY_THE_PICTURE: list[Kind] = [ApiyiAll, ApiyiVip, CrazyrouterShapes, VercelShapes]
SILENT: list[Kind] = [Crazyrouter, GptProto, GptProtoNative]
PAID = [*COUNTING, *BY_THE_PICTURE, *SILENT]
NO_EDITS: list[Kind] = [CrazyrouterShapes, VercelShapes, GptProtoNative]
NO_MASK: list[Kind] = [ApiyiAll, ApiyiVip, GptProto]
ALL = [*OWN, *PAID]
EDITING = [kind for kind in ALL if kind not in NO_EDITS]
MASKING = [kind for kind in EDITING if kind not in NO_MASK]


def each(kinds: list[Kind]) -> pytest.MarkDecorator:
    """One test for each of them."""
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.__name__)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service on this machine may be asked more often than others."""
    monkeypatch.setattr(asking, "SHORTEST", 0.02)
    monkeypatch.setattr(gptproto, "AFTER", 0.02)


@asynccontextmanager
async def easel_with(
    kind: Kind, folder: Path, **changes: object
) -> AsyncIterator[tuple[Studio, PretendService]]:
    """An Easel whose operator uses that service alone."""
    async with (
        kind() as service,
        open_studio(
            folder / "data",
            dict(service.environment),
            providers=(service.provider,),
            model=service.model,
            **changes,
        ) as studio,
    ):
        yield studio, service
        assert studio.service.requests == []  # nobody else drew it


async def edit(studio: Studio, **options: Any) -> discord.Message:
    """Type /edit and wait for what comes of it."""
    await studio.world.alice.slash(
        studio.gallery, "edit", prompt="at dawn", image=HARBOUR, **options
    )
    return await outcome(studio, studio.gallery)


async def taken(studio: Studio) -> Amount:
    """What Alice used this hour, with what is still reserved."""
    counters = await studio.app.store.counters(
        studio.world.guild.id, studio.world.alice.id, studio.app.clock.now()
    )
    return counters[0].taken


async def check_bill(studio: Studio, service: PretendService, pictures: int) -> None:
    """What a member used is what the service takes; or the estimate, where it never says."""
    amount = await taken(studio)
    if type(service) in SILENT:
        [accepted] = studio.happenings.of(events.Accepted)
        assert amount == Amount(pictures, accepted.estimate)
        assert 0 < service.bill <= accepted.estimate
    else:
        assert amount == Amount(pictures, service.bill)
        assert bool(service.bill) == (type(service) in PAID)


@each(ALL)
async def test_a_picture_is_drawn_posted_and_charged(
    kind: Kind, tmp_path: Path, capabilities: Record
) -> None:
    """In one order, and in the size that was asked for."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice)

        assert (await image_of(message.attachments[0])).size == (1024, 1024)
        assert len(service.posts) == 1
        await check_bill(studio, service, 1)
    capabilities[service.provider] = {"generate": True}


@each(ALL)
async def test_two_pictures_are_posted_together_and_both_are_charged(
    kind: Kind, tmp_path: Path, capabilities: Record
) -> None:
    """However many calls that takes."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, count=2)

        assert len(message.attachments) == 2
        await check_bill(studio, service, 2)
    capabilities[service.provider] = {"count": True}


@each(EDITING)
async def test_a_picture_is_drawn_after_another(
    kind: Kind, tmp_path: Path, capabilities: Record
) -> None:
    """The picture that was handed in reaches the service."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await edit(studio)

        assert (await image_of(message.attachments[0])).getpixel((100, 100)) != (0, 0, 0)
        assert [came.path.rpartition("/")[2] for came in service.posts] == ["edits"]
        await check_bill(studio, service, 1)
    capabilities[service.provider] = {"edit": True}


@each(NO_EDITS)
async def test_where_no_pictures_are_taken_whoever_sends_one_is_told(
    kind: Kind, tmp_path: Path, capabilities: Record
) -> None:
    """Rather than have something else drawn."""
    async with easel_with(kind, tmp_path) as (studio, service):
        answer = await studio.world.alice.slash(
            studio.gallery, "edit", prompt="at dawn", image=HARBOUR
        )

        assert "cannot edit pictures" in said(answer)
        assert service.requests == []
    capabilities[service.provider] = {"edit": False, "mask": False}


@each(MASKING)
async def test_what_a_mask_protects_stays(kind: Kind, tmp_path: Path, capabilities: Record) -> None:
    """Whether transparent is edited or white: the left half stays as it was."""
    async with easel_with(kind, tmp_path) as (studio, service):
        message = await edit(studio, mask=("mask.png", half_mask()))

        after = await image_of(message.attachments[0])
        before = Image.open(io.BytesIO(HARBOUR[1])).convert("RGB")
        kept, free = (0, 0, 512, 1024), (512, 0, 1024, 1024)
        assert after.crop(kept).tobytes() == before.crop(kept).tobytes()
        assert after.crop(free).tobytes() != before.crop(free).tobytes()
        await check_bill(studio, service, 1)
    capabilities[service.provider] = {"mask": True}


@each(NO_MASK)
async def test_where_no_mask_is_taken_whoever_sends_one_is_told(
    kind: Kind, tmp_path: Path, capabilities: Record
) -> None:
    """Rather than have changed what it protects."""
    async with easel_with(kind, tmp_path) as (studio, service):
        answer = await studio.world.alice.slash(
            studio.gallery,
            "edit",
            prompt="at dawn",
            image=HARBOUR,
            mask=("mask.png", half_mask()),
        )

        assert "takes no mask" in said(answer)
        assert service.requests == []
    capabilities[service.provider] = {"mask": False}


@each(PAID)
async def test_what_is_refused_is_said_and_costs_nothing(
    kind: Kind, tmp_path: Path, capabilities: Record
) -> None:
    """However the service says it: at once, or of an order that it took."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.MODERATION)
        message = await studio.draw(studio.world.alice)

        assert "safety system declined this request" in texts(message)
        assert await taken(studio) == Amount()
        assert (service.bill, len(service.posts)) == (0, 1)
    capabilities[service.provider] = {"moderation": True}


@each(ALL)
async def test_a_service_that_asks_for_time_gets_it(kind: Kind, tmp_path: Path) -> None:
    """Nobody has to ask again, and it is paid once."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.TOO_FAST)
        message = await studio.draw(studio.world.alice)

        assert len(message.attachments) == 1
        assert len(service.posts) == 2
        await check_bill(studio, service, 1)
        [paused] = studio.happenings.of(events.Paused)
        assert paused.provider == service.provider


@each(PAID)
async def test_an_account_without_money_is_for_the_operator(kind: Kind, tmp_path: Path) -> None:
    """Whoever asked can do nothing about it, so they are told whom to tell."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.MONEY)
        message = await studio.draw(studio.world.alice)

        assert "needs the attention of the operator" in texts(message)
        assert await taken(studio) == Amount()


@each(PAID)
async def test_a_model_that_is_gone_is_said_to_be(kind: Kind, tmp_path: Path) -> None:
    """Whatever status that has: new-api says 503, LiteLLM 400."""
    async with easel_with(kind, tmp_path) as (studio, service):
        service.troubles.append(Trouble.GONE)
        message = await studio.draw(studio.world.alice)

        assert "does not offer this model now" in texts(message)
        assert len(service.posts) == 1


async def test_azure_shows_a_picture_while_it_is_drawn(
    tmp_path: Path, capabilities: Record
) -> None:
    """Its partial pictures are paid for, and are on its bill."""
    async with easel_with(Azure, tmp_path) as (studio, service):
        await studio.draw(studio.world.alice)

        assert studio.happenings.of(events.Sketched)
        await check_bill(studio, service, 1)
    capabilities[service.provider] = {"progress": True}


async def test_the_shape_reaches_a_service_that_is_told_nothing_but_words(tmp_path: Path) -> None:
    """It has no field for it."""
    async with easel_with(ApiyiAll, tmp_path) as (studio, _):
        message = await studio.draw(studio.world.alice, size="1024x1536")

        assert (await image_of(message.attachments[0])).size == (1024, 1536)


LINKING = """
name = "local"
dialect = "openai_images"
base_url_variable = "OPENAI_COMPATIBLE_BASE_URL"
models = ["stable-diffusion"]
fields = ["model", "prompt", "size"]
"""


async def test_a_server_of_ones_own_may_link_to_itself_without_encryption(tmp_path: Path) -> None:
    """LocalAI does, and it is the address that the operator wrote down."""
    (tmp_path / "local.toml").write_text(LINKING)
    async with (
        LocalAi() as service,
        open_studio(
            tmp_path / "data",
            dict(service.environment),
            providers=("local",),
            providers_dir=tmp_path,
            model=service.model,
        ) as studio,
    ):
        message = await studio.draw(studio.world.alice)

        assert len(message.attachments) == 1
        assert "response_format" not in service.posts[0].fields


async def test_a_model_of_ones_own_server_that_is_not_there_is_no_crash(tmp_path: Path) -> None:
    """LocalAI answers 500 to a name that it does not have: nobody can tell what it did."""
    async with easel_with(LocalAi, tmp_path) as (studio, service):
        message = await studio.draw(studio.world.alice, model="sdxl")

        assert "You were not charged" in texts(message)
        assert len(service.posts) == 1


async def test_openai_knows_members_by_a_name_that_tells_nothing(tmp_path: Path) -> None:
    """The same for each request of a member, edits too, and another for everybody else."""
    async with open_studio(tmp_path / "data") as studio:
        await studio.draw(studio.world.alice)
        await studio.draw(studio.world.alice, "a hare")
        await studio.draw(studio.world.bob)
        await studio.world.alice.slash(studio.gallery, "edit", prompt="at dawn", image=HARBOUR)
        await outcome(studio, studio.gallery, 4)
        names = [request.fields["safety_identifier"] for request in studio.service.requests]

        assert names[0] == names[1] == names[3] != names[2]
        assert {len(str(name)) for name in names} == {64}
        assert str(studio.world.alice.id) not in str(names)
        assert (tmp_path / "data" / "easel.secret").stat().st_mode & 0o777 == 0o600


async def test_members_keep_their_names_after_a_restart_and_with_a_secret(tmp_path: Path) -> None:
    """What is kept in the folder, and what the operator set, makes the same names again."""
    names = []
    by_operator = SecretStr("0" * 32)
    for secret in (None, None, by_operator, by_operator):
        async with open_studio(tmp_path / "data", secret=secret) as studio:
            names.append(studio.app.pseudonyms(80351110224678912))

    assert names[0] == names[1] != names[2] == names[3]
