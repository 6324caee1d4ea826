"""Sums on their way from some counters to others, so that all of them still equal the ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from bot.core.quotas import Tally
from bot.storage.transaction import Row, Transaction, Value
from bot.storage.transactions import accounts

SUMS = ("reserved_pictures", "reserved_micro", "used_pictures", "used_micro")

Sums = tuple[int, int, int, int]
Key = tuple[Tally, datetime]
"""A counter: what is counted, and when the period began."""


def sums(row: Row) -> Sums:
    """What a row says is held and used."""
    a, b, c, d = (row[name] for name in SUMS)
    return a, b, c, d


class Moves:
    """Gathered first and carried out together."""

    def __init__(self) -> None:
        self._leaving: defaultdict[Key, Sums] = defaultdict(lambda: (0, 0, 0, 0))
        self._entering: defaultdict[Key, Sums] = defaultdict(lambda: (0, 0, 0, 0))

    def move(self, moved: Sums, old: Key, new: Key) -> None:
        """Take it from one counter to another."""
        _add(self._leaving, old, moved)
        _add(self._entering, new, moved)

    def carry_out(self, tx: Transaction) -> None:
        """Change the counters."""
        # Apart, since a row that would be inserted may not be below nothing, even where it is not.
        tx.change_each(
            "counter_leave", [_columns(key, each) for key, each in self._leaving.items()]
        )
        tx.change_each(
            "counter_enter", [_columns(key, each) for key, each in self._entering.items()]
        )


def _add(moves: defaultdict[Key, Sums], key: Key, moved: Sums) -> None:
    a, b, c, d = (have + more for have, more in zip(moves[key], moved, strict=True))
    moves[key] = (a, b, c, d)


def _columns(key: Key, each: Sums) -> dict[str, Value]:
    return {**accounts.key_of(*key), **dict(zip(SUMS, each, strict=True))}
