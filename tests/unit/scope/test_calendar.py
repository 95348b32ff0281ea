"""Days and business days."""

import builtins
from datetime import UTC, date, datetime
from typing import Any

import pytest

from advisord.scope.calendar import calendar_of


def test_holidays_of_a_region() -> None:
    """International Women's Day is a holiday in Berlin, not in Bavaria."""
    day = date(2027, 3, 8)
    assert not calendar_of("Europe/Berlin", "DE-BE").works(day)
    assert calendar_of("Europe/Berlin", "DE-BY").works(day)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "result"),
    [
        ("2026-11-20", 7, "business days", "2026-12-01"),
        ("2026-12-23", 1, "business days", "2026-12-24"),
        ("2026-12-24", 1, "business days", "2026-12-28"),
        ("2026-11-21", 1, "business days", "2026-11-23"),
        ("2026-11-20", 0, "business days", "2026-11-20"),
        ("2028-02-29", 12, "months", "2029-02-28"),
        ("2027-01-31", 1, "months", "2027-02-28"),
        ("2026-11-20", 2, "weeks", "2026-12-04"),
        ("2026-12-31", 90, "days", "2027-03-31"),
    ],
)
def test_arithmetic(start: str, amount: int, unit: str, result: str) -> None:
    """Weekends, holidays, leap days and the end of a month."""
    calendar = calendar_of("Europe/Berlin", "DE-BE")
    assert calendar.after(date.fromisoformat(start), amount, unit) == date.fromisoformat(result)


def test_a_day_ends_in_its_own_zone() -> None:
    """The day on which the clock changes has 25 hours."""
    calendar = calendar_of("Europe/Berlin", "")
    before, after = calendar.end_of(date(2026, 10, 24)), calendar.end_of(date(2026, 10, 25))
    assert before.astimezone(UTC) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert after.astimezone(UTC) == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_without_the_package_only_weekends_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the calendar's name says so."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "holidays":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    calendar = calendar_of("UTC", "DE-BE")
    assert calendar.works(date(2026, 12, 25))
    assert "DE-BE need the extra" in calendar.name


def test_an_unknown_country_is_said() -> None:
    """A code that nobody has holidays for."""
    assert calendar_of("UTC", "XX").name == "weekends only: no holidays are known for XX"
