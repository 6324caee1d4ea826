"""How long a claim takes, by how much is waiting: it should not matter.

    python -m benchmarks.claims [--million] [--json FILE]

Each size has a database of its own, filled with requests of 50 servers × 20 members. What is
measured is what a worker waits for: the hop to the database's thread, the transaction, and its
commit to the disk. Beside it stands the transaction alone, without hop and disk.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sqlite3
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import orjson

from bot.core.images import ImageRequest, Quality, Size
from bot.core.jobs import Draft, Job, Picture, Place
from bot.core.periods import Period
from bot.core.quotas import BUDGETED
from bot.core.stores import Limits
from bot.storage import migrate, statements
from bot.storage.sqlite import SqliteStore
from bot.storage.sqlite_connection import open_writer, perform
from bot.storage.transaction import Transaction
from bot.storage.transactions import claim, lanes
from bot.storage.values import stamp, written

GUILDS, MEMBERS = 50, 20
SIZES = (1_000, 100_000)
MILLION = 1_000_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)
LIMITS = Limits(
    slots=MILLION,
    server_slots=MILLION,
    member_slots=MILLION,
    server_queue=200,
    member_queue=50,
)
REQUEST = ImageRequest(
    prompt="a lighthouse in a storm, waves breaking over the rocks, oil on canvas",
    model="gpt-image-2.5-flare",
    size=Size(1024, 1024),
    quality=Quality.MEDIUM,
)
ESTIMATE = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds, of many."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Times:
        """From single measurements."""
        cuts = statistics.quantiles(seconds, n=100)
        return cls(p50=round(cuts[49] * 1_000, 3), p99=round(cuts[98] * 1_000, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One size.

    Attributes:
        waiting: Requests in the queue.
        claim: As a worker sees it.
        alone: The claim's statements, without hop and commit.
        submit: By servers whose own queues are short.
        ratio: `claim.p50` over that of the smallest size.
    """

    waiting: int
    claim: Times
    alone: Times
    submit: Times
    keep: Times
    ratio: float = 1.0


def fill(connection: sqlite3.Connection, jobs: int) -> None:
    """Put that many waiting requests into an empty database, with all that belongs to them."""
    values: dict[str, int | str] = {
        "jobs": jobs,
        "guilds": GUILDS,
        "members": MEMBERS,
        "request": written(REQUEST),
        "estimate": ESTIMATE,
        "now": stamp(NOW),
        "cap": MILLION,
    }
    connection.execute("BEGIN IMMEDIATE")
    for statement in FILLING:
        connection.execute(statement, values)
    for period in Period:
        start = {"period": period.value, "starts_at": stamp(period.start(NOW))}
        connection.execute(COUNTING, {**values, **start})
        if period in BUDGETED:
            connection.execute(COUNTING_FOR_THE_OPERATOR, {**values, **start})
    connection.execute("COMMIT")
    perform(connection, statements.for_sqlite(), "BEGIN IMMEDIATE", lanes.rederive)


FILLING = (
    """
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :jobs)
    INSERT INTO job (interaction_id, guild_id, channel_id, member_id, application_id, token,
      upload_limit, request, pictures, estimate, zone, accepted_at)
    SELECT -1 - i, 1 + i % :guilds, 5, 1 + i / :guilds % :members, 9, 'a-token',
      10485760, :request, 1, :estimate, 'UTC', :now
    FROM n
    """,
    """
    INSERT INTO ledger (job_id, attempt, kind, pictures, micro, at)
    SELECT id, 0, 'reserve', 1, :estimate, :now FROM job
    """,
    "INSERT INTO guild_lane (guild_id, cap) SELECT DISTINCT guild_id, :cap FROM job",
    """
    INSERT INTO member_lane (guild_id, member_id, cap)
    SELECT DISTINCT guild_id, member_id, :cap FROM job
    """,
)

COUNTING = """
    INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
      reserved_pictures, reserved_micro)
    SELECT guild_id, 'server', guild_id, :period, :starts_at, count(*), sum(estimate)
    FROM job GROUP BY guild_id
    UNION ALL
    SELECT guild_id, 'member', member_id, :period, :starts_at, count(*), sum(estimate)
    FROM job GROUP BY guild_id, member_id
"""

COUNTING_FOR_THE_OPERATOR = """
    INSERT INTO quota_counter (guild_id, account, account_id, period, starts_at,
      reserved_pictures, reserved_micro)
    SELECT guild_id, 'operator', guild_id, :period, :starts_at, count(*), sum(estimate)
    FROM job GROUP BY guild_id
    UNION ALL
    SELECT 0, 'operator', 0, :period, :starts_at, count(*), sum(estimate)
    FROM job
"""


class Bench:
    """One size: a database of its own, and the store on it."""

    def __init__(self, folder: Path, waiting: int) -> None:
        self.waiting = waiting
        self._database = folder / f"{waiting}.db"
        self._store = SqliteStore(self._database)
        self._claimed: list[Job] = []
        self._seconds: dict[str, list[float]] = {}

    async def open(self, samples: int) -> None:
        """Fill it, time the statements of a claim alone, and open the store."""
        migrate.apply(self._database)
        with closing(open_writer(self._database)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            fill(connection, self.waiting + samples)
            self._seconds["alone"] = _statements_alone(connection, samples)
        await self._store.open()

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()

    async def time(self, name: str, number: int) -> None:
        """Do one of what is measured."""
        action = {"submit": self._submit, "claim": self._claim, "keep": self._keep}[name]
        began = perf_counter()
        await action(number)
        self._seconds.setdefault(name, []).append(perf_counter() - began)

    def measured(self) -> Measured:
        """All of it."""
        times = {name: Times.of(seconds) for name, seconds in self._seconds.items()}
        return Measured(
            waiting=self.waiting,
            claim=times["claim"],
            alone=times["alone"],
            submit=times["submit"],
            keep=times["keep"],
        )

    async def _submit(self, number: int) -> None:
        assert (await self._store.submit(_draft(number), LIMITS, NOW)).new

    async def _claim(self, number: int) -> None:
        job = await self._store.claim(f"w{number}", NOW, LEASE)
        assert job is not None
        self._claimed.append(job)

    async def _keep(self, number: int) -> None:
        job, picture = self._claimed[number], _picture(number)
        assert await self._store.keep(job, [picture], ESTIMATE, "p", NOW)


def _statements_alone(connection: sqlite3.Connection, samples: int) -> list[float]:
    texts = statements.for_sqlite()
    took: list[float] = []

    def timed(tx: Transaction) -> None:
        began = perf_counter()
        assert claim.claim(tx, "w", NOW, LEASE) is not None
        took.append(perf_counter() - began)

    for _ in range(samples):
        perform(connection, texts, "BEGIN IMMEDIATE", timed)
    return took


def _draft(number: int) -> Draft:
    return Draft(
        place=Place(
            guild_id=1 + GUILDS + number % GUILDS,  # the others' queues are full
            channel_id=5,
            member_id=1 + number % MEMBERS,
            interaction_id=number,
            token=str(number),
            application_id=9,
        ),
        request=REQUEST,
        estimate=ESTIMATE,
    )


def _picture(number: int) -> Picture:
    return Picture(
        index=0, sha256=f"{number:064x}", format="png", width=1024, height=1024, bytes=1_500_000
    )


def table(results: list[Measured]) -> str:
    """For people to read."""
    lines = [
        "milliseconds, p50 / p99        claim          alone         submit           keep   ratio"
    ]
    for each in results:
        cells = (each.claim, each.alone, each.submit, each.keep)
        shown = "".join(f"{times.p50:>8.2f} /{times.p99:>5.2f}" for times in cells)
        lines.append(f"{each.waiting:>10,} waiting   {shown}   {each.ratio:>5.2f}")
    return "\n".join(lines)


async def run(sizes: Sequence[int], samples: int) -> list[Measured]:
    """Measure every size in turns, so that a busy moment of the machine falls on all alike."""
    with tempfile.TemporaryDirectory(prefix="easel-claims-") as folder:
        benches = [Bench(Path(folder), waiting) for waiting in sizes]
        try:
            for bench in benches:
                await bench.open(samples)
            for name in ("submit", "claim", "keep"):
                for number in range(samples):
                    for bench in benches:
                        await bench.time(name, number)
        finally:
            for bench in benches:
                await bench.close()
    results = [bench.measured() for bench in benches]
    first = results[0].claim.p50
    return [replace(each, ratio=round(each.claim.p50 / first, 2)) for each in results]


def main() -> None:
    """Measure, print, and write down if asked to."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    asked.add_argument("--million", action="store_true", help="with a million waiting as well")
    asked.add_argument("--samples", type=int, default=500, help="calls of each kind")
    asked.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    options = asked.parse_args()
    sizes = (*SIZES, MILLION) if options.million else SIZES
    results = asyncio.run(run(sizes, options.samples))
    print(table(results))
    if options.json:
        report = {
            "sqlite": sqlite3.sqlite_version,
            "python": platform.python_version(),
            "results": [asdict(each) for each in results],
        }
        options.json.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
