"""Who may change what a server allows: asked again by everything that is not a command.

Discord itself lets nobody use a command who may not: it knows `default_member_permissions`, and
what a server changed about them under Integrations. Nobody looks like that at forms that were
opened before, at buttons under older messages, and at ids that somebody made up. They ask here,
each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest, NotAllowed
from bot.discord_ui.buttons import guarded
from bot.discord_ui.client import Interaction

MANAGERS = discord.Permissions(manage_guild=True)
"""Whoever has this may use the commands of administration unless the server says otherwise."""

PATIENCE_S = 1.5
"""Seconds that Discord may take to say to whom a command was given; an answer is due within 3."""


def server_managed(interaction: Interaction) -> int:
    """The server that a command of administration is about; who may use it, Discord has checked.

    Raises:
        InvalidRequest: It was not used in a server.
    """
    if interaction.guild_id is None:
        raise InvalidRequest("Use this command in a channel of the server that it is about.")
    return interaction.guild_id


async def administer(
    interaction: discord.Interaction[Any],
    command: str,
    act: Callable[[Interaction], Awaitable[None]],
    *,
    guild_id: int | None = None,
) -> None:
    """Do what a form or a button of administration asks for, if its user may use the command now.

    Args:
        interaction: That of the form or the button.
        command: The name of the command that it belongs to, like `quota`.
        act: What is done then; the person gets an answer whatever happens in it.
        guild_id: The server that it was opened in, where it remembers one.
    """

    async def checked(interaction: Interaction) -> None:
        if guild_id not in {None, interaction.guild_id}:
            raise NotAllowed("This form belongs to another server. Nothing was changed.")
        await check_administrator(interaction, command)
        await act(interaction)

    await guarded(interaction, checked)


async def check_administrator(interaction: Interaction, command: str) -> None:
    """Let those pass who may use that command at this moment.

    Those are the managers of the server and, where Discord tells us in time, whoever was given the
    command under Integrations.

    Raises:
        NotAllowed: It is somebody else.
        InvalidRequest: It is not in a server.
    """
    server_managed(interaction)
    have = interaction.permissions
    if have.manage_guild or have.administrator or await _was_given(interaction, command):
        return
    raise NotAllowed(
        f"You may not use /{command} here any more: that is for those who manage this server, and "
        "for those to whom they gave it in the server's settings under Integrations. Nothing was "
        "changed."
    )


async def _was_given(interaction: Interaction, name: str) -> bool:
    """Whether the server gave the command to this person; False where that cannot be known."""
    guild = discord.Object(interaction.guild_id or 0)
    try:
        async with asyncio.timeout(PATIENCE_S):
            commands = await interaction.client.tree.fetch_commands()
            command = next((each for each in commands if each.name == name), None)
            if command is None:
                return False
            said = (await command.fetch_permissions(guild)).permissions
    except (discord.HTTPException, TimeoutError):
        # One that was given to nobody has no permissions to be fetched, which is an error as well.
        return False
    return _heard(said, interaction.user, guild.id)


def _heard(
    said: list[app_commands.AppCommandPermissions],
    user: discord.User | discord.Member,
    guild_id: int,
) -> bool:
    """What Discord makes of it.

    What is said of the person counts before what is said of their roles, one yes to those before
    every no, and what is said of everyone last.
    """
    kinds = discord.AppCommandPermissionType
    own = [each.permission for each in said if each.type is kinds.user and each.id == user.id]
    if own:
        return own[0]
    roles = {each.id: each.permission for each in said if each.type is kinds.role}
    mine = {role.id for role in user.roles} if isinstance(user, discord.Member) else set()
    heard = [given for role, given in roles.items() if role in mine and role != guild_id]
    return any(heard) if heard else roles.get(guild_id, False)
