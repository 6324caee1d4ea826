"""The connection to Discord: what it listens to, what it keeps, and what it is handed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord
from discord import app_commands

from bot.core.ports import Progress
from bot.services.cancel import Cancel
from bot.services.limit import Limit
from bot.services.report import Report
from bot.services.submit import Submit


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What commands and buttons may do.

    Attributes:
        show: Brings the card of an unfinished or cancelled request up to date.
        report_bug: Told of an error that only a bug can cause, and where it was.
    """

    submit: Submit
    cancel: Cancel
    limit: Limit
    report: Report
    show: Callable[[Progress], Awaitable[None]]
    report_bug: Callable[[str, BaseException], None]


def expect_no_voice() -> None:
    """Keep discord.py from warning operators of what only voice channels need."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


class EaselClient(discord.AutoShardedClient):
    """discord.py's client with what Easel's commands need at hand.

    It keeps no members and no messages: everything that is needed comes with each interaction.

    `services` are handed over before it logs in; some of them post through it.

    Args:
        prepare: Awaited once after login, before the first event; syncs the commands.
        shard_count: How many; by default as many as Discord recommends.
    """

    def __init__(
        self,
        *,
        prepare: Callable[[EaselClient], Awaitable[None]],
        shard_count: int | None = None,
    ) -> None:
        expect_no_voice()
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=shard_count,
        )
        self.services: Services
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self._prepare = prepare

    async def setup_hook(self) -> None:
        """Called by discord.py once, after login."""
        await self._prepare(self)


Interaction = discord.Interaction[EaselClient]
"""What every command and button is handed."""
