"""What the stand-in knows: people, guilds, channels, messages, interactions, and the time."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
APPLICATION_ID = 1_100_000_000_000_000_001
MIB = 1024 * 1024
MAX_REQUEST_BYTES = 25 * MIB
ACKNOWLEDGE_WITHIN_S = 3.0
TOKEN_LIFE_S = 900.0
NONCE_LIFE_S = 300.0


class Asked(IntEnum):
    """The kinds of interaction a person starts."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Answer(IntEnum):
    """The kinds of first answer a bot gives to an interaction."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Flag(IntFlag):
    """Message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class Intent(IntFlag):
    """Gateway intents that decide what a session is sent."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT


def fresh_token() -> str:
    """A bot token in Discord's form: the application's id, then two opaque parts."""
    head = base64.urlsafe_b64encode(str(APPLICATION_ID).encode()).decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(27)}"


@dataclass
class Settings:
    """What a test may choose about this Discord; sizes in bytes."""

    token: str = field(default_factory=fresh_token)
    attachment_size_limit: int = 10 * MIB
    # Discord has been seen to report more than it accepts; None reports the truth.
    reported_size_limit: int | None = None
    privileged_intents: int = 0
    heartbeat_ms: int = 41_250
    # Where it is not, a connection is up that brings nothing any more.
    heartbeat_answered: bool = True
    link_life_s: float = 86_400.0
    command_creates_a_day: int = 200
    # Requests of one kind in one channel, in so many seconds.
    bucket_limit: int = 1000
    bucket_s: float = 1.0

    @property
    def reported(self) -> int:
        """The attachment_size_limit that interactions carry."""
        return self.reported_size_limit or self.attachment_size_limit


class Clock:
    """Discord's time: the machine's time plus what tests have added."""

    def __init__(self) -> None:
        """Start in step with the machine."""
        self.offset = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset  # noqa: TID251 -- the one place that may

    def advance(self, seconds: float) -> None:
        """Move on; nobody waits for it."""
        self.offset += seconds


class Snowflakes:
    """Ids that grow with time and never repeat."""

    def __init__(self, clock: Clock) -> None:
        """Take the time from clock."""
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """A new id."""
        stamp = int(self._clock.now() * 1000) - DISCORD_EPOCH_MS
        self._last = max(stamp << 22, self._last + 1)
        return self._last


@dataclass
class User:
    """A person, or the bot."""

    id: int
    name: str
    bot: bool = False
    dms_open: bool = True


@dataclass
class Role:
    """A guild's role; @everyone has the guild's own id."""

    id: int
    name: str
    permissions: int
    managed: bool = False


@dataclass
class Member:
    """A user in a guild."""

    user: User
    roles: list[int]
    joined: float


@dataclass
class Overwrite:
    """What a channel allows or denies one role or one member."""

    is_member: bool
    allow: int = 0
    deny: int = 0


@dataclass
class Channel:
    """A guild's text channel, or a direct-message channel with one recipient."""

    id: int
    name: str
    guild_id: int | None = None
    recipient: User | None = None
    nsfw: bool = False
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)


@dataclass
class Guild:
    """A server; has_bot turns false when it removed the bot."""

    id: int
    name: str
    owner_id: int
    joined: float
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    has_bot: bool = True


@dataclass
class Attachment:
    """A stored file; the bytes lie in the CDN under their SHA-256."""

    id: int
    channel_id: int
    filename: str
    size: int
    sha256: str
    content_type: str | None
    width: int | None = None
    height: int | None = None
    description: str | None = None
    spoiler: bool = False
    ephemeral: bool = False


@dataclass
class Message:
    """A message as posted; components are kept as they were sent, and resolved when shown."""

    id: int
    channel_id: int
    author: User
    created: float
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    edited: float | None = None
    reply_to: int | None = None
    interaction_id: int | None = None
    nonce: str | int | None = None
    allowed_mentions: Json | None = None
    pings_reply: bool = True
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Only the person who asked can see it."""
        return bool(self.flags & Flag.EPHEMERAL)

    @property
    def loading(self) -> bool:
        """A deferred answer that has not come yet."""
        return bool(self.flags & Flag.LOADING)


@dataclass
class Interaction:
    """One act of a person, and how far the bot has answered it."""

    id: int
    token: str
    asked: Asked
    channel: Channel
    user: User
    created: float
    sent: float
    data: Json
    source_id: int | None = None
    trigger: Interaction | None = None
    answer: Answer | None = None
    answer_data: Json = field(default_factory=dict)
    original_id: int | None = None
    message_ids: list[int] = field(default_factory=list)
    payload: Json = field(default_factory=dict)
