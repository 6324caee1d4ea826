"""What must hold of the rows after every transaction, worked out here without the store's SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.jobs import LIVE, TRANSITIONS, State
from bot.core.quotas import Account, Tally, counted
from tests.conformance.engines import Rows

Key = tuple[int, str, int, str, int]
Taken = tuple[int, int, int, int]
"""Reserved pictures and micro-dollars, used pictures and micro-dollars."""


def check(rows: Rows) -> None:
    """Everything."""
    check_lanes(rows)
    check_counters(rows)
    check_reservations(rows)
    check_outcomes(rows)


def running_pictures(rows: Rows) -> tuple[Counter[int], Counter[tuple[int, int]]]:
    """Pictures that are drawn now: of each server, of each member."""
    guilds: Counter[int] = Counter()
    members: Counter[tuple[int, int]] = Counter()
    for job in rows.look("SELECT guild_id, member_id, pictures FROM job WHERE state = 'running'"):
        guilds[job["guild_id"]] += job["pictures"]
        members[job["guild_id"], job["member_id"]] += job["pictures"]
    return guilds, members


def ready_members(rows: Rows) -> set[tuple[int, int]]:
    """Members of whom a job may start as far as their own slots go."""
    waiting = {
        (job["guild_id"], job["member_id"])
        for job in rows.look("SELECT guild_id, member_id FROM job WHERE state = 'queued'")
    }
    _, drawn = running_pictures(rows)
    caps = {
        (lane["guild_id"], lane["member_id"]): lane["cap"]
        for lane in rows.look("SELECT * FROM member_lane")
    }
    return {who for who in waiting if drawn[who] < caps[who]}


def ready_guilds(rows: Rows) -> set[int]:
    """Servers of which a job may start."""
    members = ready_members(rows)
    drawn, _ = running_pictures(rows)
    return {
        lane["guild_id"]
        for lane in rows.look("SELECT guild_id, cap FROM guild_lane")
        if drawn[lane["guild_id"]] < lane["cap"]
        and any(guild == lane["guild_id"] for guild, _ in members)
    }


def check_lanes(rows: Rows) -> None:
    """The flags say what the jobs say: no lost wake-up, no slot left idle."""
    members = {
        (lane["guild_id"], lane["member_id"])
        for lane in rows.look("SELECT guild_id, member_id FROM member_lane WHERE ready = 1")
    }
    guilds = {
        lane["guild_id"] for lane in rows.look("SELECT guild_id FROM guild_lane WHERE ready = 1")
    }
    assert members == ready_members(rows), "a member's lane drifted"
    assert guilds == ready_guilds(rows), "a server's lane drifted"


def check_counters(rows: Rows) -> None:
    """Reserved is what the ledger reserved and did not release; used is what it charged."""
    expected: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows.look(
        "SELECT ledger.*, guild_id, member_id, accepted_at, zone FROM ledger "
        "JOIN job ON job.id = ledger.job_id"
    ):
        place, sign = {"reserve": (0, 1), "release": (0, -1), "charge": (2, 1)}.get(
            row["kind"], (0, 0)
        )
        for key in _keys(row):
            expected[key][place] += sign * row["pictures"]
            expected[key][place + 1] += sign * row["micro"]
    assert counters(rows) == {key: tuple(taken) for key, taken in expected.items() if any(taken)}


def counters(rows: Rows) -> dict[Key, Taken]:
    """Every counter that is stored and counts anything."""
    stored = {
        (
            row["guild_id"],
            row["account"],
            row["account_id"],
            row["period"],
            row["starts_at"],
        ): (
            row["reserved_pictures"],
            row["reserved_micro"],
            row["used_pictures"],
            row["used_micro"],
        )
        for row in rows.look("SELECT * FROM quota_counter")
    }
    return {key: taken for key, taken in stored.items() if any(taken)}


def check_reservations(rows: Rows) -> None:
    """Just what is live is reserved: nothing leaks, nothing runs unpaid for."""
    live: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for job in rows.look("SELECT * FROM job"):
        for key in _keys(job):
            held = State(job["state"]) in LIVE
            live[key][0] += job["pictures"] * held
            live[key][1] += job["estimate"] * held
    reserved = {key: list(taken[:2]) for key, taken in counters(rows).items() if any(taken[:2])}
    assert reserved == {key: taken for key, taken in live.items() if any(taken)}


def check_outcomes(rows: Rows) -> None:
    """Every job that ended has one outcome on its way or shown, and one that did not has none."""
    outcomes: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows.look("SELECT job_id, kind FROM delivery"):
        outcomes[row["job_id"]].append(row["kind"])
    for job in rows.look("SELECT id, state FROM job"):
        assert outcomes[job["id"]] == {
            State.DRAWN: ["picture"],
            State.DELIVERED: ["picture"],
            State.KEPT: ["picture"],
            State.FAILED: ["notice"],
            State.UNKNOWN: ["notice"],
            State.CANCELLED: ["notice"],
        }.get(State(job["state"]), [])
    lost = rows.look(
        "SELECT state FROM call WHERE state = 'sent' AND NOT EXISTS (SELECT 1 FROM job "
        "WHERE id = job_id AND state = 'running' AND job.attempt = call.attempt)"
    )
    assert lost == [], "a call is on its way for a job that does not run"


def check_steps(before: dict[int, State], after: dict[int, State]) -> None:
    """No job took a step that the state diagram does not have."""
    for job_id, state in after.items():
        if job_id in before:
            assert state is before[job_id] or state in TRANSITIONS[before[job_id]]
        else:
            assert state is State.QUEUED
    assert before.keys() <= after.keys()


def states(rows: Rows) -> dict[int, State]:
    """Where each job is."""
    return {job["id"]: State(job["state"]) for job in rows.look("SELECT id, state FROM job")}


def everything(rows: Rows) -> list[list[dict[str, Any]]]:
    """Every row of every table that a transaction of the queue may write."""
    tables = (
        "sched",
        "guild_lane",
        "member_lane",
        "job",
        "call",
        "picture",
        "delivery",
        "quota_counter",
        "ledger",
        "quota_rule",
        "quota_permit",
        "guild_setting",
        "audit",
    )
    # Without an order of its own, a database may show what was not changed in another one.
    return [sorted(rows.look(f"SELECT * FROM {table}"), key=str) for table in tables]


def _keys(row: dict[str, Any]) -> list[Key]:
    accepted = datetime.fromtimestamp(row["accepted_at"] / 1_000_000, UTC)
    return [
        (
            tally.guild_id,
            tally.account.value,
            tally.account_id,
            tally.period.value,
            _start(tally, accepted, row["zone"]),
        )
        for tally in counted(row["guild_id"], row["member_id"])
    ]


def _start(tally: Tally, at: datetime, zone: str) -> int:
    calendar = UTC if tally.account is Account.OPERATOR else ZoneInfo(zone)
    return int(tally.period.start(at, calendar).timestamp()) * 1_000_000
