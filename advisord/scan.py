"""The one-shot pipeline: read, match, decide. A command that people wait for, so nothing slow is imported here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from posixpath import dirname
from sqlite3 import Connection
from typing import TYPE_CHECKING, NamedTuple

from advisord.errors import InvalidVersion, LockfileError, RepositoryError
from advisord.lockfiles import registry
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.neighbours import Neighbours
from advisord.matching.findings import Group, find
from advisord.model.finding import Finding, Place, Verdict
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.problem import Problem
from advisord.model.report import FeedData
from advisord.net import worktree
from advisord.store import feeds as feed_store
from advisord.store import matches
from advisord.versions import is_exact, is_known, key, normalise_name

if TYPE_CHECKING:
    from advisord.scope.facts import Context

STANDARD_LIBRARY = "stdlib"
"""The group of packages that are the toolchain's own (Go): the build image decides on them, not the lockfile."""

_CLOCKS = 600.0  # seconds by which the clocks of two machines may differ


class Read(NamedTuple):
    """One lockfile that was read. `path` is what a report shows, `place` the path inside the repository.

    `ref` and `commit` are "" in a working tree.
    """

    path: str
    place: str
    format: str
    inventory: Inventory
    manifests: Manifests
    ref: str = ""
    commit: str = ""


def read_paths(paths: Sequence[str], exclude: Sequence[str] | None) -> tuple[list[Read], list[Problem]]:
    """Read every lockfile that the paths name or hold. What can't be read becomes a problem.

    `exclude` are names of folders that are left out (None: those that are usually left out).
    """
    found: dict[str, Read] = {}
    problems: list[Problem] = []
    parsed: dict[tuple[str, bytes], Inventory] = {}
    files = cache(worktree.files)  # a tree is listed once, however many of its lockfiles ask
    for path in paths:
        for read, problem in _read_path(path, exclude, parsed, files):
            if read:
                found.setdefault(read.path, read)
            if problem:
                problems.append(problem)
    return list(found.values()), problems


def _read_path(
    path: str,
    exclude: Sequence[str] | None,
    parsed: dict[tuple[str, bytes], Inventory],
    files: Callable[..., Sequence[str]],
) -> Iterable[tuple[Read | None, Problem | None]]:
    import os

    top = worktree.top_of(path)
    if os.path.isdir(path):
        from advisord.lockfiles.discovery import EXCLUDE, discover  # a named lockfile needs no discovery

        below = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
        below = "" if below == "." else below
        tracked = files(top, below)
        prefix = f"{below}/" if below else ""
        inside = discover([name[len(prefix) :] for name in tracked], exclude or EXCLUDE)
        for problem in inside.problems:
            yield (
                None,
                problem._replace(subject=os.path.join(path, problem.subject) if path != "." else problem.subject),
            )
        for name, format_ in inside.lockfiles:
            shown = os.path.normpath(os.path.join(path, name))
            yield read_one(shown, prefix + name, format_, lambda p: worktree.read(top, p), lambda: files(top), parsed)
        return
    format_named = registry.recognise(path.replace(os.sep, "/"))
    if not os.path.exists(path):
        yield None, Problem("no-such-file", path, "there is no such file or folder")
    elif format_named is None:
        yield None, Problem("unknown-lockfile", path, "is not a lockfile that advisord knows by its name")
    else:
        name = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
        yield read_one(path, name, format_named, lambda p: worktree.read(top, p), lambda: files(top), parsed)


def read_one(
    path: str,
    place: str,
    format_: str,
    read: Callable[[str], bytes | None],
    listing: Callable[[], Iterable[str]],
    parsed: dict[tuple[str, bytes], Inventory] | None = None,
) -> tuple[Read | None, Problem | None]:
    """Parse one lockfile of a tree of files; a failure is a blocking problem, never an exception.

    `parsed` remembers contents by (format, bytes): the same content in many folders is parsed once.
    """
    try:
        data = read(place)
        if data is None:
            return None, Problem("unreadable-lockfile", path, "is not a regular file")
        inventory = None if parsed is None else parsed.get((format_, data))
        if inventory is None:
            inventory = registry.load(format_).parse(data)
            if parsed is not None:
                parsed[format_, data] = inventory
    except (LockfileError, RepositoryError) as exc:
        return None, Problem("unreadable-lockfile", path, exc.message)
    return Read(path, place, format_, inventory, Neighbours(place, listing, read)), None


def annotated(read: Read) -> Inventory:
    """The whole inventory, with what the manifests beside the lockfile add."""
    annotate = registry.load(read.format).annotate
    return annotate(read.inventory, read.manifests) if annotate else read.inventory.whole()


def matchable(package: Package, *, standard_library: bool = False) -> bool:
    """Whether advisories speak of this package: a name alone is no evidence for a package from git or a folder.

    Of the standard library only a whole version counts: `go 1.21` names a language, `go 1.21.3` a toolchain.
    """
    if package.source is not Source.REGISTRY:
        return False
    if STANDARD_LIBRARY not in package.groups:
        return True
    return standard_library and package.version.count(".") == 2


class _Version(NamedTuple):
    """A distinct locked version: where it stands as (index of the lockfile, index of the package)."""

    package_id: int
    ecosystem: str
    text: str
    key: bytes | None
    invalid: str
    places: list[tuple[int, int]]


class Kept(NamedTuple):
    """What matching loaded on its way, for whoever looks further.

    `groups` are by (ecosystem, package as locked, vulnerability), with the package's id; `inventories` by (ref, path), with
    what the manifests add.
    """

    groups: dict[tuple[str, str, str], tuple[int, Group]]
    inventories: dict[tuple[str, str], Inventory]


def match(
    db: Connection,
    lockfiles: Sequence[Read],
    *,
    standard_library: bool = False,
    kept: Kept | None = None,
    authorities: Mapping[str, str] = {},
) -> list[Finding]:
    """Every finding of the lockfiles, one place each. `kept` is filled when it is given.

    `authorities` are databases by ecosystem whose denial overrules the others (see `findings.find`).
    """
    versions = _distinct(db, lockfiles, standard_library)
    package_of = {n: version.package_id for n, version in enumerate(versions)}
    found = matches.hits(db, ((n, version.package_id, version.key) for n, version in enumerate(versions)))
    grouped = matches.groups(db, found, package_of)
    wanted = {place for numbers in grouped.values() for number in numbers for place in versions[number].places}
    kept = kept or Kept({}, {})
    places = places_of(lockfiles, wanted, kept.inventories) if wanted else {}
    findings = []
    for (package_id, vulnerability), numbers in grouped.items():
        group = load_group(db, package_id, vulnerability)
        for number in numbers:
            version = versions[number]
            finding: Finding | None = None
            for where in version.places:
                name = lockfiles[where[0]].inventory.packages[where[1]].name
                if finding and finding.package == name:  # in another lockfile all but the place is the same
                    same = finding.places[0]
                    place = places[where]._replace(verdict=same.verdict, reason=same.reason, fixed=same.fixed)
                    finding = finding._replace(places=(place,))
                else:
                    kept.groups[version.ecosystem, name, vulnerability] = package_id, group
                    authority = authorities.get(version.ecosystem, "")
                    finding = find(
                        "", version.ecosystem, name, group, version.key, version.invalid, places[where], authority
                    )
                if finding:
                    findings.append(finding)
    findings.sort(key=lambda f: (f.places[0].lockfile, f.package, f.places[0].version, f.id))
    return findings


def load_group(db: Connection, package_id: int, vulnerability: str) -> Group:
    """An alias group as one package sees it."""
    return Group(
        vulnerability,
        matches.members(db, vulnerability),
        matches.record_ids(db, vulnerability),
        tuple(matches.records(db, package_id, vulnerability)),
    )


def _distinct(db: Connection, lockfiles: Sequence[Read], standard_library: bool) -> list[_Version]:
    """Each distinct (package, version) that a known package has, with all its places."""
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for read in lockfiles:
        for package in read.inventory.packages:
            pair = (package.ecosystem, package.name)
            if pair not in named:
                named[pair] = (package.ecosystem, normalise_name(*pair))
    ids = matches.known_packages(db, set(named.values()))
    versions: dict[tuple[int, str], _Version] = {}
    for lockfile, read in enumerate(lockfiles):
        for index, package in enumerate(read.inventory.packages):
            package_id = ids.get(named[package.ecosystem, package.name])
            if package_id is None or not matchable(package, standard_library=standard_library):
                continue
            identity = (package_id, package.version)
            version = versions.get(identity)
            if version is None:
                at, invalid = locked_version(package.ecosystem, package.version)
                version = versions[identity] = _Version(package_id, package.ecosystem, package.version, at, invalid, [])
            if not version.places or version.places[-1][0] != lockfile:
                version.places.append((lockfile, index))
    return list(versions.values())


def locked_version(ecosystem: str, version: str) -> tuple[bytes | None, str]:
    """The version's key, or None and the sentence why it has none."""
    try:
        if is_exact(ecosystem, version):
            return key(ecosystem, version), ""
    except InvalidVersion as exc:
        return None, exc.message
    return None, f"{ecosystem}'s own order of versions is contradictory about {version!r}."


def places_of(
    lockfiles: Sequence[Read], wanted: Iterable[tuple[int, int]], inventories: dict[tuple[str, str], Inventory]
) -> dict[tuple[int, int], Place]:
    """Places without verdict and fixes, by (index of the lockfile, index of the package).

    Manifests and graphs are read only for lockfiles that have one; those inventories are put into `inventories`.
    """
    from advisord.matching.evidence import vias  # only here: most lockfiles have no findings

    by_lockfile: dict[int, list[int]] = {}
    for lockfile, index in sorted(wanted):
        by_lockfile.setdefault(lockfile, []).append(index)
    places = {}
    for lockfile, indices in by_lockfile.items():
        read = lockfiles[lockfile]
        inventory = inventories[read.ref, read.path] = annotated(read)
        ways = vias(inventory, indices, dirname(read.place) or ".")
        for index in indices:
            package = inventory.packages[index]
            places[lockfile, index] = Place(
                ref=read.ref,
                lockfile=read.path,
                format=read.format,
                line=package.line,
                version=package.version,
                verdict=Verdict.UNDECIDED,
                groups=package.groups,
                direct=package.direct,
                via=ways[index],
                commit=read.commit,
            )
    return places


def context_of(lockfiles: Sequence[Read], lines: Mapping[str, str] = {}) -> "Context":
    """What decisions look at beside a finding: the versions locked in its lockfile (triggers of acceptances), its line."""
    # Only here: it comes with rules, and most scans have none.
    from advisord.scope.facts import Context

    locked = {}
    for read in lockfiles:
        versions: dict[str, tuple[str, ...]] = {}
        for package in read.inventory.packages:
            versions[package.name] = (*versions.get(package.name, ()), package.version)
        locked[read.ref, read.path] = versions
    return Context(lines, locked)


def ecosystems_of(lockfiles: Sequence[Read]) -> set[str]:
    """The ecosystems of everything that has to be matched."""
    contents = {id(read.inventory): read.inventory for read in lockfiles}.values()
    return {package.ecosystem for inventory in contents for package in inventory.packages if matchable(package)}


def trust(
    db: Connection, ecosystems: Iterable[str], age: Callable[[str], float], max_age: float | None
) -> tuple[list[Problem], dict[str, FeedData]]:
    """Whether the data can answer for these ecosystems, and what they are.

    `age` turns a feed's as-of time into seconds, `max_age` is the limit (None: any age will do). Silence about an
    ecosystem that no feed covers, or that only an old or doubtful feed covers, is no clean bill of health.
    """
    data = {
        state.name: FeedData(state.as_of, state.source, state.records, state.newest) for state in feed_store.states(db)
    }
    covered: dict[str, list[tuple[str, str, str]]] = {}
    for feed, ecosystem, as_of, error_code in feed_store.coverage(db):
        covered.setdefault(ecosystem, []).append((feed, as_of, error_code))
    problems: dict[Problem, None] = {}
    for ecosystem in sorted(ecosystems):
        if ecosystem not in covered:
            problems[_uncovered(ecosystem)] = None
        for feed, as_of, error_code in covered.get(ecosystem, ()):
            if error_code == "suspect-feed":
                message = "its last answer lost too many records to be believed; its older records are used"
                problems[Problem("suspect-feed", feed, message)] = None
            if age(as_of) < -_CLOCKS:
                message = f"was last read at {as_of}, ahead of this machine's clock; set the clock, run `advisord sync`"
                problems[Problem("clock", feed, message)] = None
            if max_age is not None and age(as_of) > max_age:
                message = f"was last read at {as_of}, longer ago than --max-age allows; run `advisord sync`"
                problems[Problem("stale-data", feed, message)] = None
    return list(problems), data


def _uncovered(ecosystem: str) -> Problem:
    if is_known(ecosystem):
        return Problem("no-data", ecosystem, "no feed in the database covers this ecosystem; run `advisord sync`")
    message = "no advisory feed covers this ecosystem: its packages are listed, not judged"
    return Problem("no-feed", ecosystem, message, blocking=False)


def inventory_problems(lockfiles: Sequence[Read]) -> list[Problem]:
    """What the parsers could not settle, with the lockfile as the subject."""
    return [
        problem._replace(subject=f"{read.path}: {problem.subject}" if problem.subject else read.path)
        for read in lockfiles
        for problem in read.inventory.problems
    ]


def later_problems(lockfiles: Sequence[Read], kept: Kept) -> list[Problem]:
    """What only graphs and manifests told, which were read for the findings of a match."""
    told = set(inventory_problems(lockfiles))
    known = ((read, kept.inventories.get((read.ref, read.path))) for read in lockfiles)
    whole = [read._replace(inventory=inventory) for read, inventory in known if inventory]
    return [problem for problem in inventory_problems(whole) if problem not in told]
