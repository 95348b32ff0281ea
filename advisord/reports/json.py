"""The report as JSON, schema `advisord.scan/1`: the contract with programs."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from advisord.model.finding import Via, start
from advisord.model.report import Judged, Report
from advisord.reports.entries import problem, update, witness

SCHEMA = "advisord.scan/1"
_text = json.JSONEncoder(ensure_ascii=False).encode


def render(report: Report) -> str:
    """One JSON document; one entry per lockfile, package, version and vulnerability. Each entry of a list has its line."""
    parts = {
        "schema": _text(SCHEMA),
        "findings": _listed(_findings(report.findings)),
        "problems": _listed(map(_text, map(problem, report.problems))),
        "data": _text(
            {
                name: {"as_of": data.as_of, "source": data.source, "records": data.records, "newest": data.newest}
                for name, data in report.data.items()
            }
        ),
        "packages": _text(report.packages),
        "base": _text(report.base or None),
        "resolved": _listed(_findings(report.resolved)),
        "updates": _listed(map(_text, map(update, report.updates))),
    }
    return "{\n" + ",\n".join(f'"{name}": {text}' for name, text in parts.items()) + "\n}\n"


def _listed(texts: Iterable[str]) -> str:
    # The encoder's own indentation takes seven times as long.
    lines = ",\n".join(texts)
    return f"[\n{lines}\n]" if lines else "[]"


def _findings(findings: Iterable[Judged]) -> Iterator[str]:
    """The text of each. In lockfiles that are alike all but the lockfile is the same, value by value, and written once."""
    known: dict[tuple[object, ...], str] = {}
    for judged in findings:
        found, decision, *marks = judged
        place = found.places[0]
        decided = (*decision[:3], decision.ended, *decision[4:])
        same = (*map(id, found[:9]), *map(id, found[10:]), *map(id, place[2:]), *decided, *marks)
        head = f'{{"lockfile": {_text(place.lockfile)}'
        text = known.get(same)
        if text is None:
            text = known[same] = _text(finding(judged)).removeprefix(head)
        yield head + text


def finding(judged: Judged) -> dict[str, Any]:
    """One finding; it has exactly one place."""
    finding, decision = judged.finding, judged.decision
    place = finding.places[0]
    return {
        "lockfile": place.lockfile,
        "line": place.line or None,
        "ecosystem": finding.ecosystem,
        "package": finding.package,
        "version": place.version,
        "id": finding.id,
        "ids": list(finding.ids),
        "elsewhere": list(finding.elsewhere),
        "sources": list(finding.sources),
        "kind": finding.kind,
        "verdict": finding.verdict,
        "undecided": place.reason or None,
        "severity": finding.rating.severity,
        "score": finding.rating.score,
        "vector": finding.rating.vector or None,
        "summary": finding.summary,
        "published": finding.published or None,
        "fixed": list(place.fixed),
        "alternatives": list(finding.alternatives),
        "scope": {
            "decision": decision.scope,
            "rule": decision.rule,
            "reason": decision.reason,
            "acceptance": decision.acceptance._asdict() if decision.acceptance else None,
            "acceptances_ended": list(decision.ended),
            "unknown": list(decision.unknown),
        },
        "introduced": judged.introduced,
        "fails": judged.failing,
        "paths": [[start(via), *via.path] for via in place.via or ()],
        "reach": None if place.via is None else [_via(via) for via in place.via],
        "groups": list(place.groups),
        "direct": place.direct,
        "witnesses": [witness(item) for item in finding.witnesses],
    }


def _via(via: Via) -> dict[str, str]:
    return {"component": via.component, "name": via.name, "reach": via.reach}
