"""A member edits a picture from the menu of its message."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest
from PIL import Image
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.journeys.pictures import (
    BOAT,
    HARBOUR,
    half_mask,
    outcome,
    thread_of,
)
from tests.journeys.studio import Studio, said


async def edit_by_menu(
    studio: Studio, channel: ChannelHandle, message: discord.Message, **values: Any
) -> InteractionResult:
    """Open the form from a message's menu and fill it in."""
    bob = studio.world.bob
    form = await bob.context_menu(channel, "Edit image", message)
    assert form.modal is not None
    return await bob.submit_modal(form, {"prompt": "make it winter", **values})


@pytest.mark.parametrize("in_thread", [False, True], ids=["channel", "thread"])
async def test_the_menu_edits_somebody_elses_picture(studio: Studio, in_thread: bool) -> None:
    """Where content is hidden from bots, the menu shows it."""
    channel = thread_of(studio) if in_thread else studio.gallery
    message = await studio.world.alice.send(channel, "my harbour", attachments=[HARBOUR])

    await edit_by_menu(studio, channel, message)
    result = await outcome(studio, channel)

    assert result.attachments
    [request] = studio.service.requests
    assert len(request.parts) == 1


async def test_the_form_asks_which_picture_where_there_are_several(studio: Studio) -> None:
    """The second one is chosen, and only that is sent."""
    message = await studio.world.alice.send(studio.gallery, "two", attachments=[HARBOUR, BOAT])

    await edit_by_menu(studio, studio.gallery, message, which=["2"])
    await outcome(studio, studio.gallery)

    [request] = studio.service.requests
    with Image.open(io.BytesIO(request.parts[0].content)) as sent:
        assert sent.convert("RGB").getpixel((900, 900)) == (139, 0, 0)


async def test_the_form_takes_references_and_a_mask(studio: Studio) -> None:
    """Up to sixteen pictures in all."""
    message = await studio.world.alice.send(studio.gallery, "one", attachments=[HARBOUR])

    await edit_by_menu(
        studio,
        studio.gallery,
        message,
        others=[BOAT] * 10,
        more=[BOAT] * 5,
        mask=[("mask.png", half_mask())],
    )
    await outcome(studio, studio.gallery)

    [request] = studio.service.requests
    assert [part.name for part in request.parts] == [*["image[]"] * 16, "mask"]


async def test_a_message_without_a_picture_says_so(studio: Studio) -> None:
    """The menu is there for every message."""
    message = await studio.world.alice.send(studio.gallery, "only words")

    refused = await studio.world.bob.context_menu(studio.gallery, "Edit image", message)

    assert "shows no picture" in said(refused)
