"""/queue: my requests that are not finished, each with a way out."""

from typing import Any

import discord
from discord import app_commands

from bot.core.jobs import LIVE, State
from bot.core.ports import Progress
from bot.discord_ui import cards, words
from bot.discord_ui.actions import cancel
from bot.discord_ui.buttons import JobButton
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import server_of
from bot.services.report import Line

MOST_SHOWN = 10
"""A section takes four of the forty components that a message may have."""


@app_commands.command(description="Your requests that are waiting or being drawn")
async def queue(interaction: Interaction) -> None:
    """Show them, to their author alone."""
    await interaction.response.send_message(view=await _mine(interaction), ephemeral=True)


class CancelListed(JobButton, template=r"unqueue:(?P<job>\d+):(?P<index>\d+)"):
    """Withdraw one request from the list."""

    action = "unqueue"
    label = "Cancel"

    async def press(self, interaction: Interaction) -> None:
        """Cancel it, show the list without it, and say so on its card."""
        job = await cancel(interaction, self.job_id)
        await interaction.response.edit_message(view=await _mine(interaction))
        await interaction.client.services.show(Progress(job=job))


async def _mine(interaction: Interaction) -> discord.ui.LayoutView:
    report = interaction.client.services.report
    lines = await report.unfinished(server_of(interaction), interaction.user.id)
    kept = await report.kept(interaction.user.id)
    told = [cards.small(words.kept(kept))] if kept else []
    if not lines:
        return cards.card(
            "You have nothing waiting here. Ask for a picture with /generate.",
            *told,
            colour=cards.QUIET,
        )
    items: list[discord.ui.Item[Any]] = [_item(line) for line in lines[:MOST_SHOWN]]
    if len(lines) > MOST_SHOWN:
        items.append(discord.ui.TextDisplay(cards.small(f"and {len(lines) - MOST_SHOWN} more")))
    items += [discord.ui.TextDisplay(line) for line in told]
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, accent_colour=cards.QUIET))
    return view


def _item(line: Line) -> discord.ui.Item[Any]:
    quoted = words.quote(line.job.request.prompt, 150)
    stands = f"{_stands(line)}\n{quoted}"
    if line.job.state in LIVE and line.job.cancelled_by is None:
        return discord.ui.Section(stands, accessory=CancelListed(line.job.id))
    return discord.ui.TextDisplay(stands)


def _stands(line: Line) -> str:
    if line.paused:
        return f"Waiting. {words.PAUSED}"
    if line.silent:
        return "Waiting until the image service answers again."
    if line.job.state is State.QUEUED:
        return words.position(line.ahead, line.expected_s)
    if line.job.cancelled_by is not None:
        return "Cancelled while it was being drawn."
    return "Being drawn." if line.job.state is State.RUNNING else "Being posted."
