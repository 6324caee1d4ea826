"""Values people give: checked as Discord's client would, with what they refer to resolved."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tests.wire.discord_standin import payloads
from tests.wire.discord_standin import rules_components as kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.discord_standin.model import Channel, Json
    from tests.wire.discord_standin.world import World

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 6, 7, 8, 9, 10, 11
_PYTHON: dict[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,)}
_PYTHON[NUMBER] = (int, float)


class Unfit(Exception):
    """Discord's client would not let a person send this value."""


class Resolver:
    """Turns what a test gives into ids, and collects the objects behind them."""

    def __init__(self, world: World, channel: Channel) -> None:
        """For one interaction in one channel."""
        self._world = world
        self._channel = channel
        self.resolved: Json = {}

    def user(self, user_id: str) -> str:
        """A user, and the member where there is a guild."""
        user = self._world.users[int(user_id)]
        self._keep("users", user_id, payloads.user(user))
        guild = self._world.guild_of(self._channel)
        if guild and user.id in guild.members:
            shown = payloads.member(guild.members[user.id])
            del shown["user"]
            shown["permissions"] = str(self._world.user_permissions(self._channel, user))
            self._keep("members", user_id, shown)
        return user_id

    def role(self, role_id: str) -> str:
        """A role of the channel's guild."""
        guild = self._world.guild_of(self._channel)
        if guild is None or int(role_id) not in guild.roles:
            raise Unfit(f"There is no role {role_id} here")
        self._keep("roles", role_id, payloads.role(guild.roles[int(role_id)], 1))
        return role_id

    def channel(self, channel_id: str) -> str:
        """A channel."""
        shown = payloads.channel(self._world.channels[int(channel_id)])
        self._keep("channels", channel_id, shown | {"permissions": "0"})
        return channel_id

    def mentionable(self, some_id: str) -> str:
        """A user or a role."""
        known = int(some_id) in self._world.users
        return self.user(some_id) if known else self.role(some_id)

    def file(self, given: Json) -> str:
        """An uploaded file; Discord keeps it only for a while."""
        data = base64.b64decode(given["base64"])
        cdn, stamp = self._world.cdn, self._world.ids.next()
        stored = cdn.store(stamp, self._channel.id, given["filename"], data)
        stored.ephemeral = True
        if given.get("content_type"):
            # What a person's client claims, true or not.
            stored.content_type = given["content_type"]
        self._keep("attachments", str(stored.id), payloads.attachment(self._world, stored))
        return str(stored.id)

    def _keep(self, kind: str, key: str, shown: Json) -> None:
        self.resolved.setdefault(kind, {})[key] = shown


def fill(
    command: Json, path: list[str], given: Json, resolver: Resolver, *, focused: str | None = None
) -> list[Json]:
    """The options of an invocation; path leads through groups, focused is being typed."""
    known = {each["name"]: each for each in command.get("options", [])}
    if path:
        inner = known.get(path[0])
        if inner is None or inner["type"] not in {SUBCOMMAND, GROUP}:
            raise Unfit(f"{command['name']!r} has no sub-command {path[0]!r}")
        filled = fill(inner, path[1:], given, resolver, focused=focused)
        return [{"name": inner["name"], "type": inner["type"], "options": filled}]
    if any(each["type"] in {SUBCOMMAND, GROUP} for each in known.values()):
        raise Unfit(f"{command['name']!r} needs a sub-command: {sorted(known)}")
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise Unfit(f"{command['name']!r} has no option {unknown}; it has {sorted(known)}")
    missing = [name for name, each in known.items() if each.get("required") and name not in given]
    if missing and focused is None:
        raise Unfit(f"{command['name']!r} needs {missing}")
    filled = []
    for name, value in given.items():
        option: Json = {"name": name, "type": known[name]["type"]}
        if name == focused:
            if not known[name].get("autocomplete"):
                raise Unfit(f"The option {name!r} has no autocomplete")
            filled.append(option | {"value": value, "focused": True})
        else:
            filled.append(option | {"value": _value(known[name], value, resolver)})
    return filled


def _value(option: Json, value: Any, resolver: Resolver) -> Any:
    kind, name = option["type"], option["name"]
    lookup: dict[int, Callable[[Any], str]] = {
        USER: resolver.user,
        CHANNEL: resolver.channel,
        ROLE: resolver.role,
        MENTIONABLE: resolver.mentionable,
        ATTACHMENT: resolver.file,
    }
    if kind in lookup:
        return lookup[kind](value)
    if not isinstance(value, _PYTHON[kind]) or (kind != BOOLEAN and isinstance(value, bool)):
        raise Unfit(f"The option {name!r} does not take {value!r}")
    choices = [each["value"] for each in option.get("choices") or []]
    if choices and value not in choices:
        raise Unfit(f"The option {name!r} takes one of {choices}")
    size = len(str(value)) if kind == STRING else value
    names = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
    default = (0, 6000) if kind == STRING else (-(2**53), 2**53)
    least, most = (option.get(name, each) for name, each in zip(names, default, strict=True))
    if kind != BOOLEAN and not least <= size <= most:
        raise Unfit(f"The option {name!r} takes from {least} to {most}, not {size}")
    return value


def field(component: Json, given: Any, resolver: Resolver) -> Json:
    """One field of a modal, filled in."""
    kind = component["type"]
    filled: Json = {"type": kind, "custom_id": component["custom_id"], "id": component["id"]}
    needed = component.get("required", True)
    if kind == kinds.TEXT_INPUT:
        return filled | {"value": _text(component, given, needed=needed)}
    if kind == kinds.CHECKBOX:
        return filled | {"value": bool(given)}
    if kind == kinds.RADIO:
        return filled | {"value": given}
    chosen = [] if given is None else given if isinstance(given, list) else [given]
    least = component.get("min_values", 1) if needed else 0
    if not least <= len(chosen) <= component.get("max_values", 1):
        raise Unfit(f"{component['custom_id']!r} does not take {len(chosen)} values")
    lookup: dict[int, Callable[[Any], str]] = {
        5: resolver.user,
        6: resolver.role,
        7: resolver.mentionable,
        8: resolver.channel,
        kinds.FILE_UPLOAD: resolver.file,
    }
    if kind in lookup:
        chosen = [lookup[kind](each) for each in chosen]
    return filled | {"values": chosen}


def _text(component: Json, given: object, *, needed: bool) -> str:
    text = str(component.get("value") or "") if given is None else str(given)
    least = component.get("min_length") or (1 if needed else 0)
    most = component.get("max_length") or 4000
    if (text or needed) and not least <= len(text) <= most:
        raise Unfit(f"{component['custom_id']!r} takes from {least} to {most} characters")
    return text
