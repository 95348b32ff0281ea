"""By when something is due: each promise of a policy for one finding, with its arithmetic as a sentence.

Whatever is unknown (the severity, when it was triaged) makes a deadline unknown; no date is ever guessed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from advisord.model.advisory import Severity
from advisord.scope.calendar import Calendar
from advisord.scope.compiled import Clause, Deadlines, Term

CADENCE = ("updated", "triaged", "acknowledged", "first seen")
"""A status update is due so long after the last news, whatever that was."""


class Deadline(NamedTuple):
    """One promise for one finding.

    `due` is the moment at which it is broken (for days: when that day is over in the policy's time zone), None when there
    is a `milestone` instead or when something is `unknown`. `text` is the arithmetic. `binding`: a commitment, else a
    target.
    """

    kind: str
    due: datetime | None
    text: str
    milestone: str = ""
    unknown: tuple[str, ...] = ()
    binding: bool = False


class _Sum(NamedTuple):
    due: datetime | None
    text: str
    unknown: str = ""


def deadlines(
    policy: Deadlines, severity: Severity, events: Mapping[str, datetime], calendar: Calendar
) -> tuple[Deadline, ...]:
    """Every deadline of a finding of this severity. `events` maps names of `spans.EVENTS` to aware moments, as far as known."""
    found = []
    for kind in dict.fromkeys(clause.kind for clause in policy.clauses):
        clauses = [clause for clause in policy.clauses if clause.kind == kind]
        clause = _for(clauses, severity)
        if clause is not None:
            found.append(_deadline(clause, events, calendar, binding=policy.binding))
        elif severity is Severity.UNKNOWN:
            text = f"{kind}: depends on the severity, which is unknown"
            found.append(Deadline(kind, None, text, unknown=("severity",), binding=policy.binding))
    return tuple(found)


def _for(clauses: list[Clause], severity: Severity) -> Clause | None:
    """The clause that names the severity, else the one for all."""
    named = next((clause for clause in clauses if severity.value in clause.severities), None)
    return named or next((clause for clause in clauses if not clause.severities), None)


def _deadline(clause: Clause, events: Mapping[str, datetime], calendar: Calendar, *, binding: bool) -> Deadline:
    milestone = next((term.milestone for term in clause.terms if term.milestone), "")
    sums = [_sum(clause.kind, term, events, calendar) for term in clause.terms if not term.milestone]
    known = [one for one in sums if one.due is not None]
    sooner = min(known, key=lambda one: one.due or datetime.max.replace(tzinfo=UTC), default=None)
    parts = [one.text for one in sums] + ([f"with the {milestone}"] if milestone else [])
    text = f"{clause.kind}: {'; or '.join(parts)}"
    if len(parts) > 1:
        text += " (whichever is sooner)"
    unknown = tuple(one.unknown for one in sums if one.unknown)
    return Deadline(clause.kind, sooner.due if sooner else None, text, milestone, unknown, binding)


def _sum(kind: str, term: Term, events: Mapping[str, datetime], calendar: Calendar) -> _Sum:
    start = _start(kind, term, events)
    if start not in events:
        return _Sum(None, f"{_counted(term)} from {term.start}, which is not known yet", term.start)
    moment = calendar.local(events[start])
    if term.unit == "hours":
        # Hours are hours: added in UTC, so that a change of the clock does not shorten or lengthen them.
        due = calendar.local(datetime.fromtimestamp(moment.timestamp() + term.amount * 3600, UTC))
        return _Sum(due, f"{start} {_moment(moment)} + {_counted(term)} = {_moment(due)}")
    day = calendar.after(moment.date(), term.amount, term.unit)
    where = f" ({calendar.name})" if term.unit == "business days" else ""
    return _Sum(calendar.end_of(day), f"{start} {moment.date()} + {_counted(term)}{where} = {day}")


def _start(kind: str, term: Term, events: Mapping[str, datetime]) -> str:
    if kind != "update" or term.start != "updated":
        return term.start
    known = [name for name in CADENCE if name in events]
    return max(known, key=lambda name: events[name], default=term.start)


def _counted(term: Term) -> str:
    return f"{term.amount} {term.unit[:-1] if term.amount == 1 else term.unit}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"
