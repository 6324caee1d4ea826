"""Everything that a judgement needs, gathered when all is over."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.jobs import State
from tests.chaos.crowd import Act
from tests.chaos.lives import Life
from tests.chaos.seen import Sight
from tests.chaos.service import Call, Print
from tests.chaos.wishes import Wishes
from tests.conformance.engines import SqliteBench
from tests.wire.discord_standin import Entry

Row = dict[str, Any]


@dataclass
class Request:
    """One job as the rows have it."""

    row: Row
    wish: Row
    pictures: list[Row] = field(default_factory=list)
    ledger: dict[str, int] = field(default_factory=dict)
    calls: list[Row] = field(default_factory=list)
    delivery: Row | None = None

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.row["id"])

    @property
    def state(self) -> State:
        """Where it is."""
        return State(self.row["state"])

    @property
    def prompt(self) -> str:
        """Its words, as the service got them."""
        return str(self.wish["prompt"])

    @property
    def asked(self) -> str:
        """The interaction or message that asked for it."""
        return str(self.row["interaction_id"])

    @property
    def asked_for(self) -> int:
        """Pictures."""
        return int(self.row["pictures"])

    @property
    def charge(self) -> int | None:
        """Micro-dollars that were charged, if any were."""
        return self.ledger.get("charge")


@dataclass(frozen=True)
class LogLine:
    """One line of a process's log."""

    life: int
    fields: Row


@dataclass(kw_only=True)
class Evidence:
    """What was seen on every side.

    Attributes:
        posted: Each picture that stands in a message, by its link; its looks only where its
            bytes are not those of the service.
        direct: The channel of direct messages of each member, by the member's id.
        named: Files that rows name; `strays` are those that a later sweep would remove.
    """

    wishes: Wishes
    acts: list[Act]
    requests: dict[int, Request]
    bench: SqliteBench
    named: frozenset[str]
    strays: frozenset[str]
    sights: list[Sight]
    calls: list[Call]
    prints: dict[str, list[Print]]
    billed: int
    lives: list[Life]
    logs: list[LogLine]
    transcript: list[Entry]
    violations: list[str]
    troubles: Counter[str]
    posted: dict[str, Print]
    direct: dict[str, str]
    settled: bool

    def calls_of(self, prompt: str) -> list[Call]:
        """What the service was asked with these words."""
        return [call for call in self.calls if call.prompt == prompt]


def read_requests(bench: SqliteBench) -> dict[int, Request]:
    """Every job with all that hangs on it."""
    found = {
        row["id"]: Request(row, json.loads(row["request"]))
        for row in bench.look("SELECT * FROM job ORDER BY id")
    }
    for row in bench.look("SELECT * FROM picture ORDER BY job_id, idx"):
        found[row["job_id"]].pictures.append(row)
    for row in bench.look("SELECT * FROM call ORDER BY job_id, attempt, n"):
        found[row["job_id"]].calls.append(row)
    for row in bench.look("SELECT * FROM ledger"):
        ledger = found[row["job_id"]].ledger
        ledger[row["kind"]] = ledger.get(row["kind"], 0) + int(row["micro"])
    for row in bench.look("SELECT * FROM delivery"):
        found[row["job_id"]].delivery = row
    return found


def read_logs(lives: list[Life]) -> Iterator[LogLine]:
    """Every line of every life; what is not JSON was not written by our logging."""
    for life in lives:
        plain: list[str] = []
        for line in life.log.read_text("utf-8", errors="replace").splitlines():
            try:
                fields = json.loads(line)
            except ValueError:
                fields = None
            if isinstance(fields, dict):
                yield LogLine(life.number, fields)
            else:
                plain.append(line)
        if plain:
            yield LogLine(life.number, {"event": "not JSON", "exception": "\n".join(plain)})


def live_rows(database: Path) -> int:
    """How many requests and outcomes are not at their end, read beside the process."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [count] = connection.execute(
            "SELECT (SELECT count(*) FROM job WHERE state IN ('queued', 'running', 'drawn')) + "
            "(SELECT count(*) FROM delivery WHERE state = 'pending')"
        ).fetchone()
        return int(count)
