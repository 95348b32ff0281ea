"""Step two: know every committed lockfile of a repository."""

from collections.abc import Callable, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from advisord import scan
from advisord.cycle.refs import Refs
from advisord.cycle.tree import Tree
from advisord.errors import RepositoryError
from advisord.lockfiles.discovery import discover
from advisord.model.problem import Problem
from advisord.net.git import Git
from advisord.net.mirror import Listing, Mirror
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
) -> Collected:
    """Update the mirror and store the lockfiles of each ref that is wanted then. No content is parsed twice.

    `known` is the listing of the last time: while it stays as it is, and the same refs are wanted, git is asked for
    nothing else. A repository that can't be read keeps what is known of it, with the reason why it is old. Raises SettingsError for
    a policy that can't be read, and what the database raises.
    """
    repository = store.repository_id(db, name)
    try:
        listing = mirror.update(known)
        refs = wanted(listing)
        before = store.commits(db, repository)
        same = listing == known and refs.lines.keys() == before.keys()
        commits = before if same else {ref: mirror.resolve(ref) for ref in refs.lines}
        if commits == before:
            store.mark_read(db, repository, now)
            return Collected(name, notes=refs.problems, listing=listing)
        readings = []
        parsed = 0
        for ref, commit in commits.items():
            reading, count = _read_ref(db, mirror, ref, commit, exclude)
            readings.append(reading)
            parsed += count
    except RepositoryError as exc:
        store.mark_failed(db, repository, now, exc.code, exc.message)
        message = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
        return Collected(name, problem=Problem(exc.code, name, message))
    store.set_places(db, repository, now, readings)
    return Collected(name, True, parsed, notes=refs.problems, listing=listing)


def _read_ref(db: Connection, git: Git, ref: str, commit: str, exclude: Sequence[str]) -> tuple[store.RefReading, int]:
    tree = Tree(git, commit)
    found = discover(tree.paths(), exclude)
    lockfiles = [(path, tree.oids[path], format_) for path, format_ in found.lockfiles]
    unknown = {oid: (path, format_) for path, oid, format_ in lockfiles if not store.has_blob(db, oid, format_)}
    for oid, data in git.read_blobs(unknown):
        path, format_ = unknown[oid]
        if data is None:
            store.add_blob(db, oid, format_, error="is too large to be read, or missing in the repository")
            continue
        _store(db, oid, *scan.read_one(path, path, format_, {path: data}.get, tuple), format_)
    return store.RefReading(ref, commit, lockfiles, found.problems), len(unknown)


def _store(db: Connection, oid: str, read: scan.Read | None, problem: Problem | None, format_: str) -> None:
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
    )
