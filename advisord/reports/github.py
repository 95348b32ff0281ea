"""The report as GitHub Actions workflow commands: annotations at the lockfile's line.

Only what is to be seen is said: what fails as an error, the rest in scope as a warning, regular matters as a notice.
"""

from collections.abc import Iterator

from advisord.model.decision import Scope
from advisord.model.report import Judged, Report
from advisord.reports import wording
from advisord.reports.plain import printable

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """One command a line; GitHub shows the first ten of each kind, so the worst come first."""
    advise = wording.adviser(report)
    seen = [judged for judged in wording.worst_first(report.findings) if _kind(judged)]
    once = wording.shared_reason(seen)
    lines = [_finding(judged, advise, "" if once else wording.decided(judged)) for judged in seen]
    said = (wording.change(report), once, f"{wording.tally(report)}; {wording.sources(report)}")
    return "\n".join([*lines, *_problems(report), *(f"advisord: {words}" for words in said if words)]) + "\n"


def _kind(judged: Judged) -> str:
    if judged.failing:
        return "error"
    return {Scope.IN: "warning", Scope.REGULAR: "notice"}.get(judged.decision.scope, "")


def _finding(judged: Judged, advise: wording.Advise, why: str) -> str:
    finding, place = judged.finding, judged.finding.places[0]
    lines = [
        f"{printable(finding.summary) or printable(finding.id)} ({wording.rating(finding)})",
        f"What to do: {advise(finding)}",
        *([why] if why else ()),
        *(f"Pulled in by: {way}" for way in wording.routes(place)),
    ]
    line = f",line={place.line}" if place.line else ""
    where = f"file={printable(place.lockfile).translate(_PROPERTY)}{line}"
    title = wording.title(finding).translate(_PROPERTY)
    return f"::{_kind(judged)} {where},title={title}::{chr(10).join(lines).translate(_DATA)}"


def _problems(report: Report) -> Iterator[str]:
    for problem in report.problems:
        text = f"{printable(problem.subject)}: {printable(problem.message)}".translate(_DATA)
        yield f"::{'error' if problem.blocking else 'notice'} title=advisord {problem.code}::{text}"
