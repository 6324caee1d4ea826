"""Forget what is old, and what servers left behind that removed the bot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.core.jobs import DIRECT, NOBODY, Job
from bot.core.periods import Period
from bot.core.privacy import Erased, kept_days
from bot.storage.transaction import Transaction
from bot.storage.transactions import cancel, erase
from bot.storage.transactions.chosen import chosen, chosen_by_all
from bot.storage.values import EPOCH, stamp, zone


def due(tx: Transaction, days: int, now: datetime) -> tuple[int, ...]:
    """Servers of which something is older than it may be kept."""
    choices = chosen_by_all(tx)
    found = []
    for row in tx.every("guild_lanes"):
        guild_id = row["guild_id"]
        settings = choices.get(guild_id)
        kept = days if settings is None else kept_days(settings, days)
        words = stamp(now - timedelta(days=kept))
        names = stamp(_running_since(now, "UTC" if settings is None else settings.zone))
        if tx.every("jobs_to_forget", guild_id=guild_id, before=words, most=1) or tx.every(
            "jobs_to_unname", guild_id=guild_id, before=names, most=1
        ):
            found.append(guild_id)
    return tuple(found)


def forget_some(tx: Transaction, guild_id: int, days: int, now: datetime) -> Erased:
    """Forget a part of what is older than it may be kept in a server.

    Whose it was is known until no running period counts it any more.
    """
    settings = chosen(tx, guild_id)
    words = now - timedelta(days=kept_days(settings, days))
    return erase.forget(
        tx, guild_id, words=words, names=_running_since(now, settings.zone), now=now
    )


def _running_since(now: datetime, calendar: str) -> datetime:
    """When the first of the running periods began."""
    return min(period.start(now, zone(calendar)) for period in Period)


def forget_tokens(tx: Transaction, before: datetime) -> int:
    """Forget the tokens of finished requests that were accepted before."""
    return tx.change("tokens_forget", before=stamp(before))


def reconcile(tx: Transaction, present: Collection[int]) -> tuple[int, ...]:
    """Compare with the servers that the bot is in; answers those that it is newly gone from."""
    gone = {row["guild_id"] for row in tx.every("departures")}
    for guild_id in gone.intersection(present):
        returned(tx, guild_id)
    known = {row["guild_id"] for row in tx.every("guilds_known")} - {DIRECT}
    return tuple(sorted(known - gone - set(present)))


def left(tx: Transaction, guild_id: int, now: datetime) -> tuple[Job, ...]:
    """The bot is no longer in a server: what waits there is cancelled."""
    tx.change("departure_begin", guild_id=guild_id, now=stamp(now))
    return cancel.withdraw_all(tx, guild_id, NOBODY, now)


def returned(tx: Transaction, guild_id: int) -> None:
    """It is in it again."""
    tx.change("departure_end", guild_id=guild_id)


def departed(tx: Transaction, before: datetime) -> tuple[int, ...]:
    """Servers that the bot has not been in since then."""
    rows = tx.every("departures")
    return tuple(row["guild_id"] for row in rows if row["at"] <= stamp(before))


def erase_guild_some(tx: Transaction, guild_id: int, now: datetime) -> Erased:
    """Erase a part of what a server left behind, and with the last part what it decided."""
    ever = max(now, EPOCH) + timedelta(days=1)
    step = erase.forget(tx, guild_id, words=ever, names=ever, now=now)
    if not step.done or tx.find("job_left_of_guild", guild_id=guild_id) is not None:
        return Erased(jobs=step.jobs, files=step.files)
    tx.change("rules_of_guild_erase", guild_id=guild_id)
    tx.change("permits_of_guild_erase", guild_id=guild_id)
    tx.change("settings_of_guild_erase", guild_id=guild_id)
    tx.change("audit_of_guild_erase", guild_id=guild_id)
    tx.change("counters_forget", guild_id=guild_id, before=stamp(ever))
    tx.change("member_lanes_of_guild_erase", guild_id=guild_id)
    tx.change("guild_lane_erase", guild_id=guild_id)
    returned(tx, guild_id)
    return Erased(jobs=0, done=True)
