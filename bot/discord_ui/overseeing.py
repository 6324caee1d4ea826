"""The pages of /admin: the queue of a server, and who changed what; with their buttons."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

import discord

from bot.core.errors import InvalidRequest
from bot.core.guilds import Change
from bot.core.jobs import say_member
from bot.core.ports import Progress
from bot.core.reports import GuildQueue
from bot.discord_ui import cards, log_lines, words
from bot.discord_ui.administration import administer, server_managed
from bot.discord_ui.client import Interaction
from bot.services.report import Line

MOST_REQUESTS = 8
"""Three components each, of the forty that a message may have, beside the buttons."""

MOST_CHANGES = 10

CHANGE_SHOWN = 300
"""Characters of one change; a message holds 4,000."""

PROMPT_SHOWN = 80


class AdminButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"easel:admin"):
    """A button for those who manage the server, who are asked each time whether they still do.

    Args:
        number: What it is about; subclasses say.
    """

    action: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, number: int = 0, label: str | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                label=label or self.label,
                style=self.style,
                custom_id=f"admin-{self.action}:{number}",
            )
        )
        self.number = number

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when the button is pressed."""
        await administer(interaction, "admin", self.press)

    async def press(self, interaction: Interaction) -> None:
        """Do what the label says."""
        raise NotImplementedError


class TurnQueue(AdminButton, template=r"admin-queue:(?P<number>\d+)"):
    """Show the queue as it is now, from that request on (0 is the first)."""

    action = "queue"
    label = "Show again"

    async def press(self, interaction: Interaction) -> None:
        """Show it in place of what is there."""
        await _show_queue(interaction, self.number)


class PauseQueue(AdminButton, template=r"admin-pause:(?P<number>\d+)"):
    """Have the queue wait (1), or go on (0)."""

    action = "pause"
    label = "Pause"

    async def press(self, interaction: Interaction) -> None:
        """Do it, and show what came of it."""
        await interaction.client.services.oversee.pause(
            server_managed(interaction), by=interaction.user.id, paused=bool(self.number)
        )
        await _show_queue(interaction, 0)


class CancelOne(AdminButton, template=r"admin-cancel:(?P<number>\d+)"):
    """Withdraw the request of that number, whoever asked for it."""

    action = "cancel"
    label = "Cancel"

    async def press(self, interaction: Interaction) -> None:
        """Cancel it, show the queue without it, and say so on its card."""
        services = interaction.client.services
        job = await services.cancel(
            self.number,
            by=interaction.user.id,
            guild_id=server_managed(interaction),
            moderator=True,
        )
        await _show_queue(interaction, 0)
        await services.show(Progress(job=job))


class ClearQueue(AdminButton, template=r"admin-clear:(?P<number>\d+)"):
    """Ask whether so many requests shall be cancelled."""

    action = "clear"
    label = "Cancel all that wait…"
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction) -> None:
        """Ask."""
        queue, _ = await interaction.client.services.report.guild_queue(
            server_managed(interaction), 0
        )
        if not queue.waiting:
            raise InvalidRequest("Nothing is waiting any more.")
        view = cards.card(
            f"**Cancel {_requests(queue.waiting)}?** Nothing is charged for them, and what is "
            "being drawn is finished. This cannot be undone.",
            colour=cards.BAD,
        )
        confirm = ClearForSure(queue.waiting, f"Cancel {_requests(queue.waiting)}")
        view.add_item(discord.ui.ActionRow(confirm, TurnQueue(0, "Back")))
        await interaction.response.edit_message(view=view)


class ClearForSure(AdminButton, template=r"admin-clear-all:(?P<number>\d+)"):
    """Cancel all that waits; so many requests were spoken of."""

    action = "clear-all"
    label = "Cancel all"
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction) -> None:
        """Do it, and say so on the card of each."""
        services = interaction.client.services
        cleared = await services.oversee.clear(server_managed(interaction), by=interaction.user.id)
        done = f"**{_requests(len(cleared))} cancelled.** Nothing was charged for what waited."
        view = cards.card(done, colour=cards.QUIET)
        view.add_item(discord.ui.ActionRow(TurnQueue(0, "Show the queue")))
        await interaction.response.edit_message(view=view)
        for job in cleared:
            await services.show(Progress(job=job))


class TurnAudit(AdminButton, template=r"admin-audit:(?P<number>\d+)"):
    """Show the changes before the one of that number (0 is the newest)."""

    action = "audit"
    label = "Older"

    async def press(self, interaction: Interaction) -> None:
        """Show them in place of those that are there."""
        await interaction.response.edit_message(view=await audit_page(interaction, self.number))


async def _show_queue(interaction: Interaction, skip: int) -> None:
    await interaction.response.edit_message(view=await queue_page(interaction, skip))


async def queue_page(interaction: Interaction, skip: int) -> discord.ui.LayoutView:
    """What runs and waits in the server, from that request on, and what can be done about it."""
    services, guild_id = interaction.client.services, server_managed(interaction)
    queue, lines = await services.report.guild_queue(guild_id, MOST_REQUESTS, skip=skip)
    paused = (await services.choose.chosen(guild_id)).paused
    view = discord.ui.LayoutView(timeout=None)
    head = discord.ui.TextDisplay[Any](_headline(queue, paused=paused))
    items = [_item(line) for line in lines]
    colour = cards.BAD if paused else cards.QUIET
    view.add_item(discord.ui.Container(head, *items, accent_colour=colour))
    all_of_it = queue.running + queue.waiting
    turns: list[AdminButton] = []
    if skip:
        turns.append(TurnQueue(max(0, skip - MOST_REQUESTS), "Before"))
    if skip + len(lines) < all_of_it:
        turns.append(TurnQueue(skip + MOST_REQUESTS, "After"))
    turns.append(PauseQueue(0, "Go on") if paused else PauseQueue(1))
    if queue.waiting:
        turns.append(ClearQueue(queue.waiting))
    # The same number would be the same id, which Discord takes once in a message.
    if not skip:
        turns.append(TurnQueue(0))
    view.add_item(discord.ui.ActionRow(*turns))
    return view


def _headline(queue: GuildQueue, *, paused: bool) -> str:
    if not queue.running and not queue.waiting:
        said = "**Nothing is waiting or being drawn here.**"
    else:
        said = f"**{queue.running} being drawn, {queue.waiting} waiting.**"
    if paused:
        said += " The queue is paused: what waits stays where it is until you press *Go on*."
    return said


def _item(line: Line) -> discord.ui.Item[Any]:
    job = line.job
    facts = [f"<@{job.place.member_id}>", _stands(line), words.when(job.accepted_at)]
    if job.place.message_id is not None:
        facts.append(f"[go to it]({words.link(job.place)})")
    text = f"{' · '.join(facts)}\n{words.quote(job.request.prompt, PROMPT_SHOWN)}"
    if job.cancelled_by is not None:
        return discord.ui.TextDisplay(text)
    return discord.ui.Section(text, accessory=CancelOne(job.id))


def _stands(line: Line) -> str:
    if line.job.cancelled_by is not None:
        return "cancelled while it is drawn"
    if line.job.started_at is not None:
        return "being drawn"
    return "next" if not line.ahead else f"{_requests(line.ahead)} before it"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"


async def audit_page(interaction: Interaction, older_than: int) -> discord.ui.LayoutView:
    """Who changed what, the newest first, or what was before the change of that number."""
    changes = await interaction.client.services.choose.audit(
        server_managed(interaction), MOST_CHANGES + 1, older_than=older_than or None
    )
    if not changes:
        return cards.card("Nobody has changed anything here yet.", colour=cards.QUIET)
    shown = changes[:MOST_CHANGES]
    view = cards.card(*map(_change, shown), colour=cards.QUIET)
    turns: list[AdminButton] = []
    if older_than:
        turns.append(TurnAudit(0, "Newest"))
    if len(changes) > MOST_CHANGES:
        turns.append(TurnAudit(shown[-1].id))
    if turns:
        view.add_item(discord.ui.ActionRow(*turns))
    return view


def _change(change: Change) -> str:
    before, after = (_value(change, text) for text in (change.before, change.after))
    what = f"{say_member(change.actor_id)} changed **{change.what}**: {before} → {after}"
    return f"{what}\n{cards.small(words.when(change.at))}"


def _value(change: Change, text: str) -> str:
    if not text:
        return "nothing"
    cut = text if len(text) <= CHANGE_SHOWN // 2 else f"{text[: CHANGE_SHOWN // 2 - 1]}…"
    return f"||{words.plain(cut)}||" if change.what in log_lines.SECRET else cut


OVERSEEING = (TurnQueue, PauseQueue, CancelOne, ClearQueue, ClearForSure, TurnAudit)
"""Every button for those who manage a server, to be registered with the client."""
