"""/edit: change pictures with words."""

# No `from __future__ import annotations` here: discord.py reads the annotations of commands.
import discord
from discord import app_commands

from bot.core.images import COUNT_LIMIT, PROMPT_LIMIT
from bot.core.models import Wish
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.actions import show_queued
from bot.discord_ui.client import Interaction
from bot.discord_ui.commands.options import OPTIONS, offer_choices
from bot.discord_ui.incoming import Attached, attached
from bot.discord_ui.places import place


@app_commands.command(description="Change a picture with your words")
@app_commands.describe(
    prompt="What should be different",
    image="The picture to change",
    image2="Another picture to take from",
    image3="Another picture to take from",
    image4="Another picture to take from",
    mask="White, or transparent, where the first picture may change",
    region="Where it may change: left half, top third, center, or 10%,20%,50%,40%",
    **OPTIONS,
)
async def edit(
    interaction: Interaction,
    prompt: app_commands.Range[str, 1, PROMPT_LIMIT],
    image: discord.Attachment,
    image2: discord.Attachment | None = None,
    image3: discord.Attachment | None = None,
    image4: discord.Attachment | None = None,
    mask: discord.Attachment | None = None,
    region: app_commands.Range[str, 1, 100] | None = None,
    model: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    count: app_commands.Range[int, 1, COUNT_LIMIT] | None = None,
    format: str | None = None,  # noqa: A002 -- the option's name
    background: str | None = None,
    style: str | None = None,
    avoid: str | None = None,
    spoiler: bool = False,
) -> None:
    """Take the pictures in, queue the request, and answer with its card."""
    here = place(interaction)
    services = interaction.client.services
    taken = await acknowledged_while(
        interaction,
        services.take_in.pictures(
            attached(image, image2, image3, image4),
            mask=Attached(mask) if mask else None,
            region=region or "",
        ),
    )
    wish = Wish(
        prompt=prompt,
        model=model,
        size=size,
        quality=quality,
        count=count,
        format=format,
        background=background,
        style=style,
        avoid=avoid,
        spoiler=spoiler,
    )
    accepted = await services.submit.wish(wish, here, taken=taken)
    await show_queued(interaction, accepted.job)


offer_choices(edit)
