"""The report as Markdown: a comment on a pull request, or a job's summary. Other people's text in it does nothing.

It begins with a hidden marker, so that whoever posts it finds the comment of the last run and replaces it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from advisord.defuse import advisory, code, prose
from advisord.model.report import Judged, Report
from advisord.reports import wording

MARKER = "<!-- advisord:report -->"
_ROWS = 40  # GitHub takes 65,536 characters in a comment, and nobody reads that many rows
_PROBLEMS = 20


def render(report: Report) -> str:
    """A verdict, a table of what matters, the rest folded away."""
    lines = [
        MARKER,
        f"### advisord: {wording.verdict(report)}",
        "",
    ]
    lines += _problems(report)
    lines += [f"{wording.tally(report)}."]
    lines += [f"{code(wording.since(report))}: {wording.changed(report)}."] if report.base else []
    lines += [""]
    acted = [j for j in wording.worst_first(report.findings) if j.decision.scope in wording.TRACKED]
    settled = [j for j in wording.worst_first(report.findings) if j.decision.scope not in wording.TRACKED]
    once = wording.shared_reason([*acted, *report.resolved])
    telling = _Telling(wording.adviser(report), wording.mixed(report), once)
    lines += [prose(once, 400), ""] if once else []
    if report.base:
        new = [judged for judged in acted if judged.introduced]
        old = [judged for judged in acted if not judged.introduced]
        lines += _section(f"{len(new)} introduced", new, telling, folded=False)
        lines += _section(f"{len(old)} there before", old, telling, folded=not any(one.failing for one in old))
        lines += _section(f"{len(report.resolved)} resolved", report.resolved, telling, folded=True)
    else:
        lines += _section("", acted, telling, folded=False)
    lines += _todo(report)
    lines += _section(f"{len(settled)} accepted or out of scope", settled, telling, folded=True)
    lines += [f"<sub>{prose(wording.sources(report))}</sub>"]
    return "\n".join(lines) + "\n"


class _Telling(NamedTuple):
    """How findings are told: with which advice, whether what fails the scan has to be marked, what was said of all."""

    advise: wording.Advise
    marked: bool
    once: str


def _problems(report: Report) -> Iterator[str]:
    problems = sorted(report.problems, key=lambda problem: not problem.blocking)
    for problem in problems[:_PROBLEMS]:
        yield f"- {'**error**' if problem.blocking else 'note'}: {code(problem.subject)}: {prose(problem.message)}"
    if len(problems) > _PROBLEMS:
        yield f"- {len(problems) - _PROBLEMS} more"
    if problems:
        yield ""


def _section(heading: str, findings: Sequence[Judged], telling: _Telling, *, folded: bool) -> Iterator[str]:
    if not findings:
        return
    if folded:
        yield from ("<details>", f"<summary>{heading}</summary>", "")
    elif heading:
        yield from (f"**{heading}**", "")
    once = wording.shared_reason(findings) or (telling.once if findings[0].decision.scope in wording.TRACKED else "")
    names = ("package", "advisory", "severity", "what to do", "where", *(() if once else ("why",)))
    if once and once != telling.once:
        yield from (prose(once, 400), "")
    yield from (f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}")
    for judged in findings[:_ROWS]:
        cells = _cells(judged, telling)
        yield f"| {' | '.join(cells[: len(names)])} |"
    if len(findings) > _ROWS:
        yield from ("", f"{len(findings) - _ROWS} more are not shown.")
    yield from ("", "</details>", "") if folded else ("",)


def _todo(report: Report) -> Iterator[str]:
    """Each update once, however many findings it removes and lockfiles it is for."""
    found = wording.todo(report)
    if not found:
        return
    yield from ("**What to do**", "")
    for package, version, words, lockfiles in found[:_ROWS]:
        yield f"- {code(f'{package} {version}')}: {prose(words, 300)} ({prose(lockfiles, 200)})"
    if len(found) > _ROWS:
        yield f"- {len(found) - _ROWS} more"
    yield ""


def _cells(judged: Judged, telling: _Telling) -> tuple[str, ...]:
    finding, place = judged.finding, judged.finding.places[0]
    where = f"{place.lockfile}:{place.line}" if place.line else place.lockfile
    ways = wording.routes(place)
    return (
        code(wording.package(finding)),
        f"{advisory(finding.id)} {prose(finding.summary, 160)}",
        wording.rating(finding) + (", **fails**" if telling.marked and judged.failing else ""),
        prose(telling.advise(finding), 200),
        code(where) + (f"<br>via {code(ways[0])}" if ways else ""),
        prose(wording.decided(judged), 200),
    )
