"""The report as SARIF 2.1.0 (OASIS standard), for code scanning: one result per finding, one rule per advisory.

An alert must stay the same when a line moves, so the fingerprints don't depend on lines or versions. What is accepted
or out of scope is suppressed with its reason, not left out. A scan that can't be trusted is a failed invocation.
"""

import json
from typing import Any
from urllib.parse import quote

from advisord import __version__, defuse
from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding
from advisord.model.problem import Problem
from advisord.model.report import Judged, Report
from advisord.reports import wording
from advisord.reports.plain import printable

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.UNKNOWN: "warning",
    Severity.LOW: "note",
    Severity.NONE: "note",
}
# Code scanning sorts by a number; where a record gives a level without one, the middle of the level's scores stands in.
_SCORE = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.5, Severity.LOW: 2.0, Severity.NONE: 0.0}


def render(report: Report) -> str:
    """One log with one run."""
    rules: dict[str, list[Finding]] = {}
    for judged in report.findings:
        rules.setdefault(judged.finding.id, []).append(judged.finding)
    index = {identifier: number for number, identifier in enumerate(rules)}
    fingerprints = wording.fingerprints(report.findings)
    advise = wording.adviser(report)
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": wording.NAME,
                "version": __version__,
                "rules": [_rule(identifier, findings) for identifier, findings in rules.items()],
            }
        },
        "invocations": [_invocation(report)],
        "results": [
            _result(judged, index[judged.finding.id], fingerprint, advise)
            for judged, fingerprint in zip(report.findings, fingerprints, strict=True)
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "data": {printable(name): {"asOf": printable(data.as_of)} for name, data in report.data.items()}
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(identifier: str, findings: list[Finding]) -> dict[str, Any]:
    first = findings[0]
    summary = printable(first.summary) or printable(identifier)
    names = sorted({printable(finding.package) for finding in findings})
    also = [printable(name) for name in first.ids[1:]]
    lines = [f"{printable(identifier)} in {', '.join(names)}.", summary]
    markdown = [
        f"{defuse.advisory(identifier)} in {', '.join(defuse.code(name) for name in names)}.",
        defuse.prose(summary),
    ]
    if also:
        lines.append(f"Also known as {', '.join(also)}.")
        markdown.append(f"Also known as {', '.join(map(defuse.advisory, also))}.")
    return {
        "id": printable(identifier),
        "shortDescription": {"text": _message(summary)},
        "fullDescription": {"text": _message(summary)},
        "help": {"text": _message("\n\n".join(lines)), "markdown": _braces("\n\n".join(markdown))},
        "helpUri": defuse.address(identifier),
        "properties": {
            "tags": ["security", *sorted({finding.kind.value for finding in findings})],
            **_severity(findings),
        },
    }


def _severity(findings: list[Finding]) -> dict[str, str]:
    """The property that code scanning reads; absent where nobody rated it, because unknown is not low."""
    rated = [f.rating for f in findings if f.rating.severity is not Severity.UNKNOWN]
    scores = [_SCORE[rating.severity] if rating.score is None else rating.score for rating in rated]
    return {"security-severity": f"{max(scores):.1f}"} if scores else {}


def _result(judged: Judged, rule: int, fingerprint: str, advise: wording.Advise) -> dict[str, Any]:
    finding, decision = judged.finding, judged.decision
    place = finding.places[0]
    ways = [f"Pulled in by: {way}." for way in wording.routes(place)]
    summary = printable(finding.summary).rstrip(".")
    text = " ".join([f"{wording.title(finding)}{summary and f': {summary}'}.", f"{_capital(advise(finding))}.", *ways])
    suppressed = decision.scope in {Scope.ACCEPTED, Scope.OUT}
    result: dict[str, Any] = {
        "ruleId": printable(finding.id),
        "ruleIndex": rule,
        "kind": "fail",
        "level": _level(judged),
        "message": {"text": _message(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place.lockfile)},
                    "region": {"startLine": max(place.line, 1)},
                },
                "logicalLocations": [{"fullyQualifiedName": wording.package(finding), "kind": "module"}],
            }
        ],
        # The second name is the one that GitHub reads; it takes ours instead of hashing the line.
        "partialFingerprints": {"advisord/v1": fingerprint, "primaryLocationLineHash": fingerprint},
        "suppressions": [{"kind": "external", "status": "accepted", "justification": _message(wording.decided(judged))}]
        if suppressed
        else [],
        "properties": {
            "scope": decision.scope,
            "rule": printable(decision.rule),
            "verdict": finding.verdict,
            "failing": judged.failing,
            "fixed": [printable(version) for version in place.fixed],
        },
    }
    if judged.introduced is not None:
        result["baselineState"] = "new" if judged.introduced else "unchanged"
    return result


def _level(judged: Judged) -> str:
    if judged.finding.kind in {Kind.UNMAINTAINED, Kind.NOTICE} or judged.decision.scope is Scope.REGULAR:
        return "note"
    return "error" if judged.finding.kind is Kind.MALWARE else _LEVEL[judged.finding.rating.severity]


def _invocation(report: Report) -> dict[str, Any]:
    invocation: dict[str, Any] = {
        "executionSuccessful": report.trusted,
        "toolExecutionNotifications": [_notification(problem) for problem in report.problems],
    }
    if report.moment:
        invocation["endTimeUtc"] = report.moment
    return invocation


def _notification(problem: Problem) -> dict[str, Any]:
    return {
        "descriptor": {"id": problem.code},
        "level": "error" if problem.blocking else "note",
        "message": {"text": _message(f"{printable(problem.subject)}: {printable(problem.message)}")},
    }


def _uri(path: str) -> str:
    """A path as a URI reference (RFC 3986): absolute paths get their scheme, a colon can't be taken for one."""
    quoted = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _message(text: str) -> str:
    """Plain text as section 3.11 wants it: brackets would begin a link, braces a placeholder."""
    return _braces(text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]"))


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
