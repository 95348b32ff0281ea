"""The report for people: grouped by lockfile and package, quiet when there is nothing to say."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Place, Verdict, start
from advisord.model.problem import Problem
from advisord.model.report import Judged, Report
from advisord.reports.plain import printable

_WIDTH = 100
_MAX_PATHS = 3
_MAX_NOTES = 5
_ORDER = (Scope.IN, Scope.REGULAR, Scope.ACCEPTED, Scope.OUT)
_SCOPES = {Scope.IN: "in scope", Scope.REGULAR: "regular", Scope.ACCEPTED: "accepted", Scope.OUT: "out of scope"}
_LEVELS = tuple(Severity)


def render(report: Report) -> str:
    """Findings, then problems, then what was looked at and as of when."""
    lines: list[str] = []
    by_lockfile = groupby(report.findings, key=lambda judged: judged.finding.places[0].lockfile)
    for lockfile, judged in by_lockfile:
        lines += [printable(lockfile), *_packages(list(judged)), ""]
    lines += _problems(report.problems)
    lines += _summary(report)
    return "\n".join(lines) + "\n"


def _packages(findings: Sequence[Judged]) -> Iterator[str]:
    def package(judged: Judged) -> tuple[str, str]:
        return judged.finding.package, judged.finding.places[0].version

    shown = [judged for judged in findings if judged.decision.scope is not Scope.OUT]
    for (name, version), same in groupby(sorted(shown, key=package), key=package):
        group = sorted(same, key=lambda judged: -_LEVELS.index(judged.finding.rating.severity))
        place = group[0].finding.places[0]
        where = f"line {place.line}" if place.line else ""
        yield f"  {printable(name)} {printable(version)}  {_advice(group)}".rstrip() + (f"  ({where})" if where else "")
        for judged in group:
            yield from _finding(judged)
        yield from _paths(place)


def _advice(group: Sequence[Judged]) -> str:
    fixes = [judged.finding.places[0].fixed for judged in group]
    alternatives = list(dict.fromkeys(name for judged in group for name in judged.finding.alternatives))
    if all(fixes):
        best = {versions[0] for versions in fixes}
        if len(best) == 1:
            return f"-> update to {printable(best.pop())}"
        return "-> update; fixed in " + ", ".join(dict.fromkeys(printable(versions[0]) for versions in fixes))
    if alternatives:
        return "-> replace; named alternatives: " + ", ".join(printable(name) for name in alternatives[:4])
    return "-> no fix exists; replace or remove it" if not any(fixes) else "-> part of it has no fix"


def _finding(judged: Judged) -> Iterator[str]:
    finding, decision = judged
    level = finding.rating.severity.value
    score = "" if finding.rating.score is None else f" {finding.rating.score:.1f}"
    what = f"{level}{score}" if finding.kind is Kind.VULNERABILITY else f"{finding.kind.value}{score}"
    yield _wrapped(f"    {what:14} {printable(finding.id)}  ", printable(finding.summary))
    place = finding.places[0]
    if place.verdict is Verdict.UNDECIDED:
        yield _wrapped(" " * 19 + "undecided: ", printable(place.reason))
    if decision.scope is not Scope.IN or decision.rule != "default":
        yield _wrapped(
            f"{' ' * 19}{_SCOPES[decision.scope]} by rule {printable(decision.rule)}: ", printable(decision.reason)
        )


def _paths(place: Place) -> Iterator[str]:
    for via in sorted(place.via or (), key=lambda via: len(via.path))[:_MAX_PATHS]:
        steps = " > ".join(printable(step) for step in (start(via), *via.path))
        reach = "" if via.reach == "runtime" else f" ({via.reach.value})"
        yield _wrapped("    via ", steps + reach)
    if place.via and len(place.via) > _MAX_PATHS:
        yield f"    via {len(place.via) - _MAX_PATHS} more components"


def _problems(problems: Sequence[Problem]) -> Iterable[str]:
    shown: dict[str, int] = {}
    for problem in problems:
        if not problem.blocking:
            shown[problem.code] = shown.get(problem.code, 0) + 1
            if shown[problem.code] > _MAX_NOTES:
                continue
        word = "error" if problem.blocking else "note"
        # In one line, however long: people search for it, and it names paths.
        yield f"{word}: {printable(problem.subject)}: {printable(problem.message)} [{problem.code}]"
    for code, count in shown.items():
        if count > _MAX_NOTES:
            yield f"note: {count - _MAX_NOTES} more of [{code}]; --format json has them all"
    if problems:
        yield ""


def _summary(report: Report) -> Iterator[str]:
    lockfiles = "1 lockfile" if report.lockfiles == 1 else f"{report.lockfiles} lockfiles"
    looked = f"{report.packages} packages in {lockfiles}"
    counts = {scope: sum(judged.decision.scope is scope for judged in report.findings) for scope in _ORDER}
    found = ", ".join(f"{count} {_SCOPES[scope]}" for scope, count in counts.items() if count)
    undecided = sum(judged.finding.verdict is Verdict.UNDECIDED for judged in report.findings)
    if undecided:
        found += f" ({undecided} undecided)"
    if not report.trusted:
        yield f"{looked}: {found or 'nothing found'}, but the answer can't be trusted: see the errors above"
    else:
        yield f"{looked}: {found or 'no known vulnerability'}"
    for name, data in report.data.items():
        yield f"{name}: {data.records} records as of {data.as_of or 'never'} from {printable(data.source)}"


def _wrapped(head: str, text: str) -> str:
    return textwrap.fill(
        text,
        width=_WIDTH,
        initial_indent=head,
        subsequent_indent=" " * min(len(head), 19),
        break_long_words=False,
        break_on_hyphens=False,
    )
