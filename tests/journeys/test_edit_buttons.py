"""A member edits a result with the buttons under it, in servers and direct messages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from simcord.builders import UserHandle

from tests.journeys.pictures import (
    HARBOUR,
    image_of,
    outcome,
)
from tests.journeys.studio import Studio, hold_studio, said, texts


@pytest.mark.parametrize("label", ["Vary", "Remove background"])
async def test_a_result_is_edited_by_its_buttons(studio: Studio, label: str) -> None:
    """From the picture itself, as a new request that knows its parent."""
    original = await studio.draw(studio.world.alice, "an owl")

    await studio.world.bob.click(original, label=label)
    result = await outcome(studio, studio.gallery, 2)

    assert studio.service.requests[1].path.endswith("/images/edits")
    assert "made from [this]" in texts(result)


async def test_remove_background_asks_for_a_transparent_picture(studio: Studio) -> None:
    """As a PNG, which can be transparent."""
    original = await studio.draw(studio.world.alice, "an owl", format="jpeg")

    await studio.world.bob.click(original, label="Remove background")
    await outcome(studio, studio.gallery, 2)

    fields = studio.service.requests[1].fields
    assert fields["background"] == "transparent"
    assert fields["output_format"] == "png"


async def test_higher_quality_draws_the_same_again_one_step_up(studio: Studio) -> None:
    """Medium becomes high; the highest says that it is."""
    original = await studio.draw(studio.world.alice, "an owl")
    await studio.world.alice.click(original, label="Higher quality")
    await outcome(studio, studio.gallery, 2)
    assert studio.service.requests[1].fields["quality"] == "high"

    best = await studio.draw(studio.world.alice, "an owl", quality="max")
    refused = await studio.world.alice.click(best, label="Higher quality")

    assert "max is the highest quality" in said(refused)


async def test_edit_under_a_result_opens_the_form(studio: Studio) -> None:
    """The picture is at hand, so the form asks for words only."""
    original = await studio.draw(studio.world.alice, "an owl")

    form = await studio.world.bob.click(original, label="Edit…")
    await studio.world.bob.submit_modal(form, {"prompt": "add a hat"})
    result = await outcome(studio, studio.gallery, 2)

    assert "add a hat" in texts(result)
    assert "made from [this]" in texts(result)


async def test_an_edit_keeps_the_options_of_its_picture_and_stays_hidden(studio: Studio) -> None:
    """A hidden, transparent picture of high quality is edited as such."""
    original = await studio.draw(
        studio.world.alice, "an owl", quality="high", background="transparent", spoiler=True
    )

    form = await studio.world.bob.click(original, label="Edit…")
    await studio.world.bob.submit_modal(form, {"prompt": "add a hat"})
    result = await outcome(studio, studio.gallery, 2)

    fields = studio.service.requests[1].fields
    assert fields["quality"] == "high"
    assert fields["background"] == "transparent"
    assert result.attachments[0].is_spoiler()


async def test_a_variation_of_a_cut_out_keeps_to_the_picture(studio: Studio) -> None:
    """The instruction that made the picture is not what the next one shows."""
    original = await studio.draw(studio.world.alice, "an owl")
    await studio.world.bob.click(original, label="Remove background")
    cut_out = await outcome(studio, studio.gallery, 2)

    await studio.world.bob.click(cut_out, label="Vary")
    await outcome(studio, studio.gallery, 3)

    varied = studio.service.requests[2]
    assert varied.prompt == "A variation of this picture"
    assert varied.fields["background"] == "transparent"


async def test_the_longest_prompt_can_be_varied(studio: Studio) -> None:
    """The words that Easel adds take room from the end."""
    original = await studio.draw(studio.world.alice, "owls " * 1_200)

    await studio.world.bob.click(original, label="Vary")

    assert (await outcome(studio, studio.gallery, 2)).attachments


async def test_of_several_pictures_one_is_chosen_first(studio: Studio) -> None:
    """The third of four is varied."""
    original = await studio.draw(studio.world.alice, "four owls", count=4)

    chosen = await studio.world.bob.select(original, ["2"])
    assert "Picture 3" in said(chosen)
    assert chosen.response is not None
    await studio.world.bob.click(chosen.response.message, label="Vary")
    await outcome(studio, studio.gallery, 2)

    [part] = studio.service.requests[1].parts
    third = original.attachments[2]
    with Image.open(io.BytesIO(part.content)) as sent:
        assert sent.convert("RGB").tobytes() == (await image_of(third)).tobytes()


async def test_a_picture_whose_message_was_deleted_is_refused_and_costs_nothing(
    studio: Studio,
) -> None:
    """The chosen picture is gone by the time the button is pressed."""
    original = await studio.draw(studio.world.alice, "four owls", count=2)
    chosen = await studio.world.bob.select(original, ["1"])
    assert chosen.response is not None
    await studio.world.alice.click(original, label="Delete")

    refused = await studio.world.bob.click(chosen.response.message, label="Vary")

    assert "does not have this picture any more" in said(refused)
    assert len(studio.service.requests) == 1


async def test_everything_works_in_direct_messages_where_the_operator_allows_them(
    tmp_path: Path,
) -> None:
    """/edit, a mention with a picture, and the buttons of a result."""
    async with hold_studio(tmp_path / "data", direct_messages=True) as studio:
        user: UserHandle = studio.world.alice.user
        await user.slash("edit", prompt="make it dawn", image=HARBOUR)
        first = await outcome(studio, user.dm_channel)
        assert first.attachments

        await user.click(first, label="Vary")
        second = await outcome(studio, user.dm_channel, 2)
        assert "made from" in texts(second)


async def test_without_permission_direct_messages_offer_nothing_that_costs(studio: Studio) -> None:
    """Nobody would answer for what is spent there; what is kept of me is mine everywhere."""
    assert studio.world.alice.user.available_commands() == ("privacy",)
