"""What is written down around a call, so that a crash cannot hide one that may have been paid."""

from __future__ import annotations

from datetime import datetime

from bot.core.jobs import Job
from bot.storage.transaction import Transaction
from bot.storage.transactions import ledger
from bot.storage.values import stamp


def hold(tx: Transaction, job: Job) -> bool:
    """Take the job for the rest of the transaction; False where the attempt has ended."""
    return tx.find("job_held", job_id=job.id, attempt=job.attempt) is not None


def intend(tx: Transaction, job: Job, call: int, provider: str, now: datetime) -> bool:
    """Note a call before its socket opens.

    Refused for one that was noted before, and for a job that was withdrawn.
    """
    if tx.find("job_wanted", job_id=job.id, attempt=job.attempt) is None:
        return False
    noted = tx.change(
        "call_insert",
        job_id=job.id,
        attempt=job.attempt,
        n=call,
        provider=provider,
        now=stamp(now),
    )
    return noted == 1


def rejected(tx: Transaction, job: Job, call: int, code: str, now: datetime) -> bool:
    """Note that a call was surely not paid."""
    if not hold(tx, job):
        return False
    noted = tx.change(
        "call_rejected", job_id=job.id, attempt=job.attempt, n=call, code=code, now=stamp(now)
    )
    return noted == 1


def end(tx: Transaction, job: Job, state: str, code: str | None, now: datetime) -> None:
    """Note what became of the call of this attempt that was still on its way, if one was."""
    tx.change(
        "calls_end",
        job_id=job.id,
        attempt=job.attempt,
        state=state,
        code=code,
        now=stamp(now),
    )


def lose(tx: Transaction, job: Job, now: datetime) -> None:
    """Its answer will not come: keep what it may have cost apart, for the operator."""
    end(tx, job, "unknown", None, now)
    ledger.suspect(tx, job, now)


def on_its_way(tx: Transaction, job: Job) -> bool:
    """Whether a call of this attempt was sent and has no answer."""
    return tx.find("call_sent", job_id=job.id, attempt=job.attempt) is not None


def lost_before(tx: Transaction, job: Job) -> bool:
    """Whether a call for this job was lost already, in whatever attempt."""
    return tx.find("call_unknown", job_id=job.id) is not None
