"""/usage: what I have used here, and what is left."""

from discord import app_commands

from bot.core.periods import Period
from bot.core.quotas import Account, say_limit
from bot.discord_ui import cards, words
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import roles_of, server_of


@app_commands.command(description="What you have used in this server, and what is left")
async def usage(interaction: Interaction) -> None:
    """Show it, to the person alone."""
    services, me = interaction.client.services, interaction.user.id
    bounds = await services.limit.bounds(server_of(interaction), me, roles_of(interaction.user))
    counters = await services.limit.counters(server_of(interaction), me)
    costs = await services.choose.shows_costs(server_of(interaction))
    mine = {
        counter.tally.period: counter.taken
        for counter in counters
        if counter.tally.account is Account.MEMBER
    }
    used = [
        f"{name}: {say_limit(mine[period].pictures, mine[period].micro if costs else None)}"
        for period, name in ((Period.DAY, "Today"), (Period.MONTH, "This month"))
        if period in mine
    ]
    limits = [words.standing(bound.best) for bound in bounds]
    view = cards.card(
        "**What you have used here**\n" + ("\n".join(used) or "Nothing yet this month."),
        "**Limits that hold for you**\n" + ("\n".join(limits) or "There are none."),
        cards.small("Requests that are waiting or being drawn count as used until they end."),
        colour=cards.QUIET,
    )
    await interaction.response.send_message(view=view, ephemeral=True)
