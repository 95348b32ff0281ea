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


def withdrawal(value: object, modified: str) -> str:
    """Since when a record is withdrawn, by what its feed says; "" for one that is not.

    A record that was taken back at a moment that can't be read was taken back when it was `modified`; year 1 is no moment
    at all, see `moment`.
    """
    never = not value or (isinstance(value, str) and value.startswith("0001-"))
    return "" if never else moment(value) or modified


def same(a: str, b: str) -> bool:
    """Whether two RFC 3339 texts in UTC are one moment; they may differ in zeros at the end of the fraction.

    Of two moments that nobody knows ("") nobody knows that they are the same.
    """
    return a != "" and (a == b or _bare(a) == _bare(b))


def _bare(text: str) -> str:
    head, dot, fraction = text.removesuffix("Z").partition(".")
    return f"{head}.{fraction.rstrip('0')}".rstrip(".") if dot else head
