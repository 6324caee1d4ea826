"""Periods follow each other without gap or overlap, whatever the clocks of a place do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.periods import Period

# Half and quarter hours; changes of two hours; midnights that do not exist, or come twice.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Adelaide",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "America/Santiago",
    "America/Havana",
    "America/Nuuk",
    "Africa/Cairo",
    "Asia/Beirut",
    "Atlantic/Azores",
    "Pacific/Apia",
)
# Its clocks change by half an hour, which no row of whole hours survives.
HALF_HOUR_CHANGE = "Australia/Lord_Howe"

moments = st.integers(0, 11 * 365 * 86_400_000_000).map(
    lambda past: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=past)
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@cache
def changes(name: str) -> list[datetime]:
    """The minutes before which the clocks of a place are changed."""
    found = []
    zone = ZoneInfo(name)
    for day in range(11 * 365):
        early = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
        late = early + timedelta(days=1)
        if early.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset():
            continue
        while late - early > timedelta(minutes=1):
            middle = early + (late - early) / 2
            same = middle.astimezone(zone).utcoffset() == early.astimezone(zone).utcoffset()
            early, late = (middle, late) if same else (early, middle)
        found.append(late.replace(second=0, microsecond=0))
    return found


@st.composite
def changing(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """A moment within hours of a change of the clocks, and where that is."""
    name = draw(st.sampled_from([name for name in ZONES if changes(name)]))
    minutes = draw(st.one_of(st.integers(-90, 90), st.integers(-27 * 60, 27 * 60)))
    return draw(st.sampled_from(changes(name))) + timedelta(minutes=minutes), ZoneInfo(name)


def check(at: datetime, zone: ZoneInfo, period: Period) -> None:
    """The moment lies in its period, which all its moments share and another follows."""
    start, end = period.start(at, zone), period.end(at, zone)

    assert start <= at < end
    assert period.start(start, zone) == start
    assert period.end(start, zone) == end
    assert period.start(end - timedelta(microseconds=1), zone) == start
    assert period.start(end, zone) == end
    assert period.end(end, zone) > end


periods = st.sampled_from(Period)
long_periods = st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH])


@given(moments, zones, periods)
def test_periods_follow_each_other(at: datetime, zone: ZoneInfo, period: Period) -> None:
    """Given any moment and place, when its period ends, then the next begins at that moment."""
    check(at, zone, period)


@settings(max_examples=500, deadline=None)
@given(changing(), periods)
@example((datetime(2026, 11, 1, 5, 30, tzinfo=UTC), ZoneInfo("America/Havana")), Period.DAY)
@example((datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ZoneInfo("Atlantic/Azores")), Period.WEEK)
def test_periods_follow_each_other_while_clocks_change(
    change: tuple[datetime, ZoneInfo], period: Period
) -> None:
    """Given a moment around a change of the clocks, when its period ends, then the next begins."""
    check(*change, period)


@given(moments, long_periods)
def test_periods_follow_each_other_where_clocks_change_by_half_an_hour(
    at: datetime, period: Period
) -> None:
    """Given Lord Howe Island, when days and longer end, then the next begin at that moment."""
    zone = ZoneInfo(HALF_HOUR_CHANGE)
    end = period.end(at, zone)

    assert period.start(at, zone) <= at < end
    assert period.start(end, zone) == end


@given(moments)
@example(datetime(2026, 4, 4, 14, 45, tzinfo=UTC))
@example(datetime(2026, 10, 3, 15, 45, tzinfo=UTC))
def test_hours_hold_their_moment_where_clocks_change_by_half_an_hour(at: datetime) -> None:
    """Given Lord Howe Island, when the hour is asked for, then it holds the moment."""
    zone = ZoneInfo(HALF_HOUR_CHANGE)

    assert Period.HOUR.start(at, zone) <= at < Period.HOUR.end(at, zone)


@given(moments, moments, zones, periods)
def test_a_period_is_the_same_for_all_its_moments(
    one: datetime, other: datetime, zone: ZoneInfo, period: Period
) -> None:
    """Given two moments, when they share a start, then they share an end, and the reverse."""
    assert (period.start(one, zone) == period.start(other, zone)) == (
        period.end(one, zone) == period.end(other, zone)
    )


@given(moments, zones)
def test_long_periods_begin_on_the_calendar_of_the_place(at: datetime, zone: ZoneInfo) -> None:
    """Given any place, when a day, week or month begins, then the date there says so."""
    local = at.astimezone(zone)

    assert Period.DAY.start(at, zone).astimezone(zone).date() == local.date()
    assert Period.WEEK.start(at, zone).astimezone(zone).weekday() == 0
    assert Period.MONTH.start(at, zone).astimezone(zone).date() == local.date().replace(day=1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
        ("Europe/Berlin", datetime(2026, 10, 25, 12, tzinfo=UTC), 25),
        ("Europe/Berlin", datetime(2026, 11, 20, 12, tzinfo=UTC), 24),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 2, tzinfo=UTC), 24.5),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, tzinfo=UTC), 23.5),
        ("Antarctica/Troll", datetime(2026, 3, 29, 12, tzinfo=UTC), 22),
        ("Africa/Cairo", datetime(2026, 4, 24, 12, tzinfo=UTC), 23),
        ("America/Havana", datetime(2026, 11, 1, 12, tzinfo=UTC), 25),
    ],
)
def test_a_day_is_as_long_as_it_is_there(zone: str, day: datetime, hours: float) -> None:
    """Given a day on which the clocks change, when it is measured, then it has its true length."""
    place = ZoneInfo(zone)

    assert Period.DAY.end(day, place) - Period.DAY.start(day, place) == timedelta(hours=hours)


def test_the_hour_that_comes_twice_counts_as_two() -> None:
    """Given the autumn night in Berlin, when 2:30 comes twice, then each has an hour of its own."""
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    assert Period.HOUR.start(first, berlin) == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert Period.HOUR.start(second, berlin) == datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_an_hour_begins_with_the_hour_of_the_place() -> None:
    """Given half past in UTC, when the hour in Kolkata is asked for, then it has just begun."""
    at = datetime(2026, 11, 20, 10, 31, tzinfo=UTC)

    assert Period.HOUR.start(at, ZoneInfo("Asia/Kolkata")) == at.replace(minute=30)
    assert Period.HOUR.start(at) == at.replace(minute=0)


def test_moments_are_taken_in_any_zone() -> None:
    """Given the same moment written in two zones, when asked, then the period is the same."""
    at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    there = at.astimezone(ZoneInfo("Asia/Kathmandu"))

    assert all(period.start(at) == period.start(there) for period in Period)
    assert all(period.start(there).tzinfo is UTC for period in Period)
