"""What the partitions of a feed list, as they list it: by this a feed tells what is new, and the store what vanished.

A complete listing is stored by its blocks, so that what changed in it is all that is written. What comes before the
listing is complete is stored by itself (`came`) and overrides it.
"""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from advisord.model.listing import Listing, entry


class _Held(NamedTuple):
    """The last complete listing of a partition, the rows of its blocks, and in order what came since."""

    listing: Listing
    rows: dict[bytes, int]
    came: dict[int, bytes]


class Entries:
    """The entries of one feed. A partition is read once, and again only when another process has written meanwhile."""

    def __init__(self, db: sqlite3.Connection, feed: str) -> None:
        self._db = db
        self._feed = feed
        self._read: dict[str, _Held] = {}
        self._version = -1

    def of(self, partition: str) -> Listing:
        """Record id → modified, as listed."""
        held = self._held(partition)
        if not held.came:
            return held.listing
        records = dict(held.listing)
        for block in held.came.values():
            records.update(Listing([block]))
        return Listing.of(records)

    def _held(self, partition: str) -> _Held:
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._read.clear()
            self._version = version
        if partition not in self._read:
            rows: dict[bytes, int] = {}
            since: dict[int, bytes] = {}
            for number, came, lines in self._db.execute(
                "SELECT id, came, lines FROM entry WHERE feed = ? AND partition = ? ORDER BY id",
                (self._feed, partition),
            ):
                if came:
                    since[number] = lines
                else:
                    rows[lines] = number
            self._read[partition] = _Held(Listing(rows), rows, since)
        return self._read[partition]

    def add(self, partition: str, records: Mapping[str, str]) -> None:
        """Put down records that came. Call it, and `replace`, inside a transaction."""
        held = self._held(partition)
        block = b"".join(Listing.of(records).blocks)
        if block != next(reversed(held.came.values()), b""):
            held.came[self._insert(partition, block, came=1)] = block

    def replace(self, partition: str, records: Mapping[str, str]) -> set[str]:
        """Take a complete listing; returns the records that no partition lists any more."""
        held = self._held(partition)
        listing = Listing.of(records)
        fresh, gone = listing.beside(held.listing)
        left = gone | (Listing(held.came.values()).lines() - fresh)
        superfluous = [number for block, number in held.rows.items() if block not in listing.blocks]
        self._db.executemany("DELETE FROM entry WHERE id = ?", ((number,) for number in [*superfluous, *held.came]))
        rows = {block: held.rows.get(block) or self._insert(partition, block, came=0) for block in listing.blocks}
        self._read[partition] = _Held(Listing(rows), rows, {})
        lost = {record for _, record in map(entry, left)}
        lost -= {record for _, record in map(entry, fresh)} if lost else lost
        return lost - set(listing) - self._elsewhere(partition) if lost else lost

    def _insert(self, partition: str, block: bytes, *, came: int) -> int:
        row = self._db.execute(
            "INSERT INTO entry (feed, partition, came, lines) VALUES (?, ?, ?, ?) RETURNING id",
            (self._feed, partition, came, block),
        ).fetchone()
        return int(row[0])

    def _elsewhere(self, partition: str) -> set[str]:
        """What the other partitions list."""
        rows = self._db.execute(
            "SELECT lines FROM entry WHERE feed = ? AND partition <> ?", (self._feed, partition)
        ).fetchall()
        return set(Listing(lines for (lines,) in rows))
