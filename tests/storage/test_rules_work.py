"""The work of accepting a request with many limits: counted in SQLite's own steps, not in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from benchmarks.claims import GUILDS, LIMITS, fill
from bot.core.budgets import Budgets
from bot.core.guilds import GuildSettings
from bot.core.periods import Period
from bot.core.quotas import Amount, Rule, Subject, counted
from bot.storage.transaction import Transaction
from bot.storage.transactions import accounts, audit, guilds, submit
from tests.conformance.engines import SqliteBench, SqliteEngine
from tests.conformance.world import NOW, draft, rule
from tests.storage.test_work import CALLS, steps

FEW, MANY = 2_000, 20_000

SERVER, ROLES = 99, (501, 502, 503)

MANY_BUDGETS = replace(
    LIMITS, budgets=Budgets(day=10**12, month=10**12, server_day=10**12, server_month=10**12)
)

WHOM = (
    (Subject.SERVER, 0),
    (Subject.EVERYONE, 0),
    (Subject.MEMBER, 1),
    *((Subject.ROLE, role) for role in ROLES),
)

TWENTY: list[Rule] = [
    rule(subject, period, pictures=10**6, micro=10**12, subject_id=subject_id, guild=SERVER)
    for subject, subject_id in WHOM
    for period in Period
][:20]

MOST_TIMES = 1.5
"""How much more work a request with twenty limits and four budgets may be than one without."""


def submitted(tx: Transaction) -> object:
    """One request by a member with three roles, which no limit refuses."""
    return submit.submit(tx, draft(SERVER, roles=ROLES), MANY_BUDGETS, NOW)


@pytest.fixture
def bench(engine: SqliteEngine) -> Iterator[SqliteBench]:
    """With some requests, so that the counters are there."""
    made = engine.bench()
    fill(made.connection, FEW)
    made.run(submit.submit, draft(SERVER, roles=ROLES), LIMITS, NOW)
    yield made
    made.close()


def test_twenty_limits_are_little_more_work_than_none(bench: SqliteBench) -> None:
    """Each is a row to read, and a counter at most: not a request, and not one more write."""
    free = steps(bench, lambda tx: submit.submit(tx, draft(SERVER, roles=ROLES), LIMITS, NOW))
    for each in TWENTY:
        bench.run(accounts.set_rule, each)

    held = steps(bench, submitted)

    assert held <= free * MOST_TIMES


def test_limits_of_other_roles_and_members_are_read_and_no_more(bench: SqliteBench) -> None:
    """A server with limits for two hundred members does not look at their counters."""
    for each in TWENTY:
        bench.run(accounts.set_rule, each)
    few = steps(bench, submitted)
    for member in range(1_000, 1_200):
        bench.run(accounts.set_rule, rule(Subject.MEMBER, subject_id=member, guild=SERVER))

    assert steps(bench, submitted) - few <= 200 * A_ROW


A_ROW = 15
"""Instructions that SQLite needs to answer one row of twenty columns at most."""


@pytest.fixture(scope="module")
def backlogs(engine: SqliteEngine) -> Iterator[tuple[SqliteBench, SqliteBench]]:
    """A short one and a long one, both with limits on the server that is asked."""
    short, long = engine.bench(), engine.bench()
    for made, jobs in ((short, FEW), (long, MANY)):
        fill(made.connection, jobs)
        for each in TWENTY:
            for guild in (SERVER, *range(1, GUILDS + 1)):
                made.run(accounts.set_rule, replace(each, guild_id=guild))
    yield short, long
    short.close()
    long.close()


TALLY = next(iter(counted(SERVER, 1)))

DECISIONS: dict[str, Callable[[Transaction], object]] = {
    "submit": submitted,
    "claim": CALLS["claim"],
    "keep": CALLS["keep"],
    "bounds": lambda tx: guilds.bounds(tx, SERVER, 1, ROLES, NOW),
    "policy": lambda tx: guilds.policy(tx, SERVER),
    "grant": lambda tx: guilds.grant(tx, TALLY, Amount(1, 1), 7, NOW),
    "forgive": lambda tx: guilds.forgive(tx, TALLY, 7, NOW),
    "audit": lambda tx: audit.audit(tx, SERVER, 10),
    "zone": lambda tx: guilds.choose(tx, SERVER, GuildSettings(zone="Asia/Tokyo"), LIMITS, 7, NOW),
}


@pytest.mark.parametrize("call", DECISIONS)
def test_ten_times_the_backlog_is_the_same_work_with_limits(
    backlogs: tuple[SqliteBench, SqliteBench], call: str
) -> None:
    """Whatever is decided, what waits on other servers is not looked at."""
    short, long = (steps(each, DECISIONS[call]) for each in backlogs)

    assert long <= short * 1.1
