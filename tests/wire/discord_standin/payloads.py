"""The JSON Discord sends for people, guilds, channels, messages and the application."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.wire.discord_standin import components, permissions
from tests.wire.discord_standin.model import APPLICATION_ID, Asked, Intent

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import (
        Attachment,
        Channel,
        Guild,
        Interaction,
        Json,
        Member,
        Message,
        Role,
        User,
    )
    from tests.wire.discord_standin.world import World

TEXT_CHANNEL, DIRECT_CHANNEL = 0, 1
_REPLY, _SLASH_ANSWER, _MENU_ANSWER = 19, 20, 23


_GUILD_NOTHING = (
    *("icon", "description", "home_header", "splash", "discovery_splash", "banner"),
    *("application_id", "afk_channel_id", "system_channel_id", "widget_channel_id"),
    *("vanity_url_code", "rules_channel_id", "safety_alerts_channel_id", "max_presences"),
    *("public_updates_channel_id", "incidents_data"),
)
_GUILD_ZERO = (
    *("system_channel_flags", "verification_level", "default_message_notifications"),
    *("mfa_level", "explicit_content_filter", "premium_tier", "nsfw_level"),
    "premium_subscription_count",
)


def moment(seconds: float) -> str:
    """A time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def user(person: User) -> Json:
    """A user object."""
    return {
        "id": str(person.id),
        "username": person.name,
        "discriminator": "0",
        "global_name": person.name.title(),
        "avatar": None,
        "bot": person.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user(world: World) -> Json:
    """What the bot sees of itself."""
    extra = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
    return user(world.bot) | extra


def application(world: World) -> Json:
    """The application object, with its owner."""
    return {
        "id": str(APPLICATION_ID),
        "name": "Easel",
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def member(person: Member) -> Json:
    """A guild member object."""
    return {
        "user": user(person.user),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in person.roles],
        "joined_at": moment(person.joined),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def role(held: Role, position: int) -> Json:
    """A role object."""
    return {
        "id": str(held.id),
        "name": held.name,
        "permissions": str(held.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": held.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel(place: Channel) -> Json:
    """A channel object, of a guild or direct."""
    base: Json = {"id": str(place.id), "flags": 0, "last_message_id": None}
    if place.recipient:
        return base | {"type": DIRECT_CHANNEL, "recipients": [user(place.recipient)]}
    overwrites = [
        {"id": str(key), "type": int(each.is_member), "allow": str(each.allow)}
        | {"deny": str(each.deny)}
        for key, each in place.overwrites.items()
    ]
    return base | {
        "type": TEXT_CHANNEL,
        "guild_id": str(place.guild_id),
        "name": place.name,
        "position": place.position,
        "parent_id": None,
        "topic": None,
        "nsfw": place.nsfw,
        "rate_limit_per_user": 0,
        "permission_overwrites": overwrites,
    }


def guild(held: Guild) -> Json:
    """A guild object as REST gives it."""
    roles = [role(each, place) for place, each in enumerate(held.roles.values())]
    return {
        **dict.fromkeys(_GUILD_NOTHING),
        **dict.fromkeys(_GUILD_ZERO, 0),
        "id": str(held.id),
        "name": held.name,
        "owner_id": str(held.owner_id),
        "roles": roles,
        "emojis": [],
        "stickers": [],
        "features": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "widget_enabled": False,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "preferred_locale": "en-US",
    }


def guild_create(held: Guild, intents: int) -> Json:
    """The event that makes a guild available; other members only with their intent."""
    seen = list(held.members.values())
    if not intents & Intent.GUILD_MEMBERS:
        seen = [each for each in seen if each.user.bot]
    lists = "threads voice_states presences stage_instances guild_scheduled_events"
    empty: Json = {name: [] for name in [*lists.split(), "soundboard_sounds"]}
    return (
        guild(held)
        | empty
        | {
            "joined_at": moment(held.joined),
            "large": False,
            "unavailable": False,
            "member_count": len(held.members),
            "members": [member(each) for each in seen],
            "channels": [channel(each) for each in held.channels.values()],
        }
    )


def attachment(world: World, file: Attachment) -> Json:
    """An attachment object with fresh links."""
    shown: Json = {
        "id": str(file.id),
        "filename": file.filename,
        "size": file.size,
        "url": world.cdn.link(file),
        "proxy_url": world.cdn.link(file, proxy=True),
    }
    known = {
        "content_type": file.content_type,
        "width": file.width,
        "height": file.height,
        "description": file.description,
        "ephemeral": file.ephemeral or None,
        "flags": 8 if file.spoiler else None,
    }
    return shown | {name: value for name, value in known.items() if value is not None}


def mentions(world: World, sent: Message) -> tuple[list[User], list[int], bool]:
    """Whom a message pings: users, roles, everyone; allowed_mentions decides."""
    text = f"{sent.content}\n{components.words(sent.components)}"
    allowed = sent.allowed_mentions
    parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or [])
    listed = {
        name: {int(each) for each in ((allowed or {}).get(name) or [])}
        for name in ("users", "roles")
    }
    found = [int(each) for each in re.findall(r"<@!?(\d+)>", text)]
    pinged = [each for each in dict.fromkeys(found) if "users" in parse or each in listed["users"]]
    if sent.reply_to in world.messages and sent.pings_reply:
        pinged.append(world.messages[sent.reply_to].author.id)
    roles = [int(each) for each in re.findall(r"<@&(\d+)>", text)]
    roles = [each for each in roles if "roles" in parse or each in listed["roles"]]
    everyone = "everyone" in parse and bool(re.search(r"@(everyone|here)\b", text))
    people = [world.users[each] for each in dict.fromkeys(pinged) if each in world.users]
    return people, roles, everyone


def message(world: World, sent: Message, *, censored: bool = False, inner: bool = True) -> Json:
    """A message object; censored is what a bot sees that may not read its content."""
    people, roles, everyone = mentions(world, sent)
    renderer = components.Renderer(world.cdn, sent.attachments)
    asked = world.interactions.get(sent.interaction_id or 0)
    shown: Json = {
        "id": str(sent.id),
        "type": _message_type(sent, asked),
        "channel_id": str(sent.channel_id),
        "author": user(sent.author),
        "content": sent.content,
        "embeds": renderer.embeds(sent.embeds),
        "attachments": [attachment(world, each) for each in sent.attachments],
        "components": renderer.render(sent.components),
        "timestamp": moment(sent.created),
        "edited_timestamp": moment(sent.edited) if sent.edited else None,
        "flags": sent.flags,
        "mentions": [user(each) for each in people],
        "mention_roles": [str(each) for each in roles],
        "mention_everyone": everyone,
        "pinned": False,
        "tts": False,
    }
    if censored:
        shown |= {"content": "", "embeds": [], "attachments": [], "components": []}
    if sent.nonce is not None:
        shown["nonce"] = sent.nonce
    if asked:
        owner = str(APPLICATION_ID)
        shown |= {"application_id": owner, "webhook_id": owner}
        shown["interaction_metadata"] = _metadata(asked, sent)
    return shown | (_reply(world, sent, inner=inner) if sent.reply_to else {})


def _message_type(sent: Message, asked: Interaction | None) -> int:
    if sent.reply_to:
        return _REPLY
    if asked and asked.asked is Asked.COMMAND and asked.original_id == sent.id:
        return _SLASH_ANSWER if asked.data["type"] == 1 else _MENU_ANSWER
    return 0


def _metadata(asked: Interaction, sent: Message | None) -> Json:
    owners = {"0": str(asked.channel.guild_id or 0)}
    shown: Json = {"id": str(asked.id), "type": int(asked.asked), "user": user(asked.user)}
    shown["authorizing_integration_owners"] = owners
    if sent and asked.original_id and asked.original_id != sent.id:
        shown["original_response_message_id"] = str(asked.original_id)
    if asked.source_id and asked.asked is Asked.COMPONENT:
        shown["interacted_message_id"] = str(asked.source_id)
    if asked.trigger:
        shown["triggering_interaction_metadata"] = _metadata(asked.trigger, None)
    return shown


def _reply(world: World, sent: Message, *, inner: bool) -> Json:
    place = world.channels.get(sent.channel_id)
    reference: Json = {"type": 0, "channel_id": str(sent.channel_id)}
    reference["message_id"] = str(sent.reply_to)
    if place and place.guild_id:
        reference["guild_id"] = str(place.guild_id)
    shown: Json = {"message_reference": reference}
    target = world.messages.get(sent.reply_to or 0)
    if inner:
        gone = target is None or target.deleted
        shown["referenced_message"] = (
            None
            if gone or target is None
            else message(world, target, censored=not may_read(world, target), inner=False)
        )
    return shown


def may_read(world: World, sent: Message, intents: int | None = None) -> bool:
    """Whether Discord shows this bot the content of this message."""
    granted = world.settings.privileged_intents if intents is None else intents
    place = world.channels.get(sent.channel_id)
    if granted & Intent.MESSAGE_CONTENT or sent.author.bot or (place and place.recipient):
        return True
    return any(each.bot for each in mentions(world, sent)[0])


def message_event(world: World, sent: Message, intents: int) -> Json:
    """MESSAGE_CREATE or MESSAGE_UPDATE as one session sees it."""
    shown = message(world, sent, censored=not may_read(world, sent, intents))
    target = world.messages.get(sent.reply_to or 0)
    if target and shown.get("referenced_message"):
        blind = not may_read(world, target, intents)
        shown["referenced_message"] = message(world, target, censored=blind, inner=False)
    place = world.channels[sent.channel_id]
    if place.guild_id:
        held = world.guilds[place.guild_id]
        shown["guild_id"] = str(place.guild_id)
        shown["member"] = member(world.member(held, sent.author))
        del shown["member"]["user"]
    return shown


def app_permissions(world: World, place: Channel) -> str:
    """The bot's permissions in a channel, as interactions carry them."""
    held = world.guild_of(place)
    return str(permissions.of_bot(held, place) if held else permissions.EVERYONE)
