"""Step two, second half: know every committed lockfile of a repository."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from sqlite3 import Connection
from typing import NamedTuple

from advisord import scan
from advisord.cycle.fetching import Fetched
from advisord.cycle.tree import Tree
from advisord.errors import RepositoryError
from advisord.lockfiles.discovery import discover
from advisord.lockfiles.interface import Read
from advisord.lockfiles.registry import SHARED
from advisord.model.problem import Problem
from advisord.net.git import Git
from advisord.net.mirror import NO_BRANCHES, Listing
from advisord.store import lockfiles as store
from advisord.versions import normalise_name

_BESIDE = "+"


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
    db: Connection, name: str, git: Git, fetched: Fetched, exclude: Sequence[str], *, may_be_empty: bool = False
) -> Collected:
    """Store the lockfiles of each ref that was fetched. No content is parsed twice.

    A repository that can't be read keeps what is known of it, with the reason why it is old. One that `may_be_empty` is
    well without a branch until it had one. Raises what the database raises.
    """
    repository = store.repository_id(db, name)
    now = fetched.asked
    try:
        if fetched.error:
            raise fetched.error
        if fetched.commits is None:
            store.mark_read(db, repository, now)
            return Collected(name, notes=fetched.refs.problems, listing=fetched.listing)
        readings = [
            _look(ref, tree, commit, exclude)
            for (ref, commit), tree in zip(fetched.commits.items(), fetched.trees, strict=True)
        ]
        parsed = _read(db, git, readings, fetched.trees)
        while not store.set_places(db, repository, now, readings):
            parsed += _read(db, git, readings, fetched.trees)
    except RepositoryError as exc:
        if may_be_empty and exc.code == NO_BRANCHES and not store.commits(db, repository):
            store.mark_read(db, repository, now)
            return Collected(name, notes=[Problem(exc.code, name, "nothing was pushed to it yet", blocking=False)])
        store.mark_failed(db, repository, now, exc.code, exc.message)
        message = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
        return Collected(name, problem=Problem(exc.code, name, message))
    return Collected(name, True, parsed, notes=fetched.refs.problems, listing=fetched.listing)


def _look(ref: str, tree: Tree, commit: str, exclude: Sequence[str]) -> store.RefReading:
    """What a ref holds."""
    found = discover(tree.paths(), exclude)
    lockfiles = [(path, tree.oids[path] + _beside(tree, format_), format_) for path, format_ in found.lockfiles]
    return store.RefReading(ref, commit, lockfiles, found.problems, exclude)


def _beside(tree: Tree, format_: str) -> str:
    """What tells apart equal files of a format that leaves versions to others: all of those together."""
    if format_ not in SHARED:
        return ""
    others = sorted(f"{oid} {path}" for path, oid in tree.oids.items() if path.endswith(SHARED[format_]))
    return _BESIDE + blake2b("\0".join(others).encode(), digest_size=16).hexdigest() if len(others) > 1 else ""


def _read(db: Connection, git: Git, readings: Sequence[store.RefReading], trees: Sequence[Tree]) -> int:
    """Parse each content that is new to the database; how many."""
    unknown = {
        (oid, format_): (path, tree)
        for reading, tree in zip(readings, trees, strict=True)
        for path, oid, format_ in reading.lockfiles
        if not store.has_blob(db, oid, format_)
    }
    blobs = git.read_blobs(oid.partition(_BESIDE)[0] for oid, _ in unknown)
    others = {id(tree): cache(tree.read) for tree in trees}  # many projects have the same parent
    for ((oid, format_), (path, tree)), (_, data) in zip(unknown.items(), blobs, strict=True):
        if data is None:
            store.add_blob(db, oid, format_, error="is too large to be read, or missing in the repository")
            continue
        read = partial(_one_of, {path: data}, others[id(tree)])
        _store(db, oid, *scan.read_one(path, path, format_, read, tree.paths), format_)
    return len(unknown)


def _one_of(known: Mapping[str, bytes], others: Callable[[str], bytes | None], path: str) -> bytes | None:
    return known[path] if path in known else others(path)


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
        unpinned=sorted(scan.unpinned(read.inventory)),
    )
