"""How the feeds and the repositories are, for people who look after them."""

import sqlite3
from typing import NamedTuple

from advisord.store import trouble
from advisord.store.database import store_error

_WATCHED = "id NOT IN (SELECT repository_id FROM unwatched)"


class Rejected(NamedTuple):
    """A record that could not be read: since when, and why."""

    feed: str
    record: str
    reason: str
    since: str


class Repository(NamedTuple):
    """A repository: when it was last read completely, what went wrong since, and what it holds.

    `state` is "" when nothing did.
    `findings` are those of the last decisions; `finding` remembers those that were resolved as well.
    """

    name: str
    read_at: str
    state: str
    error_code: str
    error: str
    refs: int
    lockfiles: int
    unreadable: int
    findings: int
    open_issues: int


class Reading(NamedTuple):
    """When a repository was last tried and last read completely, and what went wrong since ("": nothing).

    `trouble` is what stood in its way when it could be read, since when, and why.
    """

    name: str
    attempted: str
    read_at: str
    error: str
    trouble: str
    since: str
    why: str


def readings(db: sqlite3.Connection) -> list[Reading]:
    """Every repository that is watched."""
    rows = db.execute(
        "SELECT r.name, r.attempted, r.read_at, r.error, coalesce(trouble.state, ''), coalesce(trouble.since, ''),"
        f" coalesce(trouble.message, '') FROM repository r {trouble.JOIN} WHERE {_WATCHED} ORDER BY r.name"
    )
    return [Reading(*row) for row in rows]


def damage(db: sqlite3.Connection, check: str = "quick_check(5)") -> list[str]:
    """What is wrong with the file itself, in SQLite's words; nothing when it is sound."""
    found = []
    try:
        for (row,) in db.execute(f"PRAGMA {check}"):
            found.append(str(row))
    except sqlite3.DatabaseError as exc:  # the check itself breaks off over some damage
        if store_error(exc).code != "store-damaged":
            raise
        found.append(str(exc))
    return [row for row in found if row != "ok"]


def rejected(db: sqlite3.Connection) -> list[Rejected]:
    """Every record in quarantine."""
    return [
        Rejected(*row) for row in db.execute("SELECT feed, record, reason, since FROM rejected ORDER BY feed, record")
    ]


def undecided(db: sqlite3.Connection) -> dict[str, int]:
    """Feed → live records of which some part could not be evaluated: those parts are undecided, never safe."""
    return dict(
        db.execute(
            "SELECT a.feed, count(DISTINCT a.id) FROM affects f JOIN advisory a ON a.id = f.advisory_id"
            " WHERE f.undecided <> '' AND a.gone = '' GROUP BY a.feed"
        )
    )


def repositories(db: sqlite3.Connection) -> list[Repository]:
    """Every repository that is watched, by name."""
    return [
        Repository(*row)
        for row in db.execute(
            f"SELECT r.name, r.read_at, {trouble.STATE}, {trouble.CODE}, {trouble.MESSAGE},"
            " (SELECT count(*) FROM reading x WHERE x.repository_id = r.id),"
            " (SELECT count(*) FROM place p WHERE p.repository_id = r.id),"
            " (SELECT count(*) FROM place p JOIN blob b ON b.id = p.blob_id WHERE p.repository_id = r.id AND b.error <> ''),"
            " (SELECT count(*) FROM decision d WHERE d.repository_id = r.id),"
            " (SELECT count(*) FROM issue i WHERE i.repository_id = r.id AND i.state = 'open')"
            f" FROM repository r {trouble.JOIN} WHERE {_WATCHED} ORDER BY r.name"
        )
    ]
