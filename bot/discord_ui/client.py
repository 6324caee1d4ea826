"""The connection to Discord: what it listens to, what it keeps, and what it is handed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord
from discord import app_commands

from bot.core.errors import Unavailable
from bot.core.ports import Progress
from bot.services.batch import Together
from bot.services.cancel import Cancel
from bot.services.choose import Choose
from bot.services.erase import Erase
from bot.services.forget import Forget
from bot.services.hand_over import HandOver
from bot.services.limit import Limit
from bot.services.oversee import Oversee
from bot.services.report import Report
from bot.services.submit import Submit
from bot.services.take_in import TakeIn
from bot.services.tell_log import TellLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What commands and buttons may do.

    Attributes:
        show: Brings the card of an unfinished or cancelled request up to date.
        report_bug: Told of an error that only a bug can cause, and where it was.
    """

    submit: Submit
    take_in: TakeIn
    cancel: Cancel
    limit: Limit
    choose: Choose
    oversee: Oversee
    tell_log: TellLog
    report: Report
    hand_over: HandOver
    erase: Erase
    forget: Forget
    together: Together
    show: Callable[[Progress], Awaitable[None]]
    report_bug: Callable[[str, BaseException], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an operator chooses about the connection.

    Attributes:
        direct_messages: Whether commands may be used in direct messages with the bot.
        message_content: Whether the privileged intent of that name is switched on.
        shard_count: How many; by default as many as Discord recommends.
    """

    direct_messages: bool = False
    message_content: bool = False
    shard_count: int | None = None


def expect_no_voice() -> None:
    """Keep discord.py from warning operators of what only voice channels need."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


class Presses:
    """Who pressed which button in the last few seconds."""

    MEMORY_S = 3.0

    def __init__(self) -> None:
        self._at: dict[tuple[int, str], float] = {}

    def first(self, press: tuple[int, str], now: float) -> bool:
        """Whether this is the first such press for a while.

        Args:
            press: The member's id and the button's.
            now: Seconds of a clock that never goes back.
        """
        self._at = {known: at for known, at in self._at.items() if now - at < self.MEMORY_S}
        if press in self._at:
            return False
        self._at[press] = now
        return True


class EaselClient(discord.AutoShardedClient):
    """discord.py's client with what Easel's commands need at hand.

    It keeps no members and no messages: everything that is needed comes with each interaction.

    `services` are handed over before it logs in; some of them post through it.

    Args:
        prepare: Awaited once after login, before the first event; syncs the commands.
        hear: Awaited with each message.
        options: What the operator chose.
    """

    def __init__(
        self,
        *,
        prepare: Callable[[EaselClient], Awaitable[None]],
        hear: Callable[[EaselClient, discord.Message], Awaitable[None]],
        options: Options,
    ) -> None:
        expect_no_voice()
        super().__init__(
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=options.direct_messages,
                message_content=options.message_content,
            ),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=options.shard_count,
        )
        self.services: Services
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=options.direct_messages
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self.message_content = options.message_content
        self.presses = Presses()
        self._logged_in = False
        self._prepare = prepare
        self._hear = hear

    async def setup_hook(self) -> None:
        """Called by discord.py once, after login."""
        self._logged_in = True
        await self._prepare(self)

    async def close(self) -> None:
        """Let go of the connection; discord.py's own fails where there was no login yet."""
        if self._logged_in:
            await super().close()
        else:
            await self.http.close()

    async def on_ready(self) -> None:
        """Called by discord.py once it knows every server, also those that do not answer now."""
        await self._forgetting(lambda: self.services.forget.present([g.id for g in self.guilds]))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Called by discord.py when the bot is added to a server."""
        await self._forgetting(lambda: self.services.forget.joined(guild.id))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Called by discord.py when it is removed from one; an outage is not that."""
        await self._forgetting(lambda: self.services.forget.left(guild.id))

    async def _forgetting(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except Unavailable as locked:
            # At the next connection the servers are compared again.
            self.services.report_bug("servers that come and go", locked)

    async def on_message(self, message: discord.Message) -> None:
        """Called by discord.py with every message that it is told of."""
        await self._hear(self, message)


Interaction = discord.Interaction[EaselClient]
"""What every command and button is handed."""
