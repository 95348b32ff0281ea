"""A deadline's text, and a supported line's."""

import pytest

from advisord.scope.compiled import Line, Term
from advisord.scope.spans import EVENTS, STARTS, line, term


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48 hours", Term("48 hours", 48, "hours", "first seen")),
        ("1 Hour", Term("1 hour", 1, "hours", "first seen")),
        ("3  business   days", Term("3 business days", 3, "business days", "first seen")),
        ("3 working days", Term("3 working days", 3, "business days", "first seen")),
        ("30 days from triaged", Term("30 days from triaged", 30, "days", "triaged")),
        ("2 weeks after the report", Term("2 weeks after the report", 2, "weeks", "first seen")),
        ("0 days", Term("0 days", 0, "days", "first seen")),
        ("next  minor release", Term("next minor release", milestone="next minor release")),
        ("Next release", Term("next release", milestone="next release")),
    ],
)
def test_terms(text: str, expected: Term) -> None:
    """A time and what it counts from, or a release."""
    assert term(text, "fix") == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must be a time"),
        ("soon", "must be a time"),
        ("-1 days", "must be a time"),
        ("1.5 days", "must be a time"),
        ("99999 days", "must be a time"),
        ("3 days 4 hours", "must be a time"),
        ("3 business hours", "business time counts in days"),
        ("3 working weeks", "business time counts in days"),
        ("3 days from breakfast", "can count from first seen"),
        ("3 days from", "must be a time"),
    ],
)
def test_what_is_no_term(text: str, told: str) -> None:
    """It is refused in a sentence that says what it should be: no promise is guessed."""
    with pytest.raises(ValueError, match=told):
        term(text, "fix")


def test_every_kind_and_event() -> None:
    """Each kind counts from an event that there is, and each event can be counted from."""
    for kind, start in STARTS.items():
        assert term("1 day", kind).start == start
        assert start in EVENTS
    for event in EVENTS:
        assert term(f"1 day from {event}", "fix").start == event


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latest-minor", Line("latest-minor", "")),
        ("3.5  until 2023-12-31", Line("3.5", "2023-12-31")),
        ("previous-minor until next-minor + 30 days", Line("previous-minor", "next-minor + 30 days")),
        ("1.* until next-release", Line("1.*", "next-release")),
    ],
)
def test_lines(text: str, expected: Line) -> None:
    """What is supported, and until when."""
    assert line(text) == expected


@pytest.mark.parametrize(
    "text", ["", "1.0 2.0", "1.0 until", "1.0 until soon", "1.0 until 2023", "1.0 until next-week"]
)
def test_what_is_no_line(text: str) -> None:
    """An end that nobody understands would be no end."""
    with pytest.raises(ValueError, match=r"must be a line|ends at a date"):
        line(text)
