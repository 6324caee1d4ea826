"""What a server chose about how Easel behaves in it: read and change it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.core.errors import InvalidRequest
from bot.core.guilds import Change, GuildSettings, is_zone
from bot.core.images import Size
from bot.core.models import Model, listed
from bot.core.ports import Clock
from bot.core.stores import Limits, Store

MOST_CHANNELS = 25
"""In each list; a category stands for all of its channels."""

NUMBERS = {
    "server_slots": "pictures drawn at once in a server",
    "member_slots": "pictures drawn at once for a member",
    "server_queue": "requests of a server that wait",
    "member_queue": "requests of a member that wait",
}
"""What a server may choose less of than the operator allows."""


class Choose:
    """Settings of servers.

    Args:
        limits: What the operator allows at most.
        days: How long the operator keeps requests.
        model: The model of a name, or the operator's default, as far as it can be drawn with;
            raises InvalidRequest where it cannot.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        limits: Limits,
        days: int,
        model: Callable[[str | None], Model],
    ) -> None:
        self._store = store
        self._clock = clock
        self._model = model
        self._changing = asyncio.Lock()
        self._days = days
        self.limits = limits

    async def chosen(self, guild_id: int) -> GuildSettings:
        """The settings of a server."""
        return (await self._store.policy(guild_id)).chosen

    async def shows_costs(self, guild_id: int) -> bool:
        """Whether result cards of a server name their cost."""
        return (await self.chosen(guild_id)).show_costs

    async def model(self, guild_id: int) -> Model:
        """What draws in a server where nobody names a model."""
        return self._default((await self.chosen(guild_id)).model)

    async def change(
        self, guild_id: int, *, by: int, **values: Any
    ) -> tuple[GuildSettings, GuildSettings]:
        """Change some of them, by their names; answers all of them before and after.

        Raises:
            InvalidRequest: A value cannot be; the sentence says why.
        """
        # One after the other: each writes all of the settings.
        async with self._changing:
            after = self._checked(replace(await self.chosen(guild_id), **values), set(values))
            before = await self._store.choose(guild_id, after, self.limits, by, self._clock.now())
        return before, after

    async def changed_last(self, guild_id: int) -> dict[str, Change]:
        """The last change of each setting that was ever changed, by the setting's name."""
        found = await self._store.changed_last(guild_id)
        return {
            what.removeprefix("setting ").replace(" ", "_"): change
            for what, change in found.items()
        }

    async def audit(
        self, guild_id: int, most: int, *, older_than: int | None = None
    ) -> tuple[Change, ...]:
        """The newest changes in a server, or those before the one of that number."""
        return await self._store.audit(guild_id, most, older_than=older_than)

    def _checked(self, after: GuildSettings, changed: set[str]) -> GuildSettings:
        if not is_zone(after.zone):
            raise InvalidRequest(
                f"I know no time zone “{after.zone[:60]}”. Write one like Europe/Berlin."
            )
        for name in changed & {"allowed_channels", "denied_channels"}:
            if len(getattr(after, name)) > MOST_CHANNELS:
                raise InvalidRequest(
                    f"I can keep {MOST_CHANNELS} channels. Choose categories instead of their "
                    "channels."
                )
        for name in changed & set(NUMBERS):
            self._check_number(name, getattr(after, name))
        if "retention_days" in changed and (after.retention_days or 0) > self._days:
            raise InvalidRequest(
                f"My operator keeps requests for {self._days} days; a server can choose fewer."
            )
        if changed & {"model", "size", "quality", "format"}:
            after = self._drawable(after, changed)
        return after

    def _check_number(self, name: str, value: int | None) -> None:
        most = getattr(self.limits, name)
        if value is not None and not 1 <= value <= most:
            raise InvalidRequest(f"My operator allows 1 to {most} {NUMBERS[name]}.")

    def _drawable(self, after: GuildSettings, changed: set[str]) -> GuildSettings:
        """The same with a model that is offered, and with what it can do."""
        if after.model is not None and "model" in changed:
            after = replace(after, model=self._model(after.model).id)
        model = self._default(after.model)
        if after.size is not None and "size" in changed:
            size = Size.parse(after.size)
            if problem := model.sizes.problem(size):
                raise InvalidRequest(f"{model.name} cannot draw {after.size}: {problem}.")
            after = replace(after, size=str(size))
        for name, offered in (("quality", model.qualities), ("format", model.formats)):
            value = getattr(after, name)
            if value is not None and name in changed and value not in set(offered):
                raise InvalidRequest(
                    f"{model.name} has no {name} “{value[:40]}”. "
                    f"Choose {listed(each.value for each in offered)}."
                )
        return after

    def _default(self, name: str | None) -> Model:
        """The model of that name or, where it is not offered any more, the operator's default."""
        try:
            return self._model(name)
        except InvalidRequest:
            return self._model(None)
