"""Where an interaction came from, and whether a picture may be posted there."""

from __future__ import annotations

import discord

from bot.core.errors import MissingPermissions
from bot.core.jobs import DIRECT, Place
from bot.discord_ui.client import Interaction


def place(interaction: Interaction, *, replies: bool = False) -> Place:
    """The place to answer in, checked before anything is paid.

    Args:
        interaction: Whose.
        replies: Whether pictures are replies to the card.

    Raises:
        MissingPermissions: The bot may not post pictures there.
    """
    if interaction.guild_id is not None:
        check_permissions(
            interaction.app_permissions,
            in_thread=isinstance(interaction.channel, discord.Thread),
            replies=replies,
        )
    return Place(
        guild_id=server_of(interaction),
        channel_id=interaction.channel_id or 0,
        member_id=interaction.user.id,
        interaction_id=interaction.id,
        token=interaction.token,
        application_id=interaction.application_id,
        upload_limit=interaction.filesize_limit,
        roles=roles_of(interaction.user),
        inside=inside(interaction.channel),
        age_restricted=is_age_restricted(interaction.channel),
    )


def server_of(interaction: Interaction) -> int:
    """The server, or what stands for it in direct messages."""
    return interaction.guild_id or DIRECT


def inside(channel: object) -> frozenset[int]:
    """What a channel is in: of a thread the channel, of both the category."""
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    above = channel.parent if isinstance(channel, discord.Thread) else channel
    category = getattr(above, "category_id", None)
    return frozenset(each for each in (parent, category) if each)


def is_age_restricted(channel: object) -> bool:
    """Whether a channel is for adults only; a thread is what its channel is."""
    above = channel.parent if isinstance(channel, discord.Thread) else channel
    return bool(getattr(above, "nsfw", False))


def roles_of(user: discord.User | discord.Member) -> frozenset[int]:
    """The roles that somebody has been given in the server; none in direct messages."""
    if not isinstance(user, discord.Member):
        return frozenset()
    return frozenset(role.id for role in user.roles if not role.is_default())


def check_permissions(have: discord.Permissions, *, in_thread: bool, replies: bool = False) -> None:
    """Make sure that a picture can be posted, by whichever route it takes.

    Args:
        have: What the bot may do there.
        in_thread: Whether that is a thread.
        replies: Whether the card is a reply to a message, not the answer to a command.

    Raises:
        MissingPermissions: With the names that Discord's settings show.
    """
    needed = {
        "View Channel": have.view_channel,
        "Send Messages in Threads" if in_thread else "Send Messages": (
            have.send_messages_in_threads if in_thread else have.send_messages
        ),
        "Attach Files": have.attach_files,
        "Read Message History": have.read_message_history or not replies,
    }
    missing = tuple(name for name, given in needed.items() if not given)
    if missing:
        raise MissingPermissions(missing)


def is_moderator(interaction: Interaction) -> bool:
    """Whether the person may act on other people's requests here."""
    return interaction.guild_id is not None and interaction.permissions.manage_messages
