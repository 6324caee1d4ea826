"""What each button under a request does."""

from __future__ import annotations

from contextlib import suppress

import aiohttp
import discord

from bot.core.jobs import Job
from bot.core.ports import Progress
from bot.discord_ui import cards
from bot.discord_ui.buttons import JobButton, check_owner, job_here, once
from bot.discord_ui.client import Interaction
from bot.discord_ui.places import is_moderator, place, server_of
from bot.discord_ui.refusals import ANSWERED_ALREADY, LOST, note_loss


class Again(JobButton, template=r"again:(?P<job>\d+):(?P<index>\d+)"):
    """The same request once more, on the account of whoever presses it."""

    action = "again"
    label = "Again"

    async def press(self, interaction: Interaction) -> None:
        """Queue it and answer with its card."""
        job = await job_here(interaction, self.job_id)
        once(interaction)
        accepted = await interaction.client.services.submit.again(job, place(interaction))
        await show_queued(interaction, accepted.job)


class Redo(JobButton, template=r"redo:(?P<job>\d+):(?P<index>\d+)"):
    """The same request in the next higher quality."""

    action = "redo"
    label = "Higher quality"

    async def press(self, interaction: Interaction) -> None:
        """Queue it and answer with its card."""
        job = await job_here(interaction, self.job_id)
        once(interaction)
        accepted = await interaction.client.services.submit.redo(job, place(interaction))
        await show_queued(interaction, accepted.job)


class Cancel(JobButton, template=r"cancel:(?P<job>\d+):(?P<index>\d+)"):
    """Withdraw the request that this card shows."""

    action = "cancel"
    label = "Cancel"

    async def press(self, interaction: Interaction) -> None:
        """Cancel it and say so on its card."""
        job = await cancel(interaction, self.job_id)
        await interaction.response.edit_message(view=cards.cancelled_card(job), attachments=[])
        ended = await interaction.client.services.report.job(job.id)
        if ended is not None and ended.state is not job.state:
            # What it came to was known before this answer arrived.
            await interaction.edit_original_response(view=cards.cancelled_card(ended))


class Delete(JobButton, template=r"delete:(?P<job>\d+):(?P<index>\d+)"):
    """Take the pictures off the channel.

    Args:
        job_id: The request.
        part: Which message of its outcome this is under, from 0.
    """

    action = "delete"
    label = "Delete"

    def __init__(self, job_id: int, part: int = 0) -> None:
        super().__init__(job_id)
        self.item.custom_id = f"{self.action}:{job_id}:{part}"

    async def press(self, interaction: Interaction) -> None:
        """Delete the message, for its author and moderators only."""
        check_owner(interaction, await job_here(interaction, self.job_id))
        await interaction.response.defer()
        # Pressed twice, it is gone already, as was wished.
        with suppress(discord.NotFound):
            await interaction.delete_original_response()


async def cancel(interaction: Interaction, job_id: int) -> Job:
    """Withdraw a request on behalf of whoever acts.

    Raises:
        Refusal: It is not theirs, or not waiting any more.
    """
    return await interaction.client.services.cancel(
        job_id,
        by=interaction.user.id,
        guild_id=server_of(interaction),
        moderator=is_moderator(interaction),
    )


async def show_queued(interaction: Interaction, job: Job) -> None:
    """Answer with the card of a request that was accepted, and remember which message it is."""
    services = interaction.client.services
    line = await services.report.line(job)
    progress = Progress(
        job=job,
        ahead=line.ahead,
        expected_s=line.expected_s,
        silent=line.silent,
        paused=line.paused,
    )
    view = cards.progress_card(progress, buttons=[Cancel(job.id)])
    message_id = await _put_up(interaction, view)
    if message_id is not None:
        await services.submit.answered(job, message_id)


async def _put_up(interaction: Interaction, view: discord.ui.LayoutView) -> int | None:
    """Show a card to everybody; its message, or None where none is known to be there.

    The request is accepted by then. So that it does not come to a card is not told as an error,
    which would make its author ask again: the outcome is then a message of its own.
    """
    try:
        if not interaction.response.is_done():
            return await _answer(interaction, view)
        # Discord was told to wait, in private. The card is for everybody, so it is a message of
        # its own, and what was private goes away.
        await interaction.edit_original_response(content="Here it comes.")
        message = await interaction.followup.send(view=view, wait=True)
        await interaction.delete_original_response()
    except LOST as lost:
        note_loss("showing a card", lost)
        return None
    return message.id


async def _answer(interaction: Interaction, view: discord.ui.LayoutView) -> int | None:
    try:
        return (await interaction.response.send_message(view=view)).message_id
    except (aiohttp.ClientError, OSError):
        pass  # it may have arrived all the same: then Discord refuses it now
    try:
        return (await interaction.response.send_message(view=view)).message_id
    except discord.HTTPException as refused:
        if refused.code != ANSWERED_ALREADY:
            raise
        return (await interaction.original_response()).id
