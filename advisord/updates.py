"""What to do about the tracked findings of a scan: for each locked package the smallest update that removes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection

from advisord.errors import InvalidVersion
from advisord.matching.evidence import vias
from advisord.matching.findings import Group
from advisord.matching.remediation import Remedy, remedy, step
from advisord.matching.requirements import admits
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict
from advisord.model.inventory import Inventory
from advisord.model.report import Judged, Update
from advisord.scan import Kept, load_group
from advisord.store import matches
from advisord.versions import key

_ROUNDS = 16
_TRACKED = frozenset({Scope.IN, Scope.REGULAR})
_Locked = tuple[str, str, str]
_Named = tuple[tuple[str, str], ...]
_Asker = tuple[int | None, str, str]
"""Who requires a package: its index (None for a root), its name, the requirement as written ("": the files don't say)."""


def updates(db: Connection, findings: Iterable[Judged], kept: Kept) -> tuple[Update, ...]:
    """What to do about the tracked findings that affect a locked version, one update for all lockfiles where it is the same.

    `kept` is of their match.
    """
    tracked: dict[_Locked, dict[str, list[Judged]]] = {}
    for judged in findings:
        finding, place = judged.finding, judged.finding.places[0]
        if judged.decision.scope in _TRACKED and place.verdict is Verdict.AFFECTED:
            locked = (finding.ecosystem, finding.package, place.version)
            tracked.setdefault(locked, {}).setdefault(place.lockfile, []).append(judged)
    wanted = {
        (ecosystem, package, version): {
            name: kept.groups[ecosystem, package, name]
            for name in {judged.finding.vulnerability for same in lockfiles.values() for judged in same}
        }
        for (ecosystem, package, version), lockfiles in tracked.items()
    }
    askers = {place: _askers(inventory) for place, inventory in kept.inventories.items() if _tells(inventory)}
    return tuple(
        update
        for locked, found in sorted(_remedies(db, wanted).items())
        for update in _of_one(locked, found, tracked[locked], askers, kept.inventories)
    )


def _of_one(
    locked: _Locked,
    found: Remedy,
    tracked: Mapping[str, Sequence[Judged]],
    askers: Mapping[tuple[str, str], Mapping[_Locked, set[_Asker]]],
    inventories: Mapping[tuple[str, str], Inventory],
) -> Iterator[Update]:
    """The updates of one locked version: several where lockfiles differ in what is tracked, or in who stands in the way."""
    alike: dict[tuple[_Named, bool | None, _Named, tuple[str, ...]], list[str]] = {}
    for lockfile, same in tracked.items():
        ids = tuple([(judged.finding.vulnerability, judged.finding.id) for judged in same])
        where = same[0].finding.places[0].ref, lockfile
        asked = askers[where].get(locked, set()) if found.to and where in askers else set()
        allowed, hindering = _admitted(locked[0], asked, found.to) if asked else (None, ())
        through = _through(inventories[where], hindering) if hindering else ()
        alike.setdefault((ids, allowed, _names(hindering) if hindering else (), through), []).append(lockfile)
    for (ids, allowed, hindered, through), lockfiles in alike.items():
        id_of = dict(ids)
        removes, leaves = (
            tuple(sorted(id_of[n] for n in names if n in id_of)) for names in (found.removes, found.leaves)
        )
        to = found.to if removes else ""
        yield Update(
            *locked, to, step(locked[2], to) if to else "", removes, leaves, tuple(lockfiles), allowed, hindered, through,
            found.meets if to else (),
        )  # fmt: skip


def _remedies(db: Connection, wanted: dict[_Locked, dict[str, tuple[int, Group]]]) -> dict[_Locked, Remedy]:
    """The remedies, each checked against what the database says of the version that it leads to."""
    found: dict[_Locked, Remedy] = {}
    others: dict[_Locked, list[Group]] = {locked: [] for locked in wanted}
    looked_at = {locked: set(groups) for locked, groups in wanted.items()}
    open_ = list(wanted)
    for _ in range(_ROUNDS):
        for locked in open_:
            groups = [group for _, group in wanted[locked].values()]
            found[locked] = remedy(locked[0], _key(locked), groups, others[locked])
        # The versions that they lead to may have vulnerabilities of their own: those are avoided in the next round.
        ids = [next(iter(wanted[locked].values()))[0] for locked in open_]
        hit = matches.hits(db, ((n, ids[n], found[locked].key) for n, locked in enumerate(open_) if found[locked].to))
        worse = set()
        for (package_id, vulnerability), numbers in matches.groups(db, hit, dict(enumerate(ids))).items():
            for locked in (open_[n] for n in numbers):
                if vulnerability not in looked_at[locked]:
                    looked_at[locked].add(vulnerability)
                    others[locked].append(load_group(db, package_id, vulnerability))
                    worse.add(locked)
        open_ = [locked for locked in open_ if locked in worse]
        if not open_:
            break
    return found


def _key(locked: _Locked) -> bytes:
    try:
        return key(locked[0], locked[2])
    except InvalidVersion:  # it is affected by a list that names the text itself
        return b""


def _tells(inventory: Inventory) -> bool:
    """Whether the files say what anybody requires."""
    return bool(inventory.requirements) or any(e.requirement for root in inventory.roots or () for e in root.edges)


def required(findings: Iterable[Finding], inventories: Mapping[tuple[str, str], Inventory]) -> list[Finding]:
    """The findings with, at each place, whether those who require the package admit its smallest fix."""
    askers = {place: _askers(inventory) for place, inventory in inventories.items() if _tells(inventory)}

    def told(finding: Finding, place: Place) -> Place:
        asked = askers.get((place.ref, place.lockfile), {}).get((finding.ecosystem, finding.package, place.version))
        if not place.fixed or not asked:
            return place
        allowed, hindering = _admitted(finding.ecosystem, asked, place.fixed[0])
        return place._replace(allowed=allowed, hindered=_names(hindering))

    return [finding._replace(places=tuple(told(finding, place) for place in finding.places)) for finding in findings]


def _askers(inventory: Inventory) -> dict[_Locked, set[_Asker]]:
    """Who requires each locked package."""
    names: list[_Locked] = [(package.ecosystem, package.name, package.version) for package in inventory.packages]
    asked: dict[_Locked, set[_Asker]] = {}
    for parent, ends in enumerate(inventory.edges or ()):
        for index in ends:
            who = (parent, names[parent][1], inventory.requirements.get((parent, index), ""))
            asked.setdefault(names[index], set()).add(who)
    for root in inventory.roots or ():
        for edge in root.edges:
            asked.setdefault(names[edge.to], set()).add((None, root.name or root.path, edge.requirement))
    return asked


def _admitted(ecosystem: str, asked: Iterable[_Asker], to: str) -> tuple[bool | None, tuple[_Asker, ...]]:
    """(whether everyone who requires the package admits the version, those who don't)."""
    answers = {who: admits(ecosystem, who[2], to) for who in asked}
    hindering = tuple(who for who, answer in answers.items() if answer is False)
    if hindering:
        return False, hindering
    return (True if answers and all(answers.values()) else None), ()


def _names(askers: Iterable[_Asker]) -> _Named:
    return tuple(sorted({(name, requirement) for _, name, requirement in askers}))


def _through(inventory: Inventory, hindering: Iterable[_Asker]) -> tuple[str, ...]:
    """The direct dependencies that pull in those who stand in the way."""
    parents = {index for index, _, _ in hindering if index is not None}
    ways = (via for found in vias(inventory, parents).values() for via in found or ())
    return tuple(sorted({via.path[0] for via in ways if via.path}))
