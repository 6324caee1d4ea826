"""The rules of a server, what is taken of them, and what else it chose."""

from __future__ import annotations

from datetime import datetime

from bot.core import quotas
from bot.core.quotas import Amount, Counter, Period, Rule, Standing, Subject
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.values import moment, stamp

ZONE = "UTC"
"""The calendar on which periods are counted."""


def rules(tx: Transaction, guild_id: int) -> tuple[Rule, ...]:
    """Every rule of a server."""
    return tuple(values.rule(row) for row in tx.every("rules", guild_id=guild_id))


def set_rule(tx: Transaction, rule: Rule) -> Rule | None:
    """Set one; answers the rule that it replaces."""
    named = {"guild_id": rule.guild_id, "subject": rule.subject.value, "period": rule.period.value}
    replaced = tx.find("rule", **named)
    tx.change(
        "rule_set",
        **named,
        pictures=rule.pictures,
        micro=rule.micro,
        set_by=rule.set_by,
        set_at=stamp(rule.set_at),
    )
    return None if replaced is None else values.rule(replaced)


def clear_rule(tx: Transaction, guild_id: int, subject: Subject, period: Period) -> Rule | None:
    """Remove one; answers it."""
    row = tx.find("rule_clear", guild_id=guild_id, subject=subject.value, period=period.value)
    return None if row is None else values.rule(row)


def counters(tx: Transaction, guild_id: int, member_id: int, now: datetime) -> tuple[Counter, ...]:
    """What the server and the member used in each period that holds `now`, unused ones as zero."""
    return tuple(
        _counter(tx, guild_id, subject, subject_id, period, now)
        for subject, subject_id, period in quotas.counted(guild_id, member_id)
    )


def standings(
    tx: Transaction, guild_id: int, member_id: int, now: datetime
) -> tuple[Standing, ...]:
    """Each rule that applies to the member, and what is taken of it."""
    held = rules(tx, guild_id)
    if not held:
        return ()
    taken = counters(tx, guild_id, member_id, now)
    return quotas.standings(held, taken, now, values.zone(ZONE))


def shows_costs(tx: Transaction, guild_id: int) -> bool:
    """Whether result cards of this server name their cost; not unless it was switched on."""
    row = tx.find("setting", guild_id=guild_id)
    return row is not None and bool(row["show_costs"])


def show_costs(tx: Transaction, guild_id: int, *, shown: bool) -> None:
    """Change that."""
    tx.change("setting_show_costs", guild_id=guild_id, shown=int(shown))


def _counter(
    tx: Transaction,
    guild_id: int,
    subject: Subject,
    subject_id: int,
    period: Period,
    now: datetime,
) -> Counter:
    starts_at = stamp(period.start(now, values.zone(ZONE)))
    row = tx.find(
        "counter",
        guild_id=guild_id,
        subject=subject.value,
        subject_id=subject_id,
        period=period.value,
        starts_at=starts_at,
    )
    nothing = Amount()
    return Counter(
        subject=subject,
        subject_id=subject_id,
        period=period,
        starts_at=moment(starts_at),
        reserved=Amount(row["reserved_pictures"], row["reserved_micro"]) if row else nothing,
        used=Amount(row["used_pictures"], row["used_micro"]) if row else nothing,
    )
