"""One finding with everything that was looked at: for a person who asks why, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict, Witness, start
from advisord.model.report import Judged
from advisord.reports import wording
from advisord.reports.entries import update, witness
from advisord.reports.plain import printable
from advisord.scope.deadlines import Deadline

_SCOPES = {
    Scope.IN: "in scope",
    Scope.REGULAR: "a regular matter",
    Scope.ACCEPTED: "accepted",
    Scope.OUT: "out of scope",
}


def as_text(judged: Judged, deadlines: Sequence[Deadline]) -> str:
    """For a person: what, where, by which rule, on which facts, by when, and who says so."""
    return "\n".join(_lines(judged, deadlines))


def _lines(judged: Judged, deadlines: Sequence[Deadline]) -> Iterator[str]:
    finding, decision = judged.finding, judged.decision
    repository = f"{printable(finding.repository)}: " if finding.repository else ""
    yield f"{repository}{printable(finding.id)} in {printable(finding.package)} ({finding.ecosystem})"
    if finding.summary:
        yield f"  {printable(finding.summary)}"
    also = [printable(name) for name in finding.ids[1:]]
    if also:
        yield f"  also known as {', '.join(also)}"
    if finding.elsewhere:
        yield f"  same vulnerability, other packages or versions: {', '.join(map(printable, finding.elsewhere))}"
    yield ""
    yield f"Decision: {_SCOPES[decision.scope]}, by {printable(decision.by)}"
    yield f"  {printable(decision.reason)}"
    for fact in decision.facts:
        yield f"  looked at {fact.name}: {'unknown' if fact.value is None else printable(fact.value)}"
    for name in decision.unknown:
        yield f"  unknown: {name}; an earlier rule asks for it, and unknown never makes anything out of scope"
    if deadlines:
        yield ""
        yield "By when"
        for deadline in deadlines:
            yield f"  {printable(deadline.text)}{'' if deadline.binding else ' (a target)'}"
    yield ""
    yield "Where"
    for place in finding.places:
        yield from _place(finding, place)
    yield ""
    yield "Who says so"
    for one in finding.witnesses:
        yield f"  {_witness(one)}"
    yield from _disagreement(finding.witnesses)


def _place(finding: Finding, place: Place) -> Iterator[str]:
    at = f" at {printable(place.ref)}" if place.ref else ""
    commit = f" ({place.commit[:12]})" if place.commit else ""
    line = f":{place.line}" if place.line else ""
    yield f"  {printable(place.lockfile)}{line}{at}{commit}: version {printable(place.version)}, {place.verdict.value}"
    if place.reason:
        yield f"    {printable(place.reason)}"
    fixed = ", ".join(map(printable, place.fixed))
    yield f"    fixed in {fixed}" if fixed else "    no fixed version is known"
    if place.update:
        yield f"    what to do: {'; '.join(wording.what_to_do(finding, place))}"
    if place.via is None:
        yield "    the lockfile and its manifests do not tell which component pulls it in"
    for via in place.via or ():
        yield f"    {via.reach.value}: {' > '.join(printable(step) for step in (start(via), *via.path))}"


def _witness(witness: Witness) -> str:
    score = "" if witness.rating.score is None else f" {witness.rating.score:.1f}"
    fixed = f", fixed in {', '.join(map(printable, witness.fixed))}" if witness.fixed else ""
    taken_back = f" on {printable(witness.withdrawn)}" if witness.withdrawn else ""
    reason = f": {printable(witness.reason)}" if witness.reason else ""
    rated = f"{witness.rating.severity.value}{score}"
    return (
        f"{witness.feed} {printable(witness.id)}: {witness.verdict.value}{taken_back}{reason}"
        f" ({witness.kind.value}, severity {rated}{fixed})"
    )


def _disagreement(witnesses: tuple[Witness, ...]) -> Iterator[str]:
    """What the records do not say alike; nothing of it is averaged away."""
    live = [witness for witness in witnesses if witness.verdict in {Verdict.AFFECTED, Verdict.UNDECIDED}]
    if len({witness.verdict for witness in witnesses}) > 1:
        yield "  they disagree on whether this version is affected: one live record that says so is enough"
    if len({witness.fixed[:1] for witness in live}) > 1:
        yield "  they disagree on the version that fixes it"
    if len({witness.rating.severity for witness in live}) > 1:
        yield "  they disagree on the severity: the worst counts"


def as_json(judged: Judged, deadlines: Sequence[Deadline]) -> dict[str, Any]:
    """The same for a program."""
    finding, decision = judged.finding, judged.decision
    return {
        "repository": finding.repository or None,
        "ecosystem": finding.ecosystem,
        "package": finding.package,
        "id": finding.id,
        "ids": list(finding.ids),
        "elsewhere": list(finding.elsewhere),
        "kind": finding.kind,
        "severity": finding.rating.severity,
        "score": finding.rating.score,
        "summary": finding.summary,
        "published": finding.published or None,
        "first_seen": finding.first_seen or None,
        "decision": {
            "scope": decision.scope,
            "rule": decision.rule,
            "reason": decision.reason,
            "acceptance": decision.acceptance._asdict() if decision.acceptance else None,
            "facts": [{"name": fact.name, "value": fact.value} for fact in decision.facts],
            "unknown": list(decision.unknown),
        },
        "deadlines": [
            {
                "kind": deadline.kind,
                "due": deadline.due.isoformat() if deadline.due else None,
                "milestone": deadline.milestone or None,
                "unknown": list(deadline.unknown),
                "binding": deadline.binding,
                "text": deadline.text,
            }
            for deadline in deadlines
        ],
        "places": [
            {
                "ref": place.ref or None,
                "commit": place.commit or None,
                "lockfile": place.lockfile,
                "line": place.line or None,
                "version": place.version,
                "verdict": place.verdict,
                "undecided": place.reason or None,
                "fixed": list(place.fixed),
                "what_to_do": wording.what_to_do(finding, place),
                "update": update(place.update) if place.update else None,
                "paths": [
                    {"component": via.component, "reach": via.reach, "path": [start(via), *via.path]}
                    for via in place.via or ()
                ],
            }
            for place in finding.places
        ],
        "witnesses": [witness(item) for item in finding.witnesses],
    }
