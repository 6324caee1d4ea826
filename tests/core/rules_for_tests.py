"""Rules, and what is taken of them, to decide about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bot.core.errors import QuotaExceeded
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Bound, Counter, Rule, Standing, Subject, Tally, admit

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GUILD, MEMBER = 7, 11
STUDENT, ARTIST, OTHER = 501, 502, 503
NONE = Amount()


def rule(
    pictures: int | None = None,
    micro: int | None = None,
    *,
    subject: Subject = Subject.SERVER,
    subject_id: int = 0,
    period: Period = Period.DAY,
    guild: int = GUILD,
) -> Rule:
    """A rule of the server that somebody set."""
    return Rule(
        guild_id=guild,
        subject=subject,
        subject_id=subject_id,
        period=period,
        pictures=pictures,
        micro=micro,
        set_by=1,
        set_at=NOW,
    )


def standing(held: Rule, pictures: int = 0, micro: int = 0, *, more: Amount = NONE) -> Standing:
    """The rule with that much taken, and so much granted on top."""
    return Standing(
        rule=held, taken=Amount(pictures, micro), granted=more, ends_at=held.period.end(NOW)
    )


def bound(*held: Standing) -> Bound:
    """One of these must have room."""
    return Bound(held)


def counter(account: Account, period: Period, reserved: Amount, used: Amount) -> Counter:
    """What was counted in the period that holds now."""
    whose = GUILD if account is Account.SERVER else MEMBER
    return Counter(
        tally=Tally(GUILD, account, whose, period),
        starts_at=period.start(NOW),
        reserved=reserved,
        used=used,
    )


def by_tally(*counters: Counter) -> dict[Tally, Counter]:
    """As they are looked up."""
    return {each.tally: each for each in counters}


def passes(asked: Amount, held: Iterable[Bound]) -> bool:
    """Whether the request is admitted."""
    try:
        admit(asked, held)
    except QuotaExceeded:
        return False
    return True


def refusal(asked: Amount, *held: Bound | Standing) -> QuotaExceeded:
    """How the request is refused."""
    with pytest.raises(QuotaExceeded) as caught:
        admit(asked, [each if isinstance(each, Bound) else bound(each) for each in held])
    return caught.value
