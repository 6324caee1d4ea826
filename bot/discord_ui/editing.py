"""Editing a picture that is there already: buttons under results, and the modal."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import discord

from bot.core.errors import BadPicture, InvalidRequest
from bot.core.images import PROMPT_LIMIT, Background
from bot.core.jobs import Job
from bot.core.ports import Incoming
from bot.discord_ui.acknowledging import acknowledged_while
from bot.discord_ui.actions import show_queued
from bot.discord_ui.buttons import JobButton, guarded, job_here, once
from bot.discord_ui.client import EaselClient, Interaction
from bot.discord_ui.incoming import GONE, HIDDEN, Attached
from bot.discord_ui.modals import EditModal
from bot.discord_ui.places import place

OURS = re.compile(r"(?:SPOILER_)?easel-(?P<job>\d+)-(?P<number>\d+)\.\w+")
"""Names of files that Easel posted."""

VARIATION = "A variation of this picture"
NO_BACKGROUND = "Remove the background. Keep the subject exactly as it is."
CONTINUE = "Continue the picture naturally beyond its edges."
"""What /expand asks for where the member says nothing else."""


def variation(prompt: str) -> str:
    """What is asked for to get another picture like one that was drawn from a prompt."""
    words = prompt.removeprefix(f"{VARIATION}: ")
    if words in (NO_BACKGROUND, CONTINUE, VARIATION):
        return VARIATION  # an instruction about the picture before, not what this one shows
    return f"{VARIATION}: {words}"[:PROMPT_LIMIT]


def parent_of(client: discord.Client, message: discord.Message) -> int | None:
    """The request that a message of ours shows the outcome of."""
    if client.user is None or message.author.id != client.user.id:
        return None
    found = (OURS.fullmatch(attachment.filename) for attachment in message.attachments)
    return next((int(match["job"]) for match in found if match), None)


class PictureButton(JobButton, template=r"easel:picture"):
    """A button about one picture of a request.

    Args:
        job_id: The request.
        index: Which of its pictures, from 0.
        message_id: The message that shows it, where that is not the button's own.
    """

    def __init__(self, job_id: int, index: int = 0, message_id: int | None = None) -> None:
        super().__init__(job_id)
        self.index, self.message_id = index, message_id
        elsewhere = f":{message_id}" if message_id else ""
        self.item.custom_id = f"{self.action}:{job_id}:{index}{elsewhere}"

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        message_id = match["message"]
        return cls(int(match["job"]), int(match["index"]), int(message_id) if message_id else None)

    async def picture(self, interaction: Interaction) -> Incoming:
        """The picture as it was posted, by a link that is fresh.

        Raises:
            BadPicture: It is not there any more, or not to be seen.
        """
        message = await self._message(interaction)
        for attachment in message.attachments:
            match = OURS.fullmatch(attachment.filename)
            if match and int(match["number"]) == self.index + 1:
                return Attached(attachment)
        raise BadPicture(GONE)

    async def _message(self, interaction: Interaction) -> discord.Message:
        if self.message_id is None and interaction.message is not None:
            return interaction.message
        channel = interaction.client.get_partial_messageable(interaction.channel_id or 0)
        try:
            return await channel.fetch_message(self.message_id or 0)
        except discord.NotFound as gone:
            raise BadPicture(GONE) from gone
        except discord.Forbidden as hidden:
            raise BadPicture(HIDDEN) from hidden


class Vary(PictureButton, template=r"vary:(?P<job>\d+):(?P<index>\d+)(?::(?P<message>\d+))?"):
    """Draw something like this picture, from the picture itself."""

    action = "vary"
    label = "Vary"

    async def press(self, interaction: Interaction) -> None:
        """Queue it and answer with its card."""
        job = await job_here(interaction, self.job_id)
        picture = await self.picture(interaction)
        await draw_from(interaction, job, picture, variation(job.request.prompt))


class RemoveBackground(
    PictureButton, template=r"cutout:(?P<job>\d+):(?P<index>\d+)(?::(?P<message>\d+))?"
):
    """Keep the subject alone, on nothing."""

    action = "cutout"
    label = "Remove background"

    async def press(self, interaction: Interaction) -> None:
        """Queue it and answer with its card."""
        job = await job_here(interaction, self.job_id)
        picture = await self.picture(interaction)
        await draw_from(interaction, job, picture, NO_BACKGROUND, Background.TRANSPARENT)


class Edit(PictureButton, template=r"edit:(?P<job>\d+):(?P<index>\d+)(?::(?P<message>\d+))?"):
    """Ask what should be different, in a modal."""

    action = "edit"
    label = "Edit…"

    async def press(self, interaction: Interaction) -> None:
        """Open the modal."""
        job = await job_here(interaction, self.job_id)
        place(interaction)
        picture = await self.picture(interaction)
        await interaction.response.send_modal(EditModal([picture], parent_id=job.id))


class ShowMask(JobButton, template=r"mask:(?P<job>\d+):(?P<index>\d+)"):
    """Show, to whoever asks, which part of the picture was to be edited."""

    action = "mask"
    label = "Show mask"

    async def press(self, interaction: Interaction) -> None:
        """Answer in private with the mask over the picture."""
        job = await job_here(interaction, self.job_id)
        if job.request.mask is None:
            raise InvalidRequest("This picture was edited as a whole, without a mask.")
        shown = interaction.client.services.take_in.mask_shown(
            job.request.sources[0], job.request.mask
        )
        data = await acknowledged_while(interaction, shown)
        await whisper_picture(interaction, "Easel was asked to change only the tinted part.", data)


class Choose(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"choose:(?P<job>\d+):(?P<first>\d+)",
):
    """Which of several pictures is meant.

    Args:
        job_id: The request.
        indexes: Its pictures in this message, from 0.
    """

    def __init__(self, job_id: int, indexes: Sequence[int]) -> None:
        options = [
            discord.SelectOption(label=f"Picture {index + 1}", value=str(index))
            for index in indexes
        ]
        super().__init__(
            discord.ui.Select(
                custom_id=f"choose:{job_id}:{indexes[0]}",
                placeholder="Choose a picture to vary or edit",
                options=options,
            )
        )
        self.job_id = job_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a select whose id fits the template."""
        return cls(int(match["job"]), [int(match["first"])])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when a picture is chosen."""
        await guarded(interaction, self._choose)

    async def _choose(self, interaction: Interaction) -> None:
        job = await job_here(interaction, self.job_id)
        index = int(interaction.data["values"][0])  # type: ignore[index, typeddict-item]
        message_id = interaction.message.id if interaction.message else None
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.TextDisplay(f"**Picture {index + 1}**"))
        view.add_item(
            discord.ui.ActionRow(
                Vary(job.id, index, message_id),
                Edit(job.id, index, message_id),
                *remove_background(interaction.client, job, index, message_id),
            )
        )
        await interaction.response.send_message(view=view, ephemeral=True)


async def draw_from(
    interaction: Interaction,
    job: Job,
    picture: Incoming,
    prompt: str,
    background: Background | None = None,
) -> None:
    """Edit one picture of a request with the request's own options."""
    here = place(interaction)
    once(interaction)
    services = interaction.client.services
    taken = await acknowledged_while(interaction, services.take_in.pictures([picture]))
    wish = services.submit.like(job, prompt)
    if background is not None:
        # What is see-through needs a format that can be.
        wish = replace(wish, background=background, format=None)
    accepted = await services.submit.wish(wish, here, taken=taken, parent_id=job.id)
    await show_queued(interaction, accepted.job)


def remove_background(
    client: EaselClient, job: Job, index: int, message_id: int | None = None
) -> tuple[RemoveBackground, ...]:
    """The button, where the request's model can draw on nothing."""
    model = client.services.submit.known(job.request.model)
    if model is None or Background.TRANSPARENT not in model.backgrounds:
        return ()
    return (RemoveBackground(job.id, index, message_id),)


async def whisper_picture(interaction: Interaction, sentence: str, data: bytes) -> None:
    """Show a picture to the person who acted, and to nobody else."""
    file = discord.File(io.BytesIO(data), "mask.jpg")
    if interaction.response.is_done():
        await interaction.followup.send(sentence, file=file, ephemeral=True)
    else:
        await interaction.response.send_message(sentence, file=file, ephemeral=True)


EDITING = (Vary, RemoveBackground, Edit, ShowMask, Choose)
"""Every component for pictures that are there already, to be registered with the client."""
