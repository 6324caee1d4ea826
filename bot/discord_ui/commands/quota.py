"""/quota: what a server allows. For those who manage it."""

import discord
from discord import app_commands

from bot.core.errors import InvalidRequest
from bot.core.periods import Period
from bot.core.pricing import read_dollars
from bot.core.quotas import Rule, Subject, say_limit
from bot.discord_ui import cards, words
from bot.discord_ui.client import Interaction
from bot.services.limit import Whom

quota = app_commands.Group(
    name="quota",
    description="Limits of this server",
    default_permissions=discord.Permissions(manage_guild=True),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False),
)

WHOSE = {
    Subject.SERVER: "the server as a whole",
    Subject.EVERYONE: "each member",
}

SUBJECTS = [app_commands.Choice(name=name, value=each.value) for each, name in WHOSE.items()]
PERIODS = [app_commands.Choice(name=each.value, value=each.value) for each in Period]


@quota.command(name="set", description="Limit how much is drawn here")
@app_commands.describe(
    subject="Whom it limits",
    period="For how long it counts",
    pictures="How many pictures",
    dollars="How much money, like 5 or 2.50",
)
@app_commands.choices(subject=SUBJECTS, period=PERIODS)
async def set_(
    interaction: Interaction,
    subject: str,
    period: str,
    pictures: app_commands.Range[int, 0, 1_000_000] | None = None,
    dollars: str | None = None,
) -> None:
    """Set one rule and show it before and after."""
    guild_id = _managed(interaction)
    if pictures is None and dollars is None:
        raise InvalidRequest("Say how much: `pictures`, `dollars`, or both.")
    change = await interaction.client.services.limit.set(
        Whom(guild_id, Subject(subject)),
        Period(period),
        pictures=pictures,
        micro=read_dollars(dollars) if dollars else None,
        by=interaction.user.id,
    )
    whose = WHOSE[Subject(subject)].capitalize()
    lines = [f"**{whose}, per {period}:** {_amount(change.before)} → {_amount(change.after)}"]
    if change.standing:
        lines.append(words.standing(change.standing))
        if change.standing.exceeded:
            lines.append(
                "More than that is used already, so new requests are refused until it resets."
            )
    await _answer(interaction, *lines)


@quota.command(name="clear", description="Remove one limit")
@app_commands.describe(subject="Whom it limits", period="For how long it counts")
@app_commands.choices(subject=SUBJECTS, period=PERIODS)
async def clear(interaction: Interaction, subject: str, period: str) -> None:
    """Remove one rule and say what it was."""
    change = await interaction.client.services.limit.clear(
        Whom(_managed(interaction), Subject(subject)), Period(period), by=interaction.user.id
    )
    whose = WHOSE[Subject(subject)].capitalize()
    await _answer(interaction, f"**{whose}, per {period}:** {_amount(change.before)} → no limit")


@quota.command(name="show", description="The limits of this server and what is taken of them")
async def show(interaction: Interaction) -> None:
    """Show every rule, who set it and when."""
    limit = interaction.client.services.limit
    bounds = await limit.bounds(_managed(interaction), interaction.user.id, ())
    standings = [bound.best for bound in bounds]
    if not standings:
        await _answer(interaction, "There are no limits here. Set one with `/quota set`.")
        return
    lines = []
    for each in standings:
        taken = (
            words.standing(each)
            if each.rule.subject is Subject.SERVER
            else f"**Each member**, per {each.rule.period}: {_amount(each.rule)}"
        )
        by = f"set by <@{each.rule.set_by}> {words.when(each.rule.set_at)}"
        lines.append(f"{taken}\n{cards.small(by)}")
    await _answer(interaction, *lines)


def _managed(interaction: Interaction) -> int:
    """The server that the command is about.

    Who may use it is decided and enforced by Discord: those who manage the server, and those to
    whom they gave the command under Integrations, whom a second check here would lock out.
    """
    if interaction.guild_id is None:
        raise InvalidRequest("Use this command in a channel of the server that it is about.")
    return interaction.guild_id


def _amount(rule: Rule | None) -> str:
    return say_limit(rule.pictures, rule.micro) if rule else "no limit"


async def _answer(interaction: Interaction, *lines: str) -> None:
    view = cards.card("\n".join(lines), colour=cards.QUIET)
    await interaction.response.send_message(view=view, ephemeral=True)
