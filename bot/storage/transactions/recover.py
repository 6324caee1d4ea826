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
            none of these. None where no process works.
    """
    if held is None:
        left = tx.every("jobs_running")
        tx.change("deliveries_free", now=stamp(now))
    else:
        left = [row for row in tx.every("jobs_expired", now=stamp(now)) if row["id"] not in held]
    requeued: list[Job] = []
    ended: list[Job] = []
    for job in sorted((values.job(row) for row in left), key=lambda each: each.id):
        found = _sort_out(tx, job, now, repeat=repeat)
        if found is not None:
            (requeued if found.state is State.QUEUED else ended).append(found)
    if held is None:
        lanes.rederive(tx)
    return Recovered(requeued=tuple(requeued), ended=tuple(ended))


def _sort_out(tx: Transaction, job: Job, now: datetime, *, repeat: bool) -> Job | None:
    crashes = tx.one("job_crashed", job_id=job.id)["crashes"]
    if calls.on_its_way(tx, job):
        if not repeat or job.cancelled_by is not None or calls.lost_before(tx, job):
            return finish.fail(tx, job, OutcomeUnknown("the process ended during the call"), now)
        calls.lose(tx, job, now)
    if crashes >= MAX_CRASHES and job.cancelled_by is None:
        return finish.fail(tx, job, Crashed(f"{crashes} processes ended with it in hand"), now)
    return finish.requeue(tx, job, now)
