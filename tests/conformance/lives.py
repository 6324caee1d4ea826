"""Requests of some members, from asking to every way in which they end, and how one is erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.delivery import Later, Posted, Route
from bot.core.errors import Blocked, OutcomeUnknown
from bot.core.jobs import Job
from bot.core.privacy import Erased
from bot.storage.transactions import (
    calls,
    cancel,
    claim,
    deliveries,
    finish,
    members,
    reports,
    submit,
)
from tests.conformance import proofs
from tests.conformance.engines import Bench
from tests.conformance.world import LEASE, LIMITS, NOW, draft, picture

ME, YOU, MANAGER = 1456074443980800123, 1456074443980800456, 1456074443980800789
HERE, THERE = 900, 901
DAY = timedelta(days=1)
MONTHS_LATER = NOW + timedelta(days=100)


def ask(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """Something waits."""
    return bench.run(submit.submit, draft(guild, member), LIMITS, at).job


def begin(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """It is being drawn."""
    ask(bench, member, guild, at)
    job = bench.run(claim.claim, "w", at, LEASE)
    assert job is not None
    assert bench.run(calls.intend, job, 1, "openai", at)
    return job


def draw(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """It is drawn, and waits to be posted."""
    drawn = bench.run(
        finish.keep, begin(bench, member, guild, at), [picture()], 30_000, "openai", at
    )
    assert drawn is not None
    return drawn


def post(bench: Bench, at: datetime = NOW) -> None:
    """Whatever waits to be posted is."""
    while (delivery := bench.run(deliveries.next_delivery, at, LEASE)) is not None:
        bench.run(deliveries.sending, delivery, 0, at)
        bench.run(deliveries.sent, delivery, 0, Posted(7_777, 50), at)
        bench.run(deliveries.delivered, delivery, Posted(7_777, 50), at)


def show(bench: Bench, member: int = ME, guild: int = HERE, at: datetime = NOW) -> Job:
    """It is drawn and posted."""
    job = draw(bench, member, guild, at)
    post(bench, at)
    return job


def erase(bench: Bench, member: int = ME, at: datetime = NOW) -> Erased:
    """Erase as far as it goes."""
    while True:
        step = bench.run(members.erase_some, member, at)
        proofs.check(bench)
        if step.done or not step.jobs:
            return step


def every_ending(bench: Bench, member: int, guild: int) -> None:
    """One request for each way in which requests end."""
    show(bench, member, guild)
    bench.run(finish.fail, begin(bench, member, guild), Blocked(), NOW)
    bench.run(finish.fail, begin(bench, member, guild), OutcomeUnknown(), NOW)
    post(bench)
    draw(bench, member, guild)
    delivery = bench.run(deliveries.next_delivery, NOW, LEASE)
    assert delivery is not None
    bench.run(deliveries.postpone, delivery, Later(NOW, Route.KEEP, 0))
    bench.run(cancel.cancel, ask(bench, member, guild).id, MANAGER, NOW)
    post(bench)


def everything(bench: Bench) -> str:
    """All rows of all tables, as text."""
    rows = [bench.look(f"SELECT * FROM {table}") for table in bench.tables()]
    return json.dumps(rows, ensure_ascii=False, default=str)


def sums(bench: Bench, guild: int = HERE) -> Sequence[object]:
    """What a chart of the server is drawn from, without who it was."""
    marks = (NOW - 200 * DAY, NOW + 200 * DAY)
    found = bench.run(reports.spent, guild, marks)
    return [
        sum(getattr(each, name) for each in found) for name in ("requests", "pictures", "micro")
    ]
