"""Withdraw a request that waits, or that is being drawn."""

from __future__ import annotations

from datetime import datetime

from bot.core.errors import TooLate
from bot.core.jobs import State
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import deliveries, lanes, ledger
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
    held = lanes.hold(tx, job.place.guild_id, job.place.member_id)
    if tx.change("job_cancel", job_id=job_id, by=by, now=stamp(now)):
        ledger.release(tx, job, now)
        deliveries.put_out(tx, job_id, deliveries.Kind.NOTICE, now)
        lanes.refresh(tx, held)
        return State.QUEUED
    tx.change("job_cancel_running", job_id=job_id, by=by)
    return State(tx.one("job", job_id=job_id)["state"])
