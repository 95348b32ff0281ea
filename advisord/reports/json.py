"""The report as JSON, schema `advisord.scan/1`: the contract with programs."""

import json
from typing import Any

from advisord.model.finding import Via, start
from advisord.model.report import Judged, Report, Update
from advisord.reports.entries import problem, witness

SCHEMA = "advisord.scan/1"


def render(report: Report) -> str:
    """One JSON document; one entry per lockfile, package, version and vulnerability."""
    document = {
        "schema": SCHEMA,
        "findings": [finding(judged) for judged in report.findings],
        "problems": [problem(item) for item in report.problems],
        "data": {
            name: {"as_of": data.as_of, "source": data.source, "records": data.records, "newest": data.newest}
            for name, data in report.data.items()
        },
        "packages": report.packages,
        "base": report.base or None,
        "resolved": [finding(judged) for judged in report.resolved],
        "remediation": [_update(update) for update in report.updates],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


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


def _update(update: Update) -> dict[str, Any]:
    return {
        "lockfile": update.lockfile,
        "ecosystem": update.ecosystem,
        "package": update.package,
        "version": update.version,
        "to": update.to or None,
        "step": update.step or None,
        "fixes": list(update.removes),
        "unfixed": list(update.leaves),
        "allowed": update.allowed,
        "hindered_by": [{"name": who, "requirement": requirement} for who, requirement in update.hindered],
    }


def _via(via: Via) -> dict[str, str]:
    return {"component": via.component, "name": via.name, "reach": via.reach}
