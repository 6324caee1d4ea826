"""The story of one request: every line that any side has about it, in the order of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.ops.clock import SystemClock
from tests.chaos.evidence import Evidence, Request
from tests.chaos.seen import Sight
from tests.wire.discord_standin import Entry

Line = tuple[float, str]

LONGEST = 240
"""Characters of a line."""

TOKEN = re.compile(r"[\w-]{40,}")


def story(evidence: Evidence, job: int) -> list[str]:
    """Lines for a person who looks for what went wrong."""
    request = evidence.requests[job]
    lines = [
        *_rows(request),
        *_acts(evidence, request),
        *_service(evidence, request),
        *_messages(evidence, request),
        *_requests(evidence, request),
        *_log(evidence, request),
    ]
    lines += _lives(evidence, min(at for at, _ in lines), max(at for at, _ in lines))
    first = min(at for at, _ in lines)
    return [f"{at - first:8.3f} {words[:LONGEST]}" for at, words in sorted(lines)]


def without_tokens(path: str) -> str:
    """A path of Discord's that a person can read."""
    return TOKEN.sub(lambda token: f"{token[0][:12]}…", path)


def everything(evidence: Evidence) -> list[str]:
    """All that Discord saw, and all lives, for a person who searches."""
    lines = [(entry.began, _request(entry)) for entry in evidence.transcript if _is_request(entry)]
    lines += [line for sight in evidence.sights for line in _states(sight)]
    lines += [
        (call.came, f"service  asked {call.prompt!r}, mood: {call.mood}, {call.outcome}")
        for call in evidence.calls
    ]
    lines += _lives(evidence, 0, float("inf"))
    return [f"{_clock(at)} {words}" for at, words in sorted(lines)]


def _rows(request: Request) -> Iterator[Line]:
    row = request.row
    for name in ("accepted_at", "started_at", "finished_at"):
        if row[name]:
            yield row[name] / 1e6, f"row      {name}"
    facts = {name: row[name] for name in ("state", "attempt", "cost", "failure", "message_id")}
    yield row["accepted_at"] / 1e6, f"row      job {request.id} {facts} ledger {request.ledger}"
    for call in request.calls:
        yield call["at"] / 1e6, f"row      call {call['attempt']}.{call['n']} is {call['state']}"
    if request.delivery:
        kept = {name: request.delivery[name] for name in ("id", "state", "route", "tries")}
        yield row["accepted_at"] / 1e6, f"row      delivery {kept}"


def _acts(evidence: Evidence, request: Request) -> Iterator[Line]:
    at = request.row["accepted_at"] / 1e6
    for act in evidence.acts:
        if act.id == request.asked:
            yield at, f"member   {act.who.name}: {act.what}, {request.prompt!r}"
        elif act.pressed == request.id:
            yield at, f"member   {act.who.name} pressed {act.what} (at some time), {act.id}"


def _service(evidence: Evidence, request: Request) -> Iterator[Line]:
    for call in evidence.calls_of(request.prompt):
        yield call.came, f"service  asked, mood: {call.mood}"
        if call.ended:
            yield call.ended, f"service  {call.outcome}, billed {call.billed}"


def _messages(evidence: Evidence, request: Request) -> Iterator[Line]:
    for sight in evidence.sights:
        if request.id in sight.jobs or sight.asked == request.asked:
            yield from _states(sight)


def _states(sight: Sight) -> Iterator[Line]:
    for at, words in sight.states:
        yield at, f"discord  {words}"


def _requests(evidence: Evidence, request: Request) -> Iterator[Line]:
    acts = [act for act in evidence.acts if request.id == act.pressed or act.id == request.asked]
    words = {act.token for act in acts if act.token} | {act.id for act in acts if act.id}
    words |= {sight.now.id for sight in evidence.sights if request.id in sight.jobs}
    nonce = f"easel-{request.delivery['id']}-" if request.delivery else "-"
    for entry in evidence.transcript:
        if _is_request(entry) and _is_about(entry, words, nonce):
            yield entry.began, _request(entry)


def _is_request(entry: Entry) -> bool:
    return entry.kind in {"rest", "cdn"}


def _request(entry: Entry) -> str:
    fault = f", fault {entry.fault}" if entry.fault else ""
    end = f"{entry.status} {entry.code or ''} {entry.outcome}{fault}, {entry.ms:.0f} ms"
    return f"rest     {entry.method} {without_tokens(entry.path)} → {end}"


def _is_about(entry: Entry, words: set[str], nonce: str) -> bool:
    payload: Any = entry.payload
    named = isinstance(payload, dict) and str(payload.get("nonce", "")).startswith(nonce)
    return named or any(word in entry.path for word in words)


def _log(evidence: Evidence, request: Request) -> Iterator[Line]:
    for line in evidence.logs:
        fields = line.fields
        if fields.get("job") == request.id or f"job {request.id} " in str(fields.get("event")):
            rest = {
                name: value
                for name, value in fields.items()
                if name not in {"timestamp", "level", "logger", "guild", "member", "job", "event"}
            }
            yield _at(fields), f"life {line.life:<3} {fields.get('event')} {rest}"


def _lives(evidence: Evidence, first: float, last: float) -> Iterator[Line]:
    for life in evidence.lives:
        if first <= life.began <= last:
            yield life.began, f"———      life {life.number} began"
        if life.ended is not None and first <= life.ended <= last:
            yield life.ended, f"———      life {life.number} ended: {life.end}, {life.code}"


def _at(fields: dict[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(fields["timestamp"])).timestamp()
    except (KeyError, ValueError):
        return SystemClock().now().timestamp()


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]
