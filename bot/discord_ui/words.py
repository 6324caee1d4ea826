"""How things are said to people: times, amounts, quotations, lists."""

from __future__ import annotations

import re
from datetime import datetime

import discord

from bot.core.images import ImageRequest
from bot.core.jobs import DIRECT, Job, Place

PROMPT_SHOWN = 700
"""Characters of a prompt that a card shows."""


PAUSED = (
    "Someone who manages this server has stopped it for now. Your request keeps its place and is "
    "drawn when the queue goes on."
)
"""Why a request waits that could be drawn."""


def when(moment: datetime) -> str:
    """A time that Discord shows in each reader's own zone, like “in 3 hours”."""
    return discord.utils.format_dt(moment, "R")


def day(moment: datetime) -> str:
    """A date, likewise, like “20 December 2026”."""
    return discord.utils.format_dt(moment, "D")


def quote(prompt: str, limit: int = PROMPT_SHOWN) -> str:
    """A prompt as a quotation that pings nobody and formats nothing."""
    flat = " ".join(prompt.split())
    cut = flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
    return "> " + plain(cut)


def plain(text: str) -> str:
    """Somebody's words with every character that Discord would interpret made harmless."""
    escaped = discord.utils.escape_markdown(discord.utils.escape_mentions(text))
    # Headings, lists, channel links, emoji, commands and links are left alone by the library.
    return re.sub(r"(?<!\\)([<\[\]#:-])", r"\\\1", escaped).replace("://", ":\u200b//")


def link(place: Place) -> str:
    """Where a card is, for people who see that channel."""
    server = "@me" if place.guild_id == DIRECT else place.guild_id
    return f"https://discord.com/channels/{server}/{place.channel_id}/{place.message_id}"


def seconds(amount: float) -> str:
    """`8 s`, `2 min`: rough on purpose."""
    if amount < 90:
        return f"{max(1, round(amount))} s"
    return f"{round(amount / 60)} min"


def pictures(count: int) -> str:
    """`1 picture`, `4 pictures`."""
    return "1 picture" if count == 1 else f"{count} pictures"


def specs(request: ImageRequest) -> str:
    """Model, size and quality in one line."""
    parts = [request.model, str(request.size).replace("x", " × "), request.quality.value]
    if request.style:
        parts.append(request.style.value)
    if request.count > 1:
        parts.append(pictures(request.count))
    return " · ".join(parts)


def position(ahead: int, expected_s: int) -> str:
    """Where a waiting request is, and for how long."""
    before = f"{ahead} request{'' if ahead == 1 else 's'} before it"
    place = before if ahead else "It is next"
    return f"{place}; finished in about {seconds(expected_s)}."


def took(job: Job) -> str | None:
    """How long drawing took."""
    if job.started_at is None or job.finished_at is None:
        return None
    return seconds((job.finished_at - job.started_at).total_seconds())


def kept(requests: int) -> str:
    """That there are pictures which their author has not seen, and where they are."""
    whose = "1 request" if requests == 1 else f"{requests} requests"
    return f"The pictures of {whose} could not be posted. You find them with /history."
