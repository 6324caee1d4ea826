"""/expand: draw what is beyond a picture's edges."""

import discord
from discord import app_commands

from bot.core.canvas import LEAST, MOST, Direction
from bot.core.images import PROMPT_LIMIT
from bot.core.models import Wish
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.actions import show_queued
from bot.discord_ui.client import Interaction
from bot.discord_ui.commands.options import OPTIONS, offer_choices
from bot.discord_ui.editing import CONTINUE
from bot.discord_ui.incoming import Attached
from bot.discord_ui.places import place

DIRECTIONS = [app_commands.Choice(name=each.value, value=each.value) for each in Direction]


@app_commands.command(description="Draw what is beyond a picture's edges")
@app_commands.describe(
    image="The picture to expand",
    direction="Where to",
    amount="By how many percent of its edge",
    prompt="What should be there",
    model=OPTIONS["model"],
    quality=OPTIONS["quality"],
    spoiler=OPTIONS["spoiler"],
)
@app_commands.choices(direction=DIRECTIONS)
async def expand(
    interaction: Interaction,
    image: discord.Attachment,
    direction: str,
    amount: app_commands.Range[int, LEAST, MOST] = 50,
    prompt: app_commands.Range[str, 1, PROMPT_LIMIT] | None = None,
    model: str | None = None,
    quality: str | None = None,
    spoiler: bool = False,
) -> None:
    """Lay the picture on a larger canvas, queue the request, and answer with its card."""
    here = place(interaction)
    services = interaction.client.services
    draws = await services.submit.model_for(model, here)
    taken = await acknowledged_while(
        interaction,
        services.take_in.expanded(Attached(image), Direction(direction), amount, draws),
    )
    # The canvas was made for this model, so another default may not take its place by now.
    drawn = model or draws.id
    wish = Wish(prompt=prompt or CONTINUE, model=drawn, quality=quality, spoiler=spoiler)
    accepted = await services.submit.wish(wish, here, taken=taken)
    await show_queued(interaction, accepted.job)


offer_choices(expand)
