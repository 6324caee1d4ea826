"""Several requests by one command."""

from __future__ import annotations

from datetime import datetime

from bot.core.batches import Batch
from bot.core.jobs import Place
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.values import moment, stamp


def begin_batch(tx: Transaction, place: Place, asked: int, now: datetime) -> int | None:
    """Its number; None where this interaction has begun one already."""
    row = tx.find(
        "batch_insert",
        interaction_id=place.interaction_id,
        guild_id=place.guild_id,
        channel_id=place.channel_id,
        member_id=place.member_id,
        application_id=place.application_id,
        token=place.token,
        asked=asked,
        now=stamp(now),
    )
    return None if row is None else int(row["id"])


def batch(tx: Transaction, batch_id: int) -> Batch | None:
    """A batch with its requests as they are now."""
    row = tx.find("batch", batch_id=batch_id)
    if row is None:
        return None
    place = Place(
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        member_id=row["member_id"],
        interaction_id=row["interaction_id"],
        token=row["token"],
        application_id=row["application_id"],
        message_id=row["message_id"],
    )
    return Batch(
        id=row["id"],
        place=place,
        asked=row["asked"],
        refused=row["refused"],
        accepted_at=moment(row["accepted_at"]),
        jobs=tuple(map(values.job, tx.every("batch_jobs", batch_id=batch_id))),
    )


def batch_refused(tx: Transaction, batch_id: int, refused: int) -> None:
    """So many of its requests were not accepted."""
    tx.change("batch_refused", batch_id=batch_id, refused=refused)


def batch_answered(tx: Transaction, batch_id: int, message_id: int) -> None:
    """This message is its card, and that of each of its requests."""
    tx.change("batch_answered", batch_id=batch_id, message_id=message_id)
    tx.change("batch_jobs_answered", batch_id=batch_id, message_id=message_id)


def batch_shown(tx: Transaction, batch_id: int) -> None:
    """Its card says the last word, so its token is of no use any more."""
    tx.change("batch_shown", batch_id=batch_id)


def batches_followed(tx: Transaction) -> tuple[int, ...]:
    """Those whose card does not yet."""
    return tuple(row["id"] for row in tx.every("batches_followed"))
