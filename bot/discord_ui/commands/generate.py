"""/generate: draw pictures from words."""

# No `from __future__ import annotations` here: discord.py reads the annotations of commands.
from discord import app_commands

from bot.core.images import COUNT_LIMIT, PROMPT_LIMIT
from bot.core.models import Wish
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.actions import show_queued
from bot.discord_ui.client import Interaction
from bot.discord_ui.commands.options import OPTIONS, offer_choices
from bot.discord_ui.places import place


@app_commands.command(description="Draw pictures from your words")
@app_commands.describe(prompt="What the pictures should show", **OPTIONS)
async def generate(
    interaction: Interaction,
    prompt: app_commands.Range[str, 1, PROMPT_LIMIT],
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
    """Queue the request and answer with its card."""
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
    queueing = interaction.client.services.submit.wish(wish, place(interaction))
    # It takes a moment, unless somebody else's lock on the database makes it wait.
    accepted = await acknowledged_while(interaction, queueing)
    await show_queued(interaction, accepted.job)


offer_choices(generate)
