"""Who changed what in a server, written down with the change itself."""

from __future__ import annotations

from datetime import datetime

from bot.core.guilds import Change
from bot.storage.transaction import Row, Transaction
from bot.storage.values import moment, stamp

NEWEST = 2**62
"""More than any number of a change."""


def note(tx: Transaction, change: Change) -> None:
    """Write one line."""
    tx.change(
        "audit_insert",
        guild_id=change.guild_id,
        actor_id=change.actor_id,
        what=change.what,
        before=change.before,
        after=change.after,
        at=stamp(change.at),
    )


def changed(
    tx: Transaction, guild_id: int, by: int, what: str, words: tuple[str, str], now: datetime
) -> None:
    """Write down a change from one value to another, in words; one to the same is none."""
    before, after = words
    if before != after:
        note(
            tx,
            Change(guild_id=guild_id, actor_id=by, what=what, before=before, after=after, at=now),
        )


def audit(
    tx: Transaction, guild_id: int, most: int, *, older_than: int | None = None
) -> tuple[Change, ...]:
    """The newest changes, or those before the one of that number."""
    rows = tx.every(
        "audit",
        guild_id=guild_id,
        older_than=NEWEST if older_than is None else older_than,
        most=most,
    )
    return tuple(map(_read, rows))


def changed_last(tx: Transaction, guild_id: int) -> dict[str, Change]:
    """The last change of each setting, by what it is called."""
    rows = tx.every("audit_last_of_settings", guild_id=guild_id)
    return {row["what"]: _read(row) for row in rows}


def audit_after(tx: Transaction, number: int | None, most: int) -> tuple[Change, ...]:
    """The changes in all servers after the one of that number; without one, the newest alone."""
    if number is None:
        return tuple(map(_read, tx.every("audit_newest")))
    return tuple(map(_read, tx.every("audit_after", number=number, most=most)))


def _read(row: Row) -> Change:
    return Change(
        id=row["id"],
        guild_id=row["guild_id"],
        actor_id=row["actor_id"],
        what=row["what"],
        before=row["before"],
        after=row["after"],
        at=moment(row["at"]),
    )
