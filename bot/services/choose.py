"""What a server chose about how Easel behaves in it: read and change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.errors import InvalidRequest
from bot.core.guilds import Change, GuildSettings, is_zone
from bot.core.ports import Clock
from bot.core.stores import Limits, Store


class Choose:
    """Settings of servers.

    Args:
        limits: What the operator allows at most.
    """

    def __init__(self, *, store: Store, clock: Clock, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits

    async def chosen(self, guild_id: int) -> GuildSettings:
        """The settings of a server."""
        return (await self._store.policy(guild_id)).chosen

    async def shows_costs(self, guild_id: int) -> bool:
        """Whether result cards of a server name their cost."""
        return (await self.chosen(guild_id)).show_costs

    async def change(
        self, guild_id: int, *, by: int, **values: Any
    ) -> tuple[GuildSettings, GuildSettings]:
        """Change some of them, by their names; answers all of them before and after.

        Raises:
            InvalidRequest: A value cannot be; the sentence says why.
        """
        if not is_zone(values.get("zone", "UTC")):
            raise InvalidRequest(
                f"I know no time zone “{values['zone'][:60]}”. Write one like Europe/Berlin."
            )
        after = replace(await self.chosen(guild_id), **values)
        before = await self._store.choose(guild_id, after, self._limits, by, self._clock.now())
        return before, after

    async def audit(
        self, guild_id: int, most: int, *, older_than: int | None = None
    ) -> tuple[Change, ...]:
        """The newest changes in a server, or those before the one of that number."""
        return await self._store.audit(guild_id, most, older_than=older_than)
