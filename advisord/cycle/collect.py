"""Step two: know every committed lockfile of a repository."""

from collections.abc import Sequence
from sqlite3 import Connection
from typing import NamedTuple

from advisord.errors import LockfileError, RepositoryError
from advisord.lockfiles import registry
from advisord.lockfiles.discovery import discover
from advisord.model.problem import Problem
from advisord.net.git import Git
from advisord.net.mirror import Mirror
from advisord.scan import locked_version, matchable
from advisord.store import lockfiles as store
from advisord.versions import normalise_name


class Collected(NamedTuple):
    """What collecting a repository found. `changed` is False when every ref stands where it stood."""

    repository: str
    changed: bool
    parsed: int
    problem: Problem | None


def collect(
    db: Connection, name: str, mirror: Mirror, refs: Sequence[str], exclude: Sequence[str], now: str
) -> Collected:
    """Update the mirror and store the lockfiles of each ref. A content that was parsed before is not parsed again.

    A repository that can't be read keeps what is known of it, with the reason why it is old. Raises only what the
    database raises.
    """
    repository = store.repository_id(db, name)
    try:
        mirror.update()
        commits = {ref: mirror.resolve(ref) for ref in refs}
        if commits == store.commits(db, repository):
            store.mark_read(db, repository, now)
            return Collected(name, changed=False, parsed=0, problem=None)
        readings = []
        parsed = 0
        for ref, commit in commits.items():
            reading, count = _read_ref(db, mirror, ref, commit, exclude)
            readings.append(reading)
            parsed += count
    except RepositoryError as exc:
        store.mark_failed(db, repository, now, exc.code, exc.message)
        message = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
        return Collected(name, changed=False, parsed=0, problem=Problem(exc.code, name, message))
    store.set_places(db, repository, now, readings)
    return Collected(name, changed=True, parsed=parsed, problem=None)


def _read_ref(db: Connection, git: Git, ref: str, commit: str, exclude: Sequence[str]) -> tuple[store.RefReading, int]:
    oids = {entry.path: entry.oid for entry in git.list_tree(commit)}
    found = discover(oids, exclude)
    lockfiles = [(path, oids[path], format_) for path, format_ in found.lockfiles]
    unknown = {oid: format_ for _, oid, format_ in lockfiles if not store.has_blob(db, oid, format_)}
    for oid, data in git.read_blobs(unknown):
        _parse(db, oid, unknown[oid], data)
    return store.RefReading(ref, commit, lockfiles, found.problems), len(unknown)


def _parse(db: Connection, oid: str, format_: str, data: bytes | None) -> None:
    if data is None:
        store.add_blob(db, oid, format_, error="is too large to be read, or missing in the repository")
        return
    try:
        inventory = registry.load(format_).parse(data)
    except LockfileError as exc:
        store.add_blob(db, oid, format_, error=exc.message)
        return
    versions = {
        store.LockedVersion(
            package.ecosystem,
            normalise_name(package.ecosystem, package.name),
            package.version,
            *locked_version(package.ecosystem, package.version),
        )
        for package in inventory.packages
        if matchable(package)
    }
    store.add_blob(
        db,
        oid,
        format_,
        packages=len(inventory.packages),
        problems=inventory.problems,
        versions=sorted(versions, key=lambda version: version[:3]),
    )
