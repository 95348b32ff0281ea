"""What to do about the tracked findings of a scan: for each locked package the smallest update that removes them."""

from collections.abc import Iterable, Mapping, Sequence
from sqlite3 import Connection

from advisord.errors import InvalidVersion
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

_ROUNDS = 4
_Locked = tuple[str, str, str]


def updates(db: Connection, findings: Iterable[Judged], kept: Kept) -> tuple[Update, ...]:
    """One update for each lockfile, package and version with tracked findings that affect it. `kept` is of their match."""
    tracked: dict[tuple[str, _Locked], list[Judged]] = {}
    for judged in findings:
        finding, place = judged.finding, judged.finding.places[0]
        if judged.decision.scope in {Scope.IN, Scope.REGULAR} and place.verdict is Verdict.AFFECTED:
            locked = (finding.ecosystem, finding.package, place.version)
            tracked.setdefault((place.lockfile, locked), []).append(judged)
    wanted: dict[_Locked, dict[str, tuple[int, Group]]] = {}
    for (_, locked), same in tracked.items():
        for judged in same:
            vulnerability = judged.finding.vulnerability
            wanted.setdefault(locked, {})[vulnerability] = kept.groups[locked[0], locked[1], vulnerability]
    found = _remedies(db, wanted)
    telling = {place: inventory for place, inventory in kept.inventories.items() if _tells(inventory)}
    return tuple(
        _update(lockfile, locked, same, found[locked], telling)
        for (lockfile, locked), same in sorted(tracked.items(), key=lambda pair: pair[0])
    )


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


def _update(
    lockfile: str,
    locked: _Locked,
    same: Sequence[Judged],
    found: Remedy,
    telling: dict[tuple[str, str], Inventory],
) -> Update:
    ids = {judged.finding.vulnerability: judged.finding.id for judged in same}
    place = same[0].finding.places[0]
    inventory = telling.get((place.ref, place.lockfile))
    allowed, hindered = _allowed(inventory, locked, found.to) if found.to and inventory else (None, ())
    return Update(
        lockfile,
        *locked,
        found.to,
        step(locked[2], found.to) if found.to else "",
        tuple(ids[name] for name in found.removes if name in ids),
        tuple(ids[name] for name in found.leaves if name in ids),
        allowed,
        hindered,
    )


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
        allowed, hindered = _admitted(finding.ecosystem, asked, place.fixed[0])
        return place._replace(allowed=allowed, hindered=hindered)

    return [finding._replace(places=tuple(told(finding, place) for place in finding.places)) for finding in findings]


def _allowed(inventory: Inventory, locked: _Locked, to: str) -> tuple[bool | None, tuple[tuple[str, str], ...]]:
    """(whether everyone who requires the package admits the version, those who don't)."""
    return _admitted(locked[0], _askers(inventory).get(locked, set()), to)


def _askers(inventory: Inventory) -> dict[_Locked, set[tuple[str, str]]]:
    """Who requires each locked package, and the requirement as written ("" where the files don't say)."""
    names: list[_Locked] = [(package.ecosystem, package.name, package.version) for package in inventory.packages]
    asked: dict[_Locked, set[tuple[str, str]]] = {}
    for parent, ends in enumerate(inventory.edges or ()):
        for index in ends:
            who = (names[parent][1], inventory.requirements.get((parent, index), ""))
            asked.setdefault(names[index], set()).add(who)
    for root in inventory.roots or ():
        for edge in root.edges:
            asked.setdefault(names[edge.to], set()).add((root.name or root.path, edge.requirement))
    return asked


def _admitted(ecosystem: str, asked: set[tuple[str, str]], to: str) -> tuple[bool | None, tuple[tuple[str, str], ...]]:
    answers = {(who, requirement): admits(ecosystem, requirement, to) for who, requirement in asked}
    hindered = tuple(sorted(pair for pair, answer in answers.items() if answer is False))
    if hindered:
        return False, hindered
    return (True if answers and all(answers.values()) else None), ()
