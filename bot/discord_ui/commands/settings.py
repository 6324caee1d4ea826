"""/settings: how Easel behaves in a server. For those who manage it."""

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest
from bot.discord_ui.client import Interaction

settings = app_commands.Group(
    name="settings",
    description="How Easel behaves in this server",
    default_permissions=discord.Permissions(manage_guild=True),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False),
)


@settings.command(name="costs", description="Whether pictures here say what they cost")
@app_commands.describe(shown="Show the cost under each picture and in /usage")
async def costs(interaction: Interaction, shown: bool) -> None:
    """Change it and say so."""
    if interaction.guild_id is None:
        raise InvalidRequest("Use this command in a channel of the server that it is about.")
    await interaction.client.services.choose.change(
        interaction.guild_id, by=interaction.user.id, show_costs=shown
    )
    await interaction.response.send_message(
        "Pictures now say what they cost." if shown else "Pictures no longer say what they cost.",
        ephemeral=True,
    )
