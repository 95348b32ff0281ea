"""Times and durations as texts: RFC 3339 in UTC, so that their order as texts is their order in time."""

from datetime import UTC, datetime

FORMAT = "%Y-%m-%dT%H:%M:%SZ"
CLOCKS = 600.0
"""Seconds by which the clocks of two machines may differ."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def stamp(moment: datetime) -> str:
    """The moment as text, whole seconds."""
    return moment.astimezone(UTC).strftime(FORMAT)


def parse(text: str) -> datetime | None:
    """The moment that an RFC 3339 text names; None for one that names none (feeds write year 1 for "unknown")."""
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the last day of year 9999, in another zone, is none in UTC
        return None
    return moment if moment.year > 1970 else None


def seconds_between(text: str, now: datetime) -> float:
    """How long ago a moment written by `stamp` is; infinite when it never was."""
    if not text:
        return float("inf")
    return (now - datetime.fromisoformat(text)).total_seconds()


def fresh(text: str, now: datetime, oldest: float) -> bool:
    """Whether a moment written by `stamp` is at most `oldest` seconds ago. One ahead of the clock tells no age: it is not."""
    return -CLOCKS <= seconds_between(text, now) <= oldest


def duration(text: object) -> float:
    """Seconds of a duration such as `90s`, `15m`, `24h`, `30d`, `2w`. Raises ValueError."""
    number, unit = str(text)[:-1], _UNITS.get(str(text)[-1:])
    if unit is None or len(number) > 9 or not (number.isascii() and number.isdecimal()):
        raise ValueError(f"{text!r} is no duration: write a number and s, m, h, d or w, such as 24h")
    return float(int(number) * unit)
