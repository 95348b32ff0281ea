"""The one-shot pipeline: read, match, decide. A command that people wait for, so nothing slow is imported here."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cache
from posixpath import dirname, join, normpath
from sqlite3 import Connection
from typing import TYPE_CHECKING, NamedTuple

from advisord.errors import InvalidVersion, LockfileError, RepositoryError
from advisord.lockfiles import registry
from advisord.lockfiles.interface import Read
from advisord.lockfiles.neighbours import Neighbours
from advisord.model.finding import Finding
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.problem import SUSPECT, Problem
from advisord.model.report import FeedData
from advisord.net import worktree
from advisord.store import feeds as feed_store
from advisord.store import matches
from advisord.versions import is_exact, is_known, key, normalise_name

if TYPE_CHECKING:
    from advisord.matching.findings import Group
    from advisord.scope.facts import Context

STANDARD_LIBRARY = "stdlib"
"""The group of packages that are the toolchain's own (Go): the build image decides on them, not the lockfile."""


_Parsed = dict[tuple[str, int], list[tuple[bytes, Inventory]]]
"""What was parsed, by format and size: comparing the few of one size takes less than hashing every byte of all."""

_FEW = 8  # contents of one size that are compared: nobody gets thousands of them compared with each other


def read_paths(paths: Sequence[str], exclude: Sequence[str] | None) -> tuple[list[Read], list[Problem]]:
    """Read every lockfile that the paths name or hold. What can't be read becomes a problem.

    `exclude` are names of folders that are left out (None: those that are usually left out).
    """
    found: dict[str, Read] = {}
    problems: list[Problem] = []
    parsed: _Parsed = {}
    listing = cache(worktree.listing)  # a tree is listed once, however many of its lockfiles ask
    reader = cache(worktree.reader)
    for path in paths:
        for read, problem in _read_path(path, exclude, parsed, listing, reader):
            if read:
                found.setdefault(read.path, read)
            if problem:
                problems.append(problem)
    return list(found.values()), problems


def _read_path(
    path: str,
    exclude: Sequence[str] | None,
    parsed: _Parsed,
    listing: Callable[..., worktree.Listing],
    reader: Callable[[str], Callable[[str], bytes | None]],
) -> Iterable[tuple[Read | None, Problem | None]]:
    import os

    top = worktree.top_of(path)
    if os.path.isdir(path):
        from advisord.lockfiles.discovery import EXCLUDE, discover  # a named lockfile needs no discovery

        below = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
        below = "" if below == "." else below
        tracked, links = listing(top, below)
        prefix = f"{below}/" if below else ""
        for name in links:
            if registry.recognise(name[len(prefix) :]):
                shown = os.path.normpath(os.path.join(path, name[len(prefix) :]))
                yield None, Problem("link", shown, "is a symbolic link, which is not followed", blocking=False)
        inside = discover([name[len(prefix) :] for name in tracked], exclude or EXCLUDE)
        for problem in inside.problems:
            yield (
                None,
                problem._replace(subject=os.path.join(path, problem.subject) if path != "." else problem.subject),
            )
        for name, format_ in inside.lockfiles:
            shown = os.path.normpath(os.path.join(path, name))
            yield read_one(shown, prefix + name, format_, reader(top), lambda: listing(top).files, parsed)
        return
    format_named = registry.recognise(path.replace(os.sep, "/"))
    if not os.path.exists(path):
        yield None, Problem("no-such-file", path, "there is no such file or folder")
    elif format_named is None:
        yield None, Problem("unknown-lockfile", path, "is not a lockfile that advisord knows by its name")
    else:
        name = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
        yield read_one(path, name, format_named, reader(top), lambda: listing(top).files, parsed)


def read_one(
    path: str,
    place: str,
    format_: str,
    read: Callable[[str], bytes | None],
    listing: Callable[[], Iterable[str]],
    parsed: _Parsed | None = None,
) -> tuple[Read | None, Problem | None]:
    """Parse one lockfile of a tree of files; a failure is a blocking problem, never an exception.

    `parsed` remembers contents: the same one in many folders is parsed once.
    """
    try:
        data = read(place)
        if data is None:
            absent = "is not there as a regular file: deleted, a link, or left out of a sparse checkout"
            return None, Problem("unreadable-lockfile", path, absent)
        alike = [] if parsed is None else parsed.setdefault((format_, len(data)), [])
        inventory = next((known for content, known in alike[-_FEW:] if content == data), None)
        if inventory is None:
            inventory = registry.load(format_).parse(data)
            alike.append((data, inventory))
    except (LockfileError, RepositoryError) as exc:
        return None, Problem("unreadable-lockfile", path, exc.message)
    neighbours = Neighbours(place, listing, read)
    if format_ in registry.SHARED and inventory.unpinned and (annotate := registry.load(format_).annotate):
        inventory = annotate(inventory, neighbours)
    return Read(path, place, format_, inventory, neighbours), None


def unpinned(inventory: Inventory) -> set[tuple[str, str]]:
    """Ecosystem and normalised name of what is named without a release of the public registry.

    What comes from git, a folder or another registry may well hold what an advisory speaks of: nobody can say.
    """
    named = [*inventory.unpinned]
    named += [
        (package.ecosystem, package.name) for package in inventory.packages if package.source is not Source.REGISTRY
    ]
    return {(ecosystem, normalise_name(ecosystem, name)) for ecosystem, name in named}


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
    """A distinct locked version of a known package."""

    package_id: int
    ecosystem: str
    key: bytes | None
    invalid: str


class Kept(NamedTuple):
    """What matching loaded on its way, for whoever looks further.

    `groups` are by (ecosystem, package as locked, vulnerability), with the package's id; `inventories` by (ref, path), with
    what the manifests add.
    """

    groups: dict[tuple[str, str, str], tuple[int, "Group"]]
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
    versions, number_of = _distinct(db, lockfiles, standard_library)
    package_of = {number: version.package_id for number, version in enumerate(versions)}
    found = matches.hits(db, ((n, version.package_id, version.key) for n, version in enumerate(versions)))
    if not found:
        return []
    # Only here: most lockfiles have no findings.
    from advisord.matching.findings import find
    from advisord.places import places_of

    standing = _standing(lockfiles, number_of, {number for number, _ in found})
    kept = kept or Kept({}, {})
    places = places_of(lockfiles, _by_lockfile(standing), kept.inventories)
    findings = []
    for (package_id, vulnerability), numbers in matches.groups(db, found, package_of).items():
        group = load_group(db, package_id, vulnerability)
        for number in numbers:
            version = versions[number]
            authority = authorities.get(version.ecosystem, "")
            same: dict[
                str, Finding | None
            ] = {}  # by the name as locked: in another lockfile all but the place is the same
            for where in standing[number]:
                name = lockfiles[where[0]].inventory.packages[where[1]].name
                if name in same:
                    first = same[name]
                    finding = first and first.at(places[where])
                else:
                    kept.groups[version.ecosystem, name, vulnerability] = package_id, group
                    finding = same[name] = find(
                        "", version.ecosystem, name, group, version.key, version.invalid, places[where], authority
                    )
                if finding:
                    findings.append(finding)
    findings.sort(key=lambda f: (f.places[0].lockfile, f.package, f.places[0].version, f.id))
    return findings


def load_group(db: Connection, package_id: int, vulnerability: str) -> "Group":
    """An alias group as one package sees it."""
    from advisord.matching.findings import Group  # as above

    return Group(
        vulnerability,
        matches.members(db, vulnerability),
        matches.record_ids(db, vulnerability),
        tuple(matches.records(db, package_id, vulnerability)),
    )


def _distinct(
    db: Connection, lockfiles: Sequence[Read], standard_library: bool
) -> tuple[list[_Version], dict[int, int]]:
    """Each distinct (package, version) that a known package has, and which of them a package is, by its identity."""
    packages = _packages(lockfiles)
    names = {(package.ecosystem, package.name) for package in packages.values()}
    normal = {pair: (pair[0], normalise_name(*pair)) for pair in names}
    ids = matches.known_packages(db, set(normal.values()))
    versions: dict[tuple[int, str], tuple[int, _Version]] = {}
    number_of: dict[int, int] = {}
    for identity, package in packages.items():
        package_id = ids.get(normal[package.ecosystem, package.name])
        if package_id is None or not matchable(package, standard_library=standard_library):
            continue
        known = versions.get((package_id, package.version))
        if known is None:
            version = _Version(package_id, package.ecosystem, *locked_version(package.ecosystem, package.version))
            known = versions[package_id, package.version] = len(versions), version
        number_of[identity] = known[0]
    return [version for _, version in versions.values()], number_of


def _standing(
    lockfiles: Sequence[Read], number_of: Mapping[int, int], hit: Container[int]
) -> dict[int, list[tuple[int, int]]]:
    """Where each affected version stands: (index of the lockfile, index of its first package of that version)."""
    wanted = {identity: number for identity, number in number_of.items() if number in hit}
    indices: dict[int, list[tuple[int, int]]] = {}  # by content: (number of the version, index of the package)
    standing: dict[int, list[tuple[int, int]]] = {}
    for lockfile, read in enumerate(lockfiles):
        content = id(read.inventory)
        if content not in indices:
            first: dict[int, int] = {}
            for index, identity in enumerate(map(id, read.inventory.packages)):
                if identity in wanted:
                    first.setdefault(wanted[identity], index)
            indices[content] = list(first.items())
        for number, index in indices[content]:
            standing.setdefault(number, []).append((lockfile, index))
    return standing


def _by_lockfile(standing: Mapping[int, Iterable[tuple[int, int]]]) -> dict[int, list[int]]:
    indices: dict[int, list[int]] = {}
    for lockfile, index in sorted(where for places in standing.values() for where in places):
        indices.setdefault(lockfile, []).append(index)
    return indices


def locked_version(ecosystem: str, version: str) -> tuple[bytes | None, str]:
    """The version's key, or None and the sentence why it has none."""
    try:
        if is_exact(ecosystem, version):
            return key(ecosystem, version), ""
    except InvalidVersion as exc:
        return None, exc.message
    return None, f"{ecosystem}'s own order of versions is contradictory about {version!r}."


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
    return {package.ecosystem for package in _packages(lockfiles).values() if matchable(package)}


def _packages(lockfiles: Sequence[Read]) -> dict[int, Package]:
    """The packages by their identity: formats hand out one object for what is the same in several lockfiles."""
    return {id(package): package for read in lockfiles for package in read.inventory.packages}


def trust(
    db: Connection, ecosystems: Iterable[str], age: Callable[[str], float], max_age: float | None
) -> tuple[list[Problem], dict[str, FeedData]]:
    """Whether the data can answer for these ecosystems, and what they are.

    `age` turns a feed's as-of time into seconds, `max_age` is the limit (None: any age will do). Silence about an
    ecosystem that no feed covers, or that only an old or doubtful feed covers, is no clean bill of health.
    """
    from advisord.times import CLOCKS  # whoever can tell an age has imported it already

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
            if error_code == SUSPECT:
                message = "its last answer lost too many records to be believed; its older records are used"
                problems[Problem(SUSPECT, feed, message)] = None
            if age(as_of) < -CLOCKS:
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
    """What the parsers could not settle, with the lockfile as the subject, or the manifest that it is about."""
    return [
        problem._replace(subject=normpath(join(dirname(read.path), problem.subject)) if problem.subject else read.path)
        for read in lockfiles
        for problem in read.inventory.problems
    ]


def later_problems(lockfiles: Sequence[Read], kept: Kept) -> list[Problem]:
    """What only graphs and manifests told, which were read for the findings of a match."""
    told = set(inventory_problems(lockfiles))
    known = ((read, kept.inventories.get((read.ref, read.path))) for read in lockfiles)
    whole = [read._replace(inventory=inventory) for read, inventory in known if inventory]
    return [problem for problem in inventory_problems(whole) if problem not in told]
