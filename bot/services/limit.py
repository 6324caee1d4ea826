"""Set, clear and show what a server allows."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import InvalidRequest
from bot.core.ports import Clock
from bot.core.quotas import Counter, Period, Rule, Standing, Subject
from bot.core.stores import Store

MOST_PICTURES = 1_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One rule before and after; either may be missing."""

    before: Rule | None
    after: Rule | None
    standing: Standing | None = None


class Limit:
    """Rules of servers."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def set(
        self,
        *,
        guild_id: int,
        subject: Subject,
        period: Period,
        pictures: int | None,
        micro: int | None,
        by: int,
    ) -> Change:
        """Set one rule, in place of the one for the same subject and period.

        Args:
            micro: Micro-dollars.
            by: Who sets it.

        Raises:
            InvalidRequest: It limits nothing, or is out of bounds.
        """
        if pictures is None and micro is None:
            raise InvalidRequest("Say how much: `pictures`, `dollars`, or both.")
        if pictures is not None and not 0 <= pictures <= MOST_PICTURES:
            raise InvalidRequest(f"`pictures` may be from 0 to {MOST_PICTURES:,}.")
        rule = Rule(
            guild_id=guild_id,
            subject=subject,
            period=period,
            pictures=pictures,
            micro=micro,
            set_by=by,
            set_at=self._clock.now(),
        )
        before = await self._store.set_rule(rule)
        standings = await self.standings(guild_id, by)
        now = next(
            (s for s in standings if s.rule.subject is subject and s.rule.period is period), None
        )
        return Change(before, rule, now)

    async def clear(self, *, guild_id: int, subject: Subject, period: Period) -> Change:
        """Remove one rule.

        Raises:
            InvalidRequest: There is none.
        """
        before = await self._store.clear_rule(guild_id, subject, period)
        if before is None:
            raise InvalidRequest("There is no such limit. See all of them with `/quota show`.")
        return Change(before, None)

    async def standings(self, guild_id: int, member_id: int) -> tuple[Standing, ...]:
        """Every rule that holds for the member, and how much of it is taken."""
        return await self._store.standings(guild_id, member_id, self._clock.now())

    async def counters(self, guild_id: int, member_id: int) -> tuple[Counter, ...]:
        """What the server and the member used in each period that is running."""
        return await self._store.counters(guild_id, member_id, self._clock.now())

    async def shows_costs(self, guild_id: int) -> bool:
        """Whether result cards name their cost."""
        return await self._store.shows_costs(guild_id)

    async def show_costs(self, guild_id: int, *, shown: bool) -> None:
        """Change that."""
        await self._store.show_costs(guild_id, shown=shown)
