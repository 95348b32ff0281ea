"""The report for people: grouped by package, worst first, in the width that they have, quiet when there is nothing to say."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict, start
from advisord.model.problem import Problem
from advisord.model.report import Judged, Report
from advisord.model.update import Update
from advisord.reports import wording
from advisord.reports.layout import WIDTH, Ink
from advisord.reports.plain import printable
from advisord.words import counted

_MAX_LOCKFILES = 3
_MAX_PATHS = 3
_MAX_NOTES = 5
_COLUMN = 19
_REACHED = {"build": " (build)", "dev": " (dev)", "unknown": " (reach unknown)"}


def render(
    report: Report,
    *,
    verbose: bool = False,
    colour: bool = False,
    width: int = WIDTH,
    explain: Callable[[Judged], str] | None = None,
) -> str:
    """Findings, then problems, then what was looked at and as of when.

    `verbose` shows what is out of scope or was there before the change too, and for each finding who says so. What is the
    same in several lockfiles is said once, below all their names. With `explain` what it says of each finding takes the
    place of all that.
    """
    ink = Ink(colour, width)
    lines: list[str] = []
    shown = [judged for judged in report.findings if verbose or _matters(judged)]
    if explain:
        lines += [f"{explain(judged)}\n" for judged in wording.worst_first(shown)]
    else:
        lines += _findings(report, shown, verbose, ink)
    lines += _problems(report.problems, verbose, ink)
    lines += _change(report, verbose, ink)
    lines += _summary(report, verbose, ink)
    return "\n".join(lines) + "\n"


def _findings(report: Report, shown: Sequence[Judged], verbose: bool, ink: Ink) -> Iterator[str]:
    todo = wording.updates_by_place(report)
    once = wording.shared_reason(shown)
    telling = _Telling(verbose, ink, wording.mixed(report), not once)
    for lockfiles, packages in _sections(shown, todo).items():
        for name in _named(lockfiles, verbose):
            yield ink.strong(name)
        for same in packages:
            yield from _package(same, todo.get(wording.locked(same[0][0].finding)), telling)
        yield ""
    if once and shown[0].decision.rule != "default":
        yield from (*ink.wrapped("", once, 2), "")


class _Telling(NamedTuple):
    """How packages are told: with everything, in which ink, with a mark for what fails, with each one's reason."""

    verbose: bool
    ink: Ink
    marked: bool
    reasons: bool


def _matters(judged: Judged) -> bool:
    return judged.failing or (judged.decision.scope is not Scope.OUT and judged.introduced is not False)


def _sections(
    findings: Iterable[Judged], todo: Mapping[wording.Locked, Update]
) -> dict[tuple[str, ...], list[list[list[Judged]]]]:
    """Lockfiles → the packages of which exactly these say the same; of a package its findings in each lockfile."""
    by_package: dict[wording.Locked, list[Judged]] = {}
    for judged in findings:
        by_package.setdefault(wording.locked(judged.finding), []).append(judged)
    alike: dict[tuple[object, ...], list[list[Judged]]] = {}
    for locked, same in by_package.items():
        said = tuple([(one.finding.id, *one.decision[:3], one.introduced, one.failing) for one in same])
        alike.setdefault((locked[2], locked[3], locked[1], id(todo.get(locked)), said), []).append(same)
    sections: dict[tuple[str, ...], list[list[list[Judged]]]] = {}
    for _, group in sorted(alike.items(), key=lambda pair: str(pair[0][:3])):
        sections.setdefault(tuple([same[0].finding.places[0].lockfile for same in group]), []).append(group)
    return {lockfiles: sorted(packages, key=_worst) for lockfiles, packages in sorted(sections.items())}


def _worst(same: Sequence[Sequence[Judged]]) -> tuple[bool, int]:
    """What fails the scan comes first, then the more severe."""
    fails = any(judged.failing for judged in same[0])
    return not fails, -max(wording.gravity(judged.finding) for judged in same[0])


def _named(lockfiles: Sequence[str], verbose: bool) -> Iterator[str]:
    most = len(lockfiles) if verbose else _MAX_LOCKFILES
    for lockfile in lockfiles[:most]:
        yield printable(lockfile)
    if len(lockfiles) > most:
        yield f"and {counted(len(lockfiles) - most, 'more lockfile')} (--verbose names them)"


def _package(same: Sequence[Sequence[Judged]], found: Update | None, telling: _Telling) -> Iterator[str]:
    ink = telling.ink
    group = sorted(same[0], key=lambda judged: -wording.gravity(judged.finding))
    places = [judged[0].finding.places[0] for judged in same]
    lines = {place.line for place in places}
    where = f"  (line {places[0].line})" if lines == {places[0].line} != {0} else ""
    name = wording.package(group[0].finding)
    advice = f"-> {wording.together(found, [judged.finding for judged in group])}"
    narrow = ink._replace(width=ink.width - len(where))
    *begin, end = narrow.wrapped(f"  {name}  ", advice, 6, f"  {ink.strong(name)}  ", ink.good, clauses=True)
    yield from (*begin, end + where)
    for judged in group:
        yield from _finding(judged, len(group) > 1, telling)
    for words in wording.doubts(found) if found else ():
        yield from ink.wrapped("    ", words, 6)
    yield from _reasons(group, telling)
    yield from _paths(places, telling)


def _finding(judged: Judged, several: bool, telling: _Telling) -> Iterator[str]:
    finding, ink = judged.finding, telling.ink
    what = wording.rating(finding)
    head = f"    {what:14} {printable(finding.id)}"
    paint = ink.bad if judged.failing else ink.doubtful
    marks = ["fails"] if telling.marked and judged.failing else []
    marks += ["new"] if judged.introduced else []
    marks += [f"fixed in {printable(finding.places[0].fixed[0])}"] if several and finding.places[0].fixed else []
    head += f"  [{', '.join(marks)}]  " if marks else "  "
    yield from ink.wrapped(head, printable(finding.summary), _COLUMN, f"    {paint(what)}{head[4 + len(what) :]}")
    place = finding.places[0]
    if place.verdict is Verdict.UNDECIDED:
        yield from ink.wrapped(f"{' ' * _COLUMN}undecided: ", printable(place.reason), _COLUMN)
    if telling.verbose:
        yield from _verbose(finding, ink)


def _verbose(finding: Finding, ink: Ink) -> Iterator[str]:
    """Every name, everyone who says so, and whether they agree."""
    if finding.ids[1:]:
        yield from ink.wrapped(f"{' ' * _COLUMN}also known as ", ", ".join(map(printable, finding.ids[1:])), _COLUMN)
    for one in finding.witnesses:
        fixed = f", fixed in {', '.join(map(printable, one.fixed))}" if one.fixed else ""
        reason = f": {printable(one.reason)}" if one.reason else ""
        said = f"{printable(one.id)}: {one.verdict.value}{reason} ({one.rating.severity.value}{fixed})"
        yield from ink.wrapped(f"{' ' * _COLUMN}{printable(one.feed)} says ", said, _COLUMN + 2)
    if len({(one.verdict, one.rating.severity, one.fixed[:1]) for one in finding.witnesses}) > 1:
        yield f"{' ' * _COLUMN}the records disagree; one live record that affirms is enough"


def _reasons(group: Sequence[Judged], telling: _Telling) -> Iterator[str]:
    """The decision of a package's findings, once where it is the same for all of them, not here if it is for everything."""
    said: dict[str, list[str]] = {}
    for judged in group:
        decision = judged.decision
        if telling.reasons and (decision.scope is not Scope.IN or decision.rule != "default"):
            words = f"{wording.SCOPES[decision.scope]} by {printable(decision.by)}: {printable(decision.reason)}"
            said.setdefault(words, []).append(printable(judged.finding.id))
        for ended in decision.ended:
            said.setdefault(f"acceptance ended: {printable(ended)}", []).append(printable(judged.finding.id))
    for words, ids in said.items():
        which = "" if len(ids) == len(group) else f" ({', '.join(ids)})"
        yield from telling.ink.wrapped("    ", words + which, 6)


def _paths(places: Sequence[Place], telling: _Telling) -> Iterator[str]:
    vias = {id(place.via): place.via for place in places if place.via}
    ways = sorted({via for some in vias.values() for via in some}, key=lambda via: (len(via.path), via))
    most = len(ways) if telling.verbose else _MAX_PATHS
    for via in ways[:most]:
        steps = " > ".join(printable(step) for step in (start(via), *via.path))
        yield from telling.ink.wrapped("    via ", steps + _REACHED.get(via.reach.value, ""), 8)
    if len(ways) > most:
        yield f"    via {counted(len(ways) - most, 'more workspace member')}"


def _problems(problems: Sequence[Problem], verbose: bool, ink: Ink) -> Iterator[str]:
    shown: dict[str, int] = {}
    for problem in problems:
        if not problem.blocking:
            shown[problem.code] = shown.get(problem.code, 0) + 1
            if shown[problem.code] > _MAX_NOTES and not verbose:
                continue
        word = ink.bad("error") if problem.blocking else "note"
        # In one line, however long: people search for it, and it names paths.
        yield f"{word}: {printable(problem.subject)}: {printable(problem.message)} [{problem.code}]"
    for code, count in shown.items():
        if count > _MAX_NOTES and not verbose:
            yield f"note: {count - _MAX_NOTES} more of [{code}]; --verbose has them all"
    if problems:
        yield ""


def _change(report: Report, verbose: bool, ink: Ink) -> Iterator[str]:
    """What the change under review did, in one line, and what is gone."""
    words = wording.change(report)
    if words:
        hidden = not verbose and any(not _matters(judged) for judged in report.findings)
        yield from ink.wrapped("", words + (" (--verbose shows all)" if hidden else ""), 2, clauses=True)
    for judged in report.resolved:
        yield f"  resolved: {wording.title(judged.finding)}"


def _summary(report: Report, verbose: bool, ink: Ink) -> Iterator[str]:
    text = wording.tally(report) + ("" if report.trusted else ": see the errors above")
    yield from (line if report.trusted else ink.bad(line) for line in ink.wrapped("", text, 2, clauses=True))
    yield from ink.wrapped("", wording.sources(report), 2, clauses=True)
    for name, data in report.data.items() if verbose else ():
        newest = f", newest of {data.newest}" if data.newest else ""
        yield f"  {printable(f'{name}: from {data.source}{newest}')}"
