"""The report as a CycloneDX 1.6 bill of materials (ECMA-424) with vulnerabilities and what was decided of each (VEX).

An affected version in scope is `exploitable`: that is the schema's word for "may be". What is out of scope by policy is
not thereby unaffected, so it has no state: only the answer that nothing will be done, and why.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from advisord import __version__, defuse
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Verdict
from advisord.model.inventory import Package
from advisord.model.report import Judged, Report
from advisord.reports import wording
from advisord.reports.components import Component, components, dependencies, reference
from advisord.reports.plain import printable

_PROJECT = "project"
_METHODS = (("CVSS:4", "CVSSv4"), ("CVSS:3.1", "CVSSv31"), ("CVSS:3", "CVSSv3"), ("AV:", "CVSSv2"))


def render(report: Report) -> str:
    """One JSON document; the same report gives the same serial number."""
    found = components(report)
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            **({"timestamp": report.moment} if report.moment else {}),
            "tools": {"components": [{"type": "application", "name": wording.NAME, "version": __version__}]},
            "component": {"type": "application", "bom-ref": _PROJECT, "name": _PROJECT},
            "properties": _data(report),
        },
        "components": [_component(component) for component in found.values()],
        "dependencies": [{"ref": ref, "dependsOn": ends} for ref, ends in dependencies(report, _PROJECT).items()],
        "compositions": [{"aggregate": "unknown" if report.trusted else "incomplete", "assemblies": [_PROJECT]}],
        "vulnerabilities": _vulnerabilities(report),
    }
    serial = uuid5(NAMESPACE_URL, json.dumps(document, sort_keys=True))
    document["serialNumber"] = serial.urn
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _data(report: Report) -> list[dict[str, str]]:
    """Where the answer's data come from, and everything that went wrong."""
    said = [("advisord:data", f"{name} as of {data.as_of or 'never'}") for name, data in report.data.items()]
    said += [
        (
            "advisord:error" if item.blocking else "advisord:note",
            f"{printable(item.subject)}: {printable(item.message)}",
        )
        for item in report.problems
    ]
    return [{"name": name, "value": printable(value)} for name, value in said]


def _component(component: Component) -> dict[str, Any]:
    package = component.package
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.ref,
        "name": printable(package.name),
        "version": printable(package.version),
    }
    if component.purl:
        entry["purl"] = component.purl
    entry["evidence"] = {
        "occurrences": [
            {"location": printable(path), **({"line": line} if line else {})} for path, line in component.places
        ]
    }
    if package.groups:
        entry["properties"] = [{"name": "advisord:group", "value": printable(group)} for group in package.groups]
    return entry


def _vulnerabilities(report: Report) -> list[dict[str, Any]]:
    """One entry per advisory and decision, with every component that both concern."""
    advise = wording.adviser(report)
    entries: dict[str, dict[str, Any]] = {}
    for judged in report.findings:
        finding, place = judged.finding, judged.finding.places[0]
        ref = reference(Package(finding.ecosystem, finding.package, place.version))
        entry = _vulnerability(judged, advise)
        entry = entries.setdefault(json.dumps(entry, sort_keys=True), entry)
        status = "affected" if place.verdict is Verdict.AFFECTED else "unknown"
        affected = {"ref": ref, "versions": [{"version": printable(place.version), "status": status}]}
        if affected not in entry["affects"]:
            entry["affects"].append(affected)
    return list(entries.values())


def _vulnerability(judged: Judged, advise: wording.Advise) -> dict[str, Any]:
    finding = judged.finding
    entry: dict[str, Any] = {
        "id": printable(finding.id),
        "source": {"url": defuse.address(finding.id)},
        "references": [{"id": printable(name), "source": {"url": defuse.address(name)}} for name in finding.ids[1:]],
        "ratings": [_rating(finding)],
        "description": printable(finding.summary) or printable(finding.id),
        "recommendation": advise(finding),
        "analysis": _analysis(judged),
        "affects": [],
    }
    if finding.published:
        entry["published"] = printable(finding.published)
    return entry


def _rating(finding: Finding) -> dict[str, Any]:
    rating = finding.rating
    entry: dict[str, Any] = {"severity": rating.severity.value}
    if rating.score is not None:
        entry["score"] = rating.score
    if rating.vector:
        entry["method"] = next((method for start, method in _METHODS if rating.vector.startswith(start)), "other")
        entry["vector"] = printable(rating.vector)
    return entry


def _analysis(judged: Judged) -> dict[str, Any]:
    finding, scope = judged.finding, judged.decision.scope
    analysis: dict[str, Any] = {}
    if scope is not Scope.OUT:
        analysis["state"] = "exploitable" if finding.verdict is Verdict.AFFECTED else "in_triage"
    if scope in {Scope.OUT, Scope.ACCEPTED}:
        analysis["response"] = ["will_not_fix"]
    else:
        analysis["response"] = ["update"] if finding.places[0].fixed else ["can_not_fix"]
    analysis["detail"] = wording.decided(judged)
    return analysis
