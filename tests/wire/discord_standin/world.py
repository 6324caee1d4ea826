"""The state of this Discord, and how to look things up in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.wire.discord_standin import permissions
from tests.wire.discord_standin.buckets import Buckets
from tests.wire.discord_standin.cdn import Cdn
from tests.wire.discord_standin.commands import Registry
from tests.wire.discord_standin.journal import Journal
from tests.wire.discord_standin.model import (
    APPLICATION_ID,
    Channel,
    Clock,
    Guild,
    Interaction,
    Member,
    Message,
    Settings,
    Snowflakes,
    User,
)
from tests.wire.discord_standin.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable


class World:
    """Everything there is; no network in here."""

    def __init__(self, settings: Settings) -> None:
        """Start with the bot, its owner, and nobody else."""
        self.settings = settings
        self.clock = Clock()
        self.ids = Snowflakes(self.clock)
        self.journal = Journal(self.clock)
        self.cdn = Cdn(settings, self.clock)
        self.buckets = Buckets(settings, self.clock)
        self.commands = Registry(self.ids, settings)
        self.bot = User(APPLICATION_ID, "easel", bot=True)
        self.owner = User(self.ids.next(), "owner")
        self.users = {user.id: user for user in (self.bot, self.owner)}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self._direct: dict[int, Channel] = {}
        self.nonces: dict[str | int, tuple[float, int]] = {}
        # The real clock of this process: latencies are measured, not moved by tests.
        self.stopwatch: Callable[[], float] = time.monotonic

    def guild(self, guild_id: int) -> Guild:
        """A guild that the bot is in, else 10004."""
        guild = self.guilds.get(guild_id)
        if guild is None or not guild.has_bot:
            raise refusal(10004)
        return guild

    def channel(self, channel_id: int) -> Channel:
        """A channel that exists, else 10003."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise refusal(10003)
        return channel

    def message(self, message_id: int, channel_id: int | None = None) -> Message:
        """A message that is still there (and in that channel), else 10008."""
        message = self.messages.get(message_id)
        if message is None or message.deleted:
            raise refusal(10008)
        if channel_id is not None and message.channel_id != channel_id:
            raise refusal(10008)
        return message

    def member(self, guild: Guild, user: User) -> Member:
        """The user as a member; joins now where they were not one yet."""
        member = guild.members.get(user.id)
        if member is None:
            member = guild.members[user.id] = Member(user, [], self.clock.now())
        return member

    def direct_channel(self, user: User) -> Channel:
        """The one DM channel between the bot and a user."""
        channel = self._direct.get(user.id)
        if channel is None:
            channel = Channel(self.ids.next(), user.name, recipient=user)
            self.channels[channel.id] = self._direct[user.id] = channel
        return channel

    def shares_a_guild(self, user: User) -> bool:
        """Whether the bot is with that user anywhere: else it may not write to them."""
        return any(user.id in each.members and each.has_bot for each in self.guilds.values())

    def guild_of(self, channel: Channel) -> Guild | None:
        """The guild a channel belongs to."""
        return self.guilds[channel.guild_id] if channel.guild_id else None

    def bot_permissions(self, channel: Channel) -> int:
        """What the bot may do in a channel; everything useful in a DM."""
        guild = self.guild_of(channel)
        return permissions.of_bot(guild, channel) if guild else permissions.EVERYONE

    def demand(self, channel: Channel, *names: str) -> None:
        """Refuse what the bot may not do: 50001 where it cannot see the channel, else 50013."""
        held = self.bot_permissions(channel)
        if not held & permissions.BITS["view_channel"]:
            raise refusal(50001)
        for name in names:
            if not held & permissions.BITS[name]:
                raise refusal(50013)

    def user_permissions(self, channel: Channel, user: User) -> int:
        """What a person may do in a channel."""
        guild = self.guild_of(channel)
        if guild is None:
            return permissions.EVERYONE
        return permissions.of_member(guild, self.member(guild, user), channel)
