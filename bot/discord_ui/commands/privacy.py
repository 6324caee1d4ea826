"""/privacy: what is kept about me, all of it as a file, and a way to have it erased."""

from __future__ import annotations

import io
import re
from typing import Any, ClassVar, Self

import discord
from discord import app_commands

from bot.core.ports import Progress
from bot.discord_ui import cards, words
from bot.discord_ui.buttons import guarded
from bot.discord_ui.client import Interaction
from bot.discord_ui.messenger import posting

KEPT = (
    "**What is kept**\nFor each request: your words and options, the pictures that you handed in, "
    "where and when you asked, what came of it and what it cost; and your id with it. Besides: "
    "how much you used of limits, what was set for you, and what you changed in a server's "
    "settings. No names, no avatars, no other messages. It is on the machine of whoever runs this "
    "bot, not with its authors."
)

HOW_LONG = (
    "**For how long**\n{days}, or less where a server chose so; then sums are all that is left. "
    "Pictures that you hand in, and those that could not be posted, are let go of after 30 days "
    "at the latest."
)

WHO = (
    "**Who else gets it**\nThe image service gets your words and pictures, and not who you are. "
    "Discord shows what is posted."
)

ERASING = (
    "**Erase everything about you?** Your requests in all servers and in direct messages go: "
    "words, options, pictures that were handed in or could not be posted, and your id. What waits "
    "or is being drawn is cancelled first; what is drawn by then counts.\n"
    "**What stays:** sums without your name, so that servers' books are right. Until this month "
    "is over, what you used up of limits stays used; and what a server set for you goes on to "
    "hold. Both are under a number worked out from your id, which does not lead back to it.\n"
    "**What I cannot erase:** messages in Discord. Press *Delete* under your pictures first: "
    "afterwards their buttons no longer work. Logs are kept by whoever runs this bot; they name "
    "you by your id and hold no words. There is no way back."
)

DONE = (
    "**Everything about you is erased.** What stays are sums without your name. If you ask for a "
    "picture again, I begin to keep what I said."
)

GOING_ON = (
    "**Almost everything about you is erased.** Something of yours is still being drawn or posted. "
    "It is erased as soon as that has ended, by itself."
)


@app_commands.command(description="What is kept about you; get all of it, or have it erased")
@app_commands.allowed_contexts(guilds=True, dms=True)
async def privacy(interaction: Interaction) -> None:
    """Say it, to the person alone."""
    await interaction.response.send_message(view=await _overview(interaction), ephemeral=True)


async def _overview(interaction: Interaction) -> discord.ui.LayoutView:
    services = interaction.client.services
    about = await services.erase.about(interaction.user.id)
    if about.since is None:
        said = "I keep no request of yours at the moment."
    else:
        many = "1 request" if about.requests == 1 else f"{about.requests:,} requests"
        unfinished = f", {about.unfinished} of them not finished" if about.unfinished else ""
        said = f"I keep {many} of yours{unfinished}, the oldest from {words.day(about.since)}."
    days = services.forget.days
    view = cards.card(
        f"**Your data.** {said}",
        KEPT,
        HOW_LONG.format(days="1 day" if days == 1 else f"{days:,} days"),
        WHO,
        colour=cards.QUIET,
    )
    view.add_item(discord.ui.ActionRow(ExportMine(), EraseMine()))
    return view


class MineButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"easel:mine"):
    """A button about the data of whoever presses it: no one else's can be named with it."""

    action: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self) -> None:
        super().__init__(
            discord.ui.Button(label=self.label, style=self.style, custom_id=self.action)
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when the button is pressed."""
        await guarded(interaction, self.press)

    async def press(self, interaction: Interaction) -> None:
        """Do what the label says."""
        raise NotImplementedError


class ExportMine(MineButton, template=r"export-mine"):
    """Everything that is kept, as a file."""

    action = "export-mine"
    label = "Export mine"

    async def press(self, interaction: Interaction) -> None:
        """Send it, in private."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        export = await interaction.client.services.erase.export(
            interaction.user.id, interaction.filesize_limit
        )
        file = discord.File(io.BytesIO(export.data), export.name)
        with posting():
            await interaction.followup.send(
                "Everything that I keep about you:", file=file, ephemeral=True
            )


class EraseMine(MineButton, template=r"erase-mine"):
    """Ask first."""

    action = "erase-mine"
    label = "Erase mine…"
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction) -> None:
        """Say what it means, and ask."""
        view = cards.card(ERASING, colour=cards.BAD)
        view.add_item(discord.ui.ActionRow(EraseForSure(), KeepMine()))
        await interaction.response.edit_message(view=view)


class EraseForSure(MineButton, template=r"erase-mine-for-sure"):
    """Do it."""

    action = "erase-mine-for-sure"
    label = "Erase everything"
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction) -> None:
        """Erase, say so, and say of what waited that it is cancelled."""
        await interaction.response.defer()
        services = interaction.client.services
        erasing = await services.erase(interaction.user.id)
        view = cards.card(DONE if erasing.done else GOING_ON, colour=cards.QUIET)
        await interaction.edit_original_response(view=view)
        for job in erasing.withdrawn:
            await services.show(Progress(job=job))


class KeepMine(MineButton, template=r"keep-mine"):
    """Do nothing."""

    action = "keep-mine"
    label = "Keep it"

    async def press(self, interaction: Interaction) -> None:
        """Show the first page again."""
        await interaction.response.edit_message(view=await _overview(interaction))


PRIVACY = (ExportMine, EraseMine, EraseForSure, KeepMine)
"""Every button about one's own data, to be registered with the client."""
