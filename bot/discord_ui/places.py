"""Where an interaction came from, and whether a picture may be posted there."""

from __future__ import annotations

import discord

from bot.core.errors import InvalidRequest, MissingPermissions
from bot.core.jobs import Place
from bot.discord_ui.client import Interaction


def place(interaction: Interaction) -> Place:
    """The place to answer in, checked before anything is paid.

    Raises:
        MissingPermissions: The bot may not post pictures there.
        InvalidRequest: It is not a server.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise InvalidRequest("I only draw in servers. Use this command in a channel of one.")
    check_permissions(interaction)
    return Place(
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        member_id=interaction.user.id,
        interaction_id=interaction.id,
        token=interaction.token,
        application_id=interaction.application_id,
        upload_limit=interaction.filesize_limit,
    )


def check_permissions(interaction: Interaction) -> None:
    """Make sure that a picture can be posted, by whichever route it takes.

    Raises:
        MissingPermissions: With the names that Discord's settings show.
    """
    have = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    needed = {
        "View Channel": have.view_channel,
        "Send Messages in Threads" if in_thread else "Send Messages": (
            have.send_messages_in_threads if in_thread else have.send_messages
        ),
        "Attach Files": have.attach_files,
    }
    missing = tuple(name for name, given in needed.items() if not given)
    if missing:
        raise MissingPermissions(missing)


def is_moderator(interaction: Interaction) -> bool:
    """Whether the person may act on other people's requests here."""
    return interaction.permissions.manage_messages
