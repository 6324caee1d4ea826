"""Pictures to edit, and how to find what came of it."""

from __future__ import annotations

import io

import discord
from PIL import Image, ImageDraw
from simcord.builders import ChannelHandle

from bot.core import events
from tests.journeys.studio import Studio

File = tuple[str, bytes]


def png(colour: str = "navy", size: tuple[int, int] = (1024, 1024)) -> bytes:
    """A picture of one colour with a mark that tells it from others."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="orange")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def half_mask(size: tuple[int, int] = (1024, 1024)) -> bytes:
    """White on the right half: that may change."""
    image = Image.new("L", size, 0)
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, size[0], size[1]), fill=255)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


HARBOUR: File = ("harbour.png", png())
BOAT: File = ("boat.png", png("darkred"))
THREAD = 11


async def outcome(studio: Studio, channel: ChannelHandle, count: int = 1) -> discord.Message:
    """The message that shows the latest of so many outcomes."""
    delivered = await studio.happenings.seen(events.Delivered, count)
    return next(m for m in channel.history() if m.id == delivered[-1].message_id)


def thread_of(studio: Studio) -> ChannelHandle:
    """A thread in the gallery."""
    backend = studio.env.backend
    made = backend.create_thread(
        studio.gallery.id, name="details", owner_id=studio.world.alice.id, type=THREAD
    )
    return ChannelHandle(studio.env, studio.world.guild, made)


async def image_of(attachment: discord.Attachment) -> Image.Image:
    """A posted picture, decoded."""
    return Image.open(io.BytesIO(await attachment.read())).convert("RGB")


def mention(studio: Studio, words: str) -> str:
    """The words, with the bot called."""
    assert studio.app.client.user is not None
    return f"<@{studio.app.client.user.id}> {words}"
