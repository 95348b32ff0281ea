"""Times as texts whose order is the order in time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from advisord.times import duration, fresh, parse, seconds_between, stamp

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_stamp_is_in_utc() -> None:
    """Whatever zone the moment was told in; whole seconds, never later than the moment."""
    assert stamp(NOON.astimezone(timezone(timedelta(hours=-5)))) == "2026-05-01T12:00:00Z"
    assert stamp(NOON + timedelta(microseconds=999_999)) == "2026-05-01T12:00:00Z"
    moments = [NOON + timedelta(hours=hours) for hours in (-20_000, -1, 0, 1, 12, 300, 9000)]
    assert sorted(map(stamp, moments)) == [stamp(moment) for moment in moments]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01T12:00:00Z", NOON),
        ("2026-05-01T14:00:00+02:00", NOON),
        ("2026-05-01T12:00:00", NOON),
        ("2026-05-01T12:00:00.000000Z", NOON),
        ("", None),
        ("yesterday", None),
        ("2026-02-30T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
    ],
)
def test_parse(text: str, moment: datetime | None) -> None:
    """A moment in any zone; nothing for a text that names none, or one that means "unknown"."""
    assert parse(text) == moment


def test_how_long_ago() -> None:
    """Never is infinitely long ago: what was never fetched is never fresh. A clock that went back is no error."""
    assert seconds_between("", NOON) == float("inf")
    assert seconds_between(stamp(NOON), NOON) == 0
    assert seconds_between("2026-05-01T11:59:00Z", NOON) == 60
    assert seconds_between("2026-05-01T12:01:00Z", NOON) == -60


def test_fresh() -> None:
    """Old enough to be doubted is old; ahead of the clock by more than clocks differ tells no age, which is no young one."""
    assert fresh("2026-05-01T11:59:00Z", NOON, 60.0)
    assert not fresh("2026-05-01T11:58:59Z", NOON, 60.0)
    assert fresh("2026-05-01T12:09:00Z", NOON, 60.0)
    assert not fresh("2026-05-01T12:11:00Z", NOON, 60.0)
    assert not fresh("", NOON, 1e12)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("24h", 86400), ("30d", 2_592_000), ("2w", 1_209_600), ("0s", 0)]
)
def test_durations(text: str, seconds: float) -> None:
    """A number and a unit."""
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "h", "-1h", "1.5h", "1 h", " 1h", "1h\n", "1D", "1y", "1h30m", "٣d", 5, None, True]
)
def test_no_durations(text: object) -> None:
    """Anything else is refused in a sentence that says how one is written."""
    with pytest.raises(ValueError, match="write a number and s, m, h, d or w"):
        duration(text)
