"""Step two: know every committed lockfile of a repository."""

from collections.abc import Callable, Iterator, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from advisord import scan
from advisord.cycle.refs import Refs
from advisord.cycle.tree import Tree
from advisord.errors import RepositoryError
from advisord.lockfiles.discovery import discover
from advisord.lockfiles.interface import Read
from advisord.lockfiles.registry import recognise
from advisord.lockfiles.uncovered import is_manifest
from advisord.model.inventory import Inventory, Source
from advisord.model.problem import Problem
from advisord.net.git import Git
from advisord.net.mirror import NO_BRANCHES, Listing, Mirror
from advisord.policies import FILE_NAME
from advisord.store import lockfiles as store
from advisord.versions import normalise_name


class Collected(NamedTuple):
    """What collecting a repository found. `changed` is False when every ref stands where it stood.

    `listing` is what the repository listed, when it could be read.
    """

    repository: str
    changed: bool = False
    parsed: int = 0
    problem: Problem | None = None
    notes: Sequence[Problem] = ()
    listing: Listing | None = None


def collect(
    db: Connection,
    name: str,
    mirror: Mirror,
    wanted: Callable[[Listing], Refs],
    exclude: Sequence[str],
    now: str,
    known: Listing | None = None,
    *,
    may_be_empty: bool = False,
) -> Collected:
    """Update the mirror and store the lockfiles of each ref that is wanted then. No content is parsed twice.

    `known` is the listing of the last time: while it stays as it is, and the same refs are wanted, git is asked for
    nothing else. A repository that can't be read keeps what is known of it, with the reason why it is old. Raises
    SettingsError for a policy that can't be read, and what the database raises. One that `may_be_empty` is well without
    a branch until it had one.
    """
    repository = store.repository_id(db, name)
    try:
        listing = mirror.update(known)
        refs = wanted(listing)
        before = store.commits(db, repository)
        same = listing == known and refs.lines.keys() == before.keys()
        commits = before if same else {ref: mirror.resolve(ref) for ref in refs.lines}
        trees = [Tree(mirror, commit) for commit in commits.values()]
        if listing != known:
            # Everything that may be read at once: each request to a server costs as much as all of them together.
            mirror.need(oid for tree in trees for oid in _files(tree, exclude))
        if commits == before:
            store.mark_read(db, repository, now)
            return Collected(name, notes=refs.problems, listing=listing)
        readings = [
            _look(ref, tree, commit, exclude) for (ref, commit), tree in zip(commits.items(), trees, strict=True)
        ]
        parsed = _read(db, mirror, readings)
        while not store.set_places(db, repository, now, readings):
            parsed += _read(db, mirror, readings)
    except RepositoryError as exc:
        if may_be_empty and exc.code == NO_BRANCHES and not store.commits(db, repository):
            store.mark_read(db, repository, now)
            return Collected(name, notes=[Problem(exc.code, name, "nothing was pushed to it yet", blocking=False)])
        store.mark_failed(db, repository, now, exc.code, exc.message)
        message = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
        return Collected(name, problem=Problem(exc.code, name, message))
    return Collected(name, True, parsed, notes=refs.problems, listing=listing)


def _look(ref: str, tree: Tree, commit: str, exclude: Sequence[str]) -> store.RefReading:
    """What a ref holds."""
    found = discover(tree.paths(), exclude)
    lockfiles = [(path, tree.oids[path], format_) for path, format_ in found.lockfiles]
    return store.RefReading(ref, commit, lockfiles, found.problems)


def _files(tree: Tree, exclude: Sequence[str]) -> Iterator[str]:
    """The files that reading and judging a commit may ask for."""
    from advisord.scope.ignores.registry import format_of  # here: it reads YAML

    excluded = frozenset(exclude)
    for path, oid in tree.oids.items():
        wanted = recognise(path) or is_manifest(path) or path == FILE_NAME or format_of(path)
        if wanted and not excluded.intersection(path.split("/")[:-1]):
            yield oid


def _read(db: Connection, git: Git, readings: Sequence[store.RefReading]) -> int:
    """Parse each content that is new to the database; how many."""
    unknown = {
        (oid, format_): path
        for reading in readings
        for path, oid, format_ in reading.lockfiles
        if not store.has_blob(db, oid, format_)
    }
    for ((oid, format_), path), (_, data) in zip(
        unknown.items(), git.read_blobs(oid for oid, _ in unknown), strict=True
    ):
        if data is None:
            store.add_blob(db, oid, format_, error="is too large to be read, or missing in the repository")
            continue
        _store(db, oid, *scan.read_one(path, path, format_, {path: data}.get, tuple), format_)
    return len(unknown)


def _store(db: Connection, oid: str, read: Read | None, problem: Problem | None, format_: str) -> None:
    """Put down what one distinct lockfile says, or why it can't be read."""
    if read is None:
        store.add_blob(db, oid, format_, error=problem.message if problem else "can't be read")
        return
    versions = {
        store.LockedVersion(
            package.ecosystem,
            normalise_name(package.ecosystem, package.name),
            package.version,
            *scan.locked_version(package.ecosystem, package.version),
        )
        for package in read.inventory.packages
        if scan.matchable(package)
    }
    store.add_blob(
        db,
        oid,
        format_,
        packages=len(read.inventory.packages),
        problems=read.inventory.problems,
        versions=sorted(versions, key=lambda version: version[:3]),
        unpinned=sorted(unpinned(read.inventory)),
    )


def unpinned(inventory: Inventory) -> set[tuple[str, str]]:
    """Ecosystem and normalised name of what is named without a release of the public registry.

    What comes from git, a folder or another registry may well hold what an advisory speaks of: nobody can say.
    """
    named = [*inventory.unpinned]
    named += [
        (package.ecosystem, package.name) for package in inventory.packages if package.source is not Source.REGISTRY
    ]
    return {(ecosystem, normalise_name(ecosystem, name)) for ecosystem, name in named}
