"""What makes a scan fail: one function, so that the exit status and every report say the same."""

from typing import NamedTuple

from advisord.model.advisory import Kind, Severity
from advisord.model.decision import ENDED, Scope
from advisord.model.finding import Verdict
from advisord.model.report import Judged

_LEVELS = tuple(Severity)
_NEVER_RATED = frozenset({Kind.UNMAINTAINED, Kind.NOTICE})


class Gate(NamedTuple):
    """The options of one run.

    `threshold` is the lowest severity that fails; `fixable` and `introduced` let only such findings fail; `undecided`
    lets what can't be decided fail too; `expired` lets a finding fail whose acceptance has ended, whatever else is asked.
    """

    threshold: Severity | None = None
    fixable: bool = False
    introduced: bool = False
    undecided: bool = False
    expired: bool = False


def fails(judged: Judged, gate: Gate) -> bool:
    """Whether a finding fails the scan: in scope, affected, and nothing that the gate asks speaks against it.

    An unknown severity is not known to be low, so it counts, except for kinds that nobody rates.
    """
    finding, decision = judged.finding, judged.decision
    if decision.scope is not Scope.IN:
        return False
    if gate.expired and any(fact.name == ENDED for fact in decision.facts):
        return True
    if finding.verdict is Verdict.UNDECIDED and not gate.undecided:
        return False
    if gate.fixable and not any(place.fixed for place in finding.places):
        return False
    if gate.introduced and judged.introduced is False:
        return False
    return gate.threshold is None or _reaches(judged, gate.threshold)


def _reaches(judged: Judged, threshold: Severity) -> bool:
    severity = judged.finding.rating.severity
    if severity is Severity.UNKNOWN:
        return judged.finding.kind not in _NEVER_RATED
    return _LEVELS.index(severity) >= _LEVELS.index(threshold)
