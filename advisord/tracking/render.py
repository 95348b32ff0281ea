"""The text of an issue: pure, the same for the same values, and without a clock.

Whatever comes from feeds, lockfiles and repositories goes through `advisord.defuse`.
"""

import re
from collections.abc import Callable, Sequence

from advisord import defuse
from advisord.defuse import code, prose
from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding, Place, Verdict, Via, Witness, start
from advisord.model.update import Update
from advisord.tracking import identity
from advisord.tracking.identity import Facts, Marker
from advisord.tracking.inputs import Deadline, Sections

TITLE_LIMIT = 200
_ROWS = 60
_NAMES = 40
_HINDERED = 10
_LICENCES = {
    "RUSTSEC": "RustSec Advisory Database (CC0-1.0)",
    "GHSA": "GitHub Advisory Database (CC-BY-4.0)",
    "GO": "Go Vulnerability Database (CC-BY-4.0)",
    "PYSEC": "PyPA Advisory Database (CC-BY-4.0)",
    "MAL": "OpenSSF Malicious Packages (Apache-2.0)",
}
_FOOT = (
    "<sub>advisord keeps this text up to date. What stands above or below it, the title once you change it, and your "
    "labels stay yours. Closing the issue as *not planned* proposes to accept the risk.</sub>"
)
_WHAT = {
    Kind.VULNERABILITY: "has a known vulnerability",
    Kind.MALWARE: "is **malware**",
    Kind.UNSOUND: "is unsound: safe code can lead to undefined behaviour",
    Kind.UNMAINTAINED: "is unmaintained",
    Kind.NOTICE: "has a notice",
}


def title(finding: Finding) -> str:
    """One line that sorts by package and can be searched by id."""
    what = finding.summary or {Kind.MALWARE: "malware", Kind.UNMAINTAINED: "unmaintained"}.get(
        finding.kind, f"known {finding.kind.value}"
    )
    tail = f" ({defuse.plain(finding.id, 60)})"
    name = defuse.plain(finding.package, 80)
    # "`atty` is unmaintained" names the package itself.
    again = rf"[`'\"]?{re.escape(name)}[`'\"]?(?: (?:crate|gem|module|package))?\s+(?:is\s+)?(?=\S)"
    said = re.match(again, what, re.IGNORECASE)
    whole = f"{name}: {what[said.end() :] if said else what}"
    return defuse.plain(whole, TITLE_LIMIT - len(tail)) + tail


def facts(finding: Finding, decision: Decision, deadlines: Sequence[Deadline] = ()) -> Facts:
    """What a reader of the issue learns from it, in short."""
    places, total = identity.bounded_places(identity.place_name(p.ref, p.lockfile) for p in finding.places)
    withdrawn = sorted(witness.id for witness in finding.witnesses if witness.verdict is Verdict.WITHDRAWN)
    return Facts(
        decision.scope.value,
        finding.rating.severity.value,
        finding.verdict.value,
        identity.short(" ".join(sorted({place.to for place in finding.places if place.to}))),
        "yes" if finding.known_exploited else "",
        identity.bounded_ids(withdrawn),
        places,
        total,
        tuple(identity.short(f"{deadline.label}: {deadline.due}") for deadline in deadlines),
    )


def block(
    finding: Finding,
    decision: Decision,
    marker: Marker,
    limit: int,
    deadlines: Sequence[Deadline] = (),
) -> str:
    """Our block of the body, at most `limit` characters.

    Commits, lines of lockfiles and the facts that a rule looked at stay out of it: they change from day to day without
    being news, and each change would be another edit in the issue's history.
    """
    rows = _ROWS
    while True:
        text = _block(finding, decision, marker, deadlines, rows)
        if len(text) <= limit or rows == 0:
            return text
        rows //= 2


def framed(marker: Marker, parts: Sequence[str]) -> str:
    """Paragraphs between our border lines, behind the marker."""
    return "\n".join(
        (identity.BEGIN, identity.encode(marker), "\n\n".join(part for part in parts if part), identity.END)
    )


def severity(finding: Finding) -> str:
    """The severity in words, with the score when there is one."""
    rating = finding.rating
    if rating.severity is Severity.UNKNOWN:
        return "severity unknown"
    score = "" if rating.score is None else f" ({rating.score:.1f})"
    return f"{rating.severity.value} severity{score}"


def sections(
    finding: Finding, decision: Decision, marker: Marker, deadlines: Sequence[Deadline], rows: int = _ROWS
) -> Sections:
    """The parts of a body, with at most `rows` rows in a table."""
    return Sections(
        _headline(finding),
        f"It was tracked before in #{marker.after}." if marker.after.isdecimal() else "",
        _places(finding, rows),
        _remedy(finding),
        _why(decision),
        _table(("What", "By"), [(prose(d.label), prose(d.due)) for d in deadlines]) if deadlines else "",
        _sources(finding, rows),
        _licence(finding),
        _FOOT,
    )


def _block(finding: Finding, decision: Decision, marker: Marker, deadlines: Sequence[Deadline], rows: int) -> str:
    made = sections(finding, decision, marker, deadlines, rows)
    parts = [
        made.headline,
        made.before,
        "### Where",
        made.where,
        "### What to do",
        made.what_to_do,
        "### Why it is tracked",
        made.why,
        *(("### Deadlines", made.deadlines) if made.deadlines else ()),
        "### Sources",
        made.sources,
        made.licence,
        made.foot,
    ]
    return framed(marker, parts)


def _headline(finding: Finding) -> str:
    words = f"{code(finding.package)} ({prose(finding.ecosystem)}) {_WHAT[finding.kind]}"
    summary = f": {prose(finding.summary)}" if finding.summary else ""
    exploited = " **It is known to be exploited.**" if finding.known_exploited else ""
    undecided = ""
    if finding.verdict is Verdict.UNDECIDED:
        undecided = " Whether a locked version is affected **can't be decided**; the reasons are in the table."
    return f"{words}{summary}\n\n**{severity(finding).capitalize()}**, {defuse.advisory(finding.id)}.{exploited}{undecided}"


def _places(finding: Finding, rows: int) -> str:
    ordered = sorted(finding.places, key=lambda place: (place.ref, place.lockfile, place.version))
    shown = ordered[:rows]
    lines = [
        (
            code(place.ref) if place.ref else "working tree",
            code(place.lockfile),
            _version(place),
            code(place.to) if place.to else "-",
            *_reached(place),
        )
        for place in shown
    ]
    table = _table(("Branch", "Lockfile", "Version", "Update to", "Pulled in by", "Reach"), lines)
    more = len(finding.places) - len(shown)
    return f"{table}\n\n… and {more} more places." if more else table


def _version(place: Place) -> str:
    undecided = f" undecided: {prose(place.reason, 120)}" if place.verdict is Verdict.UNDECIDED else ""
    return code(place.version) + undecided


def _reached(place: Place) -> tuple[str, str]:
    """Who pulls the package in, and how it is reached."""
    if place.via is None:
        groups = ", ".join(code(group) for group in place.groups[:3])
        direct = {True: "direct", False: "transitive", None: "not recorded"}[place.direct]
        return direct, groups or "not recorded"
    if not place.via:
        return "no component", "-"
    paths = "<br>".join(_path(via) for via in place.via[:2])
    more = f"<br>and {len(place.via) - 2} more" if len(place.via) > 2 else ""
    return paths + more, ", ".join(sorted({via.reach.value for via in place.via}))


def _path(via: Via) -> str:
    steps = via.path if len(via.path) <= 6 else (*via.path[:3], "…", *via.path[-2:])
    return " → ".join(code(step, 60) for step in (start(via), *steps))


def _remedy(finding: Finding) -> str:
    name = code(finding.package)
    lines = []
    fixed = [place for place in finding.places if place.to]
    targets = tuple(dict.fromkeys(place.to for place in fixed))
    if finding.kind is Kind.MALWARE:
        lines.append(
            f"**Remove** {name} at once, and treat the machines that installed it, and the secrets on them, as compromised."
        )
    if len(targets) == 1:
        lines.append(f"**Update** {name} to {code(targets[0])}, {_smallest(fixed)}.")
    elif targets:
        lines.append(f"**Update** {name}; {_smallest(fixed)} stands in the table for each place.")
    lines += _requirements([place.update for place in fixed if place.update])
    if fixed and all(place.update and place.update.allowed for place in fixed):
        lines.append("All who require it allow that: updating the lockfile is enough.")
    if fixed and len(fixed) < len(finding.places):
        lines.append("For the other places no fixed version is known.")
    if finding.alternatives:
        lines.append(
            "**Replace** it: the advisory names " + ", ".join(code(a) for a in finding.alternatives[:10]) + "."
        )
    if not targets and finding.verdict is Verdict.UNDECIDED:
        lines.append("**Look** at the advisory and at the locked version: a person has to decide what advisord can't.")
    elif not targets and finding.kind is not Kind.MALWARE:
        lines.append(
            "No fixed version is known: **replace** or **remove** it."
            if not finding.alternatives
            else "Or **remove** it."
        )
    if finding.places and all(place.direct is False for place in finding.places):
        come = "the packages before it in the table" if all(p.via for p in finding.places) else "another package"
        lines.append(f"Nothing here requires {name} itself: it comes with {come}.")
    return "\n".join(f"- {line}" for line in lines)


def _smallest(places: Sequence[Place]) -> str:
    """What the version is that a place is updated to: chosen for all that is tracked of the package there."""
    several = any(place.update and len(place.update.removes) > 1 for place in places)
    return f"the smallest version without it{' and what else of the package goes with it' if several else ''}"


def _requirements(updates: Sequence[Update]) -> list[str]:
    """What is to be known of the versions, and whether those who require the package admit them, as far as the files say."""
    early = _list(list(dict.fromkeys(one.to for one in updates if one.early)), code)
    lines = [f"{early} is a pre-release: no release is known that removes it."] if early != "-" else []
    for to, met in dict.fromkeys((one.to, one.affected) for one in updates if one.affected):
        lines.append(
            f"{code(to)} is affected by {_list(met, defuse.advisory)}: no version is known that has none of them."
        )
    hindered = sorted({(*pair, one.to) for one in updates for pair in one.hindered})
    lines += [
        f"{code(who)} requires {code(requirement)}, which does not allow {code(to)}: it has to change first."
        for who, requirement, to in hindered[:_HINDERED]
    ]
    if len(hindered) > _HINDERED:
        lines.append(f"{len(hindered) - _HINDERED} more requirements don't allow it.")
    moved: dict[str, dict[str, None]] = {}
    for one in updates:
        moved.setdefault(one.to, {}).update(dict.fromkeys(one.through))
    lines += [
        f"**Move** {_list(list(names), code)} to a version that allows {code(to)}; whether there is one is not known."
        for to, names in moved.items()
        if names
    ]
    for to in dict.fromkeys(one.to for one in updates if one.breaking and not one.through):
        lines.append(
            f"Whoever requires it has to allow {code(to)}, a breaking update: which dependency that is, and whether it"
            " can, is not known."
        )
    return lines


def _why(decision: Decision) -> str:
    scope = {Scope.IN: "in scope", Scope.REGULAR: "a regular issue, not a security matter"}
    words = scope.get(decision.scope, decision.scope.value)
    sentence = f"By rule {code(decision.rule)} it is {words}: {prose(decision.reason)}"
    lines = [sentence]
    lines += [f"Acceptance ended: {prose(ended)}." for ended in decision.lapsed]
    if decision.unknown:
        lines.append("Not known: " + ", ".join(prose(name, 60) for name in decision.unknown[:12]) + ".")
    return "\n\n".join(lines)


def _sources(finding: Finding, rows: int) -> str:
    shown = finding.witnesses[:rows]
    table = _table(
        ("Advisory", "Feed", "Says", "Severity", "Fixed in"),
        [(defuse.advisory(w.id), prose(w.feed, 40), _says(w), _rated(w), _list(w.fixed, code)) for w in shown],
    )
    more = len(finding.witnesses) - len(shown)
    named = {witness.id for witness in shown}
    aliases = [identifier for identifier in finding.ids if identifier not in named]
    lines = [table]
    if more:
        lines.append(f"… and {more} more records.")
    if aliases:
        lines.append("Also known as " + _list(aliases, defuse.advisory) + ".")
    return "\n\n".join(lines)


def _says(witness: Witness) -> str:
    if witness.verdict is Verdict.WITHDRAWN:
        return "withdrawn" + (f" {prose(witness.withdrawn, 10)}" if witness.withdrawn else "")
    reason = f": {prose(witness.reason, 120)}" if witness.reason else ""
    return {Verdict.UNAFFECTED: "not affected"}.get(witness.verdict, witness.verdict.value) + reason


def _rated(witness: Witness) -> str:
    score = "" if witness.rating.score is None else f" {witness.rating.score:.1f}"
    return witness.rating.severity.value + score


def _licence(finding: Finding) -> str:
    prefixes = {identifier.partition("-")[0] for identifier in (w.id for w in finding.witnesses)}
    names = sorted(_LICENCES[prefix] for prefix in prefixes & _LICENCES.keys())
    other = sorted({prose(w.feed, 40) for w in finding.witnesses if w.id.partition("-")[0] not in _LICENCES})
    names += [f"{feed} (licence as published there)" for feed in other]
    return f"Advisory data: {', '.join(names)}." if names else ""


def _list(items: Sequence[str], form: Callable[[str], str]) -> str:
    more = len(items) - _NAMES
    text = ", ".join(form(item) for item in items[:_NAMES])
    return (f"{text} and {more} more" if more > 0 else text) or "-"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
