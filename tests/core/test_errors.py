"""Every failure has a code of its own and words that anybody understands."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.core import errors
from bot.core.errors import (
    DRAWING_FAILURES,
    DrawingFailed,
    EaselError,
    InvalidRequest,
    Misconfigured,
    MissingPermissions,
    QueueFull,
    QuotaExceeded,
    iso,
)

UNTIL = datetime(2026, 11, 20, 15, tzinfo=UTC)

TECHNICAL = re.compile(
    r"\bNone\b|(?i:Traceback|Exception|HTTP|null|\b[45]\d\d\b|API|JSON|timeout|token|provider|"
    r"parameter|guild|[{}<>_\\])"
)


def kinds() -> list[type[EaselError]]:
    """Every failure of the tree."""
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, EaselError)
    ]


SPECIAL: list[EaselError] = [
    QuotaExceeded(
        whose="server",
        period="day",
        rule="This server's limit is 20 pictures per day",
        left="",
        asked="1 picture",
        until=UNTIL,
    ),
    QuotaExceeded(
        whose="everyone",
        period="hour",
        rule="Each member may draw 5 pictures per hour here",
        left="1 picture is",
        asked="2 pictures",
        until=UNTIL,
    ),
    QueueFull(whose="member", waiting=1),
    QueueFull(whose="member", waiting=3),
    QueueFull(whose="server", waiting=200),
    MissingPermissions(("Attach Files",)),
    MissingPermissions(("View Channel", "Attach Files")),
]
NEED_ARGUMENTS = (InvalidRequest, Misconfigured, MissingPermissions, QueueFull, QuotaExceeded)


def spoken() -> list[EaselError]:
    """One of each failure that has words of its own, with a time and without."""
    plain = [kind for kind in kinds() if not issubclass(kind, NEED_ARGUMENTS)]
    return [*SPECIAL, *(kind("detail") for kind in plain), *(kind(until=UNTIL) for kind in plain)]


def in_the_log(failure: EaselError) -> str:
    """How the failure is told apart from others of its kind."""
    return f"{failure.code} {failure} {failure.until or 'some time'}"


def test_every_code_is_unique() -> None:
    """Given the whole tree, when codes are gathered, then no two failures share one."""
    codes = [kind.code for kind in kinds()]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


@pytest.mark.parametrize("failure", spoken(), ids=in_the_log)
def test_every_failure_speaks_plainly(failure: EaselError) -> None:
    """Given any failure, when it speaks, then in sentences without a technical word or a gap."""
    said = failure.say(lambda _: "in 3 hours")

    assert TECHNICAL.findall(said) == []
    assert said[0].isupper()
    assert said.endswith(".")
    assert "  " not in said
    assert len(said) <= 200


@pytest.mark.parametrize("failure", spoken(), ids=in_the_log)
def test_no_failure_shows_its_detail(failure: EaselError) -> None:
    """Given what operators are told, when a member reads, then it is not there."""
    assert "detail" not in failure.say()


@pytest.mark.parametrize("kind", DRAWING_FAILURES.values(), ids=DRAWING_FAILURES)
def test_a_failed_drawing_is_never_charged(kind: type[DrawingFailed]) -> None:
    """Given any failed drawing, when it speaks, then it says that nothing was charged."""
    assert "You were not charged" in kind().say()


@pytest.mark.parametrize("kind", DRAWING_FAILURES.values(), ids=DRAWING_FAILURES)
def test_a_failed_drawing_is_never_the_members_fault(kind: type[DrawingFailed]) -> None:
    """Given any failed drawing, when it speaks, then it names the image service, not the member."""
    said = kind().say()

    ours = {"crashed": "on my side", "inputs_gone": "I do not keep"}
    assert ours.get(kind.code, "image service") in said
    assert not re.search(r"\byou(r prompt| did)|\bwrong\b|\binvalid\b", said, re.IGNORECASE)


def test_a_stored_code_finds_its_failure() -> None:
    """Given the code of any failed drawing, when it is read after a restart, then it is found."""
    drawing = [kind for kind in kinds() if issubclass(kind, DrawingFailed)]

    assert set(DRAWING_FAILURES.values()) == set(drawing)
    assert all(DRAWING_FAILURES[kind.code] is kind for kind in drawing)


def test_a_time_is_told_where_it_is_known() -> None:
    """Given a failure that names a time, when it speaks, then the time is in its words."""
    assert errors.TooFast(until=UNTIL).say(lambda _: "in 3 hours").endswith("again in 3 hours.")
    assert errors.TooFast().say(lambda _: "in 3 hours").endswith("again later.")
    assert "2026-11-20T15:00:00+00:00" in errors.TooFast(until=UNTIL).say()
    assert iso(UNTIL) == "2026-11-20T15:00:00+00:00"


def test_a_full_queue_says_how_many_wait() -> None:
    """Given a full queue, when it speaks, then the number and what to do are right."""
    assert QueueFull(whose="member", waiting=1).say() == (
        "You have 1 request waiting already, which is as many as you may have. "
        "Wait for one to finish, or cancel one with /queue."
    )
    assert QueueFull(whose="server", waiting=50).say() == (
        "This server has 50 requests waiting already. Please try again in a few minutes."
    )


def test_missing_permissions_are_named() -> None:
    """Given two missing permissions, when told, then both are named as Discord names them."""
    assert "“View Channel” and “Attach Files”" in SPECIAL[-1].say()


def test_an_invalid_request_says_its_own_sentence() -> None:
    """Given the sentence of a check, when it is told, then not a word is changed."""
    assert InvalidRequest("Choose {one} of these.").say() == "Choose {one} of these."


def test_wrong_settings_are_all_kept() -> None:
    """Given several wrong settings, when they are reported, then none is dropped."""
    wrong = Misconfigured(("DISCORD_TOKEN is missing.", "EASEL_SLOTS must be a number."))

    assert wrong.problems == ("DISCORD_TOKEN is missing.", "EASEL_SLOTS must be a number.")
    assert str(wrong) == "DISCORD_TOKEN is missing.\nEASEL_SLOTS must be a number."


def test_the_tree_above_the_code_names_every_failure() -> None:
    """Given the tree in the module's text, when it is read, then no failure is left out."""
    assert errors.__doc__ is not None
    missing = [kind.__name__ for kind in kinds() if kind.__name__ not in errors.__doc__]

    assert missing == []


def test_every_failure_is_an_easel_error() -> None:
    """Given everything that is raised, when it is caught by the root, then nothing escapes."""
    raised = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]

    assert raised == kinds()
