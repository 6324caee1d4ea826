"""Reserve, then settle or release.

Each step moves the counters and writes the ledger's row for it, so that at every commit the
counters equal the ledger. A job counts in the periods that hold the moment it was accepted, on the
calendar it was accepted under, however late it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from bot.core.jobs import Job
from bot.core.quotas import Amount, counted
from bot.storage.transaction import Transaction, Value
from bot.storage.transactions import accounts
from bot.storage.values import stamp, zone


class Kind(StrEnum):
    """What a row of the ledger says."""

    RESERVE = "reserve"  #: Held for a request that was accepted.
    RELEASE = "release"  #: No longer held.
    CHARGE = "charge"  #: What the pictures did cost.
    UNKNOWN = "unknown"  #: What a call without an answer may have cost; nobody is charged.


def asked(job: Job) -> Amount:
    """What is held for a job."""
    return Amount(job.request.count, job.estimate)


def reserve(tx: Transaction, job: Job, now: datetime) -> None:
    """Hold the most that the job can cost."""
    held = asked(job)
    tx.change_each(
        "counter_reserve",
        [
            {**counter, "pictures": held.pictures, "micro": held.micro}
            for counter in _counters(tx, job)
        ],
    )
    _write(tx, job, Kind.RESERVE, held, now)


def release(tx: Transaction, job: Job, now: datetime) -> None:
    """Let go of what is held; the job costs its author nothing."""
    _settle(tx, job, Amount())
    _write(tx, job, Kind.RELEASE, asked(job), now)


def charge(tx: Transaction, job: Job, actual: Amount, now: datetime) -> None:
    """Let go of what is held and count what it did cost, which may be more."""
    _settle(tx, job, actual)
    _write(tx, job, Kind.RELEASE, asked(job), now)
    _write(tx, job, Kind.CHARGE, actual, now)


def suspect(tx: Transaction, job: Job, now: datetime) -> None:
    """Note what a call that got no answer may have cost; no counter moves."""
    _write(tx, job, Kind.UNKNOWN, asked(job), now)


def _counters(tx: Transaction, job: Job) -> Iterator[dict[str, Value]]:
    calendar = zone(tx.one("job_zone", job_id=job.id)["zone"])
    for tally in counted(job.place.guild_id, job.place.member_id):
        yield accounts.key_of(tally, tally.start(job.accepted_at, calendar))


def _settle(tx: Transaction, job: Job, actual: Amount) -> None:
    held = asked(job)
    tx.change_each(
        "counter_settle",
        [
            {
                **counter,
                "pictures": held.pictures,
                "micro": held.micro,
                "used_pictures": actual.pictures,
                "used_micro": actual.micro,
            }
            for counter in _counters(tx, job)
        ],
    )


def _write(tx: Transaction, job: Job, kind: Kind, amount: Amount, now: datetime) -> None:
    tx.change(
        "ledger_insert",
        job_id=job.id,
        attempt=job.attempt,
        kind=kind.value,
        pictures=amount.pictures,
        micro=amount.micro,
        now=stamp(now),
    )
