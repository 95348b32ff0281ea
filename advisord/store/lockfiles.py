"""The lockfile side: which repository holds which lockfile at which ref, and what each distinct lockfile locks."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord.lockfiles.discovery import NOT_COVERED
from advisord.model.problem import Problem
from advisord.store import audit, hits
from advisord.store.database import chunks, marks, transaction
from advisord.store.packages import package_ids


class LockedVersion(NamedTuple):
    """One matchable package of a lockfile. `name` is normalised; a `key` of None comes with the reason `invalid`."""

    ecosystem: str
    name: str
    text: str
    key: bytes | None
    invalid: str


class RefReading(NamedTuple):
    """What one ref holds: its commit, its lockfiles (path, blob id, format), and what discovery left out.

    `exclude` are the folders that were not looked into because the configuration says so.
    """

    ref: str
    commit: str
    lockfiles: Sequence[tuple[str, str, str]]
    problems: Sequence[Problem] = ()
    exclude: Sequence[str] = ()


class PlaceRow(NamedTuple):
    """One lockfile of a repository at a ref. `error` is why its content can't be read ("" when it can)."""

    ref: str
    commit: str
    path: str
    oid: str
    format: str
    error: str
    problems: tuple[Problem, ...]


def repository_id(db: sqlite3.Connection, name: str) -> int:
    """The repository's row, made when missing."""
    row = db.execute("SELECT id FROM repository WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO repository (name) VALUES (?) RETURNING id", (name,)).fetchone()
    return int(row[0])


def attempted(db: sqlite3.Connection) -> dict[str, str]:
    """When reading each repository was last tried, by name ("": never)."""
    return dict(db.execute("SELECT name, max(attempted, read_at) FROM repository"))


def commits(db: sqlite3.Connection, repository: int) -> dict[str, str]:
    """Which commit was read of each ref."""
    return dict(db.execute("SELECT ref, commit_id FROM reading WHERE repository_id = ?", (repository,)))


def commits_without(db: sqlite3.Connection, repository: int, exclude: Sequence[str]) -> dict[str, str]:
    """Which commit was read of each ref, leaving out just these folders."""
    rows = db.execute(
        "SELECT ref, commit_id FROM reading WHERE repository_id = ? AND excluded = ?", (repository, json.dumps(exclude))
    )
    return dict(rows)


def has_blob(db: sqlite3.Connection, oid: str, format_: str) -> bool:
    """Whether this content was parsed before."""
    return db.execute("SELECT 1 FROM blob WHERE oid = ? AND format = ?", (oid, format_)).fetchone() is not None


def add_blob(
    db: sqlite3.Connection,
    oid: str,
    format_: str,
    *,
    error: str = "",
    packages: int = 0,
    problems: Sequence[Problem] = (),
    versions: Iterable[LockedVersion] = (),
    unpinned: Iterable[tuple[str, str]] = (),
) -> None:
    """Store what one distinct lockfile says, and match its versions that are new to the database.

    `unpinned` is what it names without a version that advisories speak of: ecosystem and normalised name.
    """
    versions = list(versions)
    ecosystems = "\n".join(sorted({version.ecosystem for version in versions}))
    with transaction(db):
        row = db.execute(
            "INSERT INTO blob (oid, format, error, packages, ecosystems, problems, unpinned) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            (oid, format_, error, packages, ecosystems, json.dumps(problems), json.dumps(list(unpinned))),
        ).fetchone()
        if row is None:
            return
        ids = package_ids(db, {(version.ecosystem, version.name) for version in versions})
        rows = sorted((ids[version.ecosystem, version.name], *version[2:]) for version in versions)
        before = db.execute("SELECT coalesce(max(id), 0) FROM version").fetchone()[0]
        db.executemany(
            "INSERT INTO version (package_id, text, key, invalid) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (package_id, text) DO NOTHING",
            rows,
        )
        db.executemany(
            "INSERT OR IGNORE INTO locked SELECT ?, id FROM version WHERE package_id = ? AND text = ?",
            ((*row, package_id, text) for package_id, text, _, _ in rows),
        )
        hits.match_versions(db, before)


def set_places(
    db: sqlite3.Connection,
    repository: int,
    now: str,
    refs: Sequence[RefReading],
) -> bool:
    """Replace what is known of a repository; what it no longer holds, and nobody else does, is forgotten.

    False, with everything as it was, when a lockfile's content is not stored: another process pruned it before it
    stood anywhere.
    """
    with transaction(db):
        if not all(has_blob(db, oid, format_) for reading in refs for _, oid, format_ in reading.lockfiles):
            return False
        before = [
            blob for (blob,) in db.execute("SELECT DISTINCT blob_id FROM place WHERE repository_id = ?", (repository,))
        ]
        db.execute("DELETE FROM reading WHERE repository_id = ?", (repository,))
        db.execute("DELETE FROM place WHERE repository_id = ?", (repository,))
        for ref, commit, lockfiles, problems, exclude in refs:
            row = (repository, ref, commit, json.dumps(problems), json.dumps(exclude))
            db.execute("INSERT INTO reading VALUES (?, ?, ?, ?, ?)", row)
            db.executemany(
                "INSERT INTO place SELECT ?, ?, ?, id FROM blob WHERE oid = ? AND format = ?",
                ((repository, ref, path, oid, format_) for path, oid, format_ in lockfiles),
            )
        drop_unused(db, before)
        _audit(db, repository, now, "", "")
        db.execute("UPDATE repository SET read_at = ?, error_code = '', error = '' WHERE id = ?", (now, repository))
    return True


def drop_unused(db: sqlite3.Connection, blobs: Sequence[int]) -> tuple[int, int]:
    """Forget those of these contents that stand nowhere, with the versions that only they locked: how many of both.

    Part of the caller's transaction. The cost follows what is forgotten.
    """
    gone: list[int] = []
    for some in chunks(blobs):
        chosen = f"IN ({marks(some)}) AND NOT EXISTS (SELECT 1 FROM place p WHERE p.blob_id = blob.id)"
        gone += [number for (number,) in db.execute(f"SELECT id FROM blob WHERE id {chosen}", some)]
    locked: set[int] = set()
    for some in chunks(gone):
        chosen = f"IN ({marks(some)})"
        locked.update(number for (number,) in db.execute(f"SELECT version_id FROM locked WHERE blob_id {chosen}", some))
        db.execute(f"DELETE FROM locked WHERE blob_id {chosen}", some)
        db.execute(f"DELETE FROM blob WHERE id {chosen}", some)
    versions = 0
    for some in chunks(sorted(locked)):
        alone = f"IN ({marks(some)}) AND NOT EXISTS (SELECT 1 FROM locked l WHERE l.version_id ="
        db.execute(f"DELETE FROM hit WHERE version_id {alone} hit.version_id)", some)
        versions += db.execute(f"DELETE FROM version WHERE id {alone} version.id)", some).rowcount
    return len(gone), versions


def mark_read(db: sqlite3.Connection, repository: int, now: str) -> None:
    """Note that the repository was asked and nothing had changed."""
    with transaction(db):
        _audit(db, repository, now, "", "")
        db.execute("UPDATE repository SET read_at = ?, error_code = '', error = '' WHERE id = ?", (now, repository))


def mark_failed(db: sqlite3.Connection, repository: int, now: str, code: str, message: str) -> None:
    """Note why the repository could not be read; what was read before stays as old as it was."""
    with transaction(db):
        _audit(db, repository, now, code, message)
        db.execute(
            "UPDATE repository SET attempted = ?, error_code = ?, error = ? WHERE id = ?",
            (now, code, message, repository),
        )


def _audit(db: sqlite3.Connection, repository: int, now: str, code: str, message: str) -> None:
    """Record that a repository became unreadable or recovered: the change, not every attempt."""
    name, before = db.execute("SELECT name, error_code FROM repository WHERE id = ?", (repository,)).fetchone()
    if before != code:
        audit.append(db, now, [audit.Entry("repository", name, {"from": before, "to": code, "message": message}, name)])


def places(db: sqlite3.Connection, repository: int) -> list[PlaceRow]:
    """Every lockfile of the repository, in a fixed order."""
    return [
        PlaceRow(ref, commit, path, oid, format_, error, tuple(Problem(*problem) for problem in json.loads(problems)))
        for ref, commit, path, oid, format_, error, problems in db.execute(
            "SELECT p.ref, r.commit_id, p.path, b.oid, b.format, b.error, b.problems FROM place p"
            " JOIN reading r ON r.repository_id = p.repository_id AND r.ref = p.ref"
            " JOIN blob b ON b.id = p.blob_id WHERE p.repository_id = ? ORDER BY p.ref, p.path",
            (repository,),
        )
    ]


def affected_lockfiles(db: sqlite3.Connection, repository: int) -> set[tuple[str, str]]:
    """(ref, path) of the lockfiles that hold any version which an advisory names."""
    # The first hit of a lockfile will do: most have one within a few rows.
    return set(
        db.execute(
            "SELECT p.ref, p.path FROM place p WHERE p.repository_id = ? AND EXISTS (SELECT 1 FROM locked l"
            " CROSS JOIN hit h ON h.version_id = l.version_id WHERE l.blob_id = p.blob_id)",
            (repository,),
        )
    )


def ecosystems(db: sqlite3.Connection, repository: int | None = None) -> list[str]:
    """The ecosystems of everything that a repository locks, or all repositories together."""
    where, values = (" WHERE p.repository_id = ?", (repository,)) if repository else ("", ())
    rows = db.execute(f"SELECT DISTINCT b.ecosystems FROM place p JOIN blob b ON b.id = p.blob_id{where}", values)
    return sorted({ecosystem for (ecosystems,) in rows for ecosystem in ecosystems.split("\n") if ecosystem})


def sightings(db: sqlite3.Connection, repository: int, ecosystem: str, name: str) -> list[tuple[str, str, str]]:
    """(ref, path, version) of everywhere that the repository locks a package (normalised name)."""
    return list(
        db.execute(
            "SELECT p.ref, p.path, v.text FROM package k CROSS JOIN version v ON v.package_id = k.id"
            " CROSS JOIN locked l ON l.version_id = v.id CROSS JOIN place p ON p.blob_id = l.blob_id"
            " WHERE k.ecosystem = ? AND k.name = ? AND p.repository_id = ? ORDER BY p.ref, p.path, v.text",
            (ecosystem, name, repository),
        )
    )


def unpinned(db: sqlite3.Connection, repository: int) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """(ref, path) of everywhere that the repository names a package without a version, by ecosystem and normalised name."""
    named: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for ref, path, names in db.execute(
        "SELECT p.ref, p.path, b.unpinned FROM place p JOIN blob b ON b.id = p.blob_id"
        " WHERE p.repository_id = ? AND b.unpinned <> '[]'",
        (repository,),
    ):
        for ecosystem, name in json.loads(names):
            named.setdefault((ecosystem, name), set()).add((ref, path))
    return named


def left_out(db: sqlite3.Connection, repository: int) -> dict[str, tuple[Problem, ...]]:
    """What was left out when each ref was read: excluded lockfiles, manifests that no lockfile covers."""
    rows = db.execute("SELECT ref, problems FROM reading WHERE repository_id = ?", (repository,))
    return {ref: tuple(Problem(*problem) for problem in json.loads(problems)) for ref, problems in rows}


def bare(db: sqlite3.Connection, repository: int) -> dict[str, list[str]]:
    """The manifests of each ref that no lockfile covers."""
    return {
        ref: [one.subject for one in problems if one.code == NOT_COVERED]
        for ref, problems in left_out(db, repository).items()
    }


class RepositoryState(NamedTuple):
    """When a repository was last read completely ("": never), and what went wrong since ("": nothing)."""

    read_at: str
    error_code: str
    error: str


def state(db: sqlite3.Connection, repository: int) -> RepositoryState:
    """How a repository is."""
    row = db.execute("SELECT read_at, error_code, error FROM repository WHERE id = ?", (repository,)).fetchone()
    return RepositoryState(*row)
