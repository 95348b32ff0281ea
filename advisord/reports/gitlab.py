"""The report as GitLab's dependency scanning report (security report schemas, version 15.0.7).

The format has no word for what a policy has settled: accepted and out-of-scope findings are counted in a message.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from advisord import __version__, defuse
from advisord.model.advisory import Severity
from advisord.model.finding import Finding
from advisord.model.report import Judged, Report, Scanned
from advisord.reports import wording
from advisord.reports.plain import printable
from advisord.words import counted

_VERSION = "15.0.7"
_SEVERITY = {severity: severity.value.capitalize() for severity in Severity} | {Severity.NONE: "Info"}
_NAME = 255
_SOLUTION = 7000
_NEVER = "1970-01-01T00:00:00"


def render(report: Report) -> str:
    """One JSON document: the findings that are tracked, and the packages of each lockfile."""
    tracked = [judged for judged in report.findings if judged.decision.scope in wording.TRACKED]
    once = wording.shared_reason(tracked)
    advise = wording.adviser(report)
    moment = report.moment.removesuffix("Z") or _NEVER
    tool = {"id": wording.NAME, "name": wording.NAME, "version": __version__, "vendor": {"name": wording.NAME}}
    document = {
        "version": _VERSION,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "dependency_scanning",
            "start_time": moment,
            "end_time": moment,
            "status": "success" if report.trusted else "failure",
            "messages": _messages(report, len(report.findings) - len(tracked), once),
        },
        "vulnerabilities": [
            _vulnerability(judged, mark, advise, "" if once else wording.decided(judged))
            for judged, mark in zip(tracked, wording.fingerprints(tracked), strict=True)
        ],
        "dependency_files": [_file(scanned) for scanned in report.inventories],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _messages(report: Report, settled: int, once: str) -> list[dict[str, str]]:
    said = [
        ("fatal" if item.blocking else "info", f"{printable(item.subject)}: {printable(item.message)}")
        for item in report.problems
    ]
    if settled:
        which = f"{counted(settled, 'finding')} accepted or out of scope by the policy"
        said.append(("info", f"{which}: not listed here"))
    said += [("info", once)] if once else []
    said.append(("info", wording.sources(report)))
    return [{"level": level, "value": value} for level, value in said]


def _vulnerability(judged: Judged, mark: str, advise: wording.Advise, why: str) -> dict[str, Any]:
    finding, place = judged.finding, judged.finding.places[0]
    ways = "\n".join(f"Pulled in by: {way}" for way in wording.routes(place))
    description = "\n\n".join(part for part in (printable(finding.summary), why, ways) if part)
    dependency: dict[str, Any] = {"package": {"name": printable(finding.package)}, "version": printable(place.version)}
    if place.direct is not None:
        dependency["direct"] = place.direct
    return {
        "id": str(uuid5(NAMESPACE_URL, mark)),
        "name": (printable(finding.summary) or printable(finding.id))[:_NAME],
        # Descriptions are rendered as Markdown.
        "description": "\n".join(defuse.prose(line, 2000) for line in description.split("\n")),
        "severity": _SEVERITY[finding.rating.severity],
        "solution": defuse.prose(advise(finding), _SOLUTION // 4)[:_SOLUTION],
        "identifiers": _identifiers(finding),
        "links": [{"url": defuse.address(name)} for name in finding.ids],
        "location": {"file": printable(place.lockfile), "dependency": dependency},
    }


def _identifiers(finding: Finding) -> list[dict[str, str]]:
    return [
        {
            "type": name.partition("-")[0].lower() or "osv",
            "name": name,
            "value": name,
            "url": defuse.address(name),
        }
        for name in map(printable, finding.ids)
    ]


def _file(scanned: Scanned) -> dict[str, Any]:
    return {
        "path": printable(scanned.path),
        "package_manager": scanned.inventory.format,
        "dependencies": [
            {
                "package": {"name": printable(package.name)},
                "version": printable(package.version),
                "iid": number,
                **({} if package.direct is None else {"direct": package.direct}),
            }
            for number, package in enumerate(scanned.inventory.whole().packages, 1)
        ],
    }
