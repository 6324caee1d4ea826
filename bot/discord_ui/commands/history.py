"""/history: my pictures in every server, newest first, and those that could not be posted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.core.jobs import Job
from bot.core.ports import Upload
from bot.core.reports import Page, Shown
from bot.discord_ui import cards, words
from bot.discord_ui.actions import Again
from bot.discord_ui.buttons import JobButton
from bot.discord_ui.client import Interaction
from bot.discord_ui.messenger import posting
from bot.discord_ui.places import server_of
from bot.services.report import Report

MOST_SHOWN = 10
"""Three components each, of the forty that a message may have."""

PROMPT_SHOWN = 80
"""Characters; a message holds 4,000 in all, and what is made harmless gets twice as long."""


@app_commands.command(description="Your pictures, newest first, with links to them")
async def history(interaction: Interaction) -> None:
    """Show them, to the person alone."""
    page = await interaction.client.services.report.shown(interaction.user.id, MOST_SHOWN)
    await interaction.response.send_message(view=_view(interaction, page), ephemeral=True)


class Newer(JobButton, template=r"newer:(?P<job>\d+):(?P<index>\d+)"):
    """Turn to what came after the first request of this page."""

    action = "newer"
    label = "Newer"

    async def press(self, interaction: Interaction) -> None:
        """Show it in place of this page."""
        report = interaction.client.services.report
        page = await report.shown(interaction.user.id, MOST_SHOWN, newer_than=self.job_id)
        await interaction.response.edit_message(view=_view(interaction, page))


class Older(JobButton, template=r"older:(?P<job>\d+):(?P<index>\d+)"):
    """Turn to what came before the last request of this page."""

    action = "older"
    label = "Older"

    async def press(self, interaction: Interaction) -> None:
        """Show it in place of this page."""
        report = interaction.client.services.report
        page = await report.shown(interaction.user.id, MOST_SHOWN, older_than=self.job_id)
        await interaction.response.edit_message(view=_view(interaction, page))


class ShowKept(JobButton, template=r"show:(?P<job>\d+):(?P<index>\d+)"):
    """Show pictures that could not be posted; for their author alone, wherever that is."""

    action = "show"
    label = "Show"

    async def press(self, interaction: Interaction) -> None:
        """Answer in private with the pictures."""
        services = interaction.client.services
        await interaction.response.defer(ephemeral=True, thinking=True)

        async def post(job: Job, files: Sequence[Upload], part: int, parts: int) -> None:
            view = cards.result_card(
                job,
                files,
                mention=False,
                cost_shown=await services.choose.shows_costs(job.place.guild_id),
                parent=None,
                part=(part, parts),
                rows=(),
            )
            uploads = [
                discord.File(
                    io.BytesIO(file.data), file.name, description=file.alt, spoiler=file.spoiler
                )
                for file in files
            ]
            with posting():
                await interaction.followup.send(view=view, files=uploads, ephemeral=True)

        await services.hand_over(
            self.job_id, by=interaction.user.id, limit=interaction.filesize_limit, post=post
        )


def _view(interaction: Interaction, page: Page) -> discord.ui.LayoutView:
    if not page.shown:
        return cards.card(
            "You have no pictures yet. Ask for one with /generate, or change one that you have "
            "with /edit.",
            colour=cards.QUIET,
        )
    here, report = server_of(interaction), interaction.client.services.report
    items = [_item(each, report, here) for each in page.shown]
    if any(isinstance(item, discord.ui.TextDisplay) for item in items):
        items.append(
            discord.ui.TextDisplay(
                cards.small("What you asked for in another place can be drawn again there.")
            )
        )
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, accent_colour=cards.QUIET))
    turns: list[JobButton] = []
    if page.newer:
        turns.append(Newer(page.shown[0].job.id))
    if page.older:
        turns.append(Older(page.shown[-1].job.id))
    if turns:
        view.add_item(discord.ui.ActionRow(*turns))
    return view


def _item(each: Shown, report: Report, here: int) -> discord.ui.Item[Any]:
    job, until = each.job, report.kept_until(each.job)
    facts = [words.when(job.accepted_at), words.specs(job.request)]
    lines = [words.quote(job.request.prompt, PROMPT_SHOWN)]
    if each.posted:
        facts.append(f"[go to it]({words.link(each.posted)})")
    elif until:
        kept = f"I could not post this anywhere. I keep it for you until {words.day(until)}."
        lines.append(kept)
    else:
        lines.append("I could not post this anywhere, and do not keep it any more.")
    text = "\n".join([*lines, cards.small(" · ".join(facts))])
    if until:
        return discord.ui.Section(text, accessory=ShowKept(job.id))
    # Again draws in the server where it is pressed, on the account there.
    if job.place.guild_id == here:
        return discord.ui.Section(text, accessory=Again(job.id))
    return discord.ui.TextDisplay(text)
