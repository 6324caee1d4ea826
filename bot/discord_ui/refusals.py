"""Turn an error into one private sentence for the person who acted.

Whatever goes wrong, an interaction is answered: in plain words, to its author alone, and without
anything technical in it.
"""

from __future__ import annotations

import logging

import aiohttp
import discord
from discord import app_commands

from bot.core.errors import EaselError, InvalidRequest
from bot.discord_ui import words
from bot.discord_ui.client import Interaction

LOG = logging.getLogger(__name__)


async def tell(interaction: Interaction, error: BaseException) -> None:
    """Answer the interaction with what went wrong; bugs go to the operator as well."""
    if interaction.client.is_closed():
        return  # it came while we stopped: nothing was accepted, and nothing can be said
    cause = _cause(error)
    if isinstance(cause, discord.NotFound) and cause.code == UNKNOWN_INTERACTION:
        # Too late to answer at all. Discord has told the member already.
        interaction.client.services.report_bug("answering in time", cause)
        return
    if isinstance(cause, discord.HTTPException) and cause.code == ANSWERED_ALREADY:
        return
    if isinstance(cause, aiohttp.ClientError | discord.DiscordServerError):
        note_loss("an interaction", cause)
        cause = EaselError()
    if not isinstance(cause, EaselError):
        interaction.client.services.report_bug("an interaction", cause)
        cause = EaselError()
    await whisper(interaction, cause.say(words.when))


async def whisper(interaction: Interaction, sentence: str) -> None:
    """Say something to the person who acted, and to nobody else."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except LOST as lost:
        note_loss("answering", lost)


def note_loss(what: str, lost: Exception) -> None:
    """Tell the operator of an answer that was lost; it is no bug, so without a traceback."""
    if getattr(lost, "code", None) != ANSWERED_ALREADY:
        LOG.warning("%s: lost to %s: %s", what, type(lost).__name__, lost)


LOST = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What comes of an answer that Discord did not take, or that broke off on its way."""

UNKNOWN_INTERACTION = 10062
"""Discord's code for an interaction that was not answered within three seconds."""

UNKNOWN_MESSAGE = 10008
"""Discord's code for a message that was deleted, such as the one whose button was pressed."""

ANSWERED_ALREADY = 40060
"""Discord's code for one that it sent twice, as it may after a lost connection."""


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    if isinstance(error, discord.NotFound) and error.code == UNKNOWN_MESSAGE:
        return InvalidRequest("This message is not there any more.")
    if isinstance(error, app_commands.TransformerError):
        return InvalidRequest(f"“{error.value}” is not possible there.")
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return InvalidRequest(
            "This command has changed since your Discord loaded it. "
            "Restart Discord, or try again in a few minutes."
        )
    if isinstance(error, app_commands.CheckFailure):
        return InvalidRequest("You may not use this command here.")
    return error
