"""What Discord documents about the body of a message, new or edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.wire.discord_standin.model import Flag
from tests.wire.discord_standin.refusals import refusal
from tests.wire.discord_standin.rules import (
    Fields,
    Problems,
    anything,
    items,
    join,
    listed,
    mapping,
    maybe,
    number,
    one_of,
    snowflake,
    text,
    whole,
    yes_or_no,
)
from tests.wire.discord_standin.rules_components import check_components, file_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.wire.discord_standin.model import Json, Message

_EDIT = Fields(
    content=maybe(text(0, 2000)),
    embeds=maybe(items(0, 10)),
    flags=maybe(whole(0, (1 << 31) - 1)),
    allowed_mentions=maybe(mapping),
    components=maybe(items(0, 40)),
    attachments=maybe(items(0, 10)),
    # Not a field of an edit, but discord.py sends it with every one, and Discord lets it pass.
    tts=maybe(yes_or_no),
)
_NEW = _EDIT.plus()
_CHANNEL = _NEW.plus(
    nonce=maybe(lambda value: None if isinstance(value, int) else text(0, 25)(value)),
    enforce_nonce=maybe(yes_or_no),
    message_reference=maybe(mapping),
)
_REFERENCE = Fields(
    "message_id",
    message_id=snowflake,
    channel_id=maybe(snowflake),
    guild_id=maybe(snowflake),
    fail_if_not_exists=maybe(yes_or_no),
    type=maybe(one_of(0)),
)
_MENTIONS = Fields(
    parse=maybe(items(0, 3)),
    users=maybe(items(0, 100)),
    roles=maybe(items(0, 100)),
    replied_user=maybe(yes_or_no),
)
_ATTACHMENT = Fields(
    "id",
    id=snowflake,
    filename=maybe(text(1, 1024)),
    description=maybe(text(0, 1024)),
    title=maybe(text(0, 1024)),
    is_spoiler=maybe(yes_or_no),
    duration_secs=maybe(number),
    waveform=maybe(text(0, 400)),
    # discord.py sends a kept attachment back whole; Discord ignores these.
    **dict.fromkeys(
        ("proxy_url", "size", "url", "spoiler", "height", "width", "content_type"), anything
    ),
)
_EMBED_PART = Fields(
    name=maybe(text(0, 256)),
    text=maybe(text(0, 2048)),
    url=maybe(text(0, 2048)),
    icon_url=maybe(text(0, 2048)),
    width=maybe(number),
    height=maybe(number),
    description=maybe(text(0, 4096)),
    # What Discord added to an embed may be sent back; it is ignored.
    **dict.fromkeys(("proxy_url", "proxy_icon_url", "content_type", "flags"), anything),
)
_EMBED_FIELD = Fields("name value", name=text(1, 256), value=text(1, 1024), inline=maybe(yes_or_no))
_EMBED = Fields(
    type=maybe(text(0, 32)),
    url=maybe(text(0, 2048)),
    title=maybe(text(0, 256)),
    color=maybe(whole(0, 0xFFFFFF)),
    timestamp=maybe(text(0, 64)),
    description=maybe(text(0, 4096)),
    fields=maybe(items(0, 25)),
    flags=anything,
    **dict.fromkeys(("author", "image", "thumbnail", "footer", "provider", "video"), mapping),
)
_MOST_EMBED_CHARACTERS = 6000
_SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.COMPONENTS_V2


@dataclass(frozen=True)
class Place:
    """Where a message is posted, which decides its fields and the flags it may set."""

    name: str
    fields: Fields
    flags: int


CHANNEL = Place("a channel message", _CHANNEL, _SETTABLE | Flag.SUPPRESS_NOTIFICATIONS)
ANSWER = Place(
    "an interaction's message", _NEW, _SETTABLE | Flag.SUPPRESS_NOTIFICATIONS | Flag.EPHEMERAL
)
DEFERRAL = Place("a deferral", Fields(flags=maybe(anything)), Flag.EPHEMERAL)
EDIT = Place("an edit", _EDIT, _SETTABLE)


def check_message(
    payload: object, place: Place, files: Collection[str], before: Message | None = None
) -> Json:
    """The whole body; files are the names the message will hold, before is what is edited."""
    problems = Problems()
    message = place.fields.check(payload, "", problems)
    flags = message.get("flags")
    flags = flags if isinstance(flags, int) else 0
    stray = flags & ~int(place.flags)
    problems.demand(not stray, "flags", f"Flags {stray} may not be set on {place.name}")
    was_modern = bool(before and before.flags & Flag.COMPONENTS_V2)
    modern = was_modern or bool(flags & Flag.COMPONENTS_V2)
    if modern:
        _check_modern(message, before, problems)
    untouched = before is not None and "components" not in message
    components = before.components if before and untouched else message.get("components")
    shown = check_components(components, problems, modern=modern).files
    shown += _check_embeds(listed(message.get("embeds")), problems)
    for name in shown:
        sentence = f"The referenced attachment {name!r} was not found"
        problems.demand(name in files, "attachments", sentence)
    _check_mentions(message.get("allowed_mentions"), problems)
    _check_attachments(message, problems)
    if message.get("message_reference"):
        _REFERENCE.check(message["message_reference"], "message_reference", problems)
    problems.close()
    return message


def check_not_empty(message: Message) -> None:
    """Discord posts nothing that shows nothing (50006)."""
    if not (message.content or message.embeds or message.components or message.attachments):
        raise refusal(50006)


def _check_modern(message: Json, before: Message | None, problems: Problems) -> None:
    for name in ("content", "embeds"):
        held = message[name] if name in message else getattr(before, name, None)
        sentence = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        problems.demand(not held, name, sentence)


def _check_embeds(embeds: list[object], problems: Problems) -> list[str]:
    total = 0
    shown: list[str] = []
    for index, value in enumerate(embeds):
        path = f"embeds.{index}"
        embed = _EMBED.check(value, path, problems)
        for name in ("author", "image", "thumbnail", "footer", "provider", "video"):
            if name in embed:
                part = _EMBED_PART.check(embed[name], join(path, name), problems)
                shown += [each for each in [file_name(part.get("url"))] if each]
        fields = listed(embed.get("fields"))
        for place, each in enumerate(fields):
            _EMBED_FIELD.check(each, join(path, f"fields.{place}"), problems)
        total += _characters(embed, fields)
    short = total <= _MOST_EMBED_CHARACTERS
    problems.demand(short, "embeds", f"Embed size exceeds maximum size of 6000; it is {total}")
    return shown


def _characters(embed: Json, fields: list[object]) -> int:
    parts = [embed.get("title"), embed.get("description")]
    inner = [embed.get("author"), embed.get("footer"), *fields]
    for each in inner:
        if isinstance(each, dict):
            parts += [each.get("name"), each.get("text"), each.get("value")]
    return sum(len(str(part)) for part in parts if part)


def _check_mentions(value: object, problems: Problems) -> None:
    if value is None:
        return
    mentions = _MENTIONS.check(value, "allowed_mentions", problems)
    parse = listed(mentions.get("parse"))
    known = all(each in ("users", "roles", "everyone") for each in parse)
    problems.demand(known, "allowed_mentions.parse", f"Unknown kinds of mention in {parse}")
    for name in ("users", "roles"):
        clash = name in parse and mentions.get(name)
        sentence = f"parse:[{name!r}] and a list of {name} are mutually exclusive"
        problems.demand(not clash, "allowed_mentions", sentence)
        for each in listed(mentions.get(name)):
            wrong = snowflake(each)
            problems.demand(not wrong, f"allowed_mentions.{name}", str(wrong))


def _check_attachments(message: Json, problems: Problems) -> None:
    seen: set[str] = set()
    for index, value in enumerate(listed(message.get("attachments"))):
        path = f"attachments.{index}"
        attachment = _ATTACHMENT.check(value, path, problems)
        key = str(attachment.get("id"))
        problems.demand(key not in seen, join(path, "id"), "Attachment id is given twice")
        seen.add(key)
