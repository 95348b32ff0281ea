"""The report as JUnit XML, for whatever shows test results: a suite per lockfile, a case per finding.

What fails the scan is a failure, what does not is a passed case that says so, what is accepted or out of scope is
skipped with its reason, and what makes the answer untrustworthy is an error.
"""

from collections.abc import Iterable, Iterator
from html import escape

from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.model.report import Judged, Report
from advisord.reports import wording
from advisord.reports.plain import printable


def render(report: Report) -> str:
    """One document in the dialect that Jenkins, GitLab and others read (`testsuites` of `testsuite` of `testcase`)."""
    suites: dict[str, list[Judged]] = {path: [] for path, _ in report.inventories}
    for judged in report.findings:
        suites.setdefault(judged.finding.places[0].lockfile, []).append(judged)
    errors = [problem for problem in report.problems if problem.blocking]
    failures = sum(judged.failing for judged in report.findings)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    tests = sum(max(len(findings), 1) for findings in suites.values()) + len(errors)
    lines.append(f'<testsuites name="advisord" tests="{tests}" failures="{failures}" errors="{len(errors)}">')
    for path, findings in suites.items():
        lines += _suite(path, findings, report)
    if errors:
        lines += _errors(errors)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(path: str, findings: list[Judged], report: Report) -> Iterator[str]:
    advise = wording.adviser(report)
    failures = sum(judged.failing for judged in findings)
    skipped = sum(_skipped(judged) for judged in findings)
    stamp = f' timestamp="{report.moment.removesuffix("Z")}"' if report.moment else ""
    yield (
        f'  <testsuite name="{_text(path)}" tests="{max(len(findings), 1)}" failures="{failures}" errors="0"'
        f' skipped="{skipped}" time="0"{stamp}>'
    )
    if not findings:
        yield f'    <testcase classname="{_text(path)}" name="no known vulnerability" time="0"/>'
    for judged in wording.worst_first(findings):
        yield from _case(path, judged, advise)
    yield "  </testsuite>"


def _case(path: str, judged: Judged, advise: wording.Advise) -> Iterator[str]:
    finding = judged.finding
    yield f'    <testcase classname="{_text(path)}" name="{_text(wording.title(finding))}" time="0">'
    if judged.failing:
        yield (
            f'      <failure type="{_text(finding.rating.severity.value)}" message="{_text(finding.summary or finding.id)}">'
            f"{_body(judged, advise)}</failure>"
        )
    elif _skipped(judged):
        yield f'      <skipped message="{_text(wording.decided(judged))}"/>'
    else:
        yield f"      <system-out>{_body(judged, advise)}</system-out>"
    yield "    </testcase>"


def _body(judged: Judged, advise: wording.Advise) -> str:
    finding, place = judged.finding, judged.finding.places[0]
    lines = [
        f"severity: {wording.rating(finding)}",
        f"ids: {', '.join(finding.ids)}",
        f"what to do: {advise(finding)}",
        f"scope: {wording.decided(judged)}",
        f"at: {place.lockfile}:{place.line}" if place.line else f"at: {place.lockfile}",
        *(f"pulled in by: {way}" for way in wording.routes(place)),
    ]
    return "\n".join(_text(line) for line in lines)


def _errors(problems: Iterable[Problem]) -> Iterator[str]:
    found = list(problems)
    yield (
        f'  <testsuite name="the answer can\'t be trusted" tests="{len(found)}" failures="0" errors="{len(found)}"'
        ' skipped="0" time="0">'
    )
    for problem in found:
        yield f'    <testcase classname="{_text(problem.code)}" name="{_text(problem.subject)}" time="0">'
        yield f'      <error type="{_text(problem.code)}" message="{_text(problem.message)}"/>'
        yield "    </testcase>"
    yield "  </testsuite>"


def _skipped(judged: Judged) -> bool:
    return not judged.failing and judged.decision.scope in {Scope.ACCEPTED, Scope.OUT}


def _text(text: str) -> str:
    """XML 1.0 forbids most control characters even when they are escaped."""
    return escape(printable(text))
