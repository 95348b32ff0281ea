"""What the policy's routes say: which tracker a finding is kept in, and findings that share one issue. Pure.

The findings of a package that share an issue are put together into one finding: all that holds for one holds for it.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from advisord.errors import InvalidVersion
from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding, Place, Verdict
from advisord.tracking.inputs import Deadline, Group, Settings, Subject
from advisord.tracking.pairing import subject
from advisord.versions import compare

Decided = tuple[Finding, Decision]
_SEVERITIES = tuple(Severity)
_KINDS = (Kind.MALWARE, Kind.VULNERABILITY, Kind.UNSOUND, Kind.UNMAINTAINED, Kind.NOTICE)


def home(settings: Settings, decision: Decision, tracker: str) -> str:
    """The tracker of a decision's route; `tracker` where there is only one."""
    return settings.route(decision).tracker or settings.tracker or tracker


def grouped(
    decided: Sequence[Decided], deadlines: Mapping[Subject, Sequence[Deadline]], settings: Settings, tracker: str
) -> tuple[list[Decided], Mapping[Subject, Sequence[Deadline]]]:
    """The findings, those of one package put together where the route says so, and their deadlines."""
    alone: list[Decided] = []
    together: dict[tuple[str, str], list[Decided]] = {}
    for finding, decision in decided:
        wanted = decision.scope in {Scope.IN, Scope.REGULAR} and home(settings, decision, tracker) == tracker
        if wanted and settings.route(decision).group is Group.PACKAGE:
            together.setdefault((finding.ecosystem, finding.package), []).append((finding, decision))
        else:
            alone.append((finding, decision))
    due = dict(deadlines)
    for members in together.values():
        whole, decision = _together(members)
        alone.append((whole, decision))
        due[subject(whole)] = _soonest([one for finding, _ in members for one in deadlines.get(subject(finding), ())])
    return alone, due


def _together(members: Sequence[Decided]) -> Decided:
    """One finding for all: the worst of each, everywhere, with every witness."""
    ordered = sorted(members, key=lambda one: (-_SEVERITIES.index(one[0].rating.severity), one[0].id))
    worst, decision = ordered[0]
    if len(ordered) == 1:
        return worst, decision
    findings = [finding for finding, _ in ordered]
    whole = worst._replace(
        ids=_unique(identifier for finding in findings for identifier in finding.ids),
        kind=min((finding.kind for finding in findings), key=_KINDS.index),
        summary=f"{len(findings)} advisories; the worst: {worst.summary or worst.id}",
        witnesses=_unique(witness for finding in findings for witness in finding.witnesses),
        places=_places(findings),
        elsewhere=_unique(identifier for finding in findings for identifier in finding.elsewhere),
        published=min((finding.published for finding in findings if finding.published), default=""),
        first_seen=min(finding.first_seen for finding in findings),
        epss=max((finding.epss for finding in findings if finding.epss is not None), default=None),
        known_exploited=_any([finding.known_exploited for finding in findings]),
        alternatives=_unique(one for finding in findings for one in finding.alternatives),
    )
    strongest = next((one for _, one in ordered if one.scope is Scope.IN), decision)
    return whole, strongest


def _places(findings: Sequence[Finding]) -> tuple[Place, ...]:
    places: dict[tuple[str, str, str], list[Place]] = {}
    for finding in findings:
        for place in finding.places:
            places.setdefault((place.ref, place.lockfile, place.version), []).append(place)
    return tuple(_one(findings[0].ecosystem, same) for same in places.values())


def _one(ecosystem: str, same: Sequence[Place]) -> Place:
    """One place of several findings: what is to be done is the largest of their updates."""
    if len(same) == 1:
        return same[0]
    highest = reduce(lambda one, other: _higher(ecosystem, one, other), same)
    affected = any(place.verdict is Verdict.AFFECTED for place in same)
    return same[0]._replace(
        fixed=highest.fixed,
        update=highest.update,
        verdict=Verdict.AFFECTED if affected else same[0].verdict,
        reason="" if affected else "; ".join(_unique(place.reason for place in same if place.reason)),
    )


def _higher(ecosystem: str, one: Place, other: Place) -> Place:
    if not (one.to and other.to):
        return one if one.to else other
    try:
        return one if compare(ecosystem, one.to, other.to) >= 0 else other
    except InvalidVersion:
        return one


def _soonest(deadlines: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """The first of each kind; one without a moment counts where there is no other."""
    found: dict[str, Deadline] = {}
    for deadline in deadlines:
        known = found.get(deadline.label)
        if known is None or (deadline.at and (not known.at or deadline.at < known.at)):
            found[deadline.label] = deadline
    return tuple(found.values())


def _any(values: Sequence[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False


def _unique(items: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(items))
