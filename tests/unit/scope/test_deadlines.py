"""Promises with their arithmetic."""

from datetime import UTC, datetime

import pytest

from advisord.model.advisory import Severity
from advisord.scope import policy
from advisord.scope.calendar import calendar_of
from advisord.scope.deadlines import Deadline, deadlines

RULES = '[[rules]]\nid = "default"\nreason = "All."\nthen = "in"\n'
SEEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


def due(text: str, severity: Severity = Severity.HIGH, /, **events: datetime) -> dict[str, Deadline]:
    """The deadlines of a policy by kind, for a finding that was first seen on a Friday."""
    compiled = policy.compile(f"{RULES}\n[deadlines]\n{text}").deadlines
    known = {name.replace("_", " "): moment for name, moment in {"first_seen": SEEN, **events}.items()}
    found = deadlines(compiled, severity, known, calendar_of(compiled.timezone, compiled.holidays))
    return {deadline.kind: deadline for deadline in found}


def test_business_days_show_their_calendar() -> None:
    """The sentence that a person can check."""
    text = 'timezone = "Europe/Berlin"\nholidays = "DE-BE"\nfix = "7 business days from triaged"'
    fix = due(text, triaged=SEEN)["fix"]
    assert fix.text == "fix: triaged 2026-11-20 + 7 business days (DE-BE) = 2026-12-01"
    assert fix.due == datetime(2026, 12, 1, 23, tzinfo=UTC)


def test_hours_are_hours_across_a_clock_change() -> None:
    """48 hours over the end of summer time."""
    start = datetime(2026, 10, 24, 8, tzinfo=UTC)
    ack = due('timezone = "Europe/Berlin"\nacknowledge = "48 hours"', first_seen=start)["acknowledge"]
    assert ack.due == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert ack.text == "acknowledge: first seen 2026-10-24 10:00 CEST + 48 hours = 2026-10-26 09:00 CET"


def test_by_severity() -> None:
    """Each level its own, a word of the project's, and a default."""
    text = 'fix = { critical = "1 day", "moderate,low" = "next minor release", "*" = "60 days" }'
    assert "+ 1 day =" in due(text, Severity.CRITICAL)["fix"].text
    assert due(text, Severity.MEDIUM)["fix"].milestone == "next minor release"
    assert due(text, Severity.MEDIUM)["fix"].due is None
    assert "60 days" in due(text, Severity.HIGH)["fix"].text


def test_an_unknown_severity_is_an_unknown_deadline() -> None:
    """Not the longest, not the shortest."""
    fix = due('fix = { critical = "7 days", high = "30 days" }', Severity.UNKNOWN)["fix"]
    assert (fix.due, fix.unknown) == (None, ("severity",))
    assert "fix" not in due('fix = { critical = "7 days" }', Severity.LOW)


def test_an_unknown_start_is_an_unknown_deadline() -> None:
    """Not triaged yet."""
    fix = due('fix = "30 days from triaged"')["fix"]
    assert (fix.due, fix.unknown) == (None, ("triaged",))
    assert "30 days from triaged, which is not known yet" in fix.text


def test_whichever_is_sooner() -> None:
    """90 days after the report or 7 days after the fix; before the fix only the first is known."""
    text = 'disclosure = ["90 days from reported", "7 days after the fix"]'
    before = due(text)["disclosure"]
    assert before.due == datetime(2027, 2, 19, tzinfo=UTC)
    assert before.unknown == ("fixed",)
    after = due(text, fixed=datetime(2026, 12, 1, tzinfo=UTC))["disclosure"]
    assert after.due == datetime(2026, 12, 9, tzinfo=UTC)
    assert after.text.endswith("(whichever is sooner)")


def test_updates_count_from_the_last_news() -> None:
    """From the last update; before there was one, from whatever happened last."""
    text = 'update = "14 days"'
    assert "first seen 2026-11-20 + 14 days = 2026-12-04" in due(text)["update"].text
    triaged = datetime(2026, 11, 25, tzinfo=UTC)
    assert "triaged 2026-11-25" in due(text, triaged=triaged)["update"].text
    updated = datetime(2026, 12, 3, tzinfo=UTC)
    assert "updated 2026-12-03" in due(text, triaged=triaged, updated=updated)["update"].text


@pytest.mark.parametrize("binding", [True, False])
def test_targets_or_commitments(*, binding: bool) -> None:
    """The policy says which."""
    text = f'binding = {str(binding).lower()}\nacknowledge = "7 days"'
    assert due(text)["acknowledge"].binding is binding
