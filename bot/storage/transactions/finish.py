"""The three ways an attempt ends: drawn, failed, or back in the queue.

Each is fenced by the attempt, and each is one commit: the job, the money, the call, the lanes and
the delivery change together or not at all. A job that was withdrawn in the meantime ends cancelled
in all three; what was drawn by then counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.errors import BadAnswer, DrawingFailed, OutcomeUnknown
from bot.core.fairness import after, correction, weigh
from bot.core.jobs import Job, Note, Picture, State
from bot.core.quotas import Amount
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import calls, deliveries, lanes, ledger
from bot.storage.values import stamp


def keep(
    tx: Transaction,
    job: Job,
    pictures: Sequence[Picture],
    cost: int,
    provider: str,
    now: datetime,
    *,
    note: Note | None = None,
) -> Job | None:
    """Drawn: name the files, charge the true cost, and put the delivery out.

    Args:
        tx: The open transaction.
        job: As it was claimed.
        pictures: Already on disk.
        cost: Micro-dollars; may be more than the estimate.
        provider: Who drew them.
        now: The time.
        note: What is worth saying about them.
    """
    held = lanes.hold(tx, job.place.guild_id, job.place.member_id)
    row = tx.find(
        "job_drawn",
        job_id=job.id,
        attempt=job.attempt,
        cost=cost,
        provider=provider,
        note=note.value if note else None,
        now=stamp(now),
    )
    if row is None:
        return None
    ended = values.job(row)
    drawn = ended.state is State.DRAWN
    tx.change_each(
        "picture_insert",
        [
            {
                "job_id": job.id,
                "idx": picture.index,
                "sha256": picture.sha256,
                "format": picture.format,
                "width": picture.width,
                "height": picture.height,
                "bytes": picture.bytes,
            }
            for picture in (pictures if drawn else ())
        ],
    )
    ledger.charge(tx, job, Amount(len(pictures), cost), now)
    calls.end(tx, job, "answered", None, now)
    kind = deliveries.Kind.PICTURE if drawn else deliveries.Kind.NOTICE
    deliveries.put_out(tx, job.id, kind, now)
    expected, actual = weigh(job.estimate, job.request.count), weigh(cost, len(pictures))
    lanes.refresh(tx, held, lambda weight: correction(expected, actual, weight))
    return ended


def fail(tx: Transaction, job: Job, failure: DrawingFailed, now: datetime) -> Job | None:
    """No picture: release what is held, and put the notice out.

    The turn is spent all the same: who asks for what is always refused must not go first for ever.
    """
    held = lanes.hold(tx, job.place.guild_id, job.place.member_id)
    unknown = isinstance(failure, OutcomeUnknown)
    row = tx.find(
        "job_failed",
        job_id=job.id,
        attempt=job.attempt,
        state=(State.UNKNOWN if unknown else State.FAILED).value,
        failure=failure.code,
        now=stamp(now),
    )
    if row is None:
        return None
    ledger.release(tx, job, now)
    if unknown:
        calls.lose(tx, job, now)
    else:
        state = "answered" if isinstance(failure, BadAnswer) else "rejected"
        calls.end(tx, job, state, failure.code, now)
    deliveries.put_out(tx, job.id, deliveries.Kind.NOTICE, now)
    lanes.refresh(tx, held)
    return values.job(row)


def requeue(tx: Transaction, job: Job, now: datetime) -> Job | None:
    """Back to its place in the queue, its lanes as if it had not been claimed.

    Refused, like a job that is not held, while a call for it is on its way: that may be paid.
    """
    held = lanes.hold(tx, job.place.guild_id, job.place.member_id)
    # A call that is being noted at this moment shows only to who looks after that.
    calls.hold(tx, job)
    row = tx.find("job_requeue", job_id=job.id, attempt=job.attempt)
    if row is None:
        row = tx.find("job_withdraw", job_id=job.id, attempt=job.attempt, now=stamp(now))
        if row is None:
            return None
        ledger.release(tx, job, now)
        deliveries.put_out(tx, job.id, deliveries.Kind.NOTICE, now)
    cost = weigh(job.estimate, job.request.count)
    lanes.refresh(tx, held, lambda weight: -after(0, cost, weight))
    return values.job(row)
