"""The report as an OpenVEX 0.2.0 document: one statement per advisory, status and action.

A policy that puts a finding out of scope does not make the package unaffected: the status stays `affected`, and the
action statement says that nothing is done, and why. What can't be decided is `under_investigation`.
"""

import json
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from advisord import __version__, defuse
from advisord.model.decision import Scope
from advisord.model.finding import Verdict
from advisord.model.report import Judged, Report
from advisord.reports import wording
from advisord.reports.plain import printable
from advisord.versions import purl

_NEVER = "1970-01-01T00:00:00Z"


def render(report: Report) -> str:
    """One JSON document; the same report gives the same `@id`."""
    advise = wording.adviser(report)
    statements: dict[str, dict[str, Any]] = {}
    for judged in report.findings:
        statement = _statement(judged, advise)
        statement = statements.setdefault(json.dumps(statement, sort_keys=True), statement)
        if (product := _product(judged)) not in statement["products"]:
            statement["products"].append(product)
    document: dict[str, Any] = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "author": wording.NAME,
        "role": "scanner",
        "timestamp": report.moment or _NEVER,
        "version": 1,
        "tooling": f"{wording.NAME} {__version__}",
        "statements": list(statements.values()),
    }
    document["@id"] = uuid5(NAMESPACE_URL, json.dumps(document, sort_keys=True)).urn
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _product(judged: Judged) -> dict[str, Any]:
    finding = judged.finding
    version = finding.places[0].version
    found = purl(finding.ecosystem, finding.package, version)
    if not found:  # ecosystems without a type of their own
        found = f"pkg:generic/{quote(finding.package, safe='')}@{quote(version, safe='')}"
    return {"@id": found, "identifiers": {"purl": found}}


def _statement(judged: Judged, advise: wording.Advise) -> dict[str, Any]:
    finding, decision = judged.finding, judged.decision
    affected = finding.verdict is Verdict.AFFECTED
    statement: dict[str, Any] = {
        "vulnerability": {
            "@id": defuse.address(finding.id),
            "name": printable(finding.id),
            **({"description": printable(finding.summary)} if finding.summary else {}),
            "aliases": [printable(name) for name in finding.ids[1:]],
        },
        "products": [],
        "status": "affected" if affected else "under_investigation",
        "status_notes": wording.decided(judged),
    }
    if affected:
        untouched = decision.scope in {Scope.OUT, Scope.ACCEPTED}
        statement["action_statement"] = f"Nothing is done: {wording.decided(judged)}" if untouched else advise(finding)
    return statement
