"""Forms for settings where many values go together, and the answer to every change."""

from __future__ import annotations

from typing import Any

import discord

from bot.core.guilds import GuildSettings
from bot.core.words import read_words
from bot.discord_ui import cards, setting_words
from bot.discord_ui.administration import administer, server_managed
from bot.discord_ui.client import Interaction
from bot.services.choose import MOST_CHANNELS

LIFE_S = 14 * 60.0
"""Seconds until an open form is given up."""

FIELD = 4000
"""Characters; Discord's limit for a field of a form."""


async def change(interaction: Interaction, **values: Any) -> None:
    """Change settings of the server, and answer with what they were and are."""
    guild_id = server_managed(interaction)
    choose = interaction.client.services.choose
    was = await choose.model(guild_id)
    before, after = await choose.change(guild_id, by=interaction.user.id, **values)
    models = (was, await choose.model(guild_id))
    told = setting_words.difference(before, after, values, choose.limits, models)
    await answer(interaction, told)


async def answer(interaction: Interaction, *paragraphs: str) -> None:
    """Say something about settings to whoever manages the server."""
    view = cards.card(*paragraphs, colour=cards.QUIET)
    await interaction.response.send_message(view=view, ephemeral=True)


class WordsForm(discord.ui.Modal, title="Words that are not allowed"):
    """All of them at once.

    Args:
        chosen: What holds now.
    """

    def __init__(self, chosen: GuildSettings) -> None:
        super().__init__(timeout=LIFE_S)
        self._words = discord.ui.TextInput[Any](
            style=discord.TextStyle.paragraph,
            custom_id="words",
            required=False,
            max_length=FIELD,
            default="\n".join(chosen.words)[:FIELD] or None,
            placeholder="One in each line",
        )
        self.add_item(
            discord.ui.Label(
                text="Words, one in each line",
                description="Whole words are found, however they are spelled. word* is also wordy.",
                component=self._words,
            )
        )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py with the form filled in."""
        await administer(interaction, "settings", self._submit)

    async def _submit(self, interaction: Interaction) -> None:
        await change(interaction, words=read_words(self._words.value))


class ChannelsForm(discord.ui.Modal, title="Where Easel may be used"):
    """Both lists at once.

    Args:
        chosen: What holds now.
    """

    def __init__(self, chosen: GuildSettings) -> None:
        super().__init__(timeout=LIFE_S)
        self._allowed = _channels("allowed", chosen.allowed_channels)
        self._denied = _channels("denied", chosen.denied_channels)
        self.add_item(
            discord.ui.Label(
                text="Only in these channels",
                description="Leave it empty for every channel. A category stands for its channels.",
                component=self._allowed,
            )
        )
        self.add_item(
            discord.ui.Label(
                text="Not in these channels",
                description="This counts, whatever stands above.",
                component=self._denied,
            )
        )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py with the form filled in."""
        await administer(interaction, "settings", self._submit)

    async def _submit(self, interaction: Interaction) -> None:
        await change(
            interaction,
            allowed_channels=frozenset(each.id for each in self._allowed.values),
            denied_channels=frozenset(each.id for each in self._denied.values),
        )


def _channels(name: str, chosen: frozenset[int]) -> discord.ui.ChannelSelect[Any]:
    kind = discord.SelectDefaultValueType.channel
    return discord.ui.ChannelSelect(
        custom_id=name,
        required=False,
        min_values=0,
        max_values=MOST_CHANNELS,
        default_values=[
            discord.SelectDefaultValue(id=channel, type=kind) for channel in sorted(chosen)
        ],
    )
