"""What several formats say alike: titles, advice, reasons, identities. Texts are safe for one line of plain text."""

from collections.abc import Callable, Iterable, Sequence

from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict, start
from advisord.model.report import Judged, Report
from advisord.model.update import Update
from advisord.reports.plain import printable
from advisord.words import counted

SCOPES = {Scope.IN: "in scope", Scope.REGULAR: "regular", Scope.ACCEPTED: "accepted", Scope.OUT: "out of scope"}
NAME = "advisord"
TRACKED = frozenset({Scope.IN, Scope.REGULAR})
"""What there is something to do about: the rest is settled."""

_LEVELS = tuple(Severity)
_UNRATED = "unknown severity"
_REMOVE = "remove it, and treat the machines that ran it as compromised"
_PATHS = 5
_NAMED = 3


def package(finding: Finding) -> str:
    """Name and locked version."""
    return f"{printable(finding.package)} {printable(finding.places[0].version)}"


def title(finding: Finding) -> str:
    """One line: what is wrong with which package."""
    words = {Verdict.UNDECIDED: "may be affected by"}.get(finding.verdict, "is affected by")
    if finding.kind in {Kind.UNMAINTAINED, Kind.UNSOUND, Kind.NOTICE, Kind.MALWARE}:
        words = {Kind.NOTICE: "has a notice:", Kind.MALWARE: "is malware:"}.get(
            finding.kind, f"is {finding.kind.value}:"
        )
    return f"{package(finding)} {words} {printable(finding.id)}"


def rating(finding: Finding) -> str:
    """The severity with its score, or that nobody knows it; what is no plain vulnerability says what it is."""
    rated = finding.rating
    level = f"{rated.severity.value} {rated.score:.1f}" if rated.score is not None else rated.severity.value
    if finding.kind is Kind.VULNERABILITY:
        return level
    return finding.kind.value if rated.severity is Severity.UNKNOWN else f"{finding.kind.value} {level}"


def advice(finding: Finding) -> str:
    """What the records say of a fix: for what no update was looked for, as nobody acts on it or can decide it."""
    fixed = finding.places[0].fixed
    if finding.kind is Kind.MALWARE:
        return _REMOVE
    return f"fixed in {printable(fixed[0])}" if fixed else _unfixed(finding)


def _unfixed(finding: Finding) -> str:
    if finding.alternatives:
        return f"no fix exists; named alternatives: {', '.join(map(printable, finding.alternatives[:4]))}"
    return "no fix exists: replace or remove it"


def what_to_do(finding: Finding, place: Place) -> list[str]:
    """What to do about a finding at one place, first of all, and then what there is to know of that."""
    found = place.update
    if found is None or finding.kind is Kind.MALWARE:
        return [advice(finding._replace(places=(place,)))]
    if not found.to:
        return [_unfixed(finding)]
    return [f"update to {printable(found.to)}{_large(found)}", *doubts(found)]


Locked = tuple[str, str, str, str]


def locked(finding: Finding) -> Locked:
    """Which locked package it is: lockfile, ecosystem, name, version."""
    place = finding.places[0]
    return place.lockfile, finding.ecosystem, finding.package, place.version


def updates_by_place(report: Report) -> dict[Locked, Update]:
    """The update of each locked package."""
    return {(lockfile, *update[:3]): update for update in report.updates for lockfile in update.lockfiles}


Advise = Callable[[Finding], str]
"""What to do about a finding."""


def adviser(report: Report) -> Advise:
    """`advice`, but where the scan found one update for all findings of a package, that one, and what to know of it."""
    todo = updates_by_place(report)

    def say(finding: Finding) -> str:
        found = todo.get(locked(finding))
        if found is None or finding.kind is Kind.MALWARE or finding.id not in found.removes:
            return advice(finding)
        return "; ".join(what_to_do(finding, finding.places[0]._replace(update=found.of(finding.id))))

    return say


def update(found: Update) -> str:
    """What to do about all findings of one package: `update to 0.14.28: fixes 3`."""
    if not found.to:
        return "no fix exists"
    fixes = f": fixes {len(found.removes)}" if len(found.removes) + len(found.leaves) > 1 else ""
    rest = f", {len(found.leaves)} without a fix" if found.leaves else ""
    parts = [f"{printable(one.to)} fixes {len(one.removes)} of them" for one in found.smaller]
    return "; ".join((f"update to {printable(found.to)}{_large(found)}{fixes}{rest}", *parts))


def _large(found: Update) -> str:
    what = ["a major one"] if found.step == "major" else []
    what += ["a pre-release"] if found.early else []
    return f" ({', '.join(what)})" if what else ""


def together(found: Update | None, findings: Sequence[Finding]) -> str:
    """What to do about all findings of one locked package: the same in every format."""
    best = min(findings, key=lambda f: (f.kind is not Kind.MALWARE, not f.places[0].fixed, not f.alternatives))
    if found and found.to and best.kind is not Kind.MALWARE:
        return update(found)
    return advice(best)


def todo(report: Report) -> list[tuple[str, str, str, str]]:
    """What to do about everything, malware first, then what helps most: (package, version, what to do, in which lockfiles)."""
    steps = ("patch", "minor", "major", "")
    by_place = updates_by_place(report)
    of: dict[Update, list[Finding]] = {}
    for judged in report.findings:
        if judged.decision.scope in TRACKED and (found := by_place.get(locked(judged.finding))):
            of.setdefault(found, []).append(judged.finding)
    malware = {update for update, findings in of.items() if any(one.kind is Kind.MALWARE for one in findings)}
    order = sorted(
        report.updates,
        key=lambda u: (u not in malware, not u.to, -len(u.removes) * len(u.lockfiles), steps.index(u.step), u[:3]),
    )
    return [
        (
            printable(found.package),
            printable(found.version),
            "; ".join((together(found, of[found]) if found in of else update(found), *doubts(found))),
            _several(found.lockfiles),
        )
        for found in order
    ]


def doubts(found: Update) -> list[str]:
    """What stands in the way of an update, and what is wrong with the version that it leads to; mostly nothing."""
    return [words for words in (hindrance(found), _met(found)) if words]


def hindrance(found: Update) -> str:
    """Who does not admit the update, and what to move first; "" when nobody is known, or likely, to refuse it.

    Which versions a package has, and what they require, is in no lockfile: whether there is one that will do is not known.
    """
    move = f"move {_several(found.through)} to a version that allows {printable(found.to)}; whether there is one is not known"
    if found.breaking:
        if not found.through:
            move = f"the dependency that pulls it in has to allow {printable(found.to)}; which one that is, and whether it can, is not known"
        return f"needs more than this update, most likely: {move}"
    who = [f"{printable(name)} requires {printable(requirement)}" for name, requirement in found.hindered[:_NAMED]]
    if not who:
        return ""
    more = f" and {len(found.hindered) - _NAMED} more" if len(found.hindered) > _NAMED else ""
    return (
        f"needs more than this update: {', '.join(who)}{more}: {move if found.through else 'change that requirement'}"
    )


def _met(found: Update) -> str:
    ids = _several(found.affected)
    return f"every version that fixes this is affected by another advisory: {ids}" if ids else ""


def _several(names: Sequence[str]) -> str:
    shown = ", ".join(map(printable, names[:_NAMED]))
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def decided(judged: Judged) -> str:
    """The outcome, the rule and the rule's own reason; for what is undecided, why."""
    decision, place = judged.decision, judged.finding.places[0]
    undecided = f"Undecided: {printable(place.reason)} " if place.verdict is Verdict.UNDECIDED else ""
    return f"{undecided}{SCOPES[decision.scope]} by {printable(decision.by)}: {printable(decision.reason)}"


def shared_reason(findings: Iterable[Judged]) -> str:
    """What `decided` says of all of them, when there are several and it is the same: to be said once. Else ""."""
    several = list(findings)
    parts = ((judged.decision, judged.finding.places[0]) for judged in several)
    said = {(decision.scope, decision.by, decision.reason, place.verdict, place.reason) for decision, place in parts}
    return f"all {decided(several[0])}" if len(several) > 1 and len(said) == 1 else ""


def mixed(report: Report) -> bool:
    """Whether some of what is tracked fails the scan and some does not, so that the former has to be marked."""
    return len({judged.failing for judged in report.findings if judged.decision.scope in TRACKED}) > 1


def routes(place: Place) -> list[str]:
    """Who pulls the package in, shortest path first; how many more there are."""
    ways = sorted(place.via or (), key=lambda via: (len(via.path), via))
    shown = [" > ".join(printable(step) for step in (start(via), *via.path)) for via in ways[:_PATHS]]
    return shown + ([counted(len(ways) - _PATHS, "more workspace member")] if len(ways) > _PATHS else [])


def gravity(finding: Finding) -> int:
    """What sorts findings by how bad they are: malware is worse than any rating, and has mostly none."""
    return len(_LEVELS) if finding.kind is Kind.MALWARE else _LEVELS.index(finding.rating.severity)


def worst_first(findings: Iterable[Judged]) -> list[Judged]:
    """What fails the scan first, then by scope, severity and name: a fixed order."""
    scopes = tuple(SCOPES)
    return sorted(
        findings,
        key=lambda judged: (
            not judged.failing,
            scopes.index(judged.decision.scope),
            -gravity(judged.finding),
            judged.finding.package,
            judged.finding.id,
            judged.finding.places[0].lockfile,
        ),
    )


def tally(report: Report) -> str:
    """One sentence: what was looked at, what was found, and how much of it fails the scan."""
    by_scope = {scope: [j for j in report.findings if j.decision.scope is scope] for scope in SCOPES}
    found = ", ".join(
        f"{len(some)} {SCOPES[scope]}" + (f" ({_levels(some)})" if scope in TRACKED else "")
        for scope, some in by_scope.items()
        if some
    )
    found += f"; {failing(report)}" if any(by_scope[scope] for scope in TRACKED) else ""
    if not report.trusted:
        found = f"{found or 'nothing found'}, but the answer can't be trusted"
    looked = f"{counted(report.packages, 'package')} in {counted(report.lockfiles, 'lockfile')}"
    return f"{looked}: {found or 'no known vulnerability'}"


def _levels(findings: Sequence[Judged]) -> str:
    """How many of each severity, worst first; what nobody rated by its kind; how many of all are undecided."""
    counts = dict.fromkeys([severity.value for severity in reversed(_LEVELS) if severity is not Severity.UNKNOWN], 0)
    counts |= dict.fromkeys([*(kind.value for kind in Kind if kind is not Kind.VULNERABILITY), _UNRATED], 0)
    for judged in findings:
        severity, kind = judged.finding.rating.severity, judged.finding.kind
        unrated = _UNRATED if kind is Kind.VULNERABILITY else kind.value
        counts[unrated if severity is Severity.UNKNOWN else severity.value] += 1
    said = [f"{count} {level}" for level, count in counts.items() if count]
    undecided = sum(judged.finding.verdict is Verdict.UNDECIDED for judged in findings)
    return ", ".join(said) + (f"; {undecided} undecided" if undecided else "")


def failing(report: Report) -> str:
    """How many findings fail the scan, as every format says it."""
    count = sum(judged.failing for judged in report.findings)
    tracked = sum(judged.decision.scope in TRACKED for judged in report.findings)
    if not tracked:
        return "nothing to act on"
    return (
        f"{counted(count, 'finding')} {'fails' if count == 1 else 'fail'} the scan"
        if count
        else "no finding fails the scan"
    )


def verdict(report: Report) -> str:
    """The headline: whether anything fails, if the answer can be trusted."""
    return failing(report) if report.trusted else "the answer can't be trusted"


def change(report: Report) -> str:
    """What the change under review did to what is tracked, in one line; "" where nothing was compared."""
    return f"{since(report)}: {changed(report)}" if report.base else ""


def since(report: Report) -> str:
    """What the findings were compared with, by the name that the person gave: `since main (91d4989)`."""
    commit, named = report.base[:7], printable(report.since)
    return f"since {commit if not named or report.base.startswith(named) else f'{named} ({commit})'}"


def changed(report: Report) -> str:
    """How many tracked findings the change brought, how many were there, how many are gone."""
    tracked = [judged for judged in report.findings if judged.decision.scope in TRACKED]
    new = sum(judged.introduced is True for judged in tracked)
    return f"{new} introduced, {len(tracked) - new} there before; {len(report.resolved)} resolved"


def sources(report: Report) -> str:
    """One line: which data the answer rests on, as of when, and from where."""
    moments = {data.as_of for data in report.data.values()}
    same = len(moments) == 1
    feeds = [
        f"{name} ({counted(data.records, 'record')}{'' if same else ' as of ' + (data.as_of or 'never')})"
        for name, data in report.data.items()
    ]
    moment = f", as of {moments.pop() or 'never'}" if same else ""
    return printable(f"data: {', '.join(feeds) or 'none'}{moment}{report.origin and f'; from {report.origin}'}")


def fingerprints(findings: Sequence[Judged]) -> list[str]:
    """An identity for each finding that outlives a moved line and an update that fixes nothing.

    It is made of lockfile, package and id; a second version of the package in the same lockfile gets the next number.
    """
    from hashlib import blake2b  # only here: it loads OpenSSL

    seen: dict[str, int] = {}
    found = []
    for finding, *_ in findings:
        parts = (finding.places[0].lockfile, finding.ecosystem, finding.package, finding.id)
        digest = blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
        seen[digest] = seen.get(digest, 0) + 1
        found.append(f"{digest}:{seen[digest]}")
    return found
