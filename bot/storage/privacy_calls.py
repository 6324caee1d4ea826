"""The calls of privacy and of batches that are transactions, whatever the engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.core.batches import Batch
from bot.core.jobs import Job, Place
from bot.core.privacy import About, Erased
from bot.storage.transaction import Transaction
from bot.storage.transactions import batches, departures, export, members

Given = ParamSpec("Given")
Result = TypeVar("Result")


class PrivacyCalls(ABC):
    """A part of a store, which says how transactions are run."""

    @abstractmethod
    async def _write(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result: ...

    @abstractmethod
    async def _read(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result: ...

    async def begin_batch(self, place: Place, asked: int, now: datetime) -> int | None:
        return await self._write(batches.begin_batch, place, asked, now)

    async def batch(self, batch_id: int) -> Batch | None:
        return await self._read(batches.batch, batch_id)

    async def batch_refused(self, batch_id: int, refused: int) -> None:
        await self._write(batches.batch_refused, batch_id, refused)

    async def batch_answered(self, batch_id: int, message_id: int) -> None:
        await self._write(batches.batch_answered, batch_id, message_id)

    async def batch_shown(self, batch_id: int) -> None:
        await self._write(batches.batch_shown, batch_id)

    async def batches_followed(self) -> tuple[int, ...]:
        return await self._read(batches.batches_followed)

    async def about(self, member_id: int) -> About:
        return await self._read(members.about, member_id)

    async def everything_about(self, member_id: int) -> dict[str, Any]:
        return await self._read(export.everything_about, member_id)

    async def begin_erasing(self, member_id: int, now: datetime) -> tuple[Job, ...]:
        return await self._write(members.begin_erasing, member_id, now)

    async def erasing(self) -> tuple[int, ...]:
        return await self._read(members.erasing)

    async def erase_some(self, member_id: int, now: datetime) -> Erased:
        return await self._write(members.erase_some, member_id, now)

    async def due(self, days: int, now: datetime) -> tuple[int, ...]:
        return await self._read(departures.due, days, now)

    async def forget_some(self, guild_id: int, days: int, now: datetime) -> Erased:
        return await self._write(departures.forget_some, guild_id, days, now)

    async def forget_tokens(self, before: datetime) -> int:
        return await self._write(departures.forget_tokens, before)

    async def reconcile(self, present: Collection[int]) -> tuple[int, ...]:
        return await self._write(departures.reconcile, present)

    async def left(self, guild_id: int, now: datetime) -> tuple[Job, ...]:
        return await self._write(departures.left, guild_id, now)

    async def returned(self, guild_id: int) -> None:
        await self._write(departures.returned, guild_id)

    async def departed(self, before: datetime) -> tuple[int, ...]:
        return await self._read(departures.departed, before)

    async def erase_guild_some(self, guild_id: int, now: datetime) -> Erased:
        return await self._write(departures.erase_guild_some, guild_id, now)
