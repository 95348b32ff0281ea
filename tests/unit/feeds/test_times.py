"""Moments as feeds write them."""

import pytest

from advisord.feeds.times import moment, same, withdrawal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456789Z"),
        ("2026-01-02T03:04:05.5+02:00", "2026-01-02T01:04:05.500000Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("0001-01-01T00:00:00Z", ""),
        ("0001-01-01T00:00:00-08:00", ""),
        ("9999-12-31T23:59:59-10:00", ""),
        ("2026-13-01T00:00:00Z", ""),
        ("2026-02-30T09:00:00Z", ""),
        ("2026-02-20T99:00:00Z", ""),
        ("soon", ""),
        (None, ""),
        (1767322800, ""),
    ],
)
def test_moment(value: object, text: str) -> None:
    """RFC 3339 in UTC stays as it is written; other zones are converted; anything else is none."""
    assert moment(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"),
        ("once", "2026-02-02T00:00:00Z"),
        (True, "2026-02-02T00:00:00Z"),
        ("0001-01-01T00:00:00Z", ""),
        ("", ""),
        (None, ""),
        (False, ""),
    ],
)
def test_withdrawal(value: object, text: str) -> None:
    """What was taken back at an unreadable moment was taken back; a program's zero value says that nothing was."""
    assert withdrawal(value, "2026-02-02T00:00:00Z") == text


def test_same() -> None:
    """Zeros at the end of a fraction say nothing."""
    assert same("2026-01-01T00:00:00.50Z", "2026-01-01T00:00:00.5Z")
    assert same("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z")
    assert not same("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z")
    assert not same("", "2026-01-01T00:00:00Z")
    assert not same("", "")
