"""From the records of an alias group to a finding: who says what, what fixes it, by which id it is called."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord.errors import InvalidVersion
from advisord.matching.aliases import rank
from advisord.matching.records import Record
from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.finding import Finding, Place, Verdict, Witness
from advisord.versions import key
from advisord.versions.ranges import Interval, within

_VERDICTS = (Verdict.AFFECTED, Verdict.UNDECIDED, Verdict.UNAFFECTED, Verdict.WITHDRAWN)
_KINDS = (Kind.MALWARE, Kind.VULNERABILITY, Kind.UNSOUND, Kind.UNMAINTAINED, Kind.NOTICE)
_LEVELS = tuple(Severity)
_BOUNDS = frozenset({"crates.io", "npm"})


class Group(NamedTuple):
    """An alias group as one package sees it.

    `members` are all ids of the group, `record_ids` those that are records of their own (of whatever package), and
    `records` what the feeds say about this package.
    """

    vulnerability: str
    members: tuple[str, ...]
    record_ids: tuple[str, ...]
    records: tuple[Record, ...]


def judge(record: Record, locked: bytes | None, invalid: str) -> tuple[Verdict, str]:
    """One record's verdict on a version, and why it is undecided. A `locked` key of None: `invalid` says why there is none."""
    if record.withdrawn or record.gone:
        return Verdict.WITHDRAWN, ""
    if locked is None:
        return Verdict.UNDECIDED, invalid
    if within(record.intervals, locked) or locked in record.listed:
        return Verdict.AFFECTED, ""
    if record.undecided:
        return Verdict.UNDECIDED, record.undecided
    return Verdict.UNAFFECTED, ""


def fixes(record: Record, ecosystem: str, locked: bytes | None) -> dict[bytes, str]:
    """Versions above the locked one that the record names as fixed: key → text.

    `0.7.1-0` is how `> 0.7.0` is written as a range's end: the least version that could come, and nobody's release.
    """
    found = {}
    for span in record.intervals:
        if (
            span.fixed
            and (locked is None or span.hi > locked)
            and not (ecosystem in _BOUNDS and span.fixed.endswith("-0"))
        ):
            found[_key(ecosystem, span)] = span.fixed
    return found


def _key(ecosystem: str, span: Interval) -> bytes:
    """The key of the version that fixes an interval; it may lie above the interval's end."""
    try:
        return key(ecosystem, span.fixed)
    except InvalidVersion:
        return span.hi


def find(
    repository: str,
    ecosystem: str,
    package: str,
    group: Group,
    locked: bytes | None,
    invalid: str,
    place: Place,
    authority: str = "",
) -> Finding | None:
    """The finding of one locked version, or None when no live record affirms it.

    `place` comes without verdict and fixes; they are filled in. A finding stands when any live record says
    "affected"; when none does, an undecided one makes it undecided. `authority` is the database (the beginning of its
    ids, such as RUSTSEC) whose word counts for this ecosystem: where its live records all say "not affected", there is
    no finding, whatever the others say. Where it says nothing, the others decide.
    """
    judged = [(record, *judge(record, locked, invalid)) for record in group.records]
    if authority and _denies(authority, ((record.id, verdict) for record, verdict, _ in judged)):
        return None
    affirming = [r for r, verdict, _ in judged if verdict is Verdict.AFFECTED]
    verdict = Verdict.AFFECTED
    reason = ""
    if not affirming:
        verdict = Verdict.UNDECIDED
        affirming = [r for r, v, _ in judged if v is Verdict.UNDECIDED]
        reason = " ".join(dict.fromkeys(why for _, v, why in judged if v is Verdict.UNDECIDED))
    if not affirming:
        return None
    identifier = min((r.id for r in affirming), key=rank)
    canonical = [r for r in affirming if r.id == identifier]
    speaking = {r.id for r, v, _ in judged if v in {Verdict.AFFECTED, Verdict.UNDECIDED}}
    denied = set(group.record_ids) - speaking
    first = canonical[0]
    return Finding(
        repository=repository,
        ecosystem=ecosystem,
        package=package,
        id=identifier,
        ids=_ids(identifier, set(group.members) - denied),
        kind=min((r.kind for r in canonical), key=_KINDS.index),
        rating=worst(r.rating for r in affirming),
        summary=next((r.summary for r in [*canonical, *affirming] if r.summary), ""),
        witnesses=tuple(
            Witness(
                feed=r.feed,
                id=r.id,
                verdict=v,
                kind=r.kind,
                rating=r.rating,
                fixed=tuple(text for _, text in sorted(fixes(r, ecosystem, locked).items())),
                reason=why,
                published=r.published,
                modified=r.modified,
                withdrawn=r.withdrawn or r.gone,
            )
            for r, v, why in judged
        ),
        places=(place._replace(verdict=verdict, reason=reason, fixed=_agreed_fixes(affirming, ecosystem, locked)),),
        elsewhere=tuple(sorted(denied)),
        published=min((r.published for r in affirming if r.published), default=""),
        os=first.os,
        arch=first.arch,
        functions=tuple(sorted({f for r in affirming for f in r.functions})),
        epss=max((r.epss for r in group.records if r.epss is not None), default=None),
        alternatives=tuple(dict.fromkeys(a for r in canonical for a in r.alternatives)),
        vulnerability=group.vulnerability,
    )


def _denies(authority: str, said: Iterable[tuple[str, Verdict]]) -> bool:
    verdicts = {verdict for record, verdict in said if record.partition("-")[0] == authority} - {Verdict.WITHDRAWN}
    return verdicts == {Verdict.UNAFFECTED}


def _ids(identifier: str, names: set[str]) -> tuple[str, ...]:
    return (identifier, *sorted(names - {identifier}, key=rank))


def worst(ratings: Iterable[Rating]) -> Rating:
    """The highest level, among equals the highest score; unknown only when nobody knows."""
    return max(ratings, key=lambda r: (_LEVELS.index(r.severity), r.score or 0.0), default=Rating())


def _agreed_fixes(affirming: Sequence[Record], ecosystem: str, locked: bytes | None) -> tuple[str, ...]:
    """Fixed versions that no affirming record which knows a fix still calls affected, lowest first."""
    candidates: dict[bytes, str] = {}
    for record in affirming:
        candidates.update(fixes(record, ecosystem, locked))
    known = [tuple([span for span in record.intervals if span.fixed]) for record in affirming]
    return tuple(text for at, text in sorted(candidates.items()) if not any(within(spans, at) for spans in known))


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of single places as one per repository, package and vulnerability, in a fixed order."""
    by_identity: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        identity = (finding.repository, finding.ecosystem, finding.package, finding.vulnerability)
        by_identity.setdefault(identity, []).append(finding)
    return [_merged(same) for _, same in sorted(by_identity.items())]


def _merged(same: Sequence[Finding]) -> Finding:
    head = min(same, key=lambda f: rank(f.id))
    if len(same) == 1:
        return head
    witnesses: dict[tuple[str, str], Witness] = {}
    for witness in (w for finding in same for w in finding.witnesses):
        known = witnesses.setdefault((witness.feed, witness.id), witness)
        if _VERDICTS.index(witness.verdict) < _VERDICTS.index(known.verdict):
            witnesses[witness.feed, witness.id] = witness
    ids = {name for finding in same for name in finding.ids}
    return head._replace(
        ids=_ids(head.id, ids),
        kind=min((f.kind for f in same), key=_KINDS.index),
        rating=worst(f.rating for f in same),
        witnesses=tuple(witness for _, witness in sorted(witnesses.items())),
        places=tuple(sorted({place for f in same for place in f.places}, key=lambda place: place[:5])),
        elsewhere=tuple(sorted({name for f in same for name in f.elsewhere} - ids)),
        published=min((f.published for f in same if f.published), default=""),
        functions=tuple(sorted({name for f in same for name in f.functions})),
        first_seen=min((f.first_seen for f in same if f.first_seen), default=""),
    )
