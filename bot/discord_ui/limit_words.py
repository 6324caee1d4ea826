"""How limits and allowances are told to people: what they are, whose, and what is left of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from bot.core.allowances import Allowance, Permit, such_as
from bot.core.jobs import say_member
from bot.core.periods import Period
from bot.core.pricing import MILLION, dollars, exact_dollars
from bot.core.quotas import Bound, Rule, Standing, Subject, say_limit, say_subject
from bot.discord_ui import words
from bot.discord_ui.cards import small
from bot.services.limit import Change

NOT_SET = "not set"

NOW = {
    Period.HOUR: "this hour",
    Period.DAY: "today",
    Period.WEEK: "this week",
    Period.MONTH: "this month",
}

MOST_NAMED = 3
"""Roles that a sentence lists."""

FIELDS = {
    "models": "Models",
    "quality": "Best quality",
    "pixels": "Largest size",
    "count": "Pictures at a time",
    "edits": "Editing pictures",
}
"""What may be said of what is asked for, by the names of `Allowance`."""


def limit(rule: Rule | None) -> str:
    """What a rule says, or that there is none."""
    return NOT_SET if rule is None else say_limit(rule.pictures, rule.micro)


def change(each: Change, period: Period) -> str:
    """What one limit was and is, what that replaces, and what comes next."""
    before, after, standing = each.before, each.after, each.standing
    lines = [f"**Per {period}:** {limit(before)} → **{limit(after)}**"]
    if before is not None:
        was = f"It was set by {say_member(before.set_by)} {words.when(before.set_at)}."
        lines.append(small(f"{was}{_dropped(before, after)}"))
    if after is not None and not after.unlimited and 0 in (after.pictures, after.micro):
        lines.append(small("That lets nothing be drawn" + _what_costs(after)))
    if after is None or after.unlimited:
        return "\n".join(lines)
    resets = words.when(each.ends_at)
    if standing is None:
        lines.append(small(f"Whoever drew more than that already waits until it resets {resets}."))
    elif standing.exceeded:
        lines.append(
            f"More than that is used already: {taken(standing)}. New requests are refused until it "
            f"resets {resets}; what is waiting is still drawn."
        )
    else:
        so_far = f"{NOW[period][:1].upper()}{NOW[period][1:]} so far"
        lines.append(small(f"{so_far}: {taken(standing)}; resets {resets}."))
    return "\n".join(lines)


def _dropped(before: Rule, after: Rule | None) -> str:
    """What does not hold any more since one amount was set in place of two, or of another."""
    if after is None or after.unlimited:
        return ""
    gone = say_limit(
        before.pictures if after.pictures is None else None,
        before.micro if after.micro is None else None,
    )
    if before.unlimited or gone == say_limit(None, None):
        return ""
    return f" The limit of {gone} does not hold any more: name pictures and dollars to have both."


def _what_costs(rule: Rule) -> str:
    return "." if rule.pictures == 0 else " that costs anything."


def taken(standing: Standing) -> str:
    """How much of a rule is used and left: `3 of 5 pictures used, 2 left`."""
    used, left = [], []
    if standing.pictures is not None:
        used.append(f"{standing.taken.pictures:,} of {say_limit(standing.pictures, None)}")
        left.append(f"{standing.pictures_left:,}")
    if standing.micro is not None:
        used.append(f"{dollars(standing.taken.micro)} of {say_limit(None, standing.micro)}")
        left.append(_at_most(standing.micro_left or 0))
    return f"{' and '.join(used)} used, {' and '.join(left)} left"


def _at_most(micro: int) -> str:
    """Dollars that are left: rounded down, so that nobody counts on more."""
    return exact_dollars(micro - micro % (10_000 if micro >= MILLION else 100))


def bound(each: Bound, *, signed: bool = False) -> str:
    """What must have room for a member's requests: how much is left of it, and why it holds.

    Args:
        signed: Whether to say who set it, and when.
    """
    best = each.best
    rule = best.rule
    how = "no limit" if rule.unlimited else f"{taken(best)}; resets {words.when(best.ends_at)}"
    reason = why(each)
    more = granted(best)
    if more:
        reason += f" With {more} granted on top."
    if signed:
        reason += f" Set by {say_member(rule.set_by)} {words.when(rule.set_at)}."
    return f"**Per {rule.period}:** {how}\n{small(reason)}"


def granted(standing: Standing) -> str:
    """What was granted of what the rule limits; nothing where nothing was."""
    rule, more = standing.rule, standing.granted
    pictures = more.pictures if rule.pictures is not None and more.pictures else None
    micro = more.micro if rule.micro is not None and more.micro else None
    return "" if pictures is None and micro is None else say_limit(pictures, micro)


def why(each: Bound) -> str:
    """Whose rule it is that counts."""
    rule = each.best.rule
    if rule.subject is Subject.SERVER:
        return "For the whole server: all members draw from it together."
    if rule.subject is Subject.EVERYONE:
        return "As for each member."
    if rule.subject is Subject.MEMBER:
        return f"For <@{rule.subject_id}> alone, in place of every other."
    role, *others = (say_subject(s.rule.subject, s.rule.subject_id) for s in each.standings)
    rest = f", more generous than {_some(others)}" if others else ""
    return f"Because of {role}{rest}."


def _some(names: Sequence[str]) -> str:
    """A few of them by name: somebody may have very many roles."""
    named = names[:MOST_NAMED]
    more = len(names) - len(named)
    return " and ".join([*named, f"{more} more"] if more else named)


def allowances(
    held: Allowance, reasons: Mapping[str, Iterable[Permit]], *, signed: bool = False
) -> str:
    """What a member may ask for, and whose word that is; only that of which anything is said."""
    lines = []
    for name, label in FIELDS.items():
        value = getattr(held, name)
        if value is None:
            continue
        said = [
            f"{say_subject(each.subject, each.subject_id)}{_by(each) if signed else ''}"
            for each in reasons.get(name, ())
        ]
        lines.append(f"**{label}:** {allowed(name, value)}")
        lines.append(small(f"Set for {_some(said)}."))
    return "\n".join(lines)


def _by(permit: Permit) -> str:
    return f" by {say_member(permit.set_by)} {words.when(permit.set_at)}"


def allowed(name: str, value: object) -> str:
    """One value of an allowance."""
    if value is None:
        return NOT_SET
    if isinstance(value, frozenset):
        return ", ".join(f"`{each}`" for each in sorted(value)) or "none"
    if isinstance(value, bool):
        return "allowed" if value else "not allowed"
    if name == "pixels" and isinstance(value, int):
        return f"{value:,} pixels, such as {such_as(value)}"
    return str(value)


def allowance_changes(before: Permit | None, after: Allowance) -> list[str]:
    """A line for each field that changed."""
    was = before.allowance if before else Allowance()
    return [
        f"**{FIELDS[each.name]}:** {allowed(each.name, getattr(was, each.name))} → "
        f"**{allowed(each.name, getattr(after, each.name))}**"
        for each in fields(Allowance)
        if getattr(was, each.name) != getattr(after, each.name)
    ]
