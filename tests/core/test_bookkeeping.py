"""Spending as charts and tables: exact, on the server's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.bookkeeping import (
    MOST_SERIES,
    OTHERS,
    By,
    Span,
    Spent,
    bits,
    busiest,
    draw_up,
    ranking,
    total,
    write_csv,
)
from bot.core.quotas import Amount

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
CLOCKS_BACK = datetime(2026, 10, 25, 12, tzinfo=UTC)
CLOCKS_ON = datetime(2026, 3, 29, 12, tzinfo=UTC)

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]


@pytest.mark.parametrize(
    ("span", "first", "last", "count"),
    [
        (Span.TODAY, "2026-11-20T00:00+01:00", "2026-11-21T00:00+01:00", 24),
        (Span.WEEK, "2026-11-16T00:00+01:00", "2026-11-21T00:00+01:00", 5),
        (Span.MONTH, "2026-11-01T00:00+01:00", "2026-11-21T00:00+01:00", 20),
        (Span.LAST_MONTH, "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00", 31),
        (Span.THIRTY_DAYS, "2026-10-22T00:00+02:00", "2026-11-21T00:00+01:00", 30),
    ],
)
def test_a_time_is_cut_at_the_midnights_of_the_server(
    span: Span, first: str, last: str, count: int
) -> None:
    """Given a time, when it is cut, then at each midnight there, or at each hour of today."""
    marks = bits(span, NOW, BERLIN)

    assert marks[0] == datetime.fromisoformat(first)
    assert marks[-1] == datetime.fromisoformat(last)
    assert len(marks) == count + 1
    assert list(marks) == sorted(set(marks))


@pytest.mark.parametrize(("now", "hours"), [(CLOCKS_BACK, 25), (CLOCKS_ON, 23)])
def test_a_day_has_as_many_hours_as_the_clocks_give_it(now: datetime, hours: int) -> None:
    """Given a night in which clocks change, when the day is cut, then no hour is lost or double."""
    assert len(bits(Span.TODAY, now, BERLIN)) == hours + 1


@given(
    st.sampled_from(Span),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 -- in UTC below
    st.sampled_from(ZONES),
)
def test_the_bits_of_a_time_follow_on_each_other(span: Span, now: datetime, zone: str) -> None:
    """Given any moment in any zone, when a time is cut, then it ends with a midnight there."""
    marks = bits(span, now.replace(tzinfo=UTC), ZoneInfo(zone))

    assert list(marks) == sorted(set(marks))
    assert marks[-1].astimezone(ZoneInfo(zone)).strftime("%H:%M") == "00:00"
    assert all(later - earlier <= timedelta(hours=25) for earlier, later in pairwise(marks))


def spent(day: int, member: int = 1, model: str = "m", pictures: int = 1, micro: int = 10) -> Spent:
    """What somebody spent on one of the days of this month."""
    marks = bits(Span.MONTH, NOW, BERLIN)
    return Spent(
        starts_at=marks[day],
        member_id=member,
        model=model,
        requests=1,
        pictures=pictures,
        micro=micro,
    )


def test_what_is_beyond_the_colours_is_drawn_as_others() -> None:
    """Given many models, when the chart is drawn up, then the dearest have their own."""
    every = [spent(n % 3, model=f"model-{n}", micro=1_000 - n) for n in range(10)]

    chart = draw_up(every, bits(Span.MONTH, NOW, BERLIN), By.MODEL, "t", BERLIN)

    assert [each.name for each in chart.series] == [
        *(f"model-{n}" for n in range(MOST_SERIES - 1)),
        OTHERS,
    ]
    assert chart.total == total(every)


def test_members_stand_in_a_chart_by_their_rank() -> None:
    """Given members, when the chart is drawn up, then it names nobody."""
    every = [spent(0, member=123456, micro=5), spent(0, member=7, micro=50)]

    chart = draw_up(every, bits(Span.MONTH, NOW, BERLIN), By.MEMBER, "t", BERLIN)

    assert [each.name for each in chart.series] == ["no. 1", "no. 2"]
    assert ranking(every, By.MEMBER) == [("7", Amount(1, 50)), ("123456", Amount(1, 5))]


def test_the_busiest_day_is_named_as_in_the_chart() -> None:
    """Given two days, when the chart is asked for the busiest, then it is the one with most."""
    every = [spent(1, pictures=3), spent(4, pictures=2), spent(4, member=2, pictures=2)]
    chart = draw_up(every, bits(Span.MONTH, NOW, BERLIN), By.MODEL, "t", BERLIN)

    assert busiest(chart, lambda series: series.pictures) == ("5 Nov", 4)


def test_a_table_has_exact_numbers_and_times_with_their_zone() -> None:
    """Given what was spent, when it is written, then nothing is rounded."""
    table = write_csv([spent(0, member=2**60, pictures=2, micro=10_012_345)], BERLIN).decode()

    assert table.splitlines() == [
        "from,member,model,requests,pictures,microdollars,dollars",
        f"2026-11-01T00:00:00+01:00,{2**60},m,1,2,10012345,10.012345",
    ]
