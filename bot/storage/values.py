"""Rows as values of `core`, and times as the integers that are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.core.images import ImageRequest
from bot.core.jobs import Job, Note, Picture, Place, State
from bot.core.quotas import Period, Rule, Subject
from bot.storage.transaction import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def stamp(moment: datetime) -> int:
    """Microseconds since 1970 in UTC; `moment` must be aware of its zone."""
    return (moment - EPOCH) // MICROSECOND


def moment(stamped: int) -> datetime:
    """The reverse of `stamp`, exactly."""
    return EPOCH + stamped * MICROSECOND


def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC needs no zone files on the machine."""
    return UTC if name == "UTC" else ZoneInfo(name)


def written(request: ImageRequest) -> str:
    """A request as it is stored."""
    return orjson.dumps(request.to_json()).decode()


def job(row: Row) -> Job:
    """A row of `job`."""
    return Job(
        id=row["id"],
        place=Place(
            guild_id=row["guild_id"],
            channel_id=row["channel_id"],
            member_id=row["member_id"],
            interaction_id=row["interaction_id"],
            token=row["token"],
            application_id=row["application_id"],
            message_id=row["message_id"],
            upload_limit=row["upload_limit"],
        ),
        request=ImageRequest.from_json(orjson.loads(row["request"])),
        state=State(row["state"]),
        attempt=row["attempt"],
        estimate=row["estimate"],
        accepted_at=moment(row["accepted_at"]),
        started_at=_moment(row["started_at"]),
        finished_at=_moment(row["finished_at"]),
        cost=row["cost"],
        provider=row["provider"],
        failure=row["failure"],
        parent_id=row["parent_id"],
        note=Note(row["note"]) if row["note"] else None,
        cancelled_by=row["cancelled_by"],
    )


def picture(row: Row) -> Picture:
    """A row of `picture`."""
    return Picture(
        index=row["idx"],
        sha256=row["sha256"],
        format=row["format"],
        width=row["width"],
        height=row["height"],
        bytes=row["bytes"],
    )


def rule(row: Row) -> Rule:
    """A row of `quota_rule`."""
    return Rule(
        guild_id=row["guild_id"],
        subject=Subject(row["subject"]),
        period=Period(row["period"]),
        pictures=row["pictures"],
        micro=row["micro"],
        set_by=row["set_by"],
        set_at=moment(row["set_at"]),
    )


def _moment(stamped: Any) -> datetime | None:
    return None if stamped is None else moment(stamped)
