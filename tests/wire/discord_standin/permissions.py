"""Permission bits by discord.py's names, and who may do what in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.wire.discord_standin.model import APPLICATION_ID, Channel, Guild, Member

if TYPE_CHECKING:
    from collections.abc import Iterable

BITS = {
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "manage_roles": 1 << 28,
    "use_application_commands": 1 << 31,
    "send_messages_in_threads": 1 << 38,
    "use_external_apps": 1 << 50,
}
EVERYTHING = (1 << 53) - 1


def mask(names: Iterable[str]) -> int:
    """The bits of the named permissions."""
    bits = 0
    for name in names:
        if name not in BITS:
            known = ", ".join(sorted(BITS))
            raise ValueError(f"{name!r} is not a permission the stand-in knows; it knows {known}")
        bits |= BITS[name]
    return bits


EVERYONE = mask(
    [
        "view_channel",
        "send_messages",
        "embed_links",
        "attach_files",
        "read_message_history",
        "use_external_emojis",
        "use_application_commands",
        "send_messages_in_threads",
        "use_external_apps",
    ]
)


def of_member(guild: Guild, member: Member, channel: Channel | None = None) -> int:
    """What a member may do in the guild, or in one of its channels (Discord's own algorithm)."""
    if member.user.id == guild.owner_id:
        return EVERYTHING
    bits = guild.roles[guild.id].permissions
    for role in member.roles:
        bits |= guild.roles[role].permissions
    if bits & BITS["administrator"]:
        return EVERYTHING
    return bits if channel is None else _overwritten(bits, guild, member, channel)


def _overwritten(bits: int, guild: Guild, member: Member, channel: Channel) -> int:
    everyone = channel.overwrites.get(guild.id)
    if everyone:
        bits = bits & ~everyone.deny | everyone.allow
    roles = [channel.overwrites[role] for role in member.roles if role in channel.overwrites]
    for overwrite in roles:
        bits &= ~overwrite.deny
    for overwrite in roles:
        bits |= overwrite.allow
    own = channel.overwrites.get(member.user.id)
    if own:
        bits = bits & ~own.deny | own.allow
    return bits


def of_bot(guild: Guild, channel: Channel | None = None) -> int:
    """What the bot may do; nothing where it is not a member."""
    member = guild.members.get(APPLICATION_ID)
    return of_member(guild, member, channel) if member and guild.has_bot else 0
