"""Rows as values of `core`, and times as the integers that are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.core.allowances import Allowance, Permit
from bot.core.images import ImageRequest, Quality
from bot.core.jobs import Job, Note, Picture, Place, State
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Counter, Rule, Subject, Tally
from bot.storage.transaction import Row, Value

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
            batch_id=row["batch_id"],
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
        subject_id=row["subject_id"],
        period=Period(row["period"]),
        pictures=row["pictures"],
        micro=row["micro"],
        set_by=row["set_by"],
        set_at=moment(row["set_at"]),
    )


def permit(row: Row) -> Permit:
    """A row of `quota_permit`."""
    models, edits = row["models"], row["edits"]
    return Permit(
        guild_id=row["guild_id"],
        subject=Subject(row["subject"]),
        subject_id=row["subject_id"],
        allowance=Allowance(
            models=None if models is None else frozenset(orjson.loads(models)),
            quality=Quality(row["quality"]) if row["quality"] else None,
            pixels=row["pixels"],
            count=row["pictures"],
            edits=None if edits is None else bool(edits),
        ),
        set_by=row["set_by"],
        set_at=moment(row["set_at"]),
    )


def permit_columns(permit: Permit) -> dict[str, Value]:
    """The reverse of `permit`."""
    allowed = permit.allowance
    models = None if allowed.models is None else orjson.dumps(sorted(allowed.models)).decode()
    return {
        "guild_id": permit.guild_id,
        "subject": permit.subject.value,
        "subject_id": permit.subject_id,
        "models": models,
        "quality": allowed.quality.value if allowed.quality else None,
        "pixels": allowed.pixels,
        "pictures": allowed.count,
        "edits": None if allowed.edits is None else int(allowed.edits),
        "set_by": permit.set_by,
        "set_at": stamp(permit.set_at),
    }


def counter(row: Row) -> Counter:
    """A row of `quota_counter`."""
    account, period = Account(row["account"]), Period(row["period"])
    return Counter(
        tally=Tally(row["guild_id"], account, row["account_id"], period),
        starts_at=moment(row["starts_at"]),
        reserved=Amount(row["reserved_pictures"], row["reserved_micro"]),
        used=Amount(row["used_pictures"], row["used_micro"]),
        granted=Amount(row["granted_pictures"], row["granted_micro"]),
        forgiven=Amount(row["forgiven_pictures"], row["forgiven_micro"]),
    )


def _moment(stamped: Any) -> datetime | None:
    return None if stamped is None else moment(stamped)
