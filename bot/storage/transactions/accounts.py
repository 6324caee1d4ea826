"""The limits of a server, what may be asked for in it, and what is taken of the limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.core import quotas
from bot.core.allowances import Permit, say_allowance
from bot.core.guilds import GuildSettings
from bot.core.quotas import Account, Amount, Bound, Counter, Rule, Tally, say_rule, say_subject
from bot.storage import values
from bot.storage.transaction import Transaction, Value
from bot.storage.transactions import aliases, audit
from bot.storage.values import stamp, zone


def rules(tx: Transaction, guild_id: int, member_id: int | None = None) -> tuple[Rule, ...]:
    """Every rule of a server, also those that were the member's before they were erased."""
    rows = tx.every("rules", guild_id=guild_id)
    return aliases.told_of(tx, member_id, map(values.rule, rows))


def set_rule(tx: Transaction, rule: Rule) -> Rule | None:
    """Set one; answers the rule that it replaces."""
    aliases.recognise(tx, rule.guild_id, rule.subject, rule.subject_id)
    row = tx.find("rule", **_named(rule))
    replaced = None if row is None else values.rule(row)
    tx.change(
        "rule_set",
        **_named(rule),
        pictures=rule.pictures,
        micro=rule.micro,
        set_by=rule.set_by,
        set_at=stamp(rule.set_at),
    )
    _note(tx, rule, (say_rule(replaced), say_rule(rule)), rule.set_by, rule.set_at)
    return replaced


def clear_rule(tx: Transaction, rule: Rule, by: int, now: datetime) -> Rule | None:
    """Remove the one for the same subject and period; answers it."""
    aliases.recognise(tx, rule.guild_id, rule.subject, rule.subject_id)
    row = tx.find("rule_clear", **_named(rule))
    if row is None:
        return None
    cleared = values.rule(row)
    _note(tx, cleared, (say_rule(cleared), ""), by, now)
    return cleared


def permits(tx: Transaction, guild_id: int, member_id: int | None = None) -> tuple[Permit, ...]:
    """What the subjects of a server are allowed, likewise."""
    rows = tx.every("permits", guild_id=guild_id)
    return aliases.told_of(tx, member_id, map(values.permit, rows))


def set_permit(tx: Transaction, permit: Permit) -> Permit | None:
    """Set what a subject is allowed; answers what it was. One that says nothing is removed."""
    aliases.recognise(tx, permit.guild_id, permit.subject, permit.subject_id)
    replaced = next(
        (
            each
            for each in permits(tx, permit.guild_id)
            if (each.subject, each.subject_id) == (permit.subject, permit.subject_id)
        ),
        None,
    )
    if permit.allowance.says_nothing:
        tx.change(
            "permit_clear",
            guild_id=permit.guild_id,
            subject=permit.subject.value,
            subject_id=permit.subject_id,
        )
    else:
        tx.change("permit_set", **values.permit_columns(permit))
    words = (
        say_allowance(replaced.allowance if replaced else None),
        say_allowance(permit.allowance),
    )
    what = f"allowed to {say_subject(permit.subject, permit.subject_id)}"
    audit.changed(tx, permit.guild_id, permit.set_by, what, words, permit.set_at)
    return replaced


def grant(
    tx: Transaction, tally: Tally, amount: Amount, by: int, calendar: str, now: datetime
) -> Counter:
    """Add to the limits of the running period."""
    key = _key(tally, now, calendar)
    tx.change("counter_grant", **key, pictures=amount.pictures, micro=amount.micro)
    after = counter(tx, tally, calendar, now)
    words = ("", f"{quotas.say_limit(amount.pictures or None, amount.micro or None)} more")
    audit.changed(tx, tally.guild_id, by, f"grant to {_whose(tally)}", words, now)
    return after


def forgive(tx: Transaction, tally: Tally, by: int, calendar: str, now: datetime) -> Counter:
    """Hold what was used in the running period against nobody."""
    before = counter(tx, tally, calendar, now)
    for each in aliases.known_as(tx, tally):
        tx.change("counter_forgive", **_key(each, now, calendar), now=stamp(now))
    after = counter(tx, tally, calendar, now)
    words = (_used(before.taken), _used(after.taken))
    audit.changed(tx, tally.guild_id, by, f"use of {_whose(tally)}", words, now)
    return after


def counters(
    tx: Transaction, guild_id: int, member_id: int, calendar: str, now: datetime
) -> tuple[Counter, ...]:
    """What the server and the member used in each period that holds `now`, unused ones as zero."""
    return tuple(
        counter(tx, tally, calendar, now)
        for tally in quotas.counted(guild_id, member_id)
        if tally.account is not Account.OPERATOR
    )


def bounds(
    tx: Transaction,
    guild_id: int,
    member_id: int,
    roles: Collection[int],
    chosen: GuildSettings,
    now: datetime,
    budgets: Iterable[tuple[Rule, ...]] = (),
) -> tuple[Bound, ...]:
    """What must have room for a request of the member."""
    groups = (*quotas.applicable(rules(tx, guild_id, member_id), member_id, roles), *budgets)
    tallies = {rule.tally(member_id) for group in groups for rule in group}
    taken = {tally: counter(tx, tally, chosen.zone, now) for tally in tallies}
    return quotas.bounds(groups, taken, member_id, now, zone(chosen.zone))


def counter(tx: Transaction, tally: Tally, calendar: str, now: datetime) -> Counter:
    """What was used of a tally in the period that holds `now`."""
    found = Counter(tally=tally, starts_at=tally.start(now, zone(calendar)))
    for each in aliases.known_as(tx, tally):
        row = tx.find("counter", **_key(each, now, calendar))
        if row is not None:
            found = found.plus(values.counter(row))
    return found


def key_of(tally: Tally, starts_at: datetime) -> dict[str, Value]:
    """The columns that name a counter."""
    return {
        "guild_id": tally.guild_id,
        "account": tally.account.value,
        "account_id": tally.account_id,
        "period": tally.period.value,
        "starts_at": stamp(starts_at),
    }


def _key(tally: Tally, now: datetime, calendar: str) -> dict[str, Value]:
    return key_of(tally, tally.start(now, zone(calendar)))


def _named(rule: Rule) -> dict[str, Value]:
    return {
        "guild_id": rule.guild_id,
        "subject": rule.subject.value,
        "subject_id": rule.subject_id,
        "period": rule.period.value,
    }


def _note(tx: Transaction, rule: Rule, words: tuple[str, str], by: int, now: datetime) -> None:
    what = f"limit of {say_subject(rule.subject, rule.subject_id)} per {rule.period}"
    audit.changed(tx, rule.guild_id, by, what, words, now)


def _whose(tally: Tally) -> str:
    whose = "the server" if tally.account is Account.SERVER else f"<@{tally.account_id}>"
    return f"{whose} this {tally.period}"


def _used(amount: Amount) -> str:
    return quotas.say_limit(amount.pictures, amount.micro)
