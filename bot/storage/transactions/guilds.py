"""What servers chose about how Easel behaves in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import datetime

import orjson

from bot.core.guilds import GuildSettings, say_setting
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Bound, Counter, Tally, counted
from bot.core.stores import Limits, Policy
from bot.storage.transaction import Row, Transaction
from bot.storage.transactions import accounts, audit, lanes
from bot.storage.transactions.chosen import chosen
from bot.storage.transactions.moves import Key, Moves, sums
from bot.storage.values import moment, stamp, zone

_Charges = defaultdict[Key, list[Row]]


def policy(tx: Transaction, guild_id: int, member_id: int | None = None) -> Policy:
    """What a server decided that is looked at before a request is accepted."""
    return Policy(chosen=chosen(tx, guild_id), permits=accounts.permits(tx, guild_id, member_id))


def choose(
    tx: Transaction, guild_id: int, after: GuildSettings, limits: Limits, by: int, now: datetime
) -> GuildSettings:
    """Change them; answers what they were."""
    # Like whoever claims: first the clock, then the lane, which whoever counts holds as well.
    tx.one("clock_locked")
    tx.find("guild_lane", guild_id=guild_id)
    before = chosen(tx, guild_id)
    tx.change("choose", guild_id=guild_id, chosen=orjson.dumps(after.to_json()).decode())
    for each in fields(GuildSettings):
        words = (say_setting(before, each.name), say_setting(after, each.name))
        audit.changed(tx, guild_id, by, f"setting {each.name.replace('_', ' ')}", words, now)
    if before.zone != after.zone:
        _recount(tx, guild_id, before.zone, after.zone, now)
    if limits.within(before) != limits.within(after):
        lanes.set_caps(tx, guild_id, limits.within(after))
        lanes.rederive(tx)
    return before


def counters(tx: Transaction, guild_id: int, member_id: int, now: datetime) -> tuple[Counter, ...]:
    """What the server and the member used in the periods of its calendar that hold `now`."""
    return accounts.counters(tx, guild_id, member_id, chosen(tx, guild_id).zone, now)


def bounds(
    tx: Transaction, guild_id: int, member_id: int, roles: Collection[int], now: datetime
) -> tuple[Bound, ...]:
    """What must have room for a request of the member, without the operator's budgets."""
    return accounts.bounds(tx, guild_id, member_id, roles, chosen(tx, guild_id), now)


def grant(tx: Transaction, tally: Tally, amount: Amount, by: int, now: datetime) -> Counter:
    """Add to the limits of the period that holds `now`."""
    zone_of_guild = chosen(tx, tally.guild_id).zone
    return accounts.grant(tx, tally, amount, by, zone_of_guild, now)


def forgive(tx: Transaction, tally: Tally, by: int, now: datetime) -> Counter:
    """Hold what was used in the period that holds `now` against nobody."""
    return accounts.forgive(tx, tally, by, chosen(tx, tally.guild_id).zone, now)


def _recount(tx: Transaction, guild_id: int, old: str, new: str, now: datetime) -> None:
    """Count what was used in the running periods on the new calendar.

    Else a limit would begin anew, or hold what was used yesterday against today.
    """
    since = min(period.start(now, zone(new)) for period in Period)
    moves, charges = Moves(), _Charges(list)
    for row in tx.every("jobs_counted_since", guild_id=guild_id, since=stamp(since)):
        accepted = moment(row["accepted_at"])
        for tally in counted(guild_id, row["member_id"]):
            if tally.account is Account.OPERATOR:
                continue
            entered = (tally, tally.start(accepted, zone(new)))
            moves.move(sums(row), (tally, tally.start(accepted, zone(row["zone"]))), entered)
            if row["charged_at"] is not None:
                charges[entered].append(row)
    tx.change("jobs_change_zone", guild_id=guild_id, since=stamp(since), zone=new)
    moves.carry_out(tx)
    _move_extras(tx, guild_id, (old, new), charges, now)


def _move_extras(
    tx: Transaction, guild_id: int, zones: tuple[str, str], charges: _Charges, now: datetime
) -> None:
    """What was granted for a running period stays with it, and so does a new beginning.

    Of what is counted in it on the new calendar, that part is forgiven which was charged before.
    """
    for period in Period:
        before, after = (period.start(now, zone(name)) for name in zones)
        if before == after:
            continue
        for row in tx.every(
            "counters_with_extras",
            guild_id=guild_id,
            period=period.value,
            starts_at=stamp(before),
        ):
            tally = Tally(guild_id, Account(row["account"]), row["account_id"], period)
            at = row["forgiven_at"]
            forgiven = [each for each in charges[tally, after] if each["charged_at"] <= at]
            tx.change(
                "counter_give",
                **accounts.key_of(tally, after),
                granted_pictures=row["granted_pictures"],
                granted_micro=row["granted_micro"],
                forgiven_pictures=sum(each["used_pictures"] for each in forgiven),
                forgiven_micro=sum(each["used_micro"] for each in forgiven),
                forgiven_at=at,
            )
            tx.change("counter_take_extras", **accounts.key_of(tally, before))
