"""Buttons that know their request by its number, so that they work after any restart."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Self

import discord

from bot.core.errors import InvalidRequest, NotYours, TooLate
from bot.core.jobs import DIRECT, Job
from bot.discord_ui.client import EaselClient, Interaction
from bot.discord_ui.places import is_moderator, server_of
from bot.discord_ui.refusals import tell


class JobButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"easel:button"):
    """One button under one request; subclasses say what pressing it does.

    discord.py swallows errors of dynamic items, so they are answered here.
    """

    action: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, job_id: int, label: str | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                label=label or self.label, style=self.style, custom_id=f"{self.action}:{job_id}:0"
            )
        )
        self.job_id = job_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        return cls(int(match["job"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when the button is pressed."""
        await guarded(interaction, self.press)

    async def press(self, interaction: Interaction) -> None:
        """Do what the label says."""
        raise NotImplementedError


async def guarded(
    interaction: discord.Interaction[Any], act: Callable[[Interaction], Awaitable[None]]
) -> None:
    """Do what a component asks for; whatever happens, the person who pressed gets an answer."""
    if not isinstance(interaction.client, EaselClient):
        raise TypeError("this component belongs to another bot")
    try:
        await act(interaction)
    except Exception as error:  # noqa: BLE001 -- told to the person, and to the operator
        await tell(interaction, error)


async def job_here(interaction: Interaction, job_id: int) -> Job:
    """The request of that number, if it belongs to this server.

    Raises:
        TooLate: It is not stored any more.
        InvalidRequest: It belongs to another server.
        NotYours: It is between somebody else and the bot.
    """
    job = await interaction.client.services.report.job(job_id)
    if job is None:
        raise TooLate("I do not know this request any more. Please ask again with /generate.")
    if job.place.guild_id != server_of(interaction):
        # Posted as a direct message because there was no other way, or made up by somebody.
        raise InvalidRequest("This button only works in the server where it was asked for.")
    if job.place.guild_id == DIRECT and job.place.member_id != interaction.user.id:
        # All direct messages count as one server, and yet each is between two alone.
        raise NotYours
    return job


def once(interaction: Interaction) -> None:
    """Let a press that costs money pass, and not the second one of an impatient finger.

    Raises:
        InvalidRequest: The same person pressed the same button a moment ago.
    """
    data: Any = interaction.data
    pressed = (interaction.user.id, str(data["custom_id"]))
    if not interaction.client.presses.first(pressed, asyncio.get_running_loop().time()):
        raise InvalidRequest("I have that already. Press again in a few seconds for another one.")


def check_owner(interaction: Interaction, job: Job) -> None:
    """Let the author and moderators pass.

    Raises:
        NotYours: It is somebody else's request.
    """
    if interaction.user.id != job.place.member_id and not is_moderator(interaction):
        raise NotYours
