"""Withdraw a request that still waits."""

from __future__ import annotations

from datetime import datetime

from bot.core.errors import TooLate
from bot.core.jobs import State
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import lanes, ledger
from bot.storage.values import stamp


def cancel(tx: Transaction, job_id: int, now: datetime) -> State:
    """Cancel a waiting job and release what is held for it; the state it had before.

    Raises:
        TooLate: There is no such job any more.
    """
    row = tx.find("job", job_id=job_id)
    if row is None:
        raise TooLate(f"job {job_id} is not stored")
    job = values.job(row)
    held = lanes.hold(tx, job.place.guild_id, job.place.member_id)
    if not tx.change("job_cancel", job_id=job_id, now=stamp(now)):
        return State(tx.one("job", job_id=job_id)["state"])
    ledger.release(tx, job, now)
    lanes.refresh(tx, held)
    return State.QUEUED
