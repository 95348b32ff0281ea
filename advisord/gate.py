"""What makes a scan fail: one function, so that the exit status and every report say the same."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from advisord.model.advisory import Kind, Severity
from advisord.model.decision import ENDED, Scope
from advisord.model.finding import Verdict
from advisord.model.report import Judged
from advisord.model.update import Update

_LEVELS = tuple(Severity)
_NEVER_RATED = frozenset({Kind.UNMAINTAINED, Kind.NOTICE})


class Gate(NamedTuple):
    """The options of one run.

    `threshold` is the lowest severity that fails; `introduced` lets only such findings fail, `fixable` only those for which
    it says yes; `undecided` lets what can't be decided fail too; `expired` lets a finding fail whose acceptance has ended, whatever else is asked.
    """

    threshold: Severity | None = None
    fixable: Callable[[Judged], bool] | None = None
    introduced: bool = False
    undecided: bool = False
    expired: bool = False


def fails(judged: Judged, gate: Gate) -> bool:
    """Whether a finding fails the scan: in scope, affected, and nothing that the gate asks speaks against it.

    An unknown severity is not known to be low, so it counts, except for kinds that nobody rates.
    """
    finding, decision = judged.finding, judged.decision
    if gate.expired and decision.scope in {Scope.IN, Scope.REGULAR} and any(f.name == ENDED for f in decision.facts):
        return True
    if decision.scope is not Scope.IN:
        return False
    if finding.verdict is Verdict.UNDECIDED and not gate.undecided:
        return False
    if gate.fixable and not gate.fixable(judged):
        return False
    if gate.introduced and judged.introduced is False:
        return False
    return gate.threshold is None or _reaches(judged, gate.threshold)


def fixable(updates: Iterable[Update]) -> Callable[[Judged], bool]:
    """Whether one of the updates removes a finding; of what is not decided yet, whether a record names a fix."""
    removed = {
        (lockfile, *update[:3], name) for update in updates for lockfile in update.lockfiles for name in update.removes
    }

    def known(judged: Judged) -> bool:
        finding, place = judged.finding, judged.finding.places[0]
        if place.verdict is Verdict.UNDECIDED:
            return bool(place.fixed)
        return (place.lockfile, finding.ecosystem, finding.package, place.version, finding.id) in removed

    return known


def _reaches(judged: Judged, threshold: Severity) -> bool:
    severity = judged.finding.rating.severity
    if severity is Severity.UNKNOWN:
        return judged.finding.kind not in _NEVER_RATED
    return _LEVELS.index(severity) >= _LEVELS.index(threshold)
