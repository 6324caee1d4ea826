"""Sort out jobs whose worker is gone: at start, and where a lease has ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.core.errors import Crashed, OutcomeUnknown
from bot.core.jobs import Job, State
from bot.core.retry import MAX_CRASHES
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
    requeued: list[Job] = []
    ended: list[Job] = []
    for job in _left(tx, now, held):
        if not _hold(tx, job, now, alone=held is None):
            continue
        found = _sort_out(tx, job, now, repeat=repeat)
        if found is not None:
            (requeued if found.state is State.QUEUED else ended).append(found)
    if held is None:
        tx.change("deliveries_free", now=stamp(now))
        lanes.rederive(tx)
    return Recovered(requeued=tuple(requeued), ended=tuple(ended))


def _left(tx: Transaction, now: datetime, held: Collection[int] | None) -> list[Job]:
    rows = tx.every("jobs_running") if held is None else tx.every("jobs_expired", now=stamp(now))
    jobs = (values.job(row) for row in rows if row["id"] not in (held or ()))
    return sorted(jobs, key=lambda job: job.id)


def _hold(tx: Transaction, job: Job, now: datetime, *, alone: bool) -> bool:
    """Take the job, after its lanes; False where it ended, or its lease was renewed, meanwhile."""
    lanes.hold(tx, job.place.guild_id, job.place.member_id)
    row = tx.find("job_held", job_id=job.id, attempt=job.attempt)
    return row is not None and (alone or row["lease_until"] <= stamp(now))


def _sort_out(tx: Transaction, job: Job, now: datetime, *, repeat: bool) -> Job | None:
    crashes = tx.one("job_crashed", job_id=job.id)["crashes"]
    if calls.on_its_way(tx, job):
        if not repeat or job.cancelled_by is not None or calls.lost_before(tx, job):
            return finish.fail(tx, job, OutcomeUnknown("the process ended during the call"), now)
        calls.lose(tx, job, now)
    if crashes >= MAX_CRASHES and job.cancelled_by is None:
        return finish.fail(tx, job, Crashed(f"{crashes} processes ended with it in hand"), now)
    return finish.requeue(tx, job, now)
