"""For how long a limit counts, on whose calendar: safe where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum


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
