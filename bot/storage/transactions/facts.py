"""Small facts that outlive the process, by name."""

from __future__ import annotations

from bot.storage.transaction import Transaction


def recall(tx: Transaction, name: str) -> str | None:
    """The fact, if there is one."""
    row = tx.find("fact", name=name)
    return None if row is None else str(row["value"])


def remember(tx: Transaction, name: str, value: str) -> None:
    """Keep it, in place of what it was."""
    tx.change("fact_set", name=name, value=value)


def forget(tx: Transaction, name: str) -> None:
    """Nothing happens if there is none."""
    tx.change("fact_forget", name=name)
