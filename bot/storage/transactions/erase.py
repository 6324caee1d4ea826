"""Forget what a request said and where, and whose it was; keep what it came to.

A request that is forgotten keeps its row, with model, size, quality, number, cost, time, service
and server, and its rows in the ledger: so charts, counters and budgets stay what they were.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from bot.core.jobs import NOBODY
from bot.core.privacy import Erased
from bot.core.quotas import Account, counted
from bot.storage.transaction import Row, Transaction
from bot.storage.transactions.moves import Moves, sums
from bot.storage.values import moment, stamp, zone

MOST = 200
"""Requests of one step, so that nobody waits long behind it."""

KEPT = ("model", "size", "quality", "count", "format")
"""Of what was asked for."""

FORGOTTEN = -(2**62)
"""From here down are the numbers that stand for interactions which are forgotten."""


def strip(tx: Transaction, rows: Sequence[Row], now: datetime) -> tuple[str, ...]:
    """Erase what was asked for, how it was answered, and what came of it.

    Answers the hashes of files that nobody needs any more, as often as they were named.
    """
    named: list[str] = []
    for row in rows:
        named += [each["sha256"] for each in tx.every("job_files", job_id=row["id"])]
    ids = [{"job_id": row["id"]} for row in rows]
    tx.change_each("pictures_erase", ids)
    tx.change_each("inputs_erase", ids)
    tx.change_each("calls_erase", ids)
    tx.change_each("parts_erase", ids)
    tx.change_each("delivery_erase", ids)
    tx.change_each(
        "job_erase",
        [
            {
                "job_id": row["id"],
                "interaction_id": FORGOTTEN - row["id"],
                "request": _summary(row["request"]),
                "now": stamp(now),
            }
            for row in rows
        ],
    )
    needed = {name for name in set(named) if tx.find("file_needed", sha256=name) is not None}
    return tuple(name for name in named if name not in needed)


def _summary(request: str) -> str:
    said = orjson.loads(request)
    return orjson.dumps({name: said[name] for name in KEPT if name in said}).decode()


def unname(tx: Transaction, rows: Sequence[Row], whose: int) -> None:
    """Count requests under another number than the id of whoever asked for them."""
    moves = Moves()
    for row in rows:
        moved = sums(tx.one("job_sums", job_id=row["id"]))
        accepted, calendar = moment(row["accepted_at"]), zone(row["zone"])
        for tally in counted(row["guild_id"], row["member_id"]):
            if tally.account is Account.MEMBER:
                starts_at = tally.start(accepted, calendar)
                other = replace(tally, account_id=whose)
                moves.move(moved, (tally, starts_at), (other, starts_at))
    moves.carry_out(tx)
    tx.change_each("job_unname", [{"job_id": row["id"], "member_id": whose} for row in rows])


def forget(
    tx: Transaction, guild_id: int, *, words: datetime, names: datetime, now: datetime
) -> Erased:
    """Forget a part of what was asked for in a server.

    Args:
        tx: The open transaction.
        guild_id: The server.
        words: Of requests accepted before that, everything but whose they were.
        names: Of those that were accepted before that as well, whose they were too.
        now: The time.
    """
    old = tx.every("jobs_to_forget", guild_id=guild_id, before=stamp(words), most=MOST)
    files = strip(tx, old, now)
    tx.change("batches_forget", guild_id=guild_id, before=stamp(words))
    tx.change("audit_forget", guild_id=guild_id, before=stamp(words))
    named = tx.every("jobs_to_unname", guild_id=guild_id, before=stamp(names), most=MOST)
    unname(tx, named, NOBODY)
    if named:
        tx.change("counters_forget", guild_id=guild_id, before=stamp(names))
        _let_go_of_lanes(tx, guild_id, {row["member_id"] for row in named})
    return Erased(jobs=len(old) + len(named), files=files, done=not old and not named)


def _let_go_of_lanes(tx: Transaction, guild_id: int, members: Collection[int]) -> None:
    tx.change_each(
        "member_lane_forget",
        [{"guild_id": guild_id, "member_id": each} for each in sorted(members)],
    )
