"""Moments as feeds write them."""

import re
from datetime import UTC, datetime

_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")


def moment(value: object) -> str:
    """A moment as RFC 3339 text in UTC, as it was written where it is such; "" for none.

    A date of year 1 is the zero value of the program that wrote it, not a date.
    """
    if not isinstance(value, str):
        return ""
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.year == 1:
            return ""
        if _PLAIN.fullmatch(value):
            return value
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return aware.isoformat().replace("+00:00", "Z")


def same(a: str, b: str) -> bool:
    """Whether two RFC 3339 texts in UTC are one moment; they may differ in zeros at the end of the fraction."""
    return a == b or _bare(a) == _bare(b)


def _bare(text: str) -> str:
    head, dot, fraction = text.removesuffix("Z").partition(".")
    return f"{head}.{fraction.rstrip('0')}".rstrip(".") if dot else head
