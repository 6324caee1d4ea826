"""Take the next job in fair order, and hold on to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.fairness import after, weigh
from bot.core.jobs import Job
from bot.storage import values
from bot.storage.transaction import Row, Transaction
from bot.storage.transactions import lanes
from bot.storage.values import stamp


def claim(tx: Transaction, worker: str, now: datetime, lease: timedelta) -> Job | None:
    """The next job, running, or None where nothing may start.

    One row of each index is looked at, whatever is waiting: the ready server whose turn it is, the
    ready member in it whose turn it is, and that member's oldest request.
    """
    clock = tx.one("clock_locked")["vtime"]
    while (guild := tx.find("pick_guild")) is not None:
        job = _from_lane(tx, guild, clock, worker, now, lease)
        if job is not None:
            return job
        # Somebody changed rows by hand: what the flags promise is not there.
        lanes.rederive(tx)
    return None


def renew(tx: Transaction, job: Job, now: datetime, lease: timedelta) -> bool:
    """Prolong the lease of a running job."""
    until = stamp(now + lease)
    return tx.change("job_renew", job_id=job.id, attempt=job.attempt, lease_until=until) == 1


def lapsed(tx: Transaction, job_id: int, attempt: int, now: datetime) -> bool:
    """Whether a job runs with that attempt and its lease has ended."""
    return tx.find("job_lapsed", job_id=job_id, attempt=attempt, now=stamp(now)) is not None


def _from_lane(
    tx: Transaction, guild: Row, clock: int, worker: str, now: datetime, lease: timedelta
) -> Job | None:
    member = tx.find("pick_member", guild_id=guild["guild_id"])
    row = member and tx.find(
        "job_take",
        guild_id=guild["guild_id"],
        member_id=member["member_id"],
        worker=worker,
        now=stamp(now),
        lease_until=stamp(now + lease),
    )
    if member is None or row is None:
        return None
    job = values.job(row)
    cost = weigh(job.estimate, job.request.count)
    held = lanes.Held(
        guild_id=guild["guild_id"],
        member_id=member["member_id"],
        guild_weight=guild["weight"],
        member_weight=member["weight"],
        clock=clock,
        member_clock=guild["member_vtime"],
    )
    lanes.refresh(tx, held, lambda weight: after(0, cost, weight))
    # Virtual time is the start tag of what is served now.
    tx.change("clock_advance", vtime=guild["vtime"])
    tx.change("member_clock_advance", guild_id=guild["guild_id"], vtime=member["vtime"])
    return job
