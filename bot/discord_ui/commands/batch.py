"""/batch: several pictures by one command, one prompt in each line of a form."""

# No `from __future__ import annotations` here: discord.py reads the annotations of commands.
from typing import Any

import discord
from discord import app_commands

from bot.core.batches import Refused, prompts
from bot.core.images import COUNT_LIMIT
from bot.core.models import Wish
from bot.discord_ui import words
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.batch_cards import batch_card
from bot.discord_ui.buttons import guarded
from bot.discord_ui.client import Interaction
from bot.discord_ui.commands.options import OPTIONS, offer_choices
from bot.discord_ui.modals import LIFE_S
from bot.discord_ui.places import place, server_of
from bot.discord_ui.refusals import whisper

FIELD = 4000
MESSAGE = 2000
"""Characters; Discord's limits for a field of a form and for a message."""

PROMPT_SHOWN = 60


@app_commands.command(description="Ask for several pictures at once, one prompt in each line")
@app_commands.describe(**OPTIONS)
async def batch(
    interaction: Interaction,
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
    """Open the form; the options are for every line."""
    place(interaction, replies=True)
    wish = Wish(
        prompt="",
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
    most = await interaction.client.services.together.most(server_of(interaction))
    await interaction.response.send_modal(BatchForm(wish, most))


class BatchForm(discord.ui.Modal, title="Several pictures at once"):
    """One prompt in each line.

    Args:
        wish: The options for every line.
        most: How many lines.
    """

    def __init__(self, wish: Wish, most: int) -> None:
        super().__init__(timeout=LIFE_S)
        self._wish = wish
        self._lines = discord.ui.TextInput[Any](
            style=discord.TextStyle.paragraph,
            custom_id="lines",
            max_length=FIELD,
            placeholder="A red fox in the snow\nA lighthouse in a storm",
        )
        self.add_item(
            discord.ui.Label(
                text="One prompt in each line",
                description=f"Up to {most} lines. Each is a request of its own.",
                component=self._lines,
            )
        )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py with the form filled in."""
        await guarded(interaction, self._submit)

    async def _submit(self, interaction: Interaction) -> None:
        together = interaction.client.services.together
        here = place(interaction, replies=True)
        beginning = together.begin(prompts(self._lines.value), self._wish, here)
        began = await acknowledged_while(interaction, beginning)
        if began is None:
            return
        if began.batch is not None:
            view = batch_card(began.batch)
            if not interaction.response.is_done():
                message_id = (await interaction.response.send_message(view=view)).message_id
            else:
                await interaction.edit_original_response(content="Here they come.")
                message_id = (await interaction.followup.send(view=view, wait=True)).id
                await interaction.delete_original_response()
            if message_id is not None:
                await together.answered(began.batch.id, message_id)
        if began.refused:
            await whisper(interaction, _why(began.refused))


def _why(refused: tuple[Refused, ...]) -> str:
    """Each line that was not accepted, with the reason."""
    told = "1 line was" if len(refused) == 1 else f"{len(refused)} lines were"
    text = f"{told} not accepted; nothing is charged for that."
    for left, each in enumerate(refused):
        reason = each.refusal.say(words.when)
        line = f"\n{words.quote(each.prompt, PROMPT_SHOWN)}\n{reason}"
        more = f"\n…and {len(refused) - left} more."
        if len(text) + len(line) + len(more) > MESSAGE:
            return text + more
        text += line
    return text


offer_choices(batch)
