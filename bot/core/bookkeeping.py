"""What was drawn and paid in a server, bit by bit: for charts and tables.

A request counts where it was accepted, as it does for limits, so the sums agree with the ledger
and with what limits count. What is still waiting or being drawn is not in it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.core.periods import Period
from bot.core.pricing import exact_dollars
from bot.core.quotas import Amount

MOST_SERIES = 6
"""Colours that can be told apart; what is beyond is drawn as one."""

MOST_NAMED = 5
"""Members, and models, that are named beside the chart."""

OTHERS = "others"


class Span(StrEnum):
    """The time that a report is about, on the calendar of the server."""

    TODAY = "today"
    WEEK = "this week"
    MONTH = "this month"
    LAST_MONTH = "last month"
    THIRTY_DAYS = "last 30 days"


class By(StrEnum):
    """What the bars of a chart are made of."""

    MODEL = "model"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one member drew with one model in one bit of time.

    Attributes:
        starts_at: When that bit began, in UTC.
        model: Its id; empty where it is not known any more.
        requests: Those that were charged.
    """

    starts_at: datetime
    member_id: int
    model: str
    requests: int
    pictures: int
    micro: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One colour of a chart: a value for each bit of time."""

    name: str
    pictures: tuple[int, ...]
    micro: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Pictures and money over time, stacked.

    Attributes:
        title: What it is about.
        ticks: The name of each bit of time.
        series: The largest first.
    """

    title: str
    ticks: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def total(self) -> Amount:
        """All of it."""
        return Amount(
            sum(sum(each.pictures) for each in self.series),
            sum(sum(each.micro) for each in self.series),
        )


def bits(span: Span, now: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Where each hour of today, or each day of a longer time, begins; and the end of the last.

    A day has as many hours as the clocks of the zone give it.
    """
    start, end = _ends(span, now, zone)
    unit = Period.HOUR if span is Span.TODAY else Period.DAY
    marks = [start]
    while marks[-1] < end:
        marks.append(min(unit.end(marks[-1], zone), end))
    return tuple(marks)


def _ends(span: Span, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    today = Period.DAY.start(now, zone)
    tomorrow = Period.DAY.end(now, zone)
    if span is Span.TODAY:
        return today, tomorrow
    if span is Span.WEEK:
        return Period.WEEK.start(now, zone), tomorrow
    month = Period.MONTH.start(now, zone)
    if span is Span.MONTH:
        return month, tomorrow
    if span is Span.LAST_MONTH:
        return Period.MONTH.start(month - timedelta(hours=1), zone), month
    # Noon is on the same day, whatever the clocks did in between.
    noon = today.astimezone(zone).replace(hour=12) - timedelta(days=29)
    return Period.DAY.start(noon.astimezone(UTC), zone), tomorrow


def draw_up(
    spent: Iterable[Spent], marks: Sequence[datetime], by: By, title: str, zone: tzinfo
) -> Chart:
    """The chart of what was spent between marks, as `bits` answers them."""
    every = tuple(spent)
    starts = marks[:-1]
    names = ranking(every, by)
    shown = [name for name, _ in names[:MOST_SERIES]]
    if len(names) > MOST_SERIES:
        shown = [*shown[: MOST_SERIES - 1], OTHERS]
    place = {start: i for i, start in enumerate(starts)}
    pictures = {name: [0] * len(starts) for name in shown}
    micro = {name: [0] * len(starts) for name in shown}
    for each in every:
        name = _name(each, by)
        name = name if name in pictures else OTHERS
        pictures[name][place[each.starts_at]] += each.pictures
        micro[name][place[each.starts_at]] += each.micro
    labels = {name: name for name in shown}
    if by is By.MEMBER:
        labels = {name: f"no. {i}" for i, name in enumerate(shown, start=1)} | {OTHERS: OTHERS}
    return Chart(
        title=title,
        ticks=_ticks(starts, zone),
        series=tuple(
            Series(name=labels[name], pictures=tuple(pictures[name]), micro=tuple(micro[name]))
            for name in shown
        ),
    )


def _ticks(starts: Sequence[datetime], zone: tzinfo) -> tuple[str, ...]:
    local = [start.astimezone(zone) for start in starts]
    hours = len(starts) > 1 and starts[1] - starts[0] < timedelta(hours=2)
    if hours:
        return tuple(f"{each:%H}h" for each in local)
    return tuple(f"{each.day} {each:%b}" for each in local)


def ranking(spent: Iterable[Spent], by: By) -> list[tuple[str, Amount]]:
    """Models or members with all they did, those who cost most first; members as their ids."""
    pictures, micro = Counter[str](), Counter[str]()
    for each in spent:
        pictures[_name(each, by)] += each.pictures
        micro[_name(each, by)] += each.micro
    found = [(name, Amount(pictures[name], micro[name])) for name in pictures]
    return sorted(found, key=lambda one: (-one[1].micro, -one[1].pictures, one[0]))


def _name(each: Spent, by: By) -> str:
    return str(each.member_id) if by is By.MEMBER else each.model or "unknown"


def total(spent: Iterable[Spent]) -> Amount:
    """All of it together."""
    return sum((Amount(each.pictures, each.micro) for each in spent), Amount())


def busiest(chart: Chart, measure: Callable[[Series], tuple[int, ...]]) -> tuple[str, int]:
    """The bit of time with the most of something, and how much."""
    sums = [sum(measure(each)[i] for each in chart.series) for i in range(len(chart.ticks))]
    most = max(sums, default=0)
    return (chart.ticks[sums.index(most)] if sums else "", most)


def write_csv(spent: Iterable[Spent], zone: tzinfo) -> bytes:
    """A line for each bit of time, member and model; money in whole micro-dollars and as text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["from", "member", "model", "requests", "pictures", "microdollars", "dollars"])
    for each in spent:
        writer.writerow(
            [
                each.starts_at.astimezone(zone).isoformat(),
                each.member_id,
                each.model,
                each.requests,
                each.pictures,
                each.micro,
                exact_dollars(each.micro).removeprefix("$"),
            ]
        )
    return file.getvalue().encode()
