"""What a server chose about how Easel behaves in it, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """The choices of one server; the defaults are those of one that chose nothing.

    Attributes:
        allowed_channels: Where Easel may be used; empty is everywhere. A category stands for its
            channels, a channel for its threads.
        denied_channels: Where it may not, whatever else is said.
        model: Drawn with where a member names none; None is the operator's default.
        size: Likewise, as in `1024x1536`.
        quality: Likewise.
        format: Likewise.
        server_slots: Pictures drawn at once for the server; never more than the operator allows.
        member_slots: Likewise for each member.
        server_queue: Requests of the server that may wait; likewise.
        member_queue: Likewise for each member.
        words: Not allowed in prompts.
        always_spoiler: Whether every picture is hidden until it is clicked.
        age_restricted_only: Whether Easel may be used only in age-restricted channels.
        log_channel: Where each request, and each change, leaves one line.
        show_costs: Whether cards and `/usage` name what pictures cost.
        zone: Whose calendar the periods of limits follow.
        retention_days: After how long requests are forgotten; None is the operator's choice.
        paused: Whether what waits stays in the queue for now.
    """

    allowed_channels: frozenset[int] = frozenset()
    denied_channels: frozenset[int] = frozenset()
    model: str | None = None
    size: str | None = None
    quality: str | None = None
    format: str | None = None
    server_slots: int | None = None
    member_slots: int | None = None
    server_queue: int | None = None
    member_queue: int | None = None
    words: tuple[str, ...] = ()
    always_spoiler: bool = False
    age_restricted_only: bool = False
    log_channel: int | None = None
    show_costs: bool = False
    zone: str = "UTC"
    retention_days: int | None = None
    paused: bool = False

    def to_json(self) -> dict[str, Any]:
        """What differs from the defaults, as plain JSON values."""
        plain: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value != getattr(NOTHING_CHOSEN, each.name):
                plain[each.name] = sorted(value) if isinstance(value, frozenset) else value
        return plain

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> GuildSettings:
        """The reverse of `to_json`; what this version does not know is left out."""
        known: dict[str, Any] = {}
        for each in fields(cls):
            if each.name in stored:
                value = stored[each.name]
                if each.name in {"allowed_channels", "denied_channels"}:
                    value = frozenset(value)
                elif each.name == "words":
                    value = tuple(value)
                known[each.name] = value
        return cls(**known)


NOTHING_CHOSEN = GuildSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the audit: who changed what.

    Attributes:
        what: Like `quota everyone per day`, `settings zone` or `queue paused`.
        before: In words; empty where there was nothing.
        after: Likewise.
    """

    guild_id: int
    actor_id: int
    what: str
    before: str
    after: str
    at: datetime
    id: int = field(default=0, compare=False)


def calendar(name: str) -> tzinfo:
    """The time zone of that name; UTC needs no zone files on the machine."""
    return UTC if name == "UTC" else ZoneInfo(name)


@cache
def zones() -> frozenset[str]:
    """The names of all time zones that this machine knows; looking for them takes some 20 ms."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether it is a time zone of that name, like `Europe/Berlin`."""
    return name in zones()


def say_setting(settings: GuildSettings, name: str) -> str:
    """The value of one setting, for people; nothing where it was not chosen."""
    value = getattr(settings, name)
    if name in {"allowed_channels", "denied_channels"}:
        return ", ".join(f"<#{channel}>" for channel in sorted(value))
    if name == "log_channel":
        return f"<#{value}>" if value else ""
    if name == "words":
        return ", ".join(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
