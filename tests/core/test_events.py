"""Whoever listens hears everything, in order; what is heard can be written down."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from bot.core import events
from bot.core.events import Events, Happening, Kept, Refused, Sketched, about
from tests.core.test_delivery import JOB

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def kept(job_id: int) -> Kept:
    """Something that happened to a job."""
    return Kept(job_id=job_id, guild_id=1, member_id=2, at=AT)


def test_everyone_hears_everything_in_order() -> None:
    """Given two listeners, when two things happen, then both hear both, the first one first."""
    heard: list[tuple[str, Happening]] = []
    happening = Events()
    happening.listen(lambda event: heard.append(("one", event)))
    happening.listen(lambda event: heard.append(("two", event)))

    happening.announce(kept(1))
    happening.announce(Refused(guild_id=1, member_id=2, at=AT, code="quota"))

    assert [name for name, _ in heard] == ["one", "two", "one", "two"]
    assert heard[0][1] == kept(1)
    assert isinstance(heard[2][1], Refused)


def test_a_listener_that_left_hears_no_more() -> None:
    """Given a listener that left, when something happens, then only the others hear it."""
    heard: list[Happening] = []
    also: list[Happening] = []
    happening = Events()
    leave = happening.listen(heard.append)
    happening.listen(also.append)

    happening.announce(kept(1))
    leave()
    happening.announce(kept(2))

    assert heard == [kept(1)]
    assert also == [kept(1), kept(2)]


def test_a_listener_may_leave_while_it_listens() -> None:
    """Given a listener that leaves at its first event, when it does, then the next still hears."""
    heard: list[Happening] = []
    happening = Events()

    def once(event: Happening) -> None:
        heard.append(event)
        leave()

    leave = happening.listen(once)
    happening.listen(heard.append)
    happening.announce(kept(1))
    happening.announce(kept(2))

    assert heard == [kept(1), kept(1), kept(2)]


def test_nothing_happens_where_nobody_listens() -> None:
    """Given no listener, when something happens, then that is all."""
    Events().announce(kept(1))


def test_an_event_of_a_job_knows_where_it_was_asked() -> None:
    """Given a job, when an event tells of it, then its server and member are named."""
    event = Kept(**about(JOB, AT))

    assert event == Kept(job_id=9, guild_id=1, member_id=3, at=AT)


def test_a_partial_picture_is_not_written_down() -> None:
    """Given a partial picture, when the event is shown, then its bytes are left out."""
    event = Sketched(job_id=1, guild_id=1, member_id=2, at=AT, index=0, picture=b"\x89PNG")

    assert "PNG" not in repr(event)
    assert "index=0" in repr(event)


KINDS = [
    kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Happening)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_event_holds_what_must_not_be_written_down(kind: type[Happening]) -> None:
    """Given each kind of event, when its fields are read, then none is a prompt or a token."""
    names = {each.name for each in fields(kind) if each.repr}

    assert names & {"prompt", "token", "request", "place", "job", "picture"} == set()
    assert "at" in names
