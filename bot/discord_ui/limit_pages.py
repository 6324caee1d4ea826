"""What holds in a server, whose it is, since when and by whom: as many pages as it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Self

import discord

from bot.core.allowances import Permit, holding, reasons
from bot.core.budgets import Budgets
from bot.core.jobs import say_member
from bot.core.periods import Period
from bot.core.quotas import Rule, Standing, Subject, say_limit
from bot.discord_ui import cards, limit_words, words
from bot.discord_ui.administration import administer, server_managed
from bot.discord_ui.client import Interaction
from bot.discord_ui.limit_answers import sections
from bot.discord_ui.places import roles_of
from bot.discord_ui.whom import named

MOST_CHARACTERS = 3_000
"""Of one page. A message takes 4,000, with its first and its last lines."""

MOST_BLOCKS = 16
"""Subjects of one page. With the lines between them they are two components each, of the forty that
a message takes."""

Key = tuple[Subject, int]

PERIODS = tuple(Period)
ORDER = (Subject.SERVER, Subject.EVERYONE, Subject.ROLE, Subject.MEMBER)

HOW = (
    "What is set for the server always holds. Beside it, in each period, a member's own limit "
    "counts; else that of their roles, of which the most generous; else that of each member."
)
NOTHING = (
    "**Nothing is limited here.** Every member may draw as much as they like, with every model.\n"
    "Begin with `/quota set`: choose *each member*, a period, and a number of pictures or dollars."
)


class LimitsPage(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"limits:(?P<page>\d{1,6})"
):
    """Turn to another page of the limits of this server."""

    def __init__(self, page: int, label: str = "Page") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.secondary,
                custom_id=f"limits:{page}",
            )
        )
        self.page = page

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when the button is pressed."""
        await administer(interaction, "quota", self._turn)

    async def _turn(self, interaction: Interaction) -> None:
        view = await overview(interaction, self.page)
        await interaction.response.edit_message(view=view)


async def overview(interaction: Interaction, page: int = 0) -> discord.ui.LayoutView:
    """Everything that is set in the server."""
    limit, guild_id = interaction.client.services.limit, server_managed(interaction)
    bounds = await limit.bounds(guild_id, interaction.user.id, ())
    standings = [each for bound in bounds for each in bound.standings]
    blocks = list(_blocks(await limit.rules(guild_id), await limit.permits(guild_id), standings))
    above = _budgets(limit.budgets)
    if not blocks:
        return cards.card(NOTHING, *above, colour=cards.QUIET)
    pages = _pages(blocks)
    page = min(page, len(pages) - 1)
    where = f" · page {page + 1} of {len(pages)}" if len(pages) > 1 else ""
    title = f"**What holds in this server{where}**\n{cards.small(HOW)}"
    view = sections(title, *pages[page], *above)
    turns = []
    if page > 0:
        turns.append(LimitsPage(page - 1, "Back"))
    if page + 1 < len(pages):
        turns.append(LimitsPage(page + 1, "More"))
    if turns:
        view.add_item(discord.ui.ActionRow(*turns))
    return view


async def for_subject(interaction: Interaction, subject: Subject, subject_id: int) -> str:
    """What is set for one subject alone, or that nothing is."""
    limit, guild_id = interaction.client.services.limit, server_managed(interaction)
    wanted = (subject, subject_id)
    member = subject_id if subject is Subject.MEMBER else None
    rules, permits = await limit.rules(guild_id, member), await limit.permits(guild_id, member)
    rules = tuple(r for r in rules if (r.subject, r.subject_id) == wanted)
    permits = tuple(p for p in permits if (p.subject, p.subject_id) == wanted)
    found = list(_blocks(rules, permits, ()))
    return found[0] if found else f"**{named(*wanted)}**\nNothing is set."


async def for_member(
    interaction: Interaction,
    guild_id: int,
    member: discord.User | discord.Member,
    *,
    signed: bool = False,
) -> tuple[str, str]:
    """What holds for one member and why, and what they may ask for.

    Args:
        signed: Whether to say who set it, and when.
    """
    member_id, roles = member.id, roles_of(member)
    limit = interaction.client.services.limit
    bounds = await limit.bounds(guild_id, member_id, roles)
    permits = await limit.permits(guild_id, member_id)
    lines = [limit_words.bound(each, signed=signed) for each in bounds]
    held = holding(permits, member_id, roles)
    said = reasons(permits, member_id, roles)
    asked = limit_words.allowances(held, said, signed=signed)
    return (
        "\n".join(lines) or "Nothing limits how much is drawn.",
        asked or "Everything that the models can do.",
    )


def _blocks(
    rules: Iterable[Rule], permits: Iterable[Permit], standings: Iterable[Standing]
) -> Iterator[str]:
    """One text for each subject of which anything is said."""
    of: dict[Key, list[Rule]] = {}
    for rule in rules:
        of.setdefault((rule.subject, rule.subject_id), []).append(rule)
    may = {(permit.subject, permit.subject_id): permit for permit in permits}
    used = {standing.rule: standing for standing in standings}
    for key in sorted({*of, *may}, key=lambda key: (ORDER.index(key[0]), key[1])):
        together = ", all members together" if key[0] is Subject.SERVER else ""
        lines = [f"**{named(*key)}**{together}"]
        rules_here = sorted(of.get(key, ()), key=lambda rule: PERIODS.index(rule.period))
        lines += [_rule(rule, used.get(rule)) for rule in rules_here]
        if key in may:
            lines.append(_permit(may[key]))
        yield "\n".join(lines)


def _rule(rule: Rule, standing: Standing | None) -> str:
    line = f"Per {rule.period}: **{limit_words.limit(rule)}**"
    if standing is not None and rule.subject is Subject.SERVER and not rule.unlimited:
        line += f" · {limit_words.taken(standing)}; resets {words.when(standing.ends_at)}"
    return f"{line}\n{_signed(rule)}"


def _permit(permit: Permit) -> str:
    said = [
        f"{label}: **{limit_words.allowed(name, getattr(permit.allowance, name))}**"
        for name, label in limit_words.FIELDS.items()
        if getattr(permit.allowance, name) is not None
    ]
    return "\n".join([*said, _signed(permit)])


def _signed(said: Rule | Permit) -> str:
    return cards.small(f"set by {say_member(said.set_by)} {words.when(said.set_at)}")


def _budgets(budgets: Budgets) -> list[str]:
    """What the operator lets be spent here, if they set it."""
    said = [
        f"{say_limit(None, micro)} per {period}"
        for period, micro in (
            (Period.DAY, budgets.server_day),
            (Period.MONTH, budgets.server_month),
        )
        if micro is not None
    ]
    if not said:
        return []
    return [
        cards.small(
            f"Above all of it, the operator of this bot lets {' and '.join(said)} be "
            "spent on this server, on the calendar of UTC."
        )
    ]


def _pages(blocks: list[str]) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    for block in blocks:
        full = sum(map(len, pages[-1])) + len(block) > MOST_CHARACTERS
        if pages[-1] and (full or len(pages[-1]) == MOST_BLOCKS):
            pages.append([])
        pages[-1].append(block)
    return pages
