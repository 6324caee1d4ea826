"""/admin: the queue of a server, its spending, and who changed what. For those who manage it."""

# No `from __future__ import annotations` here: discord.py reads the annotations of commands.
import io
from typing import Any

import discord
from discord import app_commands

from bot.core.bookkeeping import MOST_NAMED, By, Chart, Span, busiest, ranking
from bot.core.guilds import calendar
from bot.core.jobs import say_member
from bot.core.pricing import exact_dollars
from bot.core.quotas import Amount, say_limit
from bot.discord_ui import cards
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.administration import MANAGERS, server_managed
from bot.discord_ui.client import Interaction
from bot.discord_ui.overseeing import audit_page, queue_page
from bot.services.oversee import Account

admin = app_commands.Group(
    name="admin",
    description="The queue and the spending of this server, and who changed what",
    default_permissions=MANAGERS,
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False),
)

PERIODS = [app_commands.Choice(name=each.value, value=each.value) for each in Span]
STACKS = [app_commands.Choice(name=each.value, value=each.value) for each in By]

CHART, TABLE = "usage.png", "usage.csv"


@admin.command(name="queue", description="What waits and runs here; cancel, pause, go on, clear")
async def queue(interaction: Interaction) -> None:
    """Show it, with buttons."""
    await interaction.response.send_message(view=await queue_page(interaction, 0), ephemeral=True)


@admin.command(name="usage", description="Pictures and dollars of this server, as a chart and CSV")
@app_commands.describe(
    period="Which time; the last 30 days unless you choose",
    by="What the bars are made of; models unless you choose",
)
@app_commands.choices(period=PERIODS, by=STACKS)
async def usage(interaction: Interaction, period: str | None = None, by: str | None = None) -> None:
    """Draw it and answer with both."""
    span, stack = Span(period or Span.THIRTY_DAYS), By(by or By.MODEL)
    drawing = interaction.client.services.oversee.account(server_managed(interaction), span, stack)
    account = await acknowledged_while(interaction, drawing)
    files = [
        discord.File(io.BytesIO(account.picture), CHART, description=_alt(account, stack)),
        discord.File(io.BytesIO(account.table), TABLE),
    ]
    view = _view(account, stack)
    if interaction.response.is_done():
        await interaction.followup.send(view=view, files=files, ephemeral=True)
    else:
        await interaction.response.send_message(view=view, files=files, ephemeral=True)


@admin.command(name="audit", description="Who changed what in this server, the newest first")
async def audit(interaction: Interaction) -> None:
    """Show the newest changes, with buttons for older ones."""
    await interaction.response.send_message(view=await audit_page(interaction, 0), ephemeral=True)


def _view(account: Account, by: By) -> discord.ui.LayoutView:
    gallery = discord.ui.MediaGallery[Any](
        discord.MediaGalleryItem(f"attachment://{CHART}", description=_alt(account, by))
    )
    drawn = account.chart.total
    head = f"**{account.span.capitalize()}:** {_said(drawn)}"
    parts = [head, *filter(None, (_top(account, each) for each in By))]
    # Not as Discord shows times: for each reader that would be another day.
    start = account.starts_at.astimezone(calendar(account.zone))
    parts.append(
        cards.small(
            f"From {start.day} {start:%B %Y} on, days of {account.zone}. A request counts "
            "when it was accepted; what waits or is being drawn is not in it. Dollars in the table "
            "are exact."
        )
    )
    texts = [discord.ui.TextDisplay[Any](part) for part in parts]
    table = discord.ui.File[Any](f"attachment://{TABLE}")
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(gallery, *texts, table, accent_colour=cards.QUIET))
    return view


def _top(account: Account, by: By) -> str:
    """The first few models or members, numbered as in the chart."""
    ranked = ranking(account.spent, by)
    lines = [
        f"{number}. {say_member(int(name)) if by is By.MEMBER else name}: {_said(amount)}"
        for number, (name, amount) in enumerate(ranked[:MOST_NAMED], start=1)
    ]
    if len(ranked) > MOST_NAMED:
        rest = sum((amount for _, amount in ranked[MOST_NAMED:]), Amount())
        lines.append(f"and {len(ranked) - MOST_NAMED} others: {_said(rest)}")
    return "\n".join([f"**By {by}**", *lines]) if lines else ""


def _said(amount: Amount) -> str:
    return f"{say_limit(amount.pictures, None)}, {exact_dollars(amount.micro)}"


def _alt(account: Account, by: By) -> str:
    """The chart in words, for those who do not see it."""
    chart: Chart = account.chart
    if not account.spent:
        return f"An empty chart: nothing was drawn {account.span}."
    when, most = busiest(chart, lambda series: series.pictures)
    paid_when, paid = busiest(chart, lambda series: series.micro)
    parts = [f"{each.name} {sum(each.pictures)}" for each in chart.series]
    return (
        f"Two bar charts, pictures above and dollars below, {account.span}, stacked by {by}. "
        f"{_said(chart.total)} in all. Most pictures: {most} ({when}); most dollars: "
        f"{exact_dollars(paid)} ({paid_when}). Pictures of each: {', '.join(parts)}."
    )[:1024]
