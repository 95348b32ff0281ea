"""How fast a change of a feed becomes an issue: measured when the issue is opened, kept for those who look.

Only issues that a change of a feed brought are measured. One about a package that was locked a moment ago, or about a
repository that is new here, says nothing of how fast records travel.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from advisord.store.database import marks
from advisord.times import parse, seconds_between

BOUNDS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 86400, 7 * 86400)
"""Seconds: how many issues took at most so long is counted for each."""
STAGES = ("published_to_seen", "seen_to_opened")
"""From a record's own date of change until it was stored here, and from then until the issue was opened."""


class Delay(NamedTuple):
    """The seconds of one stage, of all issues; `within` are the counts by `BOUNDS`, the smaller included in the larger."""

    issues: int
    total: float
    median: float | None
    worst: float | None
    within: tuple[int, ...]


def shown(delay: Delay) -> dict[str, float | None]:
    """The figures that people look at."""
    return {"issues": delay.issues, "median_seconds": delay.median, "worst_seconds": delay.worst}


def follow(db: sqlite3.Connection, repository: str, event: int) -> None:
    """Note that the issues of a repository are as the feeds' changes up to that event demand."""
    db.execute("UPDATE repository SET followed = ?1 WHERE name = ?2 AND followed <> ?1", (event, repository))


def measure(db: sqlite3.Connection, repository: int, intent: int, ids: Sequence[str], opened: str) -> None:
    """Put down how long an issue took that was opened now, if a change of one of its records brought it.

    That is the first change since the repository's issues were last up to date. Call it inside a transaction.
    """
    row = db.execute(
        "SELECT a.modified, e.at FROM repository r CROSS JOIN event e ON e.id > r.followed"
        " JOIN advisory a ON a.feed = e.feed AND a.record = e.record"
        f" WHERE r.id = ? AND r.followed >= 0 AND e.record IN ({marks(ids)}) ORDER BY e.id LIMIT 1",
        (repository, *ids),
    ).fetchone()
    if row is None:
        return
    modified, seen = row
    db.execute(
        "INSERT OR REPLACE INTO opening VALUES (?, ?, ?, ?)",
        (intent, opened, _seconds(modified, seen), _seconds(seen, opened)),
    )


def _seconds(begun: str, ended: str) -> float | None:
    """None where one of the moments is not known, or the record has changed again in between."""
    start, end = parse(begun), parse(ended)
    return seconds_between(begun, end) if start and end and start <= end else None


def delays(db: sqlite3.Connection) -> dict[str, Delay]:
    """Both stages, of every issue that was measured."""
    return {stage: _delay(db, stage) for stage in STAGES}


def _delay(db: sqlite3.Connection, stage: str) -> Delay:
    within = "".join(f", coalesce(sum({stage} <= {bound}), 0)" for bound in BOUNDS)
    count, total, worst, *counts = db.execute(
        f"SELECT count({stage}), coalesce(sum({stage}), 0.0), max({stage}){within} FROM opening"
    ).fetchone()
    middle = db.execute(
        f"SELECT {stage} FROM opening WHERE {stage} IS NOT NULL ORDER BY {stage} LIMIT 1 OFFSET ?",
        (max(count - 1, 0) // 2,),
    ).fetchone()
    return Delay(count, total, middle[0] if middle else None, worst, tuple(counts))
