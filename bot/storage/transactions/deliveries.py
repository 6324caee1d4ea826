"""Outcomes on their way to their authors."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.delivery import Delivery, Later, Part, Posted, Route
from bot.storage import values
from bot.storage.transaction import Row, Transaction
from bot.storage.values import moment, stamp


class Kind(StrEnum):
    """What is delivered."""

    PICTURE = "picture"  #: What was drawn.
    NOTICE = "notice"  #: That nothing was.


def put_out(tx: Transaction, job_id: int, kind: Kind, now: datetime) -> None:
    """An outcome that its author shall see, from now on."""
    tx.change("delivery_insert", job_id=job_id, kind=kind.value, now=stamp(now))


def next_delivery(tx: Transaction, now: datetime, lease: timedelta) -> Delivery | None:
    """The one that is due for longest. Nobody else gets it before the lease ends."""
    row = tx.find("delivery_take", now=stamp(now), lease_until=stamp(now + lease))
    if row is None:
        return None
    pictures = (
        tx.every("pictures", job_id=row["job_id"]) if row["kind"] == Kind.PICTURE.value else []
    )
    return Delivery(
        id=row["id"],
        job=values.job(tx.one("job", job_id=row["job_id"])),
        pictures=tuple(values.picture(picture) for picture in pictures),
        route=Route(row["route"]),
        tries=row["tries"],
        parts=tuple(_part(part) for part in tx.every("parts", delivery_id=row["id"])),
    )


def next_due(tx: Transaction) -> datetime | None:
    """When the next one may be taken; for one that is held, that is the end of its lease."""
    row = tx.find("delivery_due")
    return None if row is None else moment(row["due_at"])


def sending(tx: Transaction, delivery: Delivery, part: int, now: datetime) -> None:
    """Discord is about to be asked for a new message; what was posted stays posted."""
    tx.change(
        "part_sending",
        delivery_id=delivery.id,
        n=part,
        route=delivery.route.value,
        now=stamp(now),
    )


def sent(tx: Transaction, delivery: Delivery, part: int, posted: Posted, now: datetime) -> None:
    """This message shows the part."""
    tx.change(
        "part_sent",
        delivery_id=delivery.id,
        n=part,
        route=delivery.route.value,
        message_id=posted.message_id,
        channel_id=posted.channel_id,
        now=stamp(now),
    )


def delivered(
    tx: Transaction, delivery: Delivery, posted: Posted, now: datetime
) -> tuple[str, ...]:
    """Its author can see it. Answers the hashes of files that no job needs any more."""
    row = tx.find(
        "delivery_done",
        delivery_id=delivery.id,
        route=delivery.route.value,
        message_id=posted.message_id,
        channel_id=posted.channel_id,
        now=stamp(now),
    )
    if row is None or row["kind"] != Kind.PICTURE.value:
        return ()
    tx.change("job_delivered", job_id=row["job_id"])
    unneeded = tx.every("pictures_unneeded", job_id=row["job_id"])
    return tuple(sorted(str(each["sha256"]) for each in unneeded))


def postpone(tx: Transaction, delivery: Delivery, later: Later) -> None:
    """Try again then, by that route; `Route.KEEP` ends the tries and leaves it with the job."""
    if later.route is not Route.KEEP:
        tx.change(
            "delivery_postpone",
            delivery_id=delivery.id,
            route=later.route.value,
            tries=later.tries,
            due_at=stamp(later.at),
        )
        return
    row = tx.find("delivery_keep", delivery_id=delivery.id)
    if row is not None and row["kind"] == Kind.PICTURE.value:
        tx.change("job_kept", job_id=row["job_id"])


def _part(row: Row) -> Part:
    known = row["message_id"] is not None
    return Part(
        number=row["n"],
        route=Route(row["route"]),
        posted=Posted(row["message_id"], row["channel_id"]) if known else None,
        at=moment(row["at"]),
    )
