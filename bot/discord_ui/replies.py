"""Reply to a picture and mention the bot: `@Easel make the sky red`.

Discord shows a bot its own messages and those that mention it. Of other people's messages that are
replied to it shows nothing, unless the operator switched the message-content intent on; then the
way is a button that opens the form, or the context menu.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Self

import discord

from bot.core.errors import EaselError, InvalidRequest
from bot.core.jobs import DIRECT, Place
from bot.core.ports import Incoming, Progress
from bot.discord_ui import cards, words
from bot.discord_ui.actions import Cancel
from bot.discord_ui.buttons import guarded
from bot.discord_ui.client import EaselClient, Interaction
from bot.discord_ui.editing import parent_of
from bot.discord_ui.incoming import pictures_of
from bot.discord_ui.modals import EditModal, edit_wish
from bot.discord_ui.places import (
    check_permissions,
    inside,
    is_age_restricted,
    place,
    roles_of,
)
from bot.discord_ui.refusals import LOST, note_loss

UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes; what Discord takes everywhere."""

SHORT_LIVED_S = 60.0
"""A refusal cannot be private here; it goes away by itself."""

HOW = (
    "Reply to a picture and mention me with what should be different, like “make the sky red”. "
    "Or attach a picture to your message."
)
NO_PICTURE = f"I see no picture in the message you replied to. {HOW}"
NO_WORDS = "Say what should be different, like “make the sky red”."
HIDDEN = (
    "Discord does not show me the message you replied to. Press the button and upload the picture "
    "there, or use **Apps → Edit image** in the menu of the message, where I can see it."
)
SEVERAL = "That message has several pictures. Press the button to choose one."


async def answer(client: EaselClient, message: discord.Message) -> None:
    """Called with every message; most are none of ours."""
    me = client.user
    if me is None or message.author.bot or me.id not in message.raw_mentions:
        return
    try:
        try:
            await _edit(client, message, _words(message.content, me.id))
        except EaselError as refusal:
            await _refuse(message, refusal.aloud(words.when))
    except LOST as lost:
        note_loss("answering a reply", lost)
    except RuntimeError:
        # The session that would carry the answer is closed: we stop.
        if not client.is_closed():
            raise


def _words(content: str, me: int) -> str:
    """What was said, without the mention."""
    return re.sub(rf"<@!?{me}>", " ", content).strip()


async def _edit(client: EaselClient, message: discord.Message, prompt: str) -> None:
    here = _place(client, message)
    own = pictures_of(client, message)
    target = await _replied_to(message)
    shown = pictures_of(client, target) if target else []
    if not shown and not own:
        if target and _is_hidden(client, target):
            await message.reply(view=_form_button(HIDDEN, message, target), mention_author=False)
            return
        raise InvalidRequest(NO_PICTURE if target else HOW)
    if len(shown) > 1 and target:
        await message.reply(view=_form_button(SEVERAL, message, target), mention_author=False)
        return
    if not prompt:
        raise InvalidRequest(NO_WORDS)
    parent_id = parent_of(client, target) if target else None
    await _queue(client, message, here, [*shown, *own], prompt, parent_id)


async def _queue(
    client: EaselClient,
    message: discord.Message,
    here: Place,
    pictures: list[Incoming],
    prompt: str,
    parent_id: int | None,
) -> None:
    services = client.services
    taken = await services.take_in.pictures(pictures)
    parent = await services.report.job(parent_id) if parent_id else None
    wish = edit_wish(services.submit, parent, prompt, pictures)
    accepted = await services.submit.wish(wish, here, taken=taken, parent_id=parent_id)
    if not accepted.new:
        return
    line = await services.report.line(accepted.job)
    progress = Progress(
        job=accepted.job, ahead=line.ahead, expected_s=line.expected_s, paused=line.paused
    )
    view = cards.progress_card(progress, buttons=[Cancel(accepted.job.id)])
    card = await message.reply(view=view, mention_author=False)
    await services.submit.answered(accepted.job, card.id)


def _place(client: EaselClient, message: discord.Message) -> Place:
    """Where to answer; the message stands for the interaction.

    Raises:
        MissingPermissions: The bot may not post pictures there.
    """
    guild = message.guild
    if guild is not None and not isinstance(message.channel, discord.PartialMessageable):
        check_permissions(
            message.channel.permissions_for(guild.me),
            in_thread=isinstance(message.channel, discord.Thread),
            replies=True,
        )
    return Place(
        guild_id=guild.id if guild else DIRECT,
        channel_id=message.channel.id,
        member_id=message.author.id,
        interaction_id=message.id,
        token="",
        application_id=client.application_id or 0,
        upload_limit=guild.filesize_limit if guild else UPLOAD_LIMIT,
        roles=roles_of(message.author),
        inside=inside(message.channel),
        age_restricted=is_age_restricted(message.channel),
    )


async def _replied_to(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if isinstance(reference.resolved, discord.DeletedReferencedMessage):
        raise InvalidRequest("The message you replied to was deleted.")
    try:
        return await message.channel.fetch_message(reference.message_id)
    except discord.NotFound as gone:
        raise InvalidRequest("The message you replied to was deleted.") from gone
    except discord.Forbidden as hidden:
        raise InvalidRequest("I may not see the message you replied to.") from hidden


def _is_hidden(client: EaselClient, message: discord.Message) -> bool:
    """Whether Discord may have left the content out: it looks empty, and it is not ours."""
    ours = client.user is not None and message.author.id == client.user.id
    empty = not (message.content or message.attachments or message.embeds or message.components)
    return empty and not ours and not client.message_content


async def _refuse(message: discord.Message, sentence: str) -> None:
    try:
        await message.reply(sentence, mention_author=False, delete_after=SHORT_LIVED_S)
    except discord.Forbidden:
        # Without the history there are no replies; without more there is no way to answer at all.
        with suppress(discord.Forbidden):
            await message.channel.send(sentence, delete_after=SHORT_LIVED_S)


def _form_button(
    text: str, message: discord.Message, target: discord.Message
) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(text))
    view.add_item(discord.ui.ActionRow(OpenForm(message.author.id, target.id)))
    return view


class OpenForm(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"form:(?P<member>\d+):(?P<message>\d+)",
):
    """Opens the form for a picture in another message, for the person who replied to it."""

    def __init__(self, member_id: int, message_id: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Edit this picture",
                style=discord.ButtonStyle.primary,
                custom_id=f"form:{member_id}:{message_id}",
            )
        )
        self.member_id, self.message_id = member_id, message_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Called by discord.py with a pressed button whose id fits the template."""
        return cls(int(match["member"]), int(match["message"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Called by discord.py when the button is pressed."""
        await guarded(interaction, self._open)

    async def _open(self, interaction: Interaction) -> None:
        if interaction.user.id != self.member_id:
            raise InvalidRequest("Only the person who replied to the picture can use this button.")
        place(interaction)
        client = interaction.client
        channel = client.get_partial_messageable(interaction.channel_id or 0)
        try:
            target = await channel.fetch_message(self.message_id)
        except discord.HTTPException:
            pictures, parent_id = [], None
        else:
            pictures, parent_id = pictures_of(client, target), parent_of(client, target)
        prompt, extra = await _said_already(interaction)
        form = EditModal(pictures, parent_id=parent_id, prompt=prompt, extra=extra)
        await interaction.response.send_modal(form)


async def _said_already(interaction: Interaction) -> tuple[str, list[Incoming]]:
    """Words and pictures of the reply that the button answers; none where it is gone."""
    client, shown = interaction.client, interaction.message
    asked = shown.reference.message_id if shown and shown.reference else None
    if shown is None or asked is None or client.user is None:
        return "", []
    try:
        reply = await client.get_partial_messageable(shown.channel.id).fetch_message(asked)
    except discord.HTTPException:
        return "", []
    return _words(reply.content, client.user.id), pictures_of(client, reply)
