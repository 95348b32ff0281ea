"""Repositories that are not watched any more: taken out of the configuration, or gone from their organisation.

What they had then is kept apart from what is true now: nobody looks whether it still is. Their issues stay as they are.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from advisord.store import audit, snapshots
from advisord.store.database import transaction
from advisord.store.documents import packed, unpacked

_TABLES = (
    "reading",
    "place",
    "finding",
    "issue",
    "intent",
    "decision",
    "proposal",
    "snapshot_state",
    "history",
    "unwatched",
    "trouble",
)


class Last(NamedTuple):
    """A finding as it was when its repository was last watched."""

    ecosystem: str
    package: str
    version: str
    id: str
    scope: str
    severity: str


def watch(db: sqlite3.Connection, names: Iterable[str], now: str) -> list[str]:
    """Note that these repositories are watched and all others are not; the names of those that just ceased to be."""
    wanted = set(names)
    before = {
        name for (name,) in db.execute("SELECT name FROM repository WHERE id IN (SELECT repository_id FROM unwatched)")
    }
    known = dict(db.execute("SELECT name, id FROM repository"))
    ceased = sorted(known.keys() - wanted - before)
    again = sorted(before & wanted)
    if not ceased and not again:
        return []
    with transaction(db):
        for name in ceased:
            last = db.execute(
                "SELECT ecosystem, package, version, identifier, scope, severity FROM snapshot WHERE repository_id = ?"
                " ORDER BY weight, first_seen, id",
                (known[name],),
            ).fetchall()
            snapshots.forget(db, known[name], now)
            db.execute("DELETE FROM trouble WHERE repository_id = ?", (known[name],))
            db.execute("INSERT INTO unwatched VALUES (?, ?, ?)", (known[name], now, packed(json.dumps(last).encode())))
        for name in again:
            db.execute("DELETE FROM unwatched WHERE repository_id = ?", (known[name],))
        audit.append(
            db,
            now,
            [
                *(audit.Entry("repository", name, {"watched": "no"}, name) for name in ceased),
                *(audit.Entry("repository", name, {"watched": "again"}, name) for name in again),
            ],
        )
    return ceased


class Unwatched(NamedTuple):
    """A repository that is not watched any more: since when, and the findings that it had then, the worst first."""

    name: str
    since: str
    last: tuple[Last, ...]


def unwatched(db: sqlite3.Connection) -> list[Unwatched]:
    """Every repository that is not watched any more, by name."""
    return [
        Unwatched(name, since, tuple(Last(*fields) for fields in json.loads(unpacked(body))))
        for name, since, body in db.execute(
            "SELECT r.name, u.since, u.findings FROM unwatched u JOIN repository r ON r.id = u.repository_id"
            " ORDER BY r.name"
        )
    ]


def forget(db: sqlite3.Connection, before: str) -> int:
    """Forget the repositories that have not been watched since a moment, with all but the audit log; how many."""
    numbers = [number for (number,) in db.execute("SELECT repository_id FROM unwatched WHERE since < ?", (before,))]
    for number in numbers:
        for table in _TABLES:
            db.execute(f"DELETE FROM {table} WHERE repository_id = ?", (number,))
        db.execute("DELETE FROM repository WHERE id = ?", (number,))
    return len(numbers)
