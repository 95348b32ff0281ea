"""By when something is due: the policy's deadlines for each finding, as a tracker shows them."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from advisord.model.decision import Scope
from advisord.model.finding import Finding
from advisord.model.report import Judged
from advisord.scope.calendar import calendar_of
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.deadlines import Deadline as Promise
from advisord.scope.deadlines import deadlines
from advisord.times import parse, stamp
from advisord.tracking.inputs import Deadline, Subject
from advisord.tracking.pairing import subject

_MEANWHILE = "the time while the risk was accepted counts too"

_calendar = lru_cache(maxsize=8)(calendar_of)


def due(policy: CompiledPolicy, judged: Iterable[Judged]) -> dict[Subject, tuple[Deadline, ...]]:
    """The deadlines of every finding, as issues show them."""
    return {
        subject(one.finding): tuple(
            Deadline(
                promise.kind if promise.binding else f"{promise.kind} (target)",
                promise.text.removeprefix(f"{promise.kind}: "),  # whoever shows it shows the label before it
                stamp(promise.due) if promise.due else "",
            )
            for promise in promises(policy, one)
        )
        for one in judged
    }


def promises(policy: CompiledPolicy, judged: Judged) -> tuple[Promise, ...]:
    """What the policy promises for a finding that is tracked; nothing for one that is out of scope or accepted.

    What depends on something unknown comes with its reason, without a date. An acceptance stops no deadline: once it ended,
    the sum says so.
    """
    finding, decision = judged.finding, judged.decision
    if decision.scope not in {Scope.IN, Scope.REGULAR}:
        return ()
    calendar = _calendar(policy.deadlines.timezone, policy.deadlines.holidays)
    found = deadlines(policy.deadlines, finding.rating.severity, events(finding), calendar)
    if not decision.lapsed:
        return found
    return tuple([one._replace(text=f"{one.text}; {_MEANWHILE}") if one.due else one for one in found])


def events(finding: Finding) -> dict[str, datetime]:
    """What is known of the moments that a deadline may count from."""
    moments = {"first seen": finding.first_seen, "published": finding.published}
    return {name: moment for name, text in moments.items() if (moment := parse(text))}
