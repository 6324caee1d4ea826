"""What must not be left behind: unfinished rows, files, tracebacks, broken rules of Discord's."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.core.jobs import State
from bot.storage.files import ANSWERS
from tests.chaos.evidence import Evidence, LogLine
from tests.chaos.findings import Finding
from tests.chaos.lives import Life
from tests.chaos.story import without_tokens

ENDED = {
    State.DELIVERED,
    State.KEPT,
    State.FAILED,
    State.UNKNOWN,
    State.CANCELLED,
}

LOOP = re.compile(
    r"(work|deliver|progress|recover|sweep|loop lag|gateway|job \d+|delivery \d+) failed"
)
"""Lines of what should go on whatever Discord does."""

BROKEN = re.compile(
    r"aiohttp\.client_exceptions\.|discord\.errors\.|ConnectionResetError|TimeoutError"
)
"""Errors that broken connections and refusals end in, at the beginning of a line."""


RECONNECT = "Attempting a reconnect"
"""What discord.py says of a gateway that does not answer."""


def all_ended(evidence: Evidence) -> Iterator[Finding]:
    """No request and no outcome is unfinished."""
    if not evidence.settled:
        yield Finding("it did not come to rest in time")
    for request in evidence.requests.values():
        if request.state not in ENDED:
            yield Finding(f"it is {request.state}", request.id)
        if request.delivery is not None and request.delivery["state"] == "pending":
            yield Finding(f"its outcome is pending: {request.delivery}", request.id)


def files_named(evidence: Evidence) -> Iterator[Finding]:
    """Each file that a row names is there, and a sweep removes all others."""
    folder = evidence.wishes.folder / "data" / "pictures"
    there = _files(folder)
    for name in sorted(evidence.named - there):
        yield Finding(f"{name[:12]}… is named and not there")
    for name in sorted(there - evidence.named - evidence.strays):
        yield Finding(f"{name[:40]} is there, nothing names it, and no sweep would find it")
    for path in sorted((folder / ANSWERS).glob("*")):
        yield Finding(f"the announcement {path.name} was not withdrawn")


def log_clean(evidence: Evidence) -> Iterator[Finding]:
    """No error went unheeded, and none was reported but those that this run made."""
    for line in evidence.logs:
        trace = _trace(line)
        if trace and not _is_made_here(line):
            said = str(line.fields.get("event", "")).splitlines()[0]
            yield Finding(f"life {line.life}: {said[:200]}: {trace[-1][:200]}")


def made_here(evidence: Evidence) -> int:
    """How many tracebacks tell of connections that this run broke, and were seen to."""
    return sum(bool(_trace(line)) and _is_made_here(line) for line in evidence.logs)


def _trace(line: LogLine) -> list[str]:
    return str(line.fields.get("exception", "")).strip().splitlines()


def _is_made_here(line: LogLine) -> bool:
    """Whether somebody caught an error of Discord's, and wrote it down."""
    event, logger = str(line.fields.get("event", "")), line.fields.get("logger")
    caught = (logger == "bot" and not LOOP.match(event)) or event.startswith(RECONNECT)
    return caught and bool(BROKEN.match(_trace(line)[-1]))


def ends_well(evidence: Evidence) -> Iterator[Finding]:
    """Each process ended because it was made to, and with 0 where it was asked."""
    for life in evidence.lives:
        if life.end == "by itself" or "did not end" in life.end:
            yield Finding(f"life {life.number} ended {life.end} with {life.code}")
        elif life.end == "term" and life.code not in _obeying(life):
            yield Finding(f"life {life.number} was asked to stop and ended with {life.code}")


def _obeying(life: Life) -> set[int]:
    """How a process that does as it is told ends: while Python still starts, by the signal."""
    return {0} if life.log.stat().st_size else {0, -signal.SIGTERM}


def rules_kept(evidence: Evidence) -> Iterator[Finding]:
    """No rule of Discord's was broken."""
    for sentence, times in Counter(map(without_tokens, evidence.violations)).items():
        yield Finding(f"{sentence} ({times} times)")


def _files(folder: Path) -> set[str]:
    return {
        path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != ANSWERS
    }
