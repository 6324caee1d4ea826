"""Sort out, at start, what the last process left behind."""

from __future__ import annotations

from datetime import datetime

from bot.core.errors import OutcomeUnknown
from bot.core.jobs import Job
from bot.core.stores import Recovered
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import calls, finish, lanes
from bot.storage.values import stamp


def recover(tx: Transaction, now: datetime, *, repeat: bool) -> Recovered:
    """Queue again what surely was not paid; what may have been paid ends as unknown.

    Args:
        tx: The open transaction.
        now: The time.
        repeat: Queue a job again whose call was lost, if it is the first that was lost for it.
    """
    requeued: list[int] = []
    unknown: list[int] = []
    running = [values.job(row) for row in tx.every("jobs_running")]
    for job in sorted(running, key=lambda each: each.id):
        if _may_run_again(tx, job, now, repeat=repeat):
            finish.requeue(tx, job)
            requeued.append(job.id)
        else:
            finish.fail(tx, job, OutcomeUnknown("the process ended during the call"), now)
            unknown.append(job.id)
    tx.change("deliveries_free", now=stamp(now))
    lanes.rederive(tx)
    return Recovered(requeued=_read(tx, requeued), unknown=_read(tx, unknown))


def _may_run_again(tx: Transaction, job: Job, now: datetime, *, repeat: bool) -> bool:
    if not calls.on_its_way(tx, job):
        return True
    if not repeat or calls.lost_before(tx, job):
        return False
    calls.lose(tx, job, now)
    return True


def _read(tx: Transaction, job_ids: list[int]) -> tuple[Job, ...]:
    return tuple(values.job(tx.one("job", job_id=job_id)) for job_id in job_ids)
