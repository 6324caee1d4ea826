"""Lines can be read by people and machines, and never hold a secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.core import events
from bot.ops import logs
from tests.ops.happenings import (
    ACCEPTED,
    ADVANCED,
    ALL,
    FAILED,
    KEPT,
    POSTPONED,
    REFUSED,
    SKETCHED,
)

SECRET = 'sk-live/7f+"quoted" key='

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream() -> io.StringIO:
    """Where lines go."""
    return io.StringIO()


@pytest.fixture
def lines(stream: io.StringIO) -> Iterator[Lines]:
    """Logging set up as JSON; answers the lines so far."""
    put_back = logs.set_up("json", secrets=[SECRET, "", "x"], stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    put_back()


@pytest.fixture
def console(stream: io.StringIO) -> Iterator[io.StringIO]:
    """Logging set up for people."""
    put_back = logs.set_up("console", secrets=[SECRET], stream=stream)
    yield stream
    put_back()


def test_an_event_is_one_line_with_its_ids(lines: Lines) -> None:
    """Given a request that is accepted, when it is written, then the line says who and where."""
    happening = events.Events()
    logs.listener(happening)

    happening.announce(ACCEPTED)

    assert lines() == [
        {
            "timestamp": "2026-11-20T12:30:15.250Z",
            "level": "info",
            "logger": "bot.events",
            "event": "accepted",
            "job": 41,
            "guild": 7,
            "member": 11,
            "model": "painter-2",
            "pictures": 2,
            "estimate_microdollars": 105_400,
        }
    ]


def test_a_refusal_is_a_line_too(lines: Lines) -> None:
    """Given a request that is refused, when it is written, then its code is in the line."""
    happening = events.Events()
    logs.listener(happening)

    happening.announce(REFUSED)

    (line,) = lines()
    assert (line["event"], line["code"], line["guild"], line["member"]) == (
        "refused",
        "quota",
        7,
        11,
    )


NOBODYS = (events.CircuitOpened, events.CircuitClosed, events.QueuePaused)


@pytest.mark.parametrize("happened", ALL, ids=lambda each: type(each).__name__)
def test_every_event_is_at_most_one_line_that_json_can_hold(
    happened: events.Happening, lines: Lines
) -> None:
    """Given any event, when it is written, then it is one line, or none for a partial picture."""
    happening = events.Events()
    logs.listener(happening)

    happening.announce(happened)

    written = lines()
    assert len(written) == (0 if happened in (SKETCHED, ADVANCED) else 1)
    assert all(line["event"] == type(happened).__name__.lower() for line in written)
    # A provider is nobody's, and a queue everybody's.
    whose = None if isinstance(happened, NOBODYS) else 11
    assert all(line.get("member") == whose for line in written)


def test_the_samples_hold_every_event() -> None:
    """Given all kinds of events, when the samples are counted, then none is left out."""
    kinds = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, events.Happening)
    }

    assert {type(each) for each in ALL} == kinds - {events.Event}


def test_a_partial_picture_is_written_only_on_request_and_without_its_bytes(
    lines: Lines, stream: io.StringIO
) -> None:
    """Given an operator who wants every line, when a partial picture comes, then not its bytes."""
    logging.getLogger("bot").setLevel(logging.DEBUG)
    happening = events.Events()
    logs.listener(happening)

    happening.announce(SKETCHED)

    assert lines()[0]["event"] == "sketched"
    assert "picture" not in lines()[0]
    assert "PNG" not in stream.getvalue()


@pytest.mark.parametrize(
    "happened", [FAILED, POSTPONED, KEPT], ids=lambda each: type(each).__name__
)
def test_what_went_wrong_is_a_warning(happened: events.Event, lines: Lines) -> None:
    """Given something that did not work, when it is written, then it stands out."""
    happening = events.Events()
    logs.listener(happening)

    happening.announce(happened)

    assert lines()[0]["level"] == "warning"


def test_a_listener_that_was_stopped_writes_no_more(lines: Lines) -> None:
    """Given a listener, when it is stopped, then nothing that happens is written."""
    happening = events.Events()
    stop = logs.listener(happening)

    stop()
    happening.announce(ACCEPTED)

    assert lines() == []


def test_our_own_lines_carry_fields(lines: Lines) -> None:
    """Given any part of Easel, when it logs with fields, then they are in the line."""
    logging.getLogger("bot.services.sweep").info("swept %d leases", 3, extra={"guild": 7})

    (line,) = lines()
    assert line["event"] == "swept 3 leases"
    assert line["logger"] == "bot.services.sweep"
    assert line["guild"] == 7
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("name", ["discord.gateway", "aiohttp.access", "yoyo.migrations"])
def test_libraries_speak_from_warning_on(name: str, lines: Lines) -> None:
    """Given a library that chats, when it logs, then only its warnings are written, like ours."""
    logging.getLogger(name).info("shard 0 has connected")
    logging.getLogger(name).warning("we are being rate limited")

    (line,) = lines()
    assert line["event"] == "we are being rate limited"
    assert line["level"] == "warning"
    assert line["logger"] == name


def test_secrets_are_struck_out_wherever_they_stand(lines: Lines, stream: io.StringIO) -> None:
    """Given a secret in a message, a field and deeper down, when written, then it is nowhere."""
    logging.getLogger("bot").warning(
        "key %s refused",
        SECRET,
        extra={"header": f"Bearer {SECRET}", "deep": {"list": [SECRET, ("a", {SECRET: 1})]}},
    )

    assert SECRET not in stream.getvalue()
    (line,) = lines()
    assert line["event"] == "key ••• refused"
    assert line["header"] == "Bearer •••"
    assert line["deep"] == {"list": ["•••", ["a", {"•••": 1}]]}


@pytest.mark.parametrize(
    "form",
    [
        "sk-live/7f%2B%22quoted%22%20key%3D",
        "sk-live%2F7f%2B%22quoted%22%20key%3D",
        "sk-live%2F7f%2B%22quoted%22+key%3D",
        json.dumps({"key": SECRET}),
        repr([SECRET]),
    ],
    ids=["path", "query", "form", "JSON", "repr"],
)
def test_secrets_in_disguise_are_struck_out(form: str, lines: Lines, stream: io.StringIO) -> None:
    """Given a secret quoted for a URL, JSON or a repr, when written, then it is struck out."""
    logging.getLogger("aiohttp").error("could not open %s", form)

    assert "•••" in lines()[0]["event"]
    assert "quoted" not in stream.getvalue()


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_holds_no_secret(style: logs.Style, stream: io.StringIO) -> None:
    """Given an error with a secret in its text, when written, then all but the secret is there."""
    put_back = logs.set_up(style, secrets=[SECRET], stream=stream)
    with pytest.raises(ConnectionError) as caught:
        raise ConnectionError(f"no such host: {SECRET}.example")
    logs.report("the worker", caught.value)
    put_back()

    text = stream.getvalue()
    assert "the worker failed" in text
    assert "Traceback" in text
    assert "ConnectionError: no such host: •••.example" in text
    assert "quoted" not in text


def test_an_object_is_shown_without_its_secret(lines: Lines, stream: io.StringIO) -> None:
    """Given an object whose repr tells a secret, when it is a field, then it is struck out."""

    class Session:
        def __repr__(self) -> str:
            return f"<Session key={SECRET!r}>"

    logging.getLogger("bot").info("opened", extra={"session": Session()})

    assert lines()[0]["session"] == "<Session key='•••'>"


def test_ordinary_words_are_left_alone(lines: Lines) -> None:
    """Given an empty secret and one of a letter, when a line is written, then it is whole."""
    logging.getLogger("bot").info("six boxes", extra={"x": "x", "number": 5, "nothing": None})

    (line,) = lines()
    assert (line["event"], line["x"], line["number"], line["nothing"]) == (
        "six boxes",
        "x",
        5,
        None,
    )


def test_people_read_one_plain_line(console: io.StringIO) -> None:
    """Given the console, when an event is written, then it is one line without colours."""
    happening = events.Events()
    logs.listener(happening)

    happening.announce(ACCEPTED)

    (line,) = console.getvalue().splitlines()
    assert line.startswith("2026-11-20T12:30:15.250Z [info")
    assert "accepted" in line
    assert "job=41" in line
    assert "member=11" in line
    assert "\x1b" not in line


def test_logging_is_put_back(stream: io.StringIO) -> None:
    """Given logging that was set up, when it is put back, then it is as it was before."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = (list(root.handlers), root.level, ours.level)

    put_back = logs.set_up("json", stream=stream)
    put_back()

    assert (list(root.handlers), root.level, ours.level) == before
    root.warning("not for us")
    assert stream.getvalue() == ""
