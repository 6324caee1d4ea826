"""Erase everything about a member who asks for it, except for sums."""

from __future__ import annotations

from datetime import datetime

from bot.core.jobs import ERASED, Job, State
from bot.core.privacy import About, Erased
from bot.storage import values
from bot.storage.transaction import Row, Transaction, Value
from bot.storage.transactions import aliases, cancel, erase
from bot.storage.values import moment, stamp

EXTRAS = ("granted_pictures", "granted_micro", "forgiven_pictures", "forgiven_micro")


def about(tx: Transaction, member_id: int) -> About:
    """What is kept about a member, counted."""
    row = tx.one("member_summed", member_id=member_id)
    return About(
        requests=row["requests"],
        unfinished=row["unfinished"],
        since=None if row["since"] is None else moment(row["since"]),
    )


def begin_erasing(tx: Transaction, member_id: int, now: datetime) -> tuple[Job, ...]:
    """Withdraw what is not finished, and write down that the member be erased."""
    tx.change("erasure_begin", member_id=member_id, now=stamp(now))
    live = [values.job(row) for row in tx.every("jobs_live_of_member", member_id=member_id)]
    withdrawn = []
    for job in live:
        if job.state is State.QUEUED:
            cancel.withdraw(tx, job, member_id, now)
            withdrawn.append(job)
        elif tx.change("job_cancel_running", job_id=job.id, by=member_id):
            withdrawn.append(job)
    return tuple(withdrawn)


def erasing(tx: Transaction) -> tuple[int, ...]:
    """Who asked to be erased and is not yet."""
    return tuple(row["member_id"] for row in tx.every("erasures"))


def erase_some(tx: Transaction, member_id: int, now: datetime) -> Erased:
    """Erase some of the member's requests, and with the last of them all that names them."""
    asked = tx.find("erasure", member_id=member_id)
    if asked is None:
        return Erased(jobs=0, done=True)
    last, whose = asked["last_job"], aliases.new_alias(tx, member_id)
    rows = tx.every("jobs_to_erase", member_id=member_id, last_job=last, most=erase.MOST)
    files = erase.strip(tx, rows, now)
    erase.unname(tx, rows, whose)
    done = tx.find("job_left_of_member", member_id=member_id, last_job=last) is None
    if done:
        _erase_the_rest(tx, member_id, whose)
    return Erased(jobs=len(rows), files=files, done=done)


def _erase_the_rest(tx: Transaction, member_id: int, whose: int) -> None:
    for row in tx.every("counters_of_member", member_id=member_id):
        _move_extras(tx, row, whose)
    tx.change("counters_empty_of_member", member_id=member_id)
    tx.change("rules_rename", old=member_id, new=whose)
    tx.change("permits_rename", old=member_id, new=whose)
    tx.change("rules_unsign", member_id=member_id)
    tx.change("permits_unsign", member_id=member_id)
    tx.change("jobs_unsign", member_id=member_id)
    tx.change("audit_unsign", member_id=member_id)
    mention = f"<@{member_id}>"
    tx.change("audit_unname", mention=mention, nobody=ERASED, pattern=f"%{mention}%")
    tx.change("batches_of_member_erase", member_id=member_id)
    tx.change("member_lanes_forget", member_id=member_id)
    tx.change("erasure_end", member_id=member_id)


def _move_extras(tx: Transaction, row: Row, whose: int) -> None:
    """What was granted and forgiven stays with what was used."""
    key: dict[str, Value] = {
        name: row[name] for name in ("guild_id", "account", "account_id", "period", "starts_at")
    }
    extras = {name: row[name] for name in (*EXTRAS, "forgiven_at")}
    if any(extras.values()):
        tx.change("counter_add_extras", **{**key, **extras, "account_id": whose})
        tx.change("counter_take_extras", **key)
