"""/usage: what is left for me here and why, what I may ask for, and what I used."""

from discord import app_commands

from bot.core.jobs import Job
from bot.core.periods import Period
from bot.core.pricing import dollars
from bot.core.quotas import Account, say_limit
from bot.discord_ui import cards, words
from bot.discord_ui.client import Interaction
from bot.discord_ui.limit_answers import sections
from bot.discord_ui.limit_pages import for_member
from bot.discord_ui.places import server_of

LAST = 5
"""Requests that are shown."""

PROMPT_SHOWN = 60
"""Characters of each."""


@app_commands.command(description="What is left for you in this server and why, and what you used")
async def usage(interaction: Interaction) -> None:
    """Show it, to the person alone."""
    services, me = interaction.client.services, interaction.user.id
    here = server_of(interaction)
    left, asked = await for_member(interaction, here, interaction.user)
    costs = await services.choose.shows_costs(here)
    used = await _used(interaction, here, costs=costs)
    last = await services.report.last(here, me, LAST)
    shown = "\n".join(_line(job, costs=costs) for job in last)
    view = sections(
        f"**What is left for you here**\n{left}",
        f"**What you may ask for**\n{asked}",
        "**What you have used here**\n"
        + (used or "Nothing yet this month.")
        + "\n"
        + cards.small("Requests that are waiting or being drawn count as used until they end."),
        *([f"**Your last pictures here**\n{shown}"] if last else []),
    )
    await interaction.response.send_message(view=view, ephemeral=True)


async def _used(interaction: Interaction, here: int, *, costs: bool) -> str:
    counters = await interaction.client.services.limit.counters(here, interaction.user.id)
    mine = {
        counter.tally.period: counter.taken
        for counter in counters
        if counter.tally.account is Account.MEMBER
    }
    return "\n".join(
        f"{name}: {say_limit(mine[period].pictures, mine[period].micro if costs else None)}"
        for period, name in ((Period.DAY, "Today"), (Period.MONTH, "This month"))
        if period in mine
    )


def _line(job: Job, *, costs: bool) -> str:
    """One request: when, what, and what became of it."""
    facts = [words.when(job.accepted_at), words.pictures(job.request.count)]
    facts.append(job.request.quality.value)
    if costs and job.cost is not None:
        facts.append(dollars(job.cost))
    return f"{words.quote(job.request.prompt, PROMPT_SHOWN)}\n{cards.small(' · '.join(facts))}"
