"""What a server says about requests, apart from limits: where, in which words, and by default how.

Looked at before anything is reserved.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.allowances import QUALITIES, Allowance
from bot.core.errors import NotAllowed
from bot.core.guilds import GuildSettings
from bot.core.images import Background, Format, ImageRequest, Quality, Size
from bot.core.jobs import Place
from bot.core.models import Model, Wish, listed
from bot.core.words import check_words

MOST_NAMED = 5
"""Channels that a sentence names."""


def check_place(chosen: GuildSettings, place: Place) -> None:
    """Let a request pass only where the server wants to have it.

    Raises:
        NotAllowed: The sentence says where else.
    """
    here = {place.channel_id, *place.inside}
    allowed = chosen.allowed_channels
    if here & chosen.denied_channels or (allowed and not here & allowed):
        raise NotAllowed(f"I may not draw in this channel. {_elsewhere(chosen)}")
    if chosen.age_restricted_only and not place.age_restricted:
        raise NotAllowed(
            "This server lets me draw in age-restricted channels only. Ask again in one of those."
        )


def _elsewhere(chosen: GuildSettings) -> str:
    named = sorted(chosen.allowed_channels - chosen.denied_channels)
    if not named:
        return "Ask again in another one."
    shown = [f"<#{channel}>" for channel in named[:MOST_NAMED]]
    more = " and others" if len(named) > MOST_NAMED else ""
    return f"Ask again in {listed(shown) if not more else ', '.join(shown)}{more}."


def check_prompt(chosen: GuildSettings, request: ImageRequest) -> None:
    """Let a request pass only in words that the server allows, in all that is sent of them.

    Raises:
        WordNotAllowed: One of them is not.
    """
    check_words(f"{request.prompt}\n{request.avoid}", chosen.words)


def hidden(chosen: GuildSettings, request: ImageRequest) -> ImageRequest:
    """The request, hidden until it is clicked where the server wants that of all."""
    return replace(request, spoiler=True) if chosen.always_spoiler else request


def fill_in(
    wish: Wish, model: Model, chosen: GuildSettings, allowed: Allowance, *, edits: bool
) -> Wish:
    """What the server draws with where a member says nothing.

    A default that the model does not have, or that the member is not allowed, is passed over: they
    did not ask for it, so they need not hear of it. What is edited keeps its own size.
    """
    if wish.quality is None and chosen.quality in set(model.qualities):
        best = allowed.quality
        quality = Quality(chosen.quality)
        if best is None or QUALITIES.index(quality) <= QUALITIES.index(best):
            wish = replace(wish, quality=quality)
    if wish.size is None and chosen.size is not None and not edits:
        size = Size.parse(chosen.size)
        fits = allowed.pixels is None or size.pixels <= allowed.pixels
        if fits and model.sizes.problem(size) is None:
            wish = replace(wish, size=chosen.size)
    if wish.format is None and chosen.format in set(model.formats):
        see_through = wish.background == Background.TRANSPARENT
        if not (see_through and chosen.format == Format.JPEG):
            wish = replace(wish, format=chosen.format)
    return wish
