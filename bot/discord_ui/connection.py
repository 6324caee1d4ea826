"""Log in to Discord and stay connected."""

from __future__ import annotations

import logging
from datetime import timedelta

import aiohttp
import discord

from bot.core.errors import Misconfigured
from bot.core.ports import Clock
from bot.discord_ui.client import EaselClient, expect_no_voice

PAUSES = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=60))
"""Between tries to log in while Discord cannot be reached; the last one repeats."""

LOGIN_REFUSED = (
    "DISCORD_TOKEN is not accepted by Discord. Copy it anew from the Developer Portal: "
    "your application, Bot, Reset Token."
)


async def stay_connected(client: EaselClient) -> str:
    """Keep the gateway connection of a logged-in client up.

    Returns:
        Why it ended for good, in a sentence for the operator.
    """
    try:
        await client.connect(reconnect=True)
    except discord.PrivilegedIntentsRequired:
        return (
            "EASEL_MESSAGE_CONTENT needs the Message Content Intent: switch it on in the "
            "Developer Portal (your application, Bot), or set it to false."
        )
    except discord.ConnectionClosed as closed:
        return f"Discord closed the connection for good (code {closed.code}). {LOGIN_REFUSED}"
    return "The connection to Discord was closed."


async def log_in(client: EaselClient, token: str, clock: Clock) -> None:
    """Log in, and keep trying while Discord cannot be reached.

    Raises:
        Misconfigured: Discord refuses the token.
    """
    tries = 0
    while True:
        try:
            await client.login(token)
        except discord.LoginFailure as refused:
            raise Misconfigured((LOGIN_REFUSED,)) from refused
        except (aiohttp.ClientError, OSError, discord.DiscordServerError) as lost:
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            tries += 1
            logging.getLogger(__name__).warning(
                "Discord cannot be reached (%s); trying again in %d s",
                type(lost).__name__,
                pause.total_seconds(),
            )
            await clock.sleep_until(clock.now() + pause)
        else:
            return


async def ask_who(token: str) -> str:
    """The bot's name, as Discord knows it; for `easel check`.

    Raises:
        Misconfigured: Discord refuses the token, or cannot be reached.
    """
    expect_no_voice()
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        await client.login(token)
        return str(client.user)
    except discord.LoginFailure as refused:
        raise Misconfigured((LOGIN_REFUSED,)) from refused
    except discord.HTTPException as odd:
        problem = (
            "Something answers at DISCORD_API_URL, but not as Discord does "
            f"({odd.status}). Does the address end in /api/v10?"
        )
        raise Misconfigured((problem,)) from odd
    except (aiohttp.ClientError, OSError) as lost:
        problem = (
            "Discord cannot be reached. Check this machine's network, and DISCORD_API_URL if it "
            f"is set ({type(lost).__name__})."
        )
        raise Misconfigured((problem,)) from lost
    finally:
        await client.close()
