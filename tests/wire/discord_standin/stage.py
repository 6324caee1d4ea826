"""Setting the scene: people, guilds, channels, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.wire.discord_standin import payloads, permissions
from tests.wire.discord_standin.model import (
    APPLICATION_ID,
    Channel,
    Guild,
    Intent,
    Member,
    Overwrite,
    Role,
    User,
)

if TYPE_CHECKING:
    from tests.wire.discord_standin.gateway import Gateway
    from tests.wire.discord_standin.model import Json
    from tests.wire.discord_standin.world import World


class Stage:
    """Builds the world, and tells connected bots what changes in it."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """Build in world."""
        self._world = world
        self._gateway = gateway

    def user(self, name: str) -> User:
        """A new person."""
        user = User(self._world.ids.next(), name)
        self._world.users[user.id] = user
        return user

    def guild(self, name: str, members: list[int], owner: int | None) -> Guild:
        """A guild with the bot in it; the bot has a role of its own, as after an invite."""
        world = self._world
        now = world.clock.now()
        guild = Guild(world.ids.next(), name, owner or world.owner.id, now)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE)
        own = Role(world.ids.next(), world.bot.name, permissions.EVERYONE, managed=True)
        guild.roles[own.id] = own
        guild.members[APPLICATION_ID] = Member(world.bot, [own.id], now)
        for user_id in members:
            world.member(guild, world.users[user_id])
        world.guilds[guild.id] = guild
        self._gateway.announce(guild)
        return guild

    def role(self, guild: Guild, name: str, granted: list[str], members: list[int]) -> Role:
        """A new role, given to some members."""
        role = Role(self._world.ids.next(), name, permissions.mask(granted))
        guild.roles[role.id] = role
        data = {"guild_id": str(guild.id), "role": payloads.role(role, len(guild.roles) - 1)}
        self._gateway.dispatch("GUILD_ROLE_CREATE", data, guild.id, Intent.GUILDS)
        for user_id in members:
            self.give(guild, self._world.users[user_id], role)
        return role

    def give(self, guild: Guild, user: User, role: Role) -> None:
        """Give a role to a member."""
        member = self._world.member(guild, user)
        member.roles.append(role.id)
        self._member_changed(guild, member)

    def take(self, guild: Guild, user: User, role: Role) -> None:
        """Take a role from a member."""
        member = self._world.member(guild, user)
        member.roles.remove(role.id)
        self._member_changed(guild, member)

    def channel(self, guild: Guild, name: str, denied: list[str], *, nsfw: bool) -> Channel:
        """A text channel; denied is what the bot may not do in it."""
        channel = Channel(self._world.ids.next(), name, guild.id, nsfw=nsfw)
        channel.position = len(guild.channels)
        channel.overwrites[APPLICATION_ID] = Overwrite(True, deny=permissions.mask(denied))
        guild.channels[channel.id] = self._world.channels[channel.id] = channel
        self._tell("CHANNEL_CREATE", channel)
        return channel

    def deny(self, channel: Channel, denied: list[str]) -> None:
        """Change what the bot may not do in a channel."""
        channel.overwrites[APPLICATION_ID] = Overwrite(True, deny=permissions.mask(denied))
        self._tell("CHANNEL_UPDATE", channel)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with everything in it."""
        world = self._world
        if channel.guild_id:
            del world.guilds[channel.guild_id].channels[channel.id]
        del world.channels[channel.id]
        for message in world.messages.values():
            if message.channel_id == channel.id:
                message.deleted = True
                world.cdn.drop(message.attachments)
        self._tell("CHANNEL_DELETE", channel)

    def remove_bot(self, guild: Guild) -> None:
        """Throw the bot out of a guild."""
        data = {"id": str(guild.id)}
        self._gateway.dispatch("GUILD_DELETE", data, guild.id, Intent.GUILDS)
        guild.has_bot = False

    def _tell(self, event: str, channel: Channel) -> None:
        shown = payloads.channel(channel)
        self._gateway.dispatch(event, shown, channel.guild_id, Intent.GUILDS)

    def _member_changed(self, guild: Guild, member: Member) -> None:
        data: Json = {"guild_id": str(guild.id), **payloads.member(member)}
        self._gateway.dispatch("GUILD_MEMBER_UPDATE", data, guild.id, Intent.GUILD_MEMBERS)
