"""What is only read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from bot.core import fairness
from bot.core.bookkeeping import Spent
from bot.core.fairness import Lane
from bot.core.jobs import DIRECT, Job, Picture, Place, State
from bot.core.reports import GuildQueue, Page, Shown, Waiting
from bot.storage import values
from bot.storage.transaction import Row, Transaction
from bot.storage.values import stamp

LANES = 100
"""Servers, and members of one server, that are looked at to tell a place in the queue."""

EACH = 100
"""Requests that are counted in each. Past both, a place is "at least"; the work stays bounded."""

BEYOND = 2**63 - 1
"""No job's number is larger."""


def job(tx: Transaction, job_id: int) -> Job | None:
    """A job of any state."""
    row = tx.find("job", job_id=job_id)
    return None if row is None else values.job(row)


def ahead(tx: Transaction, job_id: int) -> int | None:
    """About how many requests start before this one; None if it does not wait."""
    found = job(tx, job_id)
    if found is None or found.state is not State.QUEUED:
        return None
    place = found.place
    nth = tx.one(
        "job_nth",
        guild_id=place.guild_id,
        member_id=place.member_id,
        job_id=job_id,
        most=EACH,
    )["nth"]
    return _lanes(tx, place.guild_id, place.member_id).before(nth)


def unfinished(tx: Transaction, guild_id: int, member_id: int) -> tuple[Waiting, ...]:
    """What the member has waiting, running, or on its way to be posted; oldest first."""
    rows = tx.every("jobs_unfinished", guild_id=guild_id, member_id=member_id)
    if not rows:
        return ()
    lanes = _lanes(tx, guild_id, member_id)
    found: list[Waiting] = []
    nth = 0
    for each in map(values.job, rows):
        nth += each.state is State.QUEUED
        waits = each.state is State.QUEUED
        found.append(Waiting(job=each, ahead=lanes.before(nth) if waits else 0))
    return tuple(found)


def counts(tx: Transaction) -> dict[State, int]:
    """How many jobs are live, by state: queued, running and drawn."""
    return {State(row["state"]): row["jobs"] for row in tx.every("jobs_counted")}


def pictures(tx: Transaction, job_id: int) -> tuple[Picture, ...]:
    """What was drawn for a job, in order."""
    return tuple(values.picture(row) for row in tx.every("pictures", job_id=job_id))


def shown(
    tx: Transaction,
    member_id: int,
    most: int,
    *,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> Page:
    """What was drawn for the member in any server, or the part next to the job of that id.

    Where fewer than `most` are newer, the page is the newest one, and full.
    """
    if newer_than is not None:
        rows = tx.every("jobs_shown_after", member_id=member_id, job_id=newer_than, most=most + 1)
        if len(rows) > most:
            return Page(shown=_shown(rows[most - 1 :: -1]), newer=True, older=True)
    before = BEYOND if older_than is None else older_than
    rows = tx.every("jobs_shown_before", member_id=member_id, job_id=before, most=most + 1)
    return Page(shown=_shown(rows[:most]), newer=older_than is not None, older=len(rows) > most)


def last(tx: Transaction, guild_id: int, member_id: int, most: int) -> tuple[Job, ...]:
    """What was drawn for the member in one server, the newest first."""
    rows = tx.every("jobs_last", guild_id=guild_id, member_id=member_id, most=most)
    return tuple(values.job(row) for row in rows)


def kept(tx: Transaction, member_id: int, drawn_after: datetime) -> int:
    """How many requests of the member could not be posted, of those drawn then or later."""
    row = tx.one("jobs_kept", member_id=member_id, drawn_after=stamp(drawn_after))
    return int(row["jobs"])


def guild_queue(tx: Transaction, guild_id: int, most: int, *, skip: int = 0) -> GuildQueue:
    """What waits and runs in a server, so many of it, after so many others."""
    running = [(row, 0) for row in tx.every("jobs_running_of_guild", guild_id=guild_id)]
    asked = Counter[int]()
    waiting = []
    for row in tx.every("jobs_queued_of_guild", guild_id=guild_id):
        asked[row["member_id"]] += 1
        waiting.append((row, asked[row["member_id"]]))
    in_order = [*sorted(running, key=_number), *sorted(waiting, key=_number)]
    lanes: dict[int, _Lanes] = {}
    shown = []
    for row, nth in in_order[skip : skip + most]:
        member = row["member_id"]
        if nth and member not in lanes:
            lanes[member] = _lanes(tx, guild_id, member)
        ahead = lanes[member].before(nth) if nth else 0
        shown.append(Waiting(job=values.job(row), ahead=ahead))
    return GuildQueue(shown=tuple(shown), running=len(running), waiting=len(waiting))


def _number(entry: tuple[Row, int]) -> int:
    """What a request is called, which is in the order of asking."""
    return int(entry[0]["id"])


def spent(tx: Transaction, guild_id: int, marks: Sequence[datetime]) -> tuple[Spent, ...]:
    """What was charged in a server between each mark and the next, by member and model."""
    found = []
    for since, until in pairwise(marks):
        rows = tx.every("spent", guild_id=guild_id, since=stamp(since), until=stamp(until))
        found += [
            Spent(
                starts_at=since,
                member_id=row["member_id"],
                model=row["model"],
                requests=row["requests"],
                pictures=row["pictures"],
                micro=row["micro"],
            )
            for row in rows
        ]
    return tuple(found)


def _shown(rows: Sequence[Row]) -> tuple[Shown, ...]:
    return tuple(
        Shown(job=job, posted=None if job.state is State.KEPT else _posted(job, row))
        for job, row in zip(map(values.job, rows), rows, strict=True)
    )


def _posted(job: Job, row: Row) -> Place:
    # A direct message is in a channel of its own, whichever server it is about.
    channel_id, message_id = row["shown_channel"], row["shown_message"]
    guild_id = job.place.guild_id if channel_id == job.place.channel_id else DIRECT
    return replace(job.place, guild_id=guild_id, channel_id=channel_id, message_id=message_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lanes:
    """A member's place among the members of the server, and the server's among servers."""

    guild_id: int
    member_id: int
    guilds: list[Lane]
    members: list[Lane]

    def before(self, nth: int) -> int:
        """About how many requests start before the member's nth waiting one (from 1)."""
        inside = nth - 1 + _ahead(self.members, self.member_id, nth)
        return inside + _ahead(self.guilds, self.guild_id, inside + 1)


def _lanes(tx: Transaction, guild_id: int, member_id: int) -> _Lanes:
    member_clock = tx.one("member_clock", guild_id=guild_id)["vtime"]
    members = tx.every("waiting_members", guild_id=guild_id, most=LANES, each=EACH)
    guilds = tx.every("waiting_guilds", most=LANES, each=EACH)
    return _Lanes(
        guild_id=guild_id,
        member_id=member_id,
        guilds=_in_order(guilds, clock=tx.one("clock")["vtime"]),
        members=_in_order(members, clock=member_clock),
    )


def _in_order(rows: list[Row], *, clock: int) -> list[Lane]:
    # A lane at its cap will be lifted to the clock once it may go on.
    return [
        Lane(
            id=row["id"],
            vtime=row["vtime"] if row["ready"] else max(row["vtime"], clock),
            waiting=row["waiting"],
        )
        for row in rows
    ]


def _ahead(lanes: list[Lane], own_id: int, nth: int) -> int:
    mine = next((lane for lane in lanes if lane.id == own_id), None)
    if mine is None:  # beyond the lanes that are looked at
        return sum(min(lane.waiting, nth) for lane in lanes)
    return fairness.ahead(mine, nth, [lane for lane in lanes if lane.id != own_id])
