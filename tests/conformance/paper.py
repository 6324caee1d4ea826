"""Limits worked out with pen and paper: every request and every decision, added up each time.

Nothing of the store's SQL, and nothing of the code that it decides with, is used here. There are no
counters either: what counts in a day is what was accepted on that date of the place's calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.core.budgets import NO_BUDGETS, Budgets
from bot.core.periods import Period
from bot.core.quotas import Account, Subject
from tests.conformance.engines import Bench

Said = tuple[int | None, int | None]
"""Pictures and micro-dollars of a limit."""


def date_of(at: datetime, zone: str, period: Period) -> tuple[object, ...]:
    """What the calendar and the clock of a place say: one for each period."""
    local = at.astimezone(ZoneInfo(zone))
    return {
        # The hour that a clock repeats in autumn is two.
        Period.HOUR: (local.date(), local.hour, local.utcoffset()),
        Period.DAY: (local.date(),),
        Period.WEEK: local.isocalendar()[:2],
        Period.MONTH: (local.year, local.month),
    }[period]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request, as it counts.

    Attributes:
        held: Pictures and micro-dollars that are reserved for it.
        used: Those that it did cost, once it is charged.
    """

    id: int
    guild: int
    member: int
    at: datetime
    held: tuple[int, int] = (0, 0)
    used: tuple[int, int] | None = None


@dataclass(frozen=True)
class Whose:
    """Whose requests are added up, and over what."""

    guild: int
    account: Account
    id: int
    period: Period

    def has(self, entry: Entry) -> bool:
        """Whether the request is one of theirs."""
        if self.account is Account.OPERATOR:
            return self.guild in {0, entry.guild}
        return self.guild == entry.guild and (
            self.account is Account.SERVER or self.id == entry.member
        )


@dataclass
class Extra:
    """What an admin did for one account in one period that had a date on some calendar.

    Attributes:
        granted: Pictures and micro-dollars.
        forgiven: The requests that were charged before the new beginning.
    """

    whose: Whose
    zone: str
    date: tuple[object, ...]
    granted: tuple[int, int] = (0, 0)
    forgiven: frozenset[int] = frozenset()


@dataclass
class Paper:
    """Everything that decides whether a request is accepted."""

    budgets: Budgets = NO_BUDGETS
    zones: dict[int, str] = field(default_factory=dict)
    rules: dict[tuple[int, Subject, int, Period], Said] = field(default_factory=dict)
    extras: list[Extra] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)

    def zone(self, guild: int) -> str:
        """The calendar on that server's wall."""
        return self.zones.get(guild, "UTC")

    def accept(self, entry: Entry) -> None:
        """Write a request down."""
        self.entries[entry.id] = entry

    def grant(self, whose: Whose, amount: tuple[int, int], now: datetime) -> None:
        """Something on top of the limits of the running period."""
        extra = self._extra(whose, now)
        extra.granted = (extra.granted[0] + amount[0], extra.granted[1] + amount[1])

    def forgive(self, whose: Whose, now: datetime) -> None:
        """What was charged until now is not held against them in the running period."""
        charged = (e.id for e in self.entries.values() if e.used is not None and whose.has(e))
        self._extra(whose, now).forgiven = frozenset(charged)

    def move(self, guild: int, zone: str, now: datetime) -> None:
        """Hang up another calendar; what was done for the running periods is done for its own."""
        old = self.zone(guild)
        for extra in self.extras:
            period = extra.whose.period
            if extra.whose.guild != guild or extra.zone != old:
                continue
            if extra.date == date_of(now, old, period):
                extra.zone, extra.date = zone, date_of(now, zone, period)
        self.zones[guild] = zone

    def _extra(self, whose: Whose, now: datetime) -> Extra:
        zone = self.zone(whose.guild)
        date = date_of(now, zone, whose.period)
        for extra in self.extras:
            if (extra.whose, extra.zone, extra.date) == (whose, zone, date):
                return extra
        self.extras.append(Extra(whose, zone, date))
        return self.extras[-1]

    def taken(self, whose: Whose, now: datetime) -> tuple[int, int]:
        """Used and reserved in the running period, less what was forgiven."""
        zone = "UTC" if whose.account is Account.OPERATOR else self.zone(whose.guild)
        today = date_of(now, zone, whose.period)
        forgiven = self._found(whose, now).forgiven
        pictures = micro = 0
        for entry in self.entries.values():
            if whose.has(entry) and date_of(entry.at, zone, whose.period) == today:
                used = (0, 0) if entry.used is None or entry.id in forgiven else entry.used
                pictures += entry.held[0] + used[0]
                micro += entry.held[1] + used[1]
        return pictures, micro

    def _found(self, whose: Whose, now: datetime) -> Extra:
        zone = self.zone(whose.guild)
        date = date_of(now, zone, whose.period)
        none = Extra(whose, zone, date)
        if whose.account is Account.OPERATOR:
            return none
        held = (e for e in self.extras if (e.whose, e.zone, e.date) == (whose, zone, date))
        return next(held, none)

    def has_room(
        self,
        guild: int,
        member: int,
        roles: Collection[int],
        asked: tuple[int, int],
        now: datetime,
    ) -> bool:
        """Whether a request is accepted, as far as limits and budgets go."""
        return all(
            any(self._fits(whose, said, asked, now) for said in any_of)
            for whose, any_of in self.holding(guild, member, roles)
        )

    def oversteps(
        self, guild: int, member: int, roles: Collection[int], asked: tuple[int, int], now: datetime
    ) -> bool:
        """Whether more is taken than may be, of what a request of that size takes from."""
        return not all(
            any(self._fits(whose, said, asked, now, after=True) for said in any_of)
            for whose, any_of in self.holding(guild, member, roles)
        )

    def _fits(
        self,
        whose: Whose,
        said: Said,
        asked: tuple[int, int],
        now: datetime,
        *,
        after: bool = False,
    ) -> bool:
        taken, granted = self.taken(whose, now), self._found(whose, now).granted
        for limit, more, have, wanted in zip(said, granted, taken, asked, strict=True):
            total = have if after else have + wanted
            # What costs nothing fits even where more than the limit is used already.
            if limit is not None and wanted and total > limit + more:
                return False
        return True

    def holding(
        self, guild: int, member: int, roles: Collection[int]
    ) -> Iterator[tuple[Whose, list[Said]]]:
        """Limits that hold, each beside whose use it is about: one of the limits must have room."""
        for period in Period:
            ours = Whose(guild, Account.SERVER, guild, period)
            mine = Whose(guild, Account.MEMBER, member, period)
            if (guild, Subject.SERVER, 0, period) in self.rules:
                yield ours, [self.rules[guild, Subject.SERVER, 0, period]]
            my_own = self.rules.get((guild, Subject.MEMBER, member, period))
            of_roles = [
                self.rules[guild, Subject.ROLE, role, period]
                for role in roles
                if (guild, Subject.ROLE, role, period) in self.rules
            ]
            if my_own is not None:
                yield mine, [my_own]
            elif of_roles:
                yield mine, of_roles
            elif (guild, Subject.EVERYONE, 0, period) in self.rules:
                yield mine, [self.rules[guild, Subject.EVERYONE, 0, period]]
        yield from self._budgets(guild)

    def _budgets(self, guild: int) -> Iterator[tuple[Whose, list[Said]]]:
        yield from _budget(0, Period.DAY, self.budgets.day)
        yield from _budget(0, Period.MONTH, self.budgets.month)
        if guild:  # direct messages are no server
            yield from _budget(guild, Period.DAY, self.budgets.server_day)
            yield from _budget(guild, Period.MONTH, self.budgets.server_month)


def _budget(guild: int, period: Period, micro: int | None) -> Iterator[tuple[Whose, list[Said]]]:
    if micro is not None:
        yield Whose(guild, Account.OPERATOR, guild, period), [(None, micro)]


def entries(bench: Bench) -> Iterable[Entry]:
    """The requests that are stored, and what the ledger says about each."""
    found: dict[int, Entry] = {}
    for job in bench.look("SELECT id, guild_id, member_id, accepted_at FROM job"):
        at = datetime.fromtimestamp(job["accepted_at"] // 1_000_000, UTC)
        found[job["id"]] = Entry(
            id=job["id"], guild=job["guild_id"], member=job["member_id"], at=at
        )
    steps = ("reserve", "release", "charge", "unknown")
    written = bench.look("SELECT * FROM ledger")
    for row in sorted(written, key=lambda row: (row["job_id"], steps.index(row["kind"]))):
        entry, amount = found[row["job_id"]], (row["pictures"], row["micro"])
        match row["kind"]:
            case "reserve":
                entry = replace(entry, held=amount)
            case "release":
                entry = replace(entry, held=(0, 0))
            case "charge":
                entry = replace(entry, used=amount)
            case _:  # what nobody is charged for
                pass
        found[entry.id] = entry
    return found.values()
