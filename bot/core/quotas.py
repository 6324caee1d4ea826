"""Limits that a server sets: whose, for how long, how much; and what is left of them.

Use is counted for the server and for each member in every period, whether or not a rule limits
it, so that a rule holds from the moment it is set and sees what was used before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.core.errors import QuotaExceeded
from bot.core.pricing import dollars


class Subject(StrEnum):
    """Whom a rule limits."""

    SERVER = "server"  #: All members together.
    EVERYONE = "everyone"  #: Each member alone.


class Period(StrEnum):
    """For how long a rule counts, on the calendar of the server's time zone."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def start(self, at: datetime, zone: tzinfo = UTC) -> datetime:
        """When the period that holds `at` began, in UTC; weeks begin on Monday."""
        local = at.astimezone(zone)
        if self is Period.HOUR:
            # Cut in UTC terms, so that the hour that a clock repeats in autumn is two hours.
            past = timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            return at.astimezone(UTC) - past
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        if self is Period.WEEK:
            midnight -= timedelta(days=midnight.weekday())
        elif self is Period.MONTH:
            midnight = midnight.replace(day=1)
        return midnight.astimezone(UTC)

    def end(self, at: datetime, zone: tzinfo = UTC) -> datetime:
        """When the period that holds `at` ends and the next begins, in UTC."""
        if self is Period.HOUR:
            return self.start(at, zone) + timedelta(hours=1)
        # A day past the shortest end is inside the next period, whatever the clocks do there.
        days = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}[self]
        inside = self.start(at, zone).astimezone(zone) + timedelta(days=days, hours=3)
        return self.start(inside, zone)


@dataclass(frozen=True, slots=True)
class Amount:
    """Pictures and micro-dollars, counted together."""

    pictures: int = 0
    micro: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.pictures + other.pictures, self.micro + other.micro)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.pictures - other.pictures, self.micro - other.micro)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One limit of one server; pictures, micro-dollars or both.

    Attributes:
        set_by: The member who set it.
    """

    guild_id: int
    subject: Subject
    period: Period
    pictures: int | None
    micro: int | None
    set_by: int
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What one subject used in one period.

    Attributes:
        subject_id: The guild's id for the server, the member's id for a member.
        reserved: Held for requests that are not finished.
        used: Charged for those that are.
    """

    subject: Subject
    subject_id: int
    period: Period
    starts_at: datetime
    reserved: Amount
    used: Amount

    @property
    def taken(self) -> Amount:
        """Used and reserved together."""
        return self.used + self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One rule and how much of it is taken: what `/usage` shows a line of."""

    rule: Rule
    taken: Amount
    ends_at: datetime

    @property
    def pictures_left(self) -> int | None:
        """Never below zero; None where pictures are not limited."""
        limit = self.rule.pictures
        return None if limit is None else max(0, limit - self.taken.pictures)

    @property
    def micro_left(self) -> int | None:
        """Micro-dollars, never below zero; None where money is not limited."""
        limit = self.rule.micro
        return None if limit is None else max(0, limit - self.taken.micro)

    @property
    def exceeded(self) -> bool:
        """Whether more is taken than the rule allows; a rule may be set after the fact."""
        return _over(self.rule.pictures, self.taken.pictures) or _over(
            self.rule.micro, self.taken.micro
        )


def _over(limit: int | None, taken: int) -> bool:
    return limit is not None and taken > limit


def counted(guild_id: int, member_id: int) -> Iterator[tuple[Subject, int, Period]]:
    """Every counter that a request of this member moves."""
    for period in Period:
        yield Subject.SERVER, guild_id, period
        yield Subject.EVERYONE, member_id, period


def standings(
    rules: Iterable[Rule], counters: Iterable[Counter], now: datetime, zone: tzinfo = UTC
) -> tuple[Standing, ...]:
    """Each rule beside what is taken of it in the period that holds `now`."""
    taken = {
        (counter.subject, counter.period): counter.taken
        for counter in counters
        if counter.starts_at == counter.period.start(now, zone)
    }
    return tuple(
        Standing(
            rule=rule,
            taken=taken.get((rule.subject, rule.period), Amount()),
            ends_at=rule.period.end(now, zone),
        )
        for rule in rules
    )


def admit(asked: Amount, held: Iterable[Standing]) -> None:
    """Let a request pass only if every rule has room for all of it.

    Raises:
        QuotaExceeded: One has not; where several have not, the one that resets last is named,
            since nothing can be drawn before.
    """
    broken = [standing for standing in held if not _room(asked, standing)]
    if not broken:
        return
    raise _exceeded(asked, max(broken, key=lambda standing: standing.ends_at))


def _exceeded(asked: Amount, broken: Standing) -> QuotaExceeded:
    rule, left = broken.rule, broken.pictures_left
    if left is not None and asked.pictures > left:
        never = rule.pictures is not None and asked.pictures > rule.pictures > 0
        limit, needs = say_limit(rule.pictures, None), say_limit(asked.pictures, None)
        remains = f"{say_limit(left, None)} {'is' if left == 1 else 'are'}" if left else ""
        advice = "Ask for fewer pictures."
    else:
        never = rule.micro is not None and asked.micro > rule.micro > 0
        limit, needs = say_limit(None, rule.micro), f"up to {dollars(asked.micro)}"
        remains = f"{dollars(broken.micro_left)} is" if broken.micro_left else ""
        advice = "Choose a lower quality, a smaller size, or fewer pictures."
    return QuotaExceeded(
        whose=rule.subject.value,
        period=rule.period.value,
        limit=limit,
        left=remains,
        asked=needs,
        advice=advice if never else "",
        until=broken.ends_at,
    )


def _room(asked: Amount, standing: Standing) -> bool:
    pictures, micro = standing.pictures_left, standing.micro_left
    return (pictures is None or asked.pictures <= pictures) and (
        micro is None or asked.micro <= micro
    )


def say_limit(pictures: int | None, micro: int | None) -> str:
    """`20 pictures`, `$5.00`, or both."""
    parts = []
    if pictures is not None:
        parts.append("1 picture" if pictures == 1 else f"{pictures:,} pictures")
    if micro is not None:
        parts.append(dollars(micro))
    return " and ".join(parts) or "no limit"
