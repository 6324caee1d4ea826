"""One event of each kind, as a job would cause them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core import events

AT = datetime(2026, 11, 20, 12, 30, 15, 250_000, tzinfo=UTC)
UNTIL = datetime(2026, 11, 20, 12, 31, tzinfo=UTC)

ABOUT: events.About = {"job_id": 41, "guild_id": 7, "member_id": 11, "at": AT}

PARTIAL = b"\x89PNG and more that nobody wants in a log"

ACCEPTED = events.Accepted(**ABOUT, model="painter-2", pictures=2, estimate=105_400)
REFUSED = events.Refused(guild_id=7, member_id=11, at=AT, code="quota")
STARTED = events.Started(**ABOUT, attempt=1, waited_s=3.5)
SKETCHED = events.Sketched(**ABOUT, index=0, picture=PARTIAL)
ADVANCED = events.Advanced(**ABOUT, percent=40)
DRAWN = events.Drawn(
    **ABOUT, provider="openai", model="painter-2", pictures=2, cost=105_360, seconds=21.0
)
FAILED = events.Failed(**ABOUT, code="blocked", detail="moderation_blocked: violence")
DELIVERED = events.Delivered(**ABOUT, route="reply", message_id=99, seconds=0.5)
POSTPONED = events.Postponed(**ABOUT, route="reply", code="busy", detail="429 for 2 s", until=UNTIL)
KEPT = events.Kept(**ABOUT)
OPENED = events.CircuitOpened(provider="openai", until=UNTIL, at=AT, code="unreachable")

ALL: tuple[events.Happening, ...] = (
    ACCEPTED,
    events.Answered(**ABOUT, message_id=99),
    REFUSED,
    STARTED,
    events.Sent(**ABOUT, provider="openai", model="painter-2", call=1),
    SKETCHED,
    ADVANCED,
    events.Paused(**ABOUT, provider="openai", until=UNTIL, reason="too_fast"),
    DRAWN,
    FAILED,
    events.Requeued(**ABOUT, reason="stopping"),
    events.Withdrawn(**ABOUT, by=12),
    events.Cancelled(**ABOUT, by=12),
    OPENED,
    events.CircuitClosed(provider="openai", at=AT),
    events.QueuePaused(guild_id=7, by=12, at=AT, paused=True, waiting=(41,)),
    DELIVERED,
    POSTPONED,
    KEPT,
)
