"""What must hold of the rows after every transaction, worked out here without the store's SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.jobs import LIVE, TRANSITIONS, State
from bot.core.quotas import Account, Tally, counted
from tests.conformance.engines import Bench

Key = tuple[int, str, int, str, int]
Taken = tuple[int, int, int, int]
"""Reserved pictures and micro-dollars, used pictures and micro-dollars."""


def check(bench: Bench) -> None:
    """Everything."""
    check_lanes(bench)
    check_counters(bench)
    check_reservations(bench)
    check_outcomes(bench)


def running_pictures(bench: Bench) -> tuple[Counter[int], Counter[tuple[int, int]]]:
    """Pictures that are drawn now: of each server, of each member."""
    guilds: Counter[int] = Counter()
    members: Counter[tuple[int, int]] = Counter()
    for job in bench.look("SELECT guild_id, member_id, pictures FROM job WHERE state = 'running'"):
        guilds[job["guild_id"]] += job["pictures"]
        members[job["guild_id"], job["member_id"]] += job["pictures"]
    return guilds, members


def ready_members(bench: Bench) -> set[tuple[int, int]]:
    """Members of whom a job may start as far as their own slots go."""
    waiting = {
        (job["guild_id"], job["member_id"])
        for job in bench.look("SELECT guild_id, member_id FROM job WHERE state = 'queued'")
    }
    _, drawn = running_pictures(bench)
    caps = {
        (lane["guild_id"], lane["member_id"]): lane["cap"]
        for lane in bench.look("SELECT * FROM member_lane")
    }
    return {who for who in waiting if drawn[who] < caps[who]}


def ready_guilds(bench: Bench) -> set[int]:
    """Servers of which a job may start."""
    members = ready_members(bench)
    drawn, _ = running_pictures(bench)
    return {
        lane["guild_id"]
        for lane in bench.look("SELECT guild_id, cap FROM guild_lane")
        if drawn[lane["guild_id"]] < lane["cap"]
        and any(guild == lane["guild_id"] for guild, _ in members)
    }


def check_lanes(bench: Bench) -> None:
    """The flags say what the jobs say: no lost wake-up, no slot left idle."""
    members = {
        (lane["guild_id"], lane["member_id"])
        for lane in bench.look("SELECT guild_id, member_id FROM member_lane WHERE ready = 1")
    }
    guilds = {
        lane["guild_id"] for lane in bench.look("SELECT guild_id FROM guild_lane WHERE ready = 1")
    }
    assert members == ready_members(bench), "a member's lane drifted"
    assert guilds == ready_guilds(bench), "a server's lane drifted"


def check_counters(bench: Bench) -> None:
    """Reserved is what the ledger reserved and did not release; used is what it charged."""
    expected: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in bench.look(
        "SELECT ledger.*, guild_id, member_id, accepted_at, zone FROM ledger "
        "JOIN job ON job.id = ledger.job_id"
    ):
        place, sign = {"reserve": (0, 1), "release": (0, -1), "charge": (2, 1)}.get(
            row["kind"], (0, 0)
        )
        for key in _keys(row):
            expected[key][place] += sign * row["pictures"]
            expected[key][place + 1] += sign * row["micro"]
    assert counters(bench) == {key: tuple(taken) for key, taken in expected.items() if any(taken)}


def counters(bench: Bench) -> dict[Key, Taken]:
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
        for row in bench.look("SELECT * FROM quota_counter")
    }
    return {key: taken for key, taken in stored.items() if any(taken)}


def check_reservations(bench: Bench) -> None:
    """Just what is live is reserved: nothing leaks, nothing runs unpaid for."""
    live: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for job in bench.look("SELECT * FROM job"):
        for key in _keys(job):
            held = State(job["state"]) in LIVE
            live[key][0] += job["pictures"] * held
            live[key][1] += job["estimate"] * held
    reserved = {key: list(taken[:2]) for key, taken in counters(bench).items() if any(taken[:2])}
    assert reserved == {key: taken for key, taken in live.items() if any(taken)}


def check_outcomes(bench: Bench) -> None:
    """Every job that ended has one outcome on its way or shown, and one that did not has none."""
    outcomes: defaultdict[int, list[str]] = defaultdict(list)
    for row in bench.look("SELECT job_id, kind FROM delivery"):
        outcomes[row["job_id"]].append(row["kind"])
    for job in bench.look("SELECT id, state, started_at FROM job"):
        began = job["started_at"] is not None
        assert outcomes[job["id"]] == {
            State.DRAWN: ["picture"],
            State.DELIVERED: ["picture"],
            State.KEPT: ["picture"],
            State.FAILED: ["notice"],
            State.UNKNOWN: ["notice"],
            # In the middle of drawing: then it is said what it came to.
            State.CANCELLED: ["notice"] if began else [],
        }.get(State(job["state"]), [])
    lost = bench.look(
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


def states(bench: Bench) -> dict[int, State]:
    """Where each job is."""
    return {job["id"]: State(job["state"]) for job in bench.look("SELECT id, state FROM job")}


def everything(bench: Bench) -> list[list[dict[str, Any]]]:
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
    return [bench.look(f"SELECT * FROM {table}") for table in tables]


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
