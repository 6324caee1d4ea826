"""/usage: what I have used here, and what is left."""

from discord import app_commands

from bot.core.quotas import Period, Subject, say_limit
from bot.discord_ui import cards, words
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import server_of


@app_commands.command(description="What you have used in this server, and what is left")
async def usage(interaction: Interaction) -> None:
    """Show it, to the person alone."""
    limit = interaction.client.services.limit
    standings = await limit.standings(server_of(interaction), interaction.user.id)
    counters = await limit.counters(server_of(interaction), interaction.user.id)
    costs = await limit.shows_costs(server_of(interaction))
    mine = {
        counter.period: counter.taken for counter in counters if counter.subject is Subject.EVERYONE
    }
    used = [
        f"{name}: {say_limit(mine[period].pictures, mine[period].micro if costs else None)}"
        for period, name in ((Period.DAY, "Today"), (Period.MONTH, "This month"))
        if period in mine
    ]
    limits = [words.standing(standing) for standing in standings]
    view = cards.card(
        "**What you have used here**\n" + ("\n".join(used) or "Nothing yet this month."),
        "**Limits that hold for you**\n" + ("\n".join(limits) or "There are none."),
        cards.small("Requests that are waiting or being drawn count as used until they end."),
        colour=cards.QUIET,
    )
    await interaction.response.send_message(view=view, ephemeral=True)
