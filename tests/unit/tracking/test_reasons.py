"""Trackers that don't know why an issue was closed."""

import pytest

from advisord.model.plan import StateReason
from advisord.tracking.trackers.reasons import by_labels, in_utc


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("wontfix", StateReason.NOT_PLANNED),
        ("Won't Fix", StateReason.NOT_PLANNED),
        ("status::not planned", StateReason.NOT_PLANNED),
        ("Status/Duplicate", StateReason.DUPLICATE),
        ("kind/bug", StateReason.COMPLETED),
    ],
)
def test_a_label_says_it(label: str, reason: StateReason) -> None:
    """In the ways in which such labels are written."""
    assert by_labels(("advisord", label)) is reason


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T13:00:00.123+01:00", "2026-03-01T12:00:00Z"),
        ("0001-01-01T00:00:00Z", ""),
        (None, ""),
        ("yesterday", ""),
        ("9999-12-31T23:59:59-12:00", ""),
        ("2026-03-01T13:00:00", ""),
    ],
)
def test_times_in_utc(text: str | None, moment: str) -> None:
    """Or none."""
    assert in_utc(text) == moment
