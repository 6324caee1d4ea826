"""Accept a request: deduplicated, within the rules, reserved and queued, or nothing at all."""

from __future__ import annotations

from datetime import datetime

from bot.core import quotas
from bot.core.errors import QueueFull
from bot.core.guilds import GuildSettings
from bot.core.jobs import Draft, Job, Place
from bot.core.quotas import Amount
from bot.core.stores import Limits, Submitted
from bot.storage import values
from bot.storage.transaction import Transaction
from bot.storage.transactions import accounts, files, lanes, ledger
from bot.storage.transactions.chosen import chosen


def submit(tx: Transaction, draft: Draft, limits: Limits, now: datetime) -> Submitted:
    """Queue a request and reserve its estimate.

    Raises:
        QueueFull: Too much of this member's, or else of this server's, waits already.
        QuotaExceeded: A rule has no room for it.
    """
    place = draft.place
    if limits.budgets.day is not None or limits.budgets.month is not None:
        # What all servers share is decided by one at a time, like claims, and in the same order.
        tx.one("clock_locked")
    settings = chosen(tx, place.guild_id)
    within = limits.within(settings)
    lanes.ensure(tx, place.guild_id, place.member_id, within)
    held = lanes.hold(tx, place.guild_id, place.member_id)
    # Whoever changed them held the lane, so from here on they stay.
    settings = chosen(tx, place.guild_id)
    # Only now: the same click may have been on its way in another process.
    known = tx.find("job_by_interaction", interaction_id=place.interaction_id)
    job = values.job(known) if known else _accept(tx, draft, within, settings, now)
    lanes.refresh(tx, held)
    return Submitted(job=job, new=known is None)


def _accept(
    tx: Transaction, draft: Draft, limits: Limits, settings: GuildSettings, now: datetime
) -> Job:
    place = draft.place
    _find_room(tx, place, limits)
    asked = Amount(draft.request.count, draft.estimate)
    budgets = limits.budgets.rules(place.guild_id)
    who = (place.guild_id, place.member_id, place.roles)
    quotas.admit(asked, accounts.bounds(tx, *who, settings, now, budgets))
    job = _insert(tx, draft, settings.zone, now)
    files.name_inputs(tx, job.id, draft.request)
    ledger.reserve(tx, job, now)
    return job


def _find_room(tx: Transaction, place: Place, limits: Limits) -> None:
    mine = tx.one(
        "waiting_of_member",
        guild_id=place.guild_id,
        member_id=place.member_id,
        most=limits.member_queue,
    )["waiting"]
    if mine >= limits.member_queue:
        raise QueueFull(whose="member", waiting=mine)
    all_of_it = tx.one("waiting_of_guild", guild_id=place.guild_id, most=limits.server_queue)[
        "waiting"
    ]
    if all_of_it >= limits.server_queue:
        raise QueueFull(whose="server", waiting=all_of_it)


def _insert(tx: Transaction, draft: Draft, zone: str, now: datetime) -> Job:
    place = draft.place
    row = tx.one(
        "job_insert",
        interaction_id=place.interaction_id,
        guild_id=place.guild_id,
        channel_id=place.channel_id,
        member_id=place.member_id,
        application_id=place.application_id,
        token=place.token,
        upload_limit=place.upload_limit,
        message_id=place.message_id,
        parent_id=draft.parent_id,
        batch_id=place.batch_id,
        request=values.written(draft.request),
        pictures=draft.request.count,
        estimate=draft.estimate,
        zone=zone,
        now=values.stamp(now),
    )
    return values.job(row)


def answered(tx: Transaction, job_id: int, message_id: int) -> None:
    """Remember which message shows the job."""
    tx.change("job_answered", job_id=job_id, message_id=message_id)
