"""How each feed is: its cursor, as of when it is, what went wrong last."""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from advisord.store.database import transaction
from advisord.times import seconds_between

_QUIET = 30 * 86400.0
"""Seconds. All three feeds change every week: where nothing did for so long, the source is probably an old copy."""


class FeedState(NamedTuple):
    """One feed's health. `as_of` is when its source was last seen to say exactly what the store holds ("": never).

    `error_code` is "" when the last attempt succeeded, `suspect-feed` when the feed shrank beyond belief.
    `newest` is the newest `modified` among its records: an old copy looks fresh by `as_of` alone.
    """

    name: str
    cursor: str
    source: str
    as_of: str
    attempted: str
    error_code: str
    error: str
    records: int = 0
    rejected: int = 0
    newest: str = ""

    def quiet(self, now: datetime) -> bool:
        """Whether its newest record is so old that its source may be a copy which nobody keeps up."""
        return bool(self.records and self.newest) and seconds_between(self.newest, now) > _QUIET


def cursor(db: sqlite3.Connection, feed: str, source: str) -> str:
    """The feed's cursor, "" for the first time; a cursor of another source is worth nothing."""
    row = db.execute("SELECT cursor FROM feed WHERE name = ? AND source = ?", (feed, source)).fetchone()
    return str(row[0]) if row else ""


def attempt(db: sqlite3.Connection, feed: str, source: str, now: str) -> None:
    """Note that a poll begins."""
    with transaction(db):
        db.execute(
            "INSERT INTO feed (name, source, attempted) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
            " attempted = excluded.attempted, source = excluded.source,"
            " cursor = CASE WHEN source = excluded.source THEN cursor ELSE '' END",
            (feed, source, now),
        )


def succeeded(db: sqlite3.Connection, feed: str, now: str, complete: Collection[str] | None = None) -> None:
    """Note that a poll ended well: the store holds what the source says as of `now`, of these ecosystems (None: all).

    The others stay as old as they are. When nothing changed since the last time, this is one row: the feed's.
    """
    with transaction(db):
        _audit(db, feed, now, "", "")
        covered = db.execute(
            "SELECT c.ecosystem, c.as_of, f.as_of FROM coverage c JOIN feed f ON f.name = c.feed WHERE feed = ?",
            (feed,),
        ).fetchall()
        wanted = [
            ("" if complete is None or ecosystem in complete else own or before, feed, ecosystem, own)
            for ecosystem, own, before in covered
        ]
        db.executemany(
            "UPDATE coverage SET as_of = ? WHERE feed = ? AND ecosystem = ?",
            (row[:3] for row in wanted if row[0] != row[3]),
        )
        db.execute(
            "UPDATE feed SET as_of = ?, attempted = ?, error_code = '', error = '' WHERE name = ?", (now, now, feed)
        )


def failed(db: sqlite3.Connection, feed: str, code: str, message: str, complete: Collection[str] = ()) -> None:
    """Note why a poll failed. What was stored before stays as old as it was, but for what it had read to the end."""
    with transaction(db):
        row = db.execute("SELECT attempted FROM feed WHERE name = ?", (feed,)).fetchone()
        attempted = row[0] if row else ""
        _audit(db, feed, attempted, code, message)
        db.executemany(
            "UPDATE coverage SET as_of = ? WHERE feed = ? AND ecosystem = ?",
            ((attempted, feed, ecosystem) for ecosystem in complete),
        )
        db.execute("UPDATE feed SET error_code = ?, error = ? WHERE name = ?", (code, message, feed))


def _audit(db: sqlite3.Connection, feed: str, now: str, code: str, message: str) -> None:
    """Record that a feed failed, became suspect or recovered: the change, not every poll."""
    row = db.execute("SELECT error_code FROM feed WHERE name = ?", (feed,)).fetchone()
    before = row[0] if row else ""
    if before != code:
        from advisord.store import audit  # only here: whoever scans reads states, and writes none

        audit.append(db, now, [audit.Entry("feed", feed, {"from": before, "to": code, "message": message})])


def states(db: sqlite3.Connection) -> list[FeedState]:
    """Every feed that was ever tried, by name."""
    return [
        FeedState(*row)
        for row in db.execute(
            "SELECT name, cursor, source, as_of, attempted, error_code, error, records,"
            " (SELECT count(*) FROM rejected r WHERE r.feed = f.name), newest FROM feed f ORDER BY name"
        )
    ]


def coverage(db: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """What answers for which ecosystem: (feed, ecosystem, as of, why the feed's last poll did not get to its end)."""
    return list(
        db.execute(
            "SELECT c.feed, c.ecosystem, CASE c.as_of WHEN '' THEN f.as_of ELSE c.as_of END,"
            " CASE c.as_of WHEN f.attempted THEN '' ELSE f.error_code END"
            " FROM coverage c JOIN feed f ON f.name = c.feed ORDER BY c.feed, c.ecosystem"
        )
    )
