"""Entries in the menu of a message."""

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest
from bot.discord_ui.client import Interaction
from bot.discord_ui.editing import parent_of
from bot.discord_ui.incoming import pictures_of
from bot.discord_ui.modals import EditModal
from bot.discord_ui.places import place


async def edit_image(interaction: Interaction, message: discord.Message) -> None:
    """Open the form for the pictures of a message; here Discord shows all of it."""
    place(interaction)
    pictures = pictures_of(interaction.client, message)
    if not pictures:
        raise InvalidRequest("This message shows no picture. Try one that does, or use /edit.")
    parent_id = parent_of(interaction.client, message)
    await interaction.response.send_modal(EditModal(pictures, parent_id=parent_id))


def menus() -> tuple[app_commands.ContextMenu, ...]:
    """Made afresh for each client: discord.py ties a menu to one."""
    return (app_commands.ContextMenu(name="Edit image", callback=edit_image),)
