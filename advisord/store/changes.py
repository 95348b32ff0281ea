"""What changed in what the feeds say, as events about the packages that lockfiles hold.

Nobody is concerned by a record about packages that no lockfile holds: it makes no event. A first load into a database
without lockfiles therefore costs nothing here.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from advisord.store.grouping import Moved


class Change(StrEnum):
    """What happened to a record."""

    NEW = "new"
    AFFECTED = "ranges-changed"
    """Other packages, versions, platforms or functions are affected than before."""
    FIX = "fix-appeared"
    """A package that had no fix has one."""
    SEVERITY = "severity-changed"
    KIND = "kind-changed"
    WITHDRAWN = "withdrawn"
    RESTORED = "un-withdrawn"
    VANISHED = "vanished"
    RETURNED = "returned"
    MERGED = "merged"
    """It has come to the group of another vulnerability."""
    SPLIT = "split"
    """It has left its group."""
    DETAILS = "details-changed"
    """Its other ids, or the alternatives that it names."""


class State(NamedTuple):
    """A record as it stands in the store, as far as a change of it is told."""

    kind: str
    rating: tuple[str, float | None, str]
    withdrawn: bool
    gone: bool
    affected: frozenset[tuple[object, ...]]
    packages: frozenset[int]
    unfixed: frozenset[int]


def state(db: sqlite3.Connection, advisory_id: int) -> State:
    """Read a record's state; before it is changed, and after."""
    kind, severity, score, vector, withdrawn, gone = db.execute(
        "SELECT kind, severity, score, vector, withdrawn <> '', gone <> '' FROM advisory WHERE id = ?", (advisory_id,)
    ).fetchone()
    about = db.execute(
        "SELECT package_id, undecided, os, arch, functions FROM affects WHERE advisory_id = ?", (advisory_id,)
    ).fetchall()
    spans = db.execute(
        "SELECT package_id, lo, hi, fixed FROM interval WHERE advisory_id = ?", (advisory_id,)
    ).fetchall()
    listed = db.execute("SELECT package_id, key FROM listed WHERE advisory_id = ?", (advisory_id,)).fetchall()
    fixed = {package for package, _, _, text in spans if text}
    packages = frozenset(row[0] for row in about)
    return State(
        kind,
        (severity, score, vector),
        bool(withdrawn),
        bool(gone),
        frozenset([*about, *(span[:3] for span in spans), *listed]),
        packages,
        packages - fixed,
    )


def between(before: State, after: State) -> list[Change]:
    """What happened from one state of a record to another, at least one change."""
    happened = [
        (after.gone and not before.gone, Change.VANISHED),
        (before.gone and not after.gone, Change.RETURNED),
        (after.withdrawn and not before.withdrawn, Change.WITHDRAWN),
        (before.withdrawn and not after.withdrawn, Change.RESTORED),
        (before.affected != after.affected, Change.AFFECTED),
        (bool(before.unfixed & after.packages - after.unfixed), Change.FIX),
        (before.rating != after.rating, Change.SEVERITY),
        (before.kind != after.kind, Change.KIND),
    ]
    return [change for did, change in happened if did] or [Change.DETAILS]


class Log:
    """The changes of one page, inside its transaction: `begin` before a record is changed, `finish` at the end.

    `anybody` says whether any lockfile holds anything at all; nothing concerns anybody otherwise.
    """

    def __init__(self, db: sqlite3.Connection, now: str) -> None:
        self._db = db
        self._now = now
        self.anybody = db.execute("SELECT EXISTS (SELECT 1 FROM version)").fetchone()[0]
        self._before: dict[int, State] = {}

    def begin(self, advisory_id: int) -> None:
        """A stored record is about to be changed."""
        if self.anybody and advisory_id not in self._before:
            self._before[advisory_id] = state(self._db, advisory_id)

    def finish(self, new: Iterable[int], moved: Sequence[Moved]) -> None:
        """Write the events down. `new` are the records that were not there, `moved` those whose group is another now."""
        if not self.anybody:
            return
        happened = {number: [Change.NEW] for number in new}
        for number, before in self._before.items():
            happened[number] = between(before, state(self._db, number))
        for number, left, joined in moved:
            if happened.get(number) != [Change.NEW]:
                happened.setdefault(number, []).append(self._direction(left, joined))
        self._db.executemany(
            "INSERT INTO event (at, feed, record, change, package_id) VALUES (?, ?, ?, ?, ?)",
            (
                (self._now, feed, record, change.value, package)
                for number, feed, record, package in self._concerned(happened, moved)
                for change in happened[number]
            ),
        )

    def _direction(self, left: str, joined: str) -> Change:
        """Whether the group that a record left has come along."""
        row = self._db.execute(
            "SELECT 1 FROM advisory WHERE record = ? AND vulnerability = ?", (left, joined)
        ).fetchone()
        return Change.MERGED if row else Change.SPLIT

    def _concerned(self, records: Iterable[int], moved: Sequence[Moved]) -> list[tuple[int, str, str, int]]:
        """(row id, feed, record, package) for every held package of each record's group, as it is and as it was.

        All members of a group count: a finding shows every id that its vulnerability is known by.
        """
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS grouped (id INTEGER, vulnerability TEXT)")
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS named (id INTEGER, package_id INTEGER)")
        self._db.execute("DELETE FROM grouped")
        self._db.execute("DELETE FROM named")
        self._db.executemany(
            "INSERT INTO grouped SELECT id, vulnerability FROM advisory WHERE id = ?", ((number,) for number in records)
        )
        self._db.executemany("INSERT INTO grouped VALUES (?, ?)", ((number, left) for number, left, _ in moved))
        self._db.executemany(
            "INSERT INTO named VALUES (?, ?)",
            ((number, package) for number, before in self._before.items() for package in before.packages),
        )
        return self._db.execute(
            "SELECT a.id, a.feed, a.record, n.package_id FROM (SELECT id, package_id FROM named"
            " UNION SELECT c.id, f.package_id FROM grouped c CROSS JOIN advisory g ON g.vulnerability = c.vulnerability"
            " CROSS JOIN affects f ON f.advisory_id = g.id) n CROSS JOIN advisory a ON a.id = n.id"
            " WHERE EXISTS (SELECT 1 FROM version v WHERE v.package_id = n.package_id)"
            " ORDER BY a.feed, a.record, n.package_id"
        ).fetchall()


def last(db: sqlite3.Connection) -> int:
    """The id of the last event, 0 when there was none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])


def woken(db: sqlite3.Connection, event: int) -> list[str]:
    """The names of the repositories that any event after that one concerns."""
    rows = db.execute(
        "SELECT name FROM repository WHERE id IN (SELECT p.repository_id"
        " FROM (SELECT DISTINCT package_id FROM event WHERE id > ?) e"
        " CROSS JOIN version v ON v.package_id = e.package_id CROSS JOIN locked l ON l.version_id = v.id"
        " CROSS JOIN place p ON p.blob_id = l.blob_id) ORDER BY name",
        (event,),
    )
    return [name for (name,) in rows]
