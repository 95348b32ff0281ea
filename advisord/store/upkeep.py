"""Looking after the database: what is in it, whether it is sound, and what is of no use any more."""

import contextlib
import os
import sqlite3
import zlib
from typing import NamedTuple

from advisord.matching import aliases
from advisord.store import notices, watching
from advisord.store.database import transaction
from advisord.store.documents import unpacked
from advisord.store.health import damage
from advisord.store.hits import HITS
from advisord.store.lockfiles import drop_unused

_COUNTED = (
    "advisory",
    "package",
    "interval",
    "listed",
    "repository",
    "blob",
    "version",
    "hit",
    "finding",
    "issue",
    "event",
)


_TOLD = 3
"""How many mistakes of a damaged file are told one by one; all come from the same damage."""


class Stats(NamedTuple):
    """Size of the file in bytes, rows by table, and live records by feed and ecosystem."""

    bytes: int
    rows: dict[str, int]
    records: list[tuple[str, str, int]]


class Pruned(NamedTuple):
    """How much was removed."""

    repositories: int
    lockfiles: int
    versions: int
    events: int


def stats(db: sqlite3.Connection, path: str) -> Stats:
    """Count."""
    rows = {table: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in _COUNTED}
    records = db.execute(
        "SELECT a.feed, k.ecosystem, count(DISTINCT a.id) FROM advisory a JOIN affects f ON f.advisory_id = a.id"
        " JOIN package k ON k.id = f.package_id WHERE a.gone = '' GROUP BY a.feed, k.ecosystem ORDER BY 1, 2"
    ).fetchall()
    size = sum(os.path.getsize(path + end) for end in ("", "-wal") if os.path.exists(path + end))
    return Stats(size, rows, records)


def open_issues(db: sqlite3.Connection, tracker: str) -> int:
    """How many issues of a tracker are open."""
    (count,) = db.execute("SELECT count(*) FROM issue WHERE tracker = ? AND state = 'open'", (tracker,)).fetchone()
    return int(count)


def verify(db: sqlite3.Connection) -> list[str]:
    """Check the file and everything in it that is derived from something else; a sentence for each mistake."""
    rows = damage(db, "integrity_check(1000)")
    mistakes = [
        line for row in rows for line in row.splitlines() if not line.startswith("***")
    ]  # "*** in database main"
    if mistakes:
        more = len(mistakes) - _TOLD
        return [*mistakes[:_TOLD], *([f"{more:,} more of the kind"] if more > 0 else ())]
    for table in ("alias", "affects", "interval", "listed", "hit", "document"):
        mistakes += _orphans(db, table, "advisory_id", "advisory")
    for table in ("affects", "interval", "listed", "version"):
        mistakes += _orphans(db, table, "package_id", "package")
    for table, column, target in (
        ("locked", "version_id", "version"),
        ("locked", "blob_id", "blob"),
        ("hit", "version_id", "version"),
        ("place", "blob_id", "blob"),
    ):
        mistakes += _orphans(db, table, column, target)
    for name, said, counted in db.execute(
        "SELECT name, records, (SELECT count(*) FROM advisory a WHERE a.feed = f.name AND a.gone = '') FROM feed f"
    ):
        if said != counted:
            mistakes.append(f"the feed {name} counts {said} records and has {counted}")
    mistakes += _groups(db)
    missing, extra = _hits(db)
    if missing or extra:
        mistakes.append(f"the matches are out of date: {missing} are missing, {extra} are wrong")
    damaged = sum(not _readable(body) for (body,) in db.execute("SELECT body FROM document"))
    if damaged:
        mistakes.append(f"{damaged} stored records can't be unpacked")
    return mistakes


def _orphans(db: sqlite3.Connection, table: str, column: str, target: str) -> list[str]:
    (count,) = db.execute(
        f"SELECT count(*) FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM {target} x WHERE x.id = t.{column})"
    ).fetchone()
    return [f"{count} rows of {table} name no {target}"] if count else []


def _groups(db: sqlite3.Connection) -> list[str]:
    names: dict[int, list[str]] = {}
    for advisory_id, name in db.execute("SELECT advisory_id, name FROM alias"):
        names.setdefault(advisory_id, []).append(name)
    records = db.execute("SELECT id, record, vulnerability FROM advisory").fetchall()
    canonical = aliases.groups((record, names.get(number, [])) for number, record, _ in records)
    wrong = sum(canonical[record] != vulnerability for _, record, vulnerability in records)
    return [f"{wrong} records are not in the alias group that their names say"] if wrong else []


def _hits(db: sqlite3.Connection) -> tuple[int, int]:
    expected = HITS.format(versions="version")
    (missing,) = db.execute(
        f"SELECT count(*) FROM ({expected} EXCEPT SELECT version_id, advisory_id FROM hit)"
    ).fetchone()
    (extra,) = db.execute(
        f"SELECT count(*) FROM (SELECT version_id, advisory_id FROM hit EXCEPT {_nested(expected)})"
    ).fetchone()
    return missing, extra


def _nested(statement: str) -> str:
    return f"SELECT * FROM ({statement})"


def _readable(body: bytes) -> bool:
    with contextlib.suppress(zlib.error):
        return isinstance(unpacked(body), bytes)
    return False


def prune(db: sqlite3.Connection, before: str) -> Pruned:
    """Forget what is of no use any more, and give the space back.

    That is repositories that were not watched since a moment, contents of lockfiles that stand nowhere any more, what
    only they locked, and events from before the moment. Advisories are never deleted. What is forgotten is read anew should it come back.
    """
    with transaction(db):
        repositories = watching.forget(db, before)
        lockfiles, versions = drop_unused(db, [blob for (blob,) in db.execute("SELECT id FROM blob")])
        events = db.execute("DELETE FROM event WHERE at < ?", (before,)).rowcount
        notices.forget(db, before)
    db.execute("VACUUM")
    return Pruned(repositories, lockfiles, versions, events)
