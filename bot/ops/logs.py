"""One line per thing that happens, for people at a console or as JSON for machines.

All of Easel logs through the standard library's `logging`, so that only this file knows how lines
are written; fields go into `extra=`. Loggers under `bot` speak from INFO on, all others (discord,
aiohttp, yoyo) from WARNING on. Times are UTC. Secrets are struck out of every value and every
traceback, whoever wrote them.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Literal, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.core import events
from bot.core.errors import Unavailable

Style = Literal["console", "json"]

STRUCK = "•••"
"""What stands in the place of a secret."""

SHORTEST_SECRET = 4
"""Striking out shorter ones would garble ordinary words; servers at home use keys like `x`."""

LEVELS: Mapping[type[events.Happening], int] = {
    events.Sketched: logging.DEBUG,
    events.Advanced: logging.DEBUG,
    events.Failed: logging.WARNING,
    events.Postponed: logging.WARNING,
    events.Kept: logging.WARNING,
    events.CircuitOpened: logging.WARNING,
}
"""How loud an event is; INFO where it is not listed."""

NAMES = {
    "job_id": "job",
    "guild_id": "guild",
    "member_id": "member",
    "message_id": "message",
    "cost": "cost_microdollars",
    "estimate": "estimate_microdollars",
}
"""How fields of events are called in a line; as they are where they are not listed."""


def set_up(
    style: Style,
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
    level: int = logging.INFO,
) -> Callable[[], None]:
    """Send the whole process's logging to one stream; the answer puts everything back.

    Args:
        style: Lines with colours for people, or JSON objects for machines.
        secrets: What must never be seen in a line.
        stream: Where lines go; standard error if it is left out.
        level: How loud a line of our own must be to be written.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
            processors=[
                _when_and_who,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                Scrub(secrets),
                _renderer(style, colours=stream.isatty()),
            ],
        )
    )
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    ours.setLevel(level)

    def put_back() -> None:
        root.removeHandler(handler)
        root.setLevel(before[0])
        ours.setLevel(before[1])

    return put_back


def listener(happening: events.Events) -> Callable[[], None]:
    """Write one line for each event; the answer stops that.

    Lines name job, guild and member by their ids. Events hold no prompts, so lines do not either.
    """
    log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger("bot.events"),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )

    def write(event: events.Happening) -> None:
        level = LEVELS.get(type(event), logging.INFO)
        log.log(level, type(event).__name__.lower(), **_line(event))

    return happening.listen(write)


def report(name: str, error: BaseException) -> None:
    """Write down that a part of the program failed; with the traceback where it may be a bug."""
    log = logging.getLogger("bot")
    match error:
        case Unavailable(detail=why) | OSError(strerror=why) if why:
            log.warning("%s: %s", name, why)
        case _:
            log.error("%s failed", name, exc_info=error)


class Scrub:
    """Strikes secrets out of lines, also where they were quoted for a URL, JSON or a repr.

    Args:
        secrets: What must not be seen.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        seen = {
            form
            for secret in secrets
            if len(secret.strip()) >= SHORTEST_SECRET
            for form in _forms(secret.strip())
        }
        longest_first = sorted(seen, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, _logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
        """A processor, as structlog calls it."""
        return {self.text(key): self._value(value) for key, value in line.items()}

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(STRUCK, text)

    def _value(self, value: object) -> object:
        match value:
            case str():
                return self.text(value)
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self.text(str(key)): self._value(each) for key, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value(each) for each in value]
            case datetime():
                return value.isoformat()
            case _:
                return self.text(repr(value))


def _forms(secret: str) -> set[str]:
    quoted = {json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), *quoted}


def _renderer(style: Style, *, colours: bool) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=colours, exception_formatter=structlog.dev.plain_traceback
    )


def _when_and_who(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    record: logging.LogRecord = line["_record"]
    written = datetime.fromtimestamp(record.created, UTC)
    about = {
        "timestamp": _utc(line.pop("at", None) or written),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    return {**about, **line}


def _utc(moment: datetime) -> str:
    exact = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return exact.removesuffix("+00:00") + "Z"


def _line(event: events.Happening) -> dict[str, Any]:
    # A field that is left out of an event's repr (the bytes of a picture) is left out here, too.
    return {
        NAMES.get(each.name, each.name): getattr(event, each.name)
        for each in fields(event)
        if each.repr
    }
