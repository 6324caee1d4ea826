"""What the operator, who pays, lets be spent: above every limit that a server sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.periods import Period
from bot.core.quotas import EVERYWHERE, Rule, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """What the operator lets be spent, in micro-dollars; None is no limit.

    Attributes:
        day: For all servers together.
        server_day: For each server.
    """

    day: int | None = None
    month: int | None = None
    server_day: int | None = None
    server_month: int | None = None

    def rules(self, guild_id: int) -> tuple[tuple[Rule, ...], ...]:
        """The budgets as rules that hold for every member, each a group of its own."""
        limits = [(EVERYWHERE, Period.DAY, self.day), (EVERYWHERE, Period.MONTH, self.month)]
        if guild_id != EVERYWHERE:
            limits += [
                (guild_id, Period.DAY, self.server_day),
                (guild_id, Period.MONTH, self.server_month),
            ]
        return tuple(
            (_budget(whose, period, limit),) for whose, period, limit in limits if limit is not None
        )


NO_BUDGETS = Budgets()


def _budget(guild_id: int, period: Period, limit: int) -> Rule:
    return Rule(
        guild_id=guild_id,
        subject=Subject.OPERATOR,
        period=period,
        pictures=None,
        micro=limit,
        set_by=0,
        set_at=datetime.min.replace(tzinfo=UTC),
    )
