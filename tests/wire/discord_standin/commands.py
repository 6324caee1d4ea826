"""The commands a bot has registered, by scope: None for everywhere, else a guild's id."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.wire.discord_standin.model import APPLICATION_ID
from tests.wire.discord_standin.refusals import refusal
from tests.wire.discord_standin.rules_commands import SLASH

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Json, Settings, Snowflakes

Scope = int | None
_KEPT = (
    "name_localizations",
    "description_localizations",
    "contexts",
    "options",
)


class Registry:
    """Keeps ids over overwrites, and counts creations as Discord's daily limit does."""

    def __init__(self, ids: Snowflakes, settings: Settings) -> None:
        """Start with no command."""
        self._ids = ids
        self._settings = settings
        self._scopes: dict[Scope, dict[tuple[int, str], Json]] = {}
        self.creates: Counter[Scope] = Counter()
        self.overwrites: Counter[Scope] = Counter()

    def listed(self, scope: Scope) -> list[Json]:
        """Every command of a scope."""
        return list(self._scopes.get(scope, {}).values())

    def overwrite(self, scope: Scope, payloads: list[Json]) -> list[Json]:
        """Replace all; what keeps its type and name keeps its id and is no creation."""
        held = self._scopes.get(scope, {})
        self._count(scope, sum(_key(payload) not in held for payload in payloads))
        self.overwrites[scope] += 1
        fresh = {_key(payload): self._made(scope, payload) for payload in payloads}
        self._scopes[scope] = fresh
        return list(fresh.values())

    def upsert(self, scope: Scope, payload: Json) -> tuple[Json, bool]:
        """Create one, or replace the one of that type and name; says whether it is new."""
        created = _key(payload) not in self._scopes.get(scope, {})
        self._count(scope, int(created))
        command = self._made(scope, payload)
        self._scopes.setdefault(scope, {})[_key(payload)] = command
        return command, created

    def find(self, guild_id: Scope, kind: int, name: str) -> Json | None:
        """The command people in a guild mean by a name; the guild's own goes first."""
        for scope in (guild_id, None):
            command = self._scopes.get(scope, {}).get((kind, name))
            if command:
                return command
        return None

    def _count(self, scope: Scope, creations: int) -> None:
        if self.creates[scope] + creations > self._settings.command_creates_a_day:
            raise refusal(30034)
        self.creates[scope] += creations

    def _made(self, scope: Scope, payload: Json) -> Json:
        held = self._scopes.get(scope, {}).get(_key(payload))
        permissions = payload.get("default_member_permissions")
        command: Json = {
            "id": held["id"] if held else str(self._ids.next()),
            "application_id": str(APPLICATION_ID),
            "type": payload.get("type") or SLASH,
            "name": payload["name"],
            "description": payload.get("description") or "",
            "default_member_permissions": None if permissions is None else str(permissions),
            "dm_permission": payload.get("dm_permission") is not False,
            "integration_types": payload.get("integration_types") or [0],
            "nsfw": bool(payload.get("nsfw")),
            **{name: payload[name] for name in _KEPT if payload.get(name) is not None},
        }
        if scope is not None:
            command["guild_id"] = str(scope)
        same = held is not None and {**held, "version": None} == {**command, "version": None}
        command["version"] = held["version"] if held and same else str(self._ids.next())
        return command


def _key(payload: Json) -> tuple[int, str]:
    return (payload.get("type") or SLASH, payload["name"])
