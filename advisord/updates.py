"""What to do about findings: for each locked package the smallest update that removes them, checked against the database."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from advisord.matching.findings import Group
from advisord.matching.remediation import Remedy, breaking, candidates, remedies, step
from advisord.matching.requiring import Locked, Requiring
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict
from advisord.model.inventory import Inventory
from advisord.model.report import Judged
from advisord.model.update import Update
from advisord.scan import Kept, load_group
from advisord.store import matches
from advisord.versions import base_ecosystem, key

_ROUNDS = 4
_TRACKED = frozenset({Scope.IN, Scope.REGULAR})

_RAISED = frozenset({"Go", "Maven", "NuGet"})
"""Where a project may take a later version than those who require the package ask for: they name the least one."""


class _Spot(NamedTuple):
    """A locked package in one lockfile; `direct` as its place says."""

    ref: str
    lockfile: str
    locked: Locked
    direct: bool | None


_Wish = tuple[_Spot, Mapping[str, str]]
"""What is to be removed there: vulnerability → the finding's id."""
_Case = tuple[Locked, tuple[str, ...]]
"""A locked package, and the vulnerabilities that are to be removed from it."""


def updates(db: Connection, findings: Iterable[Judged], kept: Kept) -> tuple[Update, ...]:
    """What to do about the tracked findings that affect a locked version, one update for all lockfiles where it is the same.

    `kept` is of their match.
    """
    alike: dict[Update, list[str]] = {}
    for spot, update in _together(db, findings, kept).items():
        alike.setdefault(update, []).append(spot.lockfile)
    return tuple([_in(lockfiles, update) for update, lockfiles in sorted(alike.items(), key=lambda one: one[0][:3])])


def advised(db: Connection, findings: Sequence[Judged], kept: Kept) -> list[Judged]:
    """The findings with what to do about each at every place that it affects: what `updates` says of all in a package.

    What is not tracked is looked at alone, and so is what the update of all does not remove.
    """
    together = _together(db, findings, kept)
    left = [
        (spot, {finding.vulnerability: finding.id})
        for finding in (judged.finding for judged in findings)
        for spot in _spots(finding)
        if spot not in together or finding.id not in together[spot].removes
    ]
    alone = {(spot, *ids): update for (spot, ids), update in zip(left, _solved(db, left, kept), strict=True)}

    def told(finding: Finding) -> Finding:
        def at(place: Place) -> Place:
            if place.verdict is not Verdict.AFFECTED:
                return place
            spot = _spot(finding, place)
            update = alone.get((spot, finding.vulnerability)) or together[spot]
            return place._replace(update=_in([place.lockfile], update.of(finding.id)))

        return finding._replace(places=tuple(map(at, finding.places)))

    return [judged._replace(finding=told(judged.finding)) for judged in findings]


def _spot(finding: Finding, place: Place) -> _Spot:
    return _Spot(place.ref, place.lockfile, (finding.ecosystem, finding.package, place.version), place.direct)


def _spots(finding: Finding) -> Iterator[_Spot]:
    return (_spot(finding, place) for place in finding.places if place.verdict is Verdict.AFFECTED)


def _in(lockfiles: Sequence[str], update: Update) -> Update:
    smaller = tuple([_in(lockfiles, one) for one in update.smaller])
    return update._replace(lockfiles=tuple(lockfiles), smaller=smaller)


def _together(db: Connection, findings: Iterable[Judged], kept: Kept) -> dict[_Spot, Update]:
    """One update for all that is tracked of a package in a lockfile."""
    tracked: dict[_Spot, dict[str, str]] = {}
    for finding, decision, *_ in findings:
        if decision.scope in _TRACKED:
            for spot in _spots(finding):
                tracked.setdefault(spot, {})[finding.vulnerability] = finding.id
    return dict(zip(tracked, _solved(db, tracked.items(), kept), strict=True))


def _solved(db: Connection, wishes: Iterable[_Wish], kept: Kept) -> list[Update]:
    """The update of each wish, in their order, with the empty name of a lockfile."""
    wishes = list(wishes)
    if not wishes:
        return []
    cases: dict[_Case, dict[str, tuple[int, Group]]] = {}
    wanted: dict[tuple[str, str], set[Locked]] = {}
    for spot, ids in wishes:
        (ecosystem, package, _), names = spot.locked, tuple(sorted(ids))
        if (spot.locked, names) not in cases:
            cases[spot.locked, names] = {name: kept.groups[ecosystem, package, name] for name in names}
        wanted.setdefault((spot.ref, spot.lockfile), set()).add(spot.locked)
    found = _checked(db, cases)
    requiring = _requiring(kept.inventories, wanted)
    plain: dict[tuple[object, ...], list[Update]] = {}
    told: dict[tuple[object, ...], Update] = {}  # in lockfiles that are alike it is the same
    solved = []
    for spot, ids in wishes:
        who, what = requiring[spot.ref, spot.lockfile], (spot.locked, *ids.items())
        same = (id(who), spot.direct, what)
        if same not in told:
            if what not in plain:
                plain[what] = [_plain(spot.locked, ids, one) for one in found[spot.locked, tuple(sorted(ids))]]
            *smaller, last = [_told(spot, update, who) if update.to else update for update in plain[what]]
            told[same] = last._replace(smaller=tuple(smaller)) if smaller else last
        solved.append(told[same])
    return solved


def _requiring(
    inventories: Mapping[tuple[str, str], Inventory], wanted: Mapping[tuple[str, str], Collection[Locked]]
) -> dict[tuple[str, str], Requiring]:
    """Who requires the wanted packages, by ref and lockfile. Lockfiles that are alike share an inventory, looked at once."""
    known: dict[tuple[int, frozenset[Locked]], Requiring] = {}
    requiring = {}
    for where, locked in wanted.items():
        content = (id(inventories[where]), frozenset(locked))
        if content not in known:
            known[content] = Requiring(inventories[where], locked)
        requiring[where] = known[content]
    return requiring


def _plain(locked: Locked, ids: Mapping[str, str], found: Remedy) -> Update:
    """A remedy as it is the same wherever the version is locked. `breaking` says that requirements may not admit it."""
    removes, leaves = (tuple(sorted(ids[name] for name in names)) for names in (found.removes, found.leaves))
    if not found.to:
        return Update(*locked, "", "", removes, leaves, ())
    may_break = base_ecosystem(locked[0]) not in _RAISED and breaking(locked[2], found.to)
    return Update(
        *locked, found.to, step(locked[2], found.to), removes, leaves, (), affected=found.meets, early=found.early,
        breaking=may_break,
    )  # fmt: skip


def _told(spot: _Spot, plain: Update, requiring: Requiring) -> Update:
    """With what its lockfile says: who admits it and who does not, and what has to be moved first."""
    allowed, hindering, unknown = requiring.answer(spot.locked, plain.to)
    if allowed is None and not plain.breaking:
        return plain
    # A parent of whom it is not known most likely admits what semantic versioning calls compatible.
    parents = [who for who in unknown if who.package is not None]
    doubtful = allowed is None and bool(parents or spot.direct is False)
    through = requiring.direct(hindering or parents) if hindering or doubtful else ()
    hindered = tuple(sorted({(who.name, who.requirement) for who in hindering}))
    return plain._replace(allowed=allowed, hindered=hindered, through=through, breaking=doubtful)


def _checked(
    db: Connection, wanted: Mapping[_Case, Mapping[str, tuple[int, Group]]]
) -> dict[_Case, tuple[Remedy, ...]]:
    """The remedies, each checked against what the database says of the versions that they lead to."""
    found: dict[_Case, tuple[Remedy, ...]] = {}
    others: dict[_Case, dict[str, Group]] = {case: {} for case in wanted}
    open_ = list(wanted)
    rounds = 0
    while open_:
        rounds += 1
        asked: list[tuple[_Case, bytes]] = []
        for case in open_:
            locked, groups = case[0], [group for _, group in wanted[case].values()]
            found[case] = remedies(locked[0], locked[2], key(locked[0], locked[2]), groups, [*others[case].values()])
            at = [one.key for one in found[case] if one.to]
            if rounds > _ROUNDS and at:  # rather all that could come next at once than one by one
                at = list(candidates(locked[0], key(locked[0], locked[2]), [*groups, *others[case].values()]))
            asked += [(case, key_) for key_ in at]
        # The versions that they lead to may have vulnerabilities of their own: those are avoided in the next round.
        ids = {case: next(iter(wanted[case].values()))[0] for case in open_}
        hit = matches.hits(db, ((n, ids[case], key_) for n, (case, key_) in enumerate(asked)))
        package_of = {n: ids[case] for n, (case, _) in enumerate(asked)}
        worse: set[_Case] = set()
        for (package_id, vulnerability), numbers in matches.groups(db, hit, package_of).items():
            unknown = {
                case
                for case, _ in map(asked.__getitem__, numbers)
                if vulnerability not in {*wanted[case], *others[case]}
            }
            if unknown:
                group = load_group(db, package_id, vulnerability)
                for case in unknown:
                    others[case][vulnerability] = group
                worse |= unknown
        open_ = [case for case in open_ if case in worse]
    return found
