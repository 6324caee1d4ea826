"""Where Discord is found.

discord.py has no public way to say it, so the two names that hold it are set here and nowhere
else, after a check that they still mean what they did.
"""

from __future__ import annotations

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.errors import Misconfigured


def point_at(api_url: str, gateway_url: str) -> None:
    """Make discord.py speak to this Discord, for the whole process.

    Args:
        api_url: The REST API with its version, such as `https://discord.com/api/v10`.
        gateway_url: The web socket, such as `wss://gateway.discord.gg/`.

    Raises:
        Misconfigured: This discord.py keeps its addresses somewhere else.
    """
    gateway = getattr(DiscordWebSocket, "DEFAULT_GATEWAY", None)
    rest = getattr(Route, "BASE", None)
    if not isinstance(rest, str) or "/api/v" not in rest or gateway is None:
        problem = (
            f"DISCORD_API_URL cannot be honoured: discord.py {discord.__version__} keeps its "
            "addresses elsewhere. Install the version that requirements.lock names."
        )
        raise Misconfigured((problem,))
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = type(gateway)(gateway_url)
