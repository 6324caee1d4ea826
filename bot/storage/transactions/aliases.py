"""Members who had themselves erased: what still limits them, without their names.

Whoever could have their use of a limit erased could begin anew whenever they liked, and whoever was
forbidden something could be allowed it again. So both stay, under a number that is worked out from
the member's id with a key: it leads from a member who comes back to what holds for them, and not
from what is stored to a member.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from bot.core.allowances import Permit
from bot.core.quotas import Account, Rule, Subject, Tally
from bot.storage.transaction import Transaction
from bot.storage.transactions import facts

KEY = "privacy.key"
"""The fact that numbers are worked out with; there is none before somebody was erased."""

Said = TypeVar("Said", Rule, Permit)


def alias(tx: Transaction, member_id: int) -> int | None:
    """The number that stands for a member who was erased; None where nobody ever was."""
    key = facts.recall(tx, KEY)
    return None if key is None else _worked_out(key, member_id)


def new_alias(tx: Transaction, member_id: int) -> int:
    """Likewise, for a member who is being erased."""
    key = facts.recall(tx, KEY)
    if key is None:
        key = secrets.token_hex(32)
        facts.remember(tx, KEY, key)
    return _worked_out(key, member_id)


def _worked_out(key: str, member_id: int) -> int:
    digest = hmac.digest(bytes.fromhex(key), str(member_id).encode(), "sha256")
    # Below zero, where Discord has no ids.
    return -1 - (int.from_bytes(digest[:8], "big") >> 2)


def known_as(tx: Transaction, tally: Tally) -> Iterator[Tally]:
    """Every tally that counts what one account used."""
    yield tally
    if tally.account is Account.MEMBER:
        erased = alias(tx, tally.account_id)
        if erased is not None:
            yield replace(tally, account_id=erased)


def told_of(tx: Transaction, member_id: int | None, every: Iterable[Said]) -> tuple[Said, ...]:
    """Rules or permits, with those of the member's erased number as the member's own."""
    erased = None if member_id is None else alias(tx, member_id)
    if member_id is None or erased is None:
        return tuple(every)
    return tuple(
        replace(each, subject_id=member_id)
        if (each.subject, each.subject_id) == (Subject.MEMBER, erased)
        else each
        for each in every
    )


def recognise(tx: Transaction, guild_id: int, subject: Subject, subject_id: int) -> None:
    """A server speaks of somebody by name: what it said of them before has the name again."""
    erased = alias(tx, subject_id) if subject is Subject.MEMBER else None
    if erased is not None:
        tx.change("rules_recognise", guild_id=guild_id, old=erased, new=subject_id)
        tx.change("permits_recognise", guild_id=guild_id, old=erased, new=subject_id)
