"""Withdraw a request that waits, or that is being drawn."""

from __future__ import annotations

from datetime import datetime

from bot.core.errors import TooLate
from bot.core.jobs import Job, State
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import audit, deliveries, lanes, ledger
from bot.storage.values import stamp


def cancel(tx: Transaction, job_id: int, by: int, now: datetime) -> State:
    """Cancel a waiting job, or mark one that runs; answers the state it had before.

    Raises:
        TooLate: There is no such job any more.
    """
    row = tx.find("job", job_id=job_id)
    if row is None:
        raise TooLate(f"job {job_id} is not stored")
    job = values.job(row)
    if withdraw(tx, job, by, now):
        _note(tx, job, by, "waiting", now)
        return State.QUEUED
    if tx.change("job_cancel_running", job_id=job_id, by=by):
        _note(tx, job, by, "being drawn", now)
    return State(tx.one("job", job_id=job_id)["state"])


def clear_queue(tx: Transaction, guild_id: int, by: int, now: datetime) -> tuple[Job, ...]:
    """Cancel all that waits in a server; answers what did, oldest first."""
    waiting = withdraw_all(tx, guild_id, by, now)
    requests = "1 request" if len(waiting) == 1 else f"{len(waiting)} requests"
    words = (f"{requests} waiting" if waiting else "", "cancelled" if waiting else "")
    audit.changed(tx, guild_id, by, "the queue", words, now)
    return waiting


def withdraw_all(tx: Transaction, guild_id: int, by: int, now: datetime) -> tuple[Job, ...]:
    """The same without a line in the audit."""
    rows = tx.every("jobs_queued_of_guild", guild_id=guild_id)
    waiting = tuple(sorted(map(values.job, rows), key=lambda job: job.id))
    for job in waiting:
        withdraw(tx, job, by, now)
    return waiting


def withdraw(tx: Transaction, job: Job, by: int, now: datetime) -> bool:
    """Cancel a job if it waits."""
    held = lanes.hold(tx, job.place.guild_id, job.place.member_id)
    if not tx.change("job_cancel", job_id=job.id, by=by, now=stamp(now)):
        return False
    ledger.release(tx, job, now)
    deliveries.put_out(tx, job.id, deliveries.Kind.NOTICE, now)
    lanes.refresh(tx, held)
    return True


def _note(tx: Transaction, job: Job, by: int, before: str, now: datetime) -> None:
    """Write down who took away what somebody else had asked for."""
    if by != job.place.member_id:
        what = f"request {job.id} of <@{job.place.member_id}>"
        audit.changed(tx, job.place.guild_id, by, what, (before, "cancelled"), now)
