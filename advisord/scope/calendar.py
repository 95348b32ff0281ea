"""Days and business days in a place: its time zone, its weekends, its public holidays.

Holidays need the package `holidays` (the extra `calendar`); without it only weekends are free, and `name` says so.
"""

import calendar as months
from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

SATURDAY = 5


class Calendar(NamedTuple):
    """When people work. `free` are public holidays; `name` stands in the arithmetic (`DE-BE`, `weekends only`)."""

    zone: ZoneInfo
    free: Container[date]
    name: str

    def works(self, day: date) -> bool:
        """Whether it is a business day."""
        return day.weekday() < SATURDAY and day not in self.free

    def local(self, moment: datetime) -> datetime:
        """The moment in this calendar's time zone."""
        return moment.astimezone(self.zone)

    def after(self, start: date, amount: int, unit: str) -> date:
        """The day that is so many `days`, `business days`, `weeks` or `months` after another.

        A month later is the same day of that month, or its last: 31 January + 1 month = 28 February.
        """
        if unit == "business days":
            day = start
            while amount:
                day += timedelta(days=1)
                amount -= self.works(day)
            return day
        if unit == "months":
            year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
            return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))
        return start + timedelta(days=amount * (7 if unit == "weeks" else 1))

    def end_of(self, day: date) -> datetime:
        """The moment at which a day is over there."""
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone)


def calendar_of(timezone: str, code: str) -> Calendar:
    """The calendar of a time zone and a holiday code (`DE`, `DE-BE`, "" for weekends only)."""
    zone = ZoneInfo(timezone)
    if not code:
        return Calendar(zone, frozenset(), "weekends only")
    try:
        import holidays
    except ImportError:
        return Calendar(zone, frozenset(), f"weekends only: the holidays of {code} need the extra `calendar`")
    country, _, region = code.partition("-")
    try:
        free = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError:
        return Calendar(zone, frozenset(), f"weekends only: no holidays are known for {code}")
    return Calendar(zone, free, code)
