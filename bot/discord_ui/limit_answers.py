"""Answers to whoever changed a limit: before and after, for whom, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.core.allowances import Allowance, Permit
from bot.core.errors import InvalidRequest
from bot.core.jobs import say_member
from bot.core.periods import Period
from bot.discord_ui import cards, limit_words, words
from bot.discord_ui.client import Interaction
from bot.discord_ui.whom import INSTEAD, MEANING, named
from bot.services.limit import Change, Whom


async def answer_changes(
    interaction: Interaction,
    subject: Whom,
    changes: Mapping[Period, Change],
    permit: Permit | None = None,
) -> None:
    """Show what limits of a subject were and are.

    Args:
        permit: What the subject was allowed to ask for, where that was taken back as well.
    """
    lines = [limit_words.change(each, period) for period, each in changes.items()]
    if permit is not None:
        lines.append("\n".join(limit_words.allowance_changes(permit, Allowance())))
    set_now = any(each.after for each in changes.values())
    note = (MEANING if set_now else INSTEAD)[subject.subject].format(may="may draw that much")
    await answer(
        interaction,
        f"**Limits for {_short(subject)}**",
        *(lines or ["Nothing is set, as before."]),
        cards.small(note),
        signed(interaction, "Set" if set_now else "Taken back"),
    )


async def answer_allowed(
    interaction: Interaction, subject: Whom, changed: Mapping[str, Any]
) -> None:
    """Change what may be asked for, and show it before and after.

    Raises:
        InvalidRequest: Nothing is to be changed, or it is out of bounds.
    """
    if not changed:
        raise InvalidRequest("Nothing was changed in the form, so everything is as it was.")
    limit = interaction.client.services.limit
    done = await limit.allow(subject, by=interaction.user.id, **changed)
    lines = limit_words.allowance_changes(done.before, done.after)
    if not lines:
        raise InvalidRequest("That is how it is already. See everything with `/quota show`.")
    if done.before is not None:
        who, when = say_member(done.before.set_by), words.when(done.before.set_at)
        was = f"Before, it was set by {who} {when}."
        lines.append(cards.small(was))
    # Where nothing is left, whoever is next in the line is heard.
    nothing = done.after.says_nothing
    note = (INSTEAD if nothing else MEANING)[subject.subject].format(may="may ask for no more")
    await answer(
        interaction,
        f"**What {_short(subject)} may ask for**",
        "\n".join(lines),
        cards.small(note),
        signed(interaction, "Taken back" if nothing else "Set"),
    )


def signed(interaction: Interaction, done: str = "Set") -> str:
    """Who did it, and where all of it can be seen."""
    return cards.small(f"{done} by <@{interaction.user.id}>. See everything with /quota show.")


def sections(*parts: str) -> discord.ui.LayoutView:
    """A message of parts with a line between each two."""
    items: list[discord.ui.Item[Any]] = []
    for part in parts:
        items += [discord.ui.Separator(), discord.ui.TextDisplay(part)]
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items[1:], accent_colour=cards.QUIET))
    return view


async def answer(interaction: Interaction, *parts: str) -> None:
    """Say it to the person who acted alone."""
    view = cards.card(*parts, colour=cards.QUIET)
    await interaction.response.send_message(view=view, ephemeral=True)


def _short(subject: Whom) -> str:
    said = named(subject.subject, subject.subject_id)
    return said if said.startswith("<") else said[:1].lower() + said[1:]
