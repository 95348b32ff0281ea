"""The report as Markdown: a comment on a pull request, or a job's summary. Other people's text in it does nothing.

It begins with a hidden marker, so that whoever posts it finds the comment of the last run and replaces it.
"""

from collections.abc import Iterator, Sequence

from advisord.defuse import advisory, code, prose
from advisord.model.decision import Scope
from advisord.model.report import Judged, Report
from advisord.reports import wording

MARKER = "<!-- advisord:report -->"
_ROWS = 40  # GitHub takes 65,536 characters in a comment, and nobody reads that many rows
_PROBLEMS = 20


def render(report: Report) -> str:
    """A verdict, a table of what matters, the rest folded away."""
    lines = [MARKER, f"### advisord: {_verdict(report)}", ""]
    lines += _problems(report)
    acted = [j for j in wording.worst_first(report.findings) if j.decision.scope in {Scope.IN, Scope.REGULAR}]
    settled = [j for j in wording.worst_first(report.findings) if j.decision.scope not in {Scope.IN, Scope.REGULAR}]
    advise = wording.adviser(report)
    if report.base:
        new = [judged for judged in acted if judged.introduced]
        old = [judged for judged in acted if not judged.introduced]
        lines += _section(f"{len(new)} introduced by this change", new, advise, folded=False)
        lines += _section(f"{len(report.resolved)} resolved by this change", report.resolved, advise, folded=True)
        lines += _section(f"{len(old)} that were there before", old, advise, folded=True)
    else:
        lines += _section("", acted, advise, folded=False)
    lines += _todo(report)
    lines += _section(f"{len(settled)} accepted or out of scope", settled, advise, folded=True)
    lines += [f"{wording.tally(report)}.", "", f"<sub>{prose(wording.sources(report))}</sub>"]
    return "\n".join(lines) + "\n"


def _verdict(report: Report) -> str:
    if not report.trusted:
        return "the answer can't be trusted"
    failing = sum(judged.failing for judged in report.findings)
    return f"{failing} to act on" if failing else "nothing to act on"


def _problems(report: Report) -> Iterator[str]:
    problems = sorted(report.problems, key=lambda problem: not problem.blocking)
    for problem in problems[:_PROBLEMS]:
        yield f"- {'**error**' if problem.blocking else 'note'}: {code(problem.subject)}: {prose(problem.message)}"
    if len(problems) > _PROBLEMS:
        yield f"- {len(problems) - _PROBLEMS} more"
    if problems:
        yield ""


def _section(heading: str, findings: Sequence[Judged], advise: wording.Advise, *, folded: bool) -> Iterator[str]:
    if not findings:
        return
    if folded:
        yield from ("<details>", f"<summary>{heading}</summary>", "")
    elif heading:
        yield from (f"**{heading}**", "")
    yield from ("| package | advisory | severity | what to do | where | why |", "| --- | --- | --- | --- | --- | --- |")
    for judged in findings[:_ROWS]:
        yield _row(judged, advise)
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


def _row(judged: Judged, advise: wording.Advise) -> str:
    finding, place = judged.finding, judged.finding.places[0]
    where = f"{place.lockfile}:{place.line}" if place.line else place.lockfile
    ways = wording.routes(place)
    cells = (
        code(wording.package(finding)),
        f"{advisory(finding.id)} {prose(finding.summary, 160)}",
        wording.rating(finding),
        prose(advise(finding), 200),
        code(where) + (f"<br>via {code(ways[0])}" if ways else ""),
        prose(wording.decided(judged), 200),
    )
    return f"| {' | '.join(cells)} |"
