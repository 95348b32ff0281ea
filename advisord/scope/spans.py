"""A deadline's text as a value: `3 business days`, `30 days from triaged`, `next minor release`."""

import re

from advisord.scope.compiled import Line, Term

EVENTS = ("first seen", "published", "acknowledged", "triaged", "updated", "fixed")
"""What a deadline may count from."""

STARTS = {
    "acknowledge": "first seen",
    "triage": "first seen",
    "fix": "first seen",
    "update": "updated",
    "disclosure": "first seen",
}
"""The kinds of deadline, and what each counts from when it does not say."""

_EVENT_WORDS = {
    "reported": "first seen",
    "received": "first seen",
    "report": "first seen",
    "first seen": "first seen",
    "publication": "published",
    "acknowledgement": "acknowledged",
    "triage": "triaged",
    "update": "updated",
    "fix": "fixed",
    "released": "fixed",
} | {event: event for event in EVENTS}

_SPAN = re.compile(
    r"(?P<amount>\d{1,4})\s*(?P<business>(?:business|working)\s+)?(?P<unit>hour|day|week|month)s?"
    r"(?:\s+(?:from|after|of|since)\s+(?:the\s+)?(?P<event>[a-z ]+))?"
)
_RELEASE = re.compile(r"next\s+(?:(?P<part>major|minor|patch)\s+)?release")
_LINE_UNTIL = re.compile(r"(?P<what>\S+)(?:\s+until\s+(?P<until>.+))?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_AFTER_NEXT = re.compile(r"next-(?:minor|major|patch|release)(?:\s*\+\s*\d{1,4}\s+days?)?")

FORMS = "such as 48 hours, 3 business days, 30 days from triaged, next minor release"


def term(text: str, kind: str) -> Term:
    """The value of a deadline's text; ValueError says what it should be."""
    plain = " ".join(text.lower().split())
    release = _RELEASE.fullmatch(plain)
    if release:
        return Term(plain, milestone=plain)
    span = _SPAN.fullmatch(plain)
    if not span:
        raise ValueError(f"must be a time {FORMS}")
    unit = span["unit"] + "s"
    if span["business"]:
        if unit != "days":
            raise ValueError("business time counts in days: 3 business days")
        unit = "business days"
    event = (span["event"] or STARTS[kind]).strip()
    if event not in _EVENT_WORDS:
        raise ValueError(f"can count from {', '.join(EVENTS)}, not from {event}")
    return Term(plain, int(span["amount"]), unit, _EVENT_WORDS[event])


def line(text: str) -> Line:
    """A supported line: `latest-minor`, `1.*`, `3.5 until 2023-12-31`, `previous-minor until next-minor + 30 days`."""
    match = _LINE_UNTIL.fullmatch(" ".join(text.split()))
    if not match:
        raise ValueError("must be a line, maybe with its end: previous-minor until next-minor + 30 days")
    until = match["until"] or ""
    if until and not _DATE.fullmatch(until) and not _AFTER_NEXT.fullmatch(until):
        raise ValueError("ends at a date (2026-08-01) or after a release (next-minor + 30 days)")
    return Line(match["what"], until)
