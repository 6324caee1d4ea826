"""The card that shows several requests at once, and the button under it."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from typing import Any, Self

import discord

from bot.core.batches import Batch
from bot.core.errors import NotYours, TooLate
from bot.core.jobs import Job, State
from bot.discord_ui import cards, words
from bot.discord_ui.buttons import guarded
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import is_moderator, server_of

PROMPT_SHOWN = 60
"""Characters of each line, which escaped may be twice as many; a message holds 4,000."""

LINES_SHOWN = 20

STANDS = {
    State.QUEUED: "waiting",
    State.RUNNING: "being drawn",
    State.DRAWN: "being posted",
    State.DELIVERED: "done",
    State.KEPT: "done, could not be posted: see /history",
    State.FAILED: "no picture, not charged",
    State.UNKNOWN: "no answer, not charged",
    State.CANCELLED: "cancelled",
}

SUMMED = {
    "waiting": (State.QUEUED,),
    "being drawn": (State.RUNNING, State.DRAWN),
    "done": (State.DELIVERED, State.KEPT),
    "without a picture": (State.FAILED, State.UNKNOWN),
    "cancelled": (State.CANCELLED,),
}


def batch_card(batch: Batch) -> discord.ui.LayoutView:
    """How many of them are where, each with the beginning of its words."""
    states = Counter(job.state for job in batch.jobs)
    counts = {name: sum(states[each] for each in of) for name, of in SUMMED.items()}
    counts["refused"] = batch.refused
    said = " · ".join(f"{count} {name}" for name, count in counts.items() if count)
    head = "**All are finished.**" if batch.ended else f"**{batch.asked} requests at once.**"
    lines = [_line(number, job) for number, job in enumerate(batch.jobs[:LINES_SHOWN], start=1)]
    if len(batch.jobs) > LINES_SHOWN:
        lines.append(cards.small(f"and {len(batch.jobs) - LINES_SHOWN} more"))
    specs = words.specs(batch.jobs[0].request) if batch.jobs else ""
    parts = [f"{head} {said}", "\n".join(lines), cards.small(specs)]
    view = cards.card(
        *(part for part in parts if part.strip()),
        colour=cards.GOOD if batch.ended else cards.QUIET,
    )
    if not batch.ended:
        view.add_item(discord.ui.ActionRow(CancelBatch(batch.id)))
    return view


def _line(number: int, job: Job) -> str:
    withdrawn = job.state is State.RUNNING and job.cancelled_by is not None
    stands = "cancelled while it is drawn" if withdrawn else STANDS[job.state]
    shown = words.quote(job.request.prompt, PROMPT_SHOWN).removeprefix("> ")
    return f"{number}\\. {shown} — *{stands}*"


class CancelBatch(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"batch-cancel:(?P<batch>\d+)"
):
    """Withdraw all of them that are not finished."""

    def __init__(self, batch_id: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Cancel all",
                style=discord.ButtonStyle.secondary,
                custom_id=f"batch-cancel:{batch_id}",
            )
        )
        self.batch_id = batch_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        return cls(int(match["batch"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when the button is pressed."""
        await guarded(interaction, self._press)

    async def _press(self, interaction: Interaction) -> None:
        services = interaction.client.services
        batch = await services.together.batch(self.batch_id)
        if batch is None or not batch.jobs:
            raise TooLate("I do not know these requests any more. Please ask again with /batch.")
        moderator = is_moderator(interaction)
        if batch.place.guild_id != server_of(interaction) or (
            batch.place.member_id != interaction.user.id and not moderator
        ):
            raise NotYours
        for job in batch.jobs:
            # What is finished, or cancelled already, stays as it is.
            with suppress(TooLate):
                await services.cancel(
                    job.id,
                    by=interaction.user.id,
                    guild_id=batch.place.guild_id,
                    moderator=moderator,
                )
        after = await services.together.batch(self.batch_id)
        await interaction.response.edit_message(view=batch_card(after or batch))
