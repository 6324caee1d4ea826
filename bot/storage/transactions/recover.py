"""Sort out, at start, what the last process left behind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.core.errors import OutcomeUnknown
from bot.core.jobs import Job
from bot.core.stores import Recovered
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import calls, finish, lanes
from bot.storage.values import stamp


def recover(
    tx: Transaction, now: datetime, *, repeat: bool, held: Collection[int] | None = None
) -> Recovered:
    """Queue again what surely was not paid; what may have been paid ends as unknown.

    Args:
        tx: The open transaction.
        now: The time.
        repeat: Queue a job again whose call was lost, if it is the first that was lost for it.
        held: Jobs that are being drawn: then only those whose lease has ended are looked at, and
            none of these. None where no other process works on this database.
    """
    # Like whoever claims: first the clock, then the lanes.
    tx.one("clock_locked")
    requeued: list[int] = []
    unknown: list[int] = []
    for job in _left(tx, now, held):
        if not _hold(tx, job, now, alone=held is None):
            continue
        if _may_run_again(tx, job, now, repeat=repeat):
            finish.requeue(tx, job)
            requeued.append(job.id)
        else:
            finish.fail(tx, job, OutcomeUnknown("the process ended during the call"), now)
            unknown.append(job.id)
    if held is None:
        tx.change("deliveries_free", now=stamp(now))
        lanes.rederive(tx)
    return Recovered(requeued=_read(tx, requeued), unknown=_read(tx, unknown))


def _left(tx: Transaction, now: datetime, held: Collection[int] | None) -> list[Job]:
    rows = tx.every("jobs_running") if held is None else tx.every("jobs_expired", now=stamp(now))
    jobs = (values.job(row) for row in rows if row["id"] not in (held or ()))
    return sorted(jobs, key=lambda job: job.id)


def _hold(tx: Transaction, job: Job, now: datetime, *, alone: bool) -> bool:
    """Take the job, after its lanes; False where it ended, or its lease was renewed, meanwhile."""
    lanes.hold(tx, job.place.guild_id, job.place.member_id)
    row = tx.find("job_held", job_id=job.id, attempt=job.attempt)
    return row is not None and (alone or row["lease_until"] <= stamp(now))


def _may_run_again(tx: Transaction, job: Job, now: datetime, *, repeat: bool) -> bool:
    if not calls.on_its_way(tx, job):
        return True
    if not repeat or calls.lost_before(tx, job):
        return False
    calls.lose(tx, job, now)
    return True


def _read(tx: Transaction, job_ids: list[int]) -> tuple[Job, ...]:
    return tuple(values.job(tx.one("job", job_id=job_id)) for job_id in job_ids)
