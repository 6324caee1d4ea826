"""Limits that a server sets: whose, for how long, how much; and what is left of them.

Use is counted for the server and for each member in every period, whether or not a rule limits
it, so that a rule holds from the moment it is set and sees what was used before.

A rule for the server always holds. Beside it, a member has at most one limit in each period: their
own; else that of their roles, of which the most generous counts; else that of everyone. Whoever
says nothing about a period leaves it to the next in this line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from bot.core.errors import QuotaExceeded
from bot.core.jobs import say_member
from bot.core.periods import Period
from bot.core.pricing import dollars, exact_dollars


class Subject(StrEnum):
    """Whom a rule limits."""

    OPERATOR = "operator"  #: Whoever runs the bot and pays for it; set by settings, not by rules.
    SERVER = "server"  #: All members together.
    EVERYONE = "everyone"  #: Each member alone.
    ROLE = "role"  #: Each member who has the role, alone.
    MEMBER = "member"  #: One member.


class Account(StrEnum):
    """Whose use is counted."""

    OPERATOR = "operator"  #: All servers together, for the budget of whoever pays.
    SERVER = "server"  #: One server.
    MEMBER = "member"  #: One member in one server.


ACCOUNTS = {
    Subject.OPERATOR: Account.OPERATOR,
    Subject.SERVER: Account.SERVER,
    Subject.EVERYONE: Account.MEMBER,
    Subject.ROLE: Account.MEMBER,
    Subject.MEMBER: Account.MEMBER,
}
"""What each rule is measured against."""


EVERYWHERE = 0
"""Stands for all servers together. Direct messages are none, and have no budget of their own."""


BUDGETED = (Period.DAY, Period.MONTH)
"""Periods for which an operator may set a budget, on the calendar of UTC."""


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
    """One limit of one server: pictures, micro-dollars or both.

    With neither, it says that there is no limit, so that those further down the line do not hold.

    Attributes:
        subject_id: The role or the member; 0 for the server and for everyone.
        set_by: The member who set it.
    """

    guild_id: int
    subject: Subject
    subject_id: int = 0
    period: Period
    pictures: int | None
    micro: int | None
    set_by: int
    set_at: datetime

    def tally(self, member_id: int) -> Tally:
        """What it is measured against, for that member."""
        account = ACCOUNTS[self.subject]
        whose = member_id if account is Account.MEMBER else self.guild_id
        return Tally(self.guild_id, account, whose, self.period)

    @property
    def unlimited(self) -> bool:
        """Whether it says that there is no limit."""
        return self.pictures is None and self.micro is None


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted together: the use of one account in each period of one kind.

    Attributes:
        guild_id: The server that it belongs to; 0 for all together.
        account_id: The guild's id for a server and for what the operator spends on it, the
            member's for a member, 0 for all that the operator spends.
    """

    guild_id: int
    account: Account
    account_id: int
    period: Period

    def start(self, at: datetime, zone: tzinfo) -> datetime:
        """When the period that holds `at` began: the operator's calendar is UTC."""
        return self.period.start(at, UTC if self.account is Account.OPERATOR else zone)

    def end(self, at: datetime, zone: tzinfo) -> datetime:
        """When it ends, likewise."""
        return self.period.end(at, UTC if self.account is Account.OPERATOR else zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What was used of one tally in one period.

    Attributes:
        reserved: Held for requests that are not finished.
        used: Charged for those that are.
        granted: What an admin added to the limits of this period.
        forgiven: What was used and is not held against the account any more.
    """

    tally: Tally
    starts_at: datetime
    reserved: Amount = Amount()
    used: Amount = Amount()
    granted: Amount = Amount()
    forgiven: Amount = Amount()

    def plus(self, other: Counter) -> Counter:
        """Both together, where one account is counted under two numbers."""
        return replace(
            self,
            reserved=self.reserved + other.reserved,
            used=self.used + other.used,
            granted=self.granted + other.granted,
            forgiven=self.forgiven + other.forgiven,
        )

    @property
    def taken(self) -> Amount:
        """Used and reserved together, less what was forgiven."""
        taken = self.used + self.reserved - self.forgiven
        return Amount(max(0, taken.pictures), max(0, taken.micro))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One rule and how much of it is taken: what `/usage` shows a line of.

    Attributes:
        granted: On top of the rule.
    """

    rule: Rule
    taken: Amount
    granted: Amount = Amount()
    ends_at: datetime

    @property
    def pictures(self) -> int | None:
        """The limit with what was granted; None where pictures are not limited."""
        limit = self.rule.pictures
        return None if limit is None else limit + self.granted.pictures

    @property
    def micro(self) -> int | None:
        """The limit in micro-dollars, likewise."""
        limit = self.rule.micro
        return None if limit is None else limit + self.granted.micro

    @property
    def pictures_left(self) -> int | None:
        """Never below zero; None where pictures are not limited."""
        return None if self.pictures is None else max(0, self.pictures - self.taken.pictures)

    @property
    def micro_left(self) -> int | None:
        """Micro-dollars, never below zero; None where money is not limited."""
        return None if self.micro is None else max(0, self.micro - self.taken.micro)

    @property
    def exceeded(self) -> bool:
        """Whether more is taken than the rule allows; a rule may be set after the fact."""
        return _over(self.pictures, self.taken.pictures) or _over(self.micro, self.taken.micro)

    def has_room(self, asked: Amount) -> bool:
        """Whether all of it fits. What costs nothing fits where no money is left."""
        pictures, micro = self.pictures_left, self.micro_left
        return (pictures is None or asked.pictures <= pictures) and (
            micro is None or asked.micro <= micro
        )


def _over(limit: int | None, taken: int) -> bool:
    return limit is not None and taken > limit


@dataclass(frozen=True, slots=True)
class Bound:
    """What must have room for a request: one of these rules, which are those of several roles.

    Attributes:
        standings: At least one, the most generous first.
    """

    standings: tuple[Standing, ...]

    @property
    def best(self) -> Standing:
        """The most generous one, which is the one that people are told of."""
        return self.standings[0]

    def has_room(self, asked: Amount) -> bool:
        """Whether any of them has."""
        return any(standing.has_room(asked) for standing in self.standings)


def counted(guild_id: int, member_id: int) -> Iterator[Tally]:
    """Every tally that a request of this member counts in."""
    for period in Period:
        yield Tally(guild_id, Account.SERVER, guild_id, period)
        yield Tally(guild_id, Account.MEMBER, member_id, period)
    for period in BUDGETED:
        yield Tally(EVERYWHERE, Account.OPERATOR, EVERYWHERE, period)
        if guild_id != EVERYWHERE:
            yield Tally(guild_id, Account.OPERATOR, guild_id, period)


def applicable(
    rules: Iterable[Rule], member_id: int, roles: Collection[int]
) -> tuple[tuple[Rule, ...], ...]:
    """The rules that hold for a member, in groups of which one rule must have room.

    The order of `rules` makes no difference.
    """
    every = sorted(rules, key=_order)
    groups: list[tuple[Rule, ...]] = []
    for period in Period:
        said = [rule for rule in every if rule.period is period]
        groups.append(tuple(rule for rule in said if rule.subject is Subject.SERVER))
        line = (
            [r for r in said if r.subject is Subject.MEMBER and r.subject_id == member_id],
            [r for r in said if r.subject is Subject.ROLE and r.subject_id in roles],
            [r for r in said if r.subject is Subject.EVERYONE],
        )
        groups.append(tuple(next((heard for heard in line if heard), ())))
    return tuple(group for group in groups if group)


def _order(rule: Rule) -> tuple[str, int]:
    return rule.subject.value, rule.subject_id


def bounds(
    groups: Iterable[Iterable[Rule]],
    counters: Mapping[Tally, Counter],
    member_id: int,
    now: datetime,
    zone: tzinfo = UTC,
) -> tuple[Bound, ...]:
    """Each group of rules beside what the member's requests took of it.

    Args:
        groups: As `applicable` and `Budgets.rules` answer them.
        counters: Of the periods that hold `now`; what is missing is not used.
        member_id: Whose requests.
        now: The time.
        zone: The server's calendar.
    """

    def standing(rule: Rule) -> Standing:
        tally = rule.tally(member_id)
        counter = counters.get(tally) or Counter(tally=tally, starts_at=tally.start(now, zone))
        return Standing(
            rule=rule,
            taken=counter.taken,
            granted=counter.granted,
            ends_at=tally.end(now, zone),
        )

    return tuple(
        Bound(tuple(sorted((standing(rule) for rule in group), key=_generous, reverse=True)))
        for group in groups
    )


def _generous(standing: Standing) -> tuple[bool, int, bool, int, int]:
    # By the limits, not by what is left: where all is used up, the larger is still the better.
    pictures, micro = standing.pictures, standing.micro
    return pictures is None, pictures or 0, micro is None, micro or 0, standing.rule.subject_id


def admit(asked: Amount, held: Iterable[Bound]) -> None:
    """Let a request pass only if every bound has room for all of it.

    Raises:
        QuotaExceeded: One has not; where several have not, the one that resets last is named,
            since nothing can be drawn before.
    """
    broken = [bound.best for bound in held if not bound.has_room(asked)]
    if not broken:
        return
    raise _exceeded(asked, max(broken, key=lambda standing: standing.ends_at))


def _exceeded(asked: Amount, broken: Standing) -> QuotaExceeded:
    rule, left = broken.rule, broken.pictures_left
    if left is not None and asked.pictures > left:
        whole, needed = broken.pictures or 0, asked.pictures
        limit, needs = say_limit(whole, None), say_limit(needed, None)
        remains = f"{say_limit(left, None)} {'is' if left == 1 else 'are'}" if left else ""
        advice = "Ask for fewer pictures."
    else:
        whole, needed = broken.micro or 0, asked.micro
        limit, needs = say_limit(None, whole), f"up to {dollars(needed)}"
        remains = f"{dollars(broken.micro_left)} is" if broken.micro_left else ""
        advice = "Choose a lower quality, a smaller size, or fewer pictures."
    if not whole:
        operators = rule.subject is Subject.OPERATOR
        advice = f"Only {'they' if operators else 'those who manage this server'} can change that."
    return QuotaExceeded(
        whose=rule.subject.value,
        period=rule.period.value,
        rule=_holds(rule, limit),
        left=remains,
        asked=needs,
        advice=advice if needed > whole else "",
        until=broken.ends_at,
    )


def _holds(rule: Rule, limit: str) -> str:
    """A rule as it is told to a member: whose it is, and how much."""
    each = f"{limit} per {rule.period}"
    drawing = f"draw {'for ' if limit.startswith('$') else ''}{each} here"
    match rule.subject:
        case Subject.OPERATOR:
            whom = "this server" if rule.guild_id else "all servers together"
            return f"The operator of this bot lets {each} be spent on {whom}"
        case Subject.SERVER:
            return f"This server's limit is {each}"
        case Subject.EVERYONE:
            return f"Each member may {drawing}"
        case Subject.ROLE:
            return f"As {say_subject(rule.subject, rule.subject_id)} you may {drawing}"
        case Subject.MEMBER:
            return f"Your own limit here is {each}"


def say_subject(subject: Subject, subject_id: int) -> str:
    """Whom it is about, as a mention where there is one."""
    return {
        Subject.OPERATOR: "my operator",
        Subject.SERVER: "the server",
        Subject.EVERYONE: "each member",
        Subject.ROLE: f"<@&{subject_id}>",
        Subject.MEMBER: say_member(subject_id),
    }[subject]


def say_rule(rule: Rule | None) -> str:
    """What a rule says, for people: `20 pictures`, or `no limit`; nothing where there is none."""
    return "" if rule is None else say_limit(rule.pictures, rule.micro)


def say_limit(pictures: int | None, micro: int | None) -> str:
    """`20 pictures`, `$5.00`, or both."""
    parts = []
    if pictures is not None:
        parts.append("1 picture" if pictures == 1 else f"{pictures:,} pictures")
    if micro is not None:
        parts.append(exact_dollars(micro))
    return " and ".join(parts) or "no limit"
