"""Accepted risks: which finding each covers, what ends it, and which cover nothing any more."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import NamedTuple

from advisord.model.decision import ACCEPTED, ENDED, Accepted, Decision
from advisord.model.finding import Finding
from advisord.scope.compiled import Acceptance, Until
from advisord.scope.facts import VIA, Case, covers
from advisord.scope.globs import name_glob
from advisord.scope.rules import LEVELS


class Ended(NamedTuple):
    """A trigger that fired: its name (`date`, `package`, `fix`, `severity`, `exploited`, `path`), and what happened."""

    trigger: str
    sentence: str


class Listed(NamedTuple):
    """One acceptance as `advisord acceptances` shows it.

    `state` is `active`, `ended` (a trigger fired), `partly` (ended for some findings), `unneeded` (the rules call what it
    covers out of scope anyway) or `stale` (it matches nothing). `ended` are the sentences of the triggers that fired.
    """

    acceptance: Acceptance
    state: str
    findings: tuple[Finding, ...] = ()
    ended: tuple[str, ...] = ()


def concerns(acceptance: Acceptance, finding: Finding) -> bool:
    """Whether it is about this finding, in some component."""
    if acceptance.advisory and not any(name_glob(acceptance.advisory)(one) for one in finding.ids):
        return False
    if acceptance.package and not name_glob(acceptance.package)(finding.package):
        return False
    if acceptance.ecosystem and acceptance.ecosystem.lower() != finding.ecosystem.lower():
        return False
    return bool(acceptance.advisory or acceptance.package)


def covers_case(acceptance: Acceptance, case: Case) -> bool:
    """Whether it covers this way in: one limited to a component needs to know that the way in is in it."""
    if not acceptance.component:
        return True
    where = VIA["component"](case)
    paths = tuple(
        path
        for component in case.policy.components
        if component.name == acceptance.component
        for path in component.paths
    )
    return where is not None and covers(paths, where) is True


def ended(acceptance: Acceptance, case: Case) -> tuple[tuple[Ended, ...], tuple[str, ...]]:
    """(the triggers that fired, the facts that a trigger needed and nobody knows).

    A trigger fires on evidence: what is unknown is named, and the risk stays accepted and visible.
    """
    fired: list[Ended] = []
    unknown: list[str] = []
    until = acceptance.until
    if until.date and case.now.astimezone(UTC).date().isoformat() > until.date:
        fired.append(Ended("date", f"it held until {until.date}"))
    for name, version in until.packages:
        locked = _locked(case, name)
        if locked is None:
            unknown.append(f"locked version of {name}")
        elif not locked:
            fired.append(Ended("package", f"{name} is not locked any more (it was {version})"))
        elif not all(name_glob(version)(one) for one in locked):
            fired.append(Ended("package", f"{name} is locked at {', '.join(locked)}, accepted with {version}"))
    if until.fix and case.place is not None and case.place.fixed:
        fired.append(Ended("fix", f"a fix exists: {case.place.fixed[0]}"))
    if until.severity_above:
        severity = case.finding.rating.severity
        if severity not in LEVELS:
            unknown.append("severity")
        elif LEVELS.index(severity) > LEVELS.index(_level(until.severity_above)):
            fired.append(Ended("severity", f"its severity is {severity}, accepted at {until.severity_above}"))
    if until.exploited:
        if case.finding.known_exploited is None:
            unknown.append("exploited")
        elif case.finding.known_exploited:
            fired.append(Ended("exploited", "it is known to be exploited"))
    if until.paths:
        if case.via is None:
            unknown.append("path")
        elif not any(_leads(known, (case.via.component, case.via.name, *case.via.path)) for known in until.paths):
            way = " > ".join((case.via.component or case.via.name, *case.via.path))
            fired.append(Ended("path", f"a new path leads to it: {way}"))
    return tuple(fired), tuple(unknown)


def listing(
    acceptances: Iterable[Acceptance], findings: Sequence[Finding], decisions: Sequence[Decision]
) -> tuple[Listed, ...]:
    """Each acceptance with its state, in their order. `decisions` are those of `findings`, in their order.

    Whether one holds is read from the facts that the decisions recorded: the list can't disagree with the issues.
    """
    return tuple(_listed(acceptance, findings, decisions) for acceptance in acceptances)


def until_sentence(until: Until) -> str:
    """What ends an acceptance, whichever comes first."""
    ends = [until.date] if until.date else []
    ends += [f"{name} is locked at another version than {version}" for name, version in until.packages]
    ends += ["a fix appears"] if until.fix else []
    ends += [f"its severity is above {until.severity_above}"] if until.severity_above else []
    ends += ["it is known to be exploited"] if until.exploited else []
    ends += ["a new path leads to it"] if until.paths else []
    return f"until {', or '.join(ends)}" if ends else "without an end"


def accepted_by(acceptance: Acceptance) -> Accepted:
    """The acceptance as a decision names it."""
    until = acceptance.until
    return Accepted(
        acceptance.name, acceptance.origin, acceptance.who, acceptance.since, until_sentence(until), until.date
    )


def key(acceptance: Acceptance) -> str:
    """One acceptance in a fact's text: what is accepted and where that is written."""
    return f"{acceptance.name} ({acceptance.origin})"


def _listed(acceptance: Acceptance, findings: Sequence[Finding], decisions: Sequence[Decision]) -> Listed:
    both = [pair for pair in zip(findings, decisions, strict=True) if concerns(acceptance, pair[0])]
    said = key(acceptance) + ": "
    facts = [fact for _finding, decision in both for fact in decision.facts if (fact.value or "").startswith(said)]
    over = tuple(dict.fromkeys((fact.value or "")[len(said) :] for fact in facts if fact.name == ENDED))
    holds = any(fact.name == ACCEPTED for fact in facts)
    state = (
        "stale" if not both else "partly" if holds and over else "active" if holds else "ended" if over else "unneeded"
    )
    return Listed(acceptance, state, tuple(finding for finding, _decision in both), over)


def _locked(case: Case, name: str) -> tuple[str, ...] | None:
    """The versions of a package in the place's lockfile; empty when it is not there; None when nobody knows."""
    if case.place is None:
        return None
    lockfile = case.context.locked.get((case.place.ref, case.place.lockfile))
    if lockfile is not None:
        return lockfile.get(name, ())
    return (case.place.version,) if name == case.finding.package else None


def _level(text: str) -> object:
    return next(level for level in LEVELS if level.value == text)


def _leads(known: str, way: Sequence[str]) -> bool:
    """Whether the names of a known path stand in the way in, in that order."""
    steps = iter(way)
    return all(any(name_glob(part.strip())(step) for step in steps) for part in known.split(">"))
