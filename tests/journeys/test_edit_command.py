"""A member edits a picture with /edit or /expand."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from bot.demo.pretend_faults import IgnoreMask
from tests.journeys.pictures import (
    BOAT,
    HARBOUR,
    half_mask,
    image_of,
    outcome,
    png,
)
from tests.journeys.studio import Studio, said, texts


async def test_edit_changes_a_picture_and_keeps_its_size(studio: Studio) -> None:
    """The size of the picture is what is drawn unless another is asked for."""
    wide = ("wide.png", png(size=(1536, 1024)))
    await studio.world.alice.slash(studio.gallery, "edit", prompt="make it dawn", image=wide)

    message = await outcome(studio, studio.gallery)

    [request] = studio.service.requests
    assert request.path.endswith("/images/edits")
    assert [part.name for part in request.parts] == ["image[]"]
    assert (await image_of(message.attachments[0])).size == (1536, 1024)
    assert "make it dawn" in texts(message)


async def test_edit_takes_up_to_four_pictures(studio: Studio) -> None:
    """All of them reach the service, the first one first."""
    await studio.world.alice.slash(
        studio.gallery,
        "edit",
        prompt="put them together",
        image=HARBOUR,
        image2=BOAT,
        image3=("c.png", png("green")),
        image4=("d.png", png("white")),
    )
    await outcome(studio, studio.gallery)

    [request] = studio.service.requests
    assert [part.name for part in request.parts] == ["image[]"] * 4


async def test_a_mask_protects_what_is_black(studio: Studio) -> None:
    """The service gets alpha where the mask is white, and what is protected stays as it was."""
    await studio.world.alice.slash(
        studio.gallery,
        "edit",
        prompt="a storm",
        image=HARBOUR,
        mask=("mask.png", half_mask()),
    )
    message = await outcome(studio, studio.gallery)

    [request] = studio.service.requests
    mask = next(part for part in request.parts if part.name == "mask")
    with Image.open(io.BytesIO(mask.content)) as sent:
        alpha = sent.convert("RGBA").getchannel("A")
        assert alpha.getpixel((10, 500)) == 255
        assert alpha.getpixel((1000, 500)) == 0
    with Image.open(io.BytesIO(request.parts[0].content)) as sent:
        before = Image.open(io.BytesIO(HARBOUR[1])).convert("RGB")
        protected = (0, 0, 512, 1024)
        assert sent.convert("RGB").crop(protected).tobytes() == before.crop(protected).tobytes()
    after = await image_of(message.attachments[0])
    assert after.getpixel((100, 100)) == (255, 165, 0)
    assert "[Show mask]" in texts(message)


async def test_a_region_in_words_is_a_mask(studio: Studio) -> None:
    """The left half may change, so it is transparent in what is sent."""
    await studio.world.alice.slash(
        studio.gallery, "edit", prompt="a wall", image=HARBOUR, region="left half"
    )
    await outcome(studio, studio.gallery)

    [request] = studio.service.requests
    mask = next(part for part in request.parts if part.name == "mask")
    with Image.open(io.BytesIO(mask.content)) as sent:
        alpha = sent.convert("RGBA").getchannel("A")
        assert alpha.getpixel((100, 500)) == 0
        assert alpha.getpixel((900, 500)) == 255


async def test_a_mask_that_was_ignored_is_said_on_the_card(studio: Studio) -> None:
    """Some services take a mask and change everything; members should know."""
    studio.service.script(IgnoreMask())
    await studio.world.alice.slash(
        studio.gallery,
        "edit",
        prompt="a forest",
        image=HARBOUR,
        mask=("mask.png", half_mask()),
    )

    message = await outcome(studio, studio.gallery)

    assert "changed more than the mask allows" in texts(message)


async def test_show_mask_shows_it_over_the_picture_to_whoever_asks(studio: Studio) -> None:
    """In private, since others did not ask."""
    await studio.world.alice.slash(
        studio.gallery, "edit", prompt="fog", image=HARBOUR, region="top half"
    )
    message = await outcome(studio, studio.gallery)

    shown = await studio.world.bob.click(message, label="Show mask")

    assert shown.response is not None
    assert shown.response.ephemeral
    assert len(shown.response.attachments) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"image": ("page.png", b"<html>no picture</html>")}, "picture"),
        ({"image": ("empty.png", b"")}, "This file is empty"),
        ({"image": HARBOUR, "region": "the background"}, "not a part of a picture that I know"),
        (
            {"image": HARBOUR, "region": "left half", "mask": ("m.png", half_mask())},
            "a mask or a region, not both",
        ),
        ({"image": HARBOUR, "mask": ("m.png", b"")}, "This file is empty"),
        ({"image": HARBOUR, "size": "large"}, "“large” is not a size"),
    ],
)
async def test_what_cannot_be_edited_is_refused_privately_and_costs_nothing(
    studio: Studio, options: dict[str, Any], words: str
) -> None:
    """One sentence to the person alone."""
    answer = await studio.world.alice.slash(studio.gallery, "edit", prompt="x y", **options)

    assert answer.response is not None
    assert answer.response.ephemeral
    assert words in said(answer)
    assert studio.service.requests == []


async def test_expand_draws_beyond_the_edge_and_keeps_the_picture(studio: Studio) -> None:
    """The canvas grows to the right; what was there is protected by the mask."""
    await studio.world.alice.slash(
        studio.gallery, "expand", image=HARBOUR, direction="right", amount=50
    )
    message = await outcome(studio, studio.gallery)

    after = await image_of(message.attachments[0])
    assert after.size == (1536, 1024)
    assert after.getpixel((100, 100)) == (255, 165, 0)
    [request] = studio.service.requests
    assert [part.name for part in request.parts] == ["image[]", "mask"]
