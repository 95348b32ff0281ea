"""What the partitions of a feed list, as they list it: by this a feed tells what is new, and the store what vanished."""

import json
import sqlite3
from collections.abc import Mapping

from advisord.store.database import chunks, marks


class Entries:
    """The entries of one feed. A partition is read once, and again only when another process has written meanwhile."""

    def __init__(self, db: sqlite3.Connection, feed: str) -> None:
        self._db = db
        self._feed = feed
        self._read: dict[str, dict[str, str]] = {}
        self._version = -1

    def of(self, partition: str) -> dict[str, str]:
        """Record id → modified, as listed; the caller's own copy."""
        return dict(self._known(partition))

    def _known(self, partition: str) -> dict[str, str]:
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._read.clear()
            self._version = version
        if partition not in self._read:
            # As one text: for hundreds of thousands of rows half the time of fetching them one by one.
            row = self._db.execute(
                "SELECT json_group_object(record, modified) FROM entry WHERE feed = ? AND partition = ?",
                (self._feed, partition),
            ).fetchone()
            self._read[partition] = json.loads(row[0])
        return self._read[partition]

    def add(self, partition: str, records: Mapping[str, str]) -> None:
        """Put down records that came. Call it, and `replace`, inside a transaction."""
        self._db.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET modified = excluded.modified"
            " WHERE modified <> excluded.modified",
            ((self._feed, partition, record, modified) for record, modified in sorted(records.items())),
        )
        if partition in self._read:
            self._read[partition].update(records)

    def replace(self, partition: str, listing: Mapping[str, str]) -> set[str]:
        """Take a complete listing; returns the records that no partition lists any more."""
        held = self._known(partition)
        lost = held.keys() - listing.keys()
        self.add(partition, {record: said for record, said in listing.items() if held.get(record) != said})
        self._db.executemany(
            "DELETE FROM entry WHERE feed = ? AND partition = ? AND record = ?",
            ((self._feed, partition, record) for record in lost),
        )
        for record in lost:
            del held[record]
        for some in chunks(sorted(lost)):
            elsewhere = self._db.execute(
                f"SELECT record FROM entry WHERE feed = ? AND record IN ({marks(some)})", (self._feed, *some)
            )
            lost.difference_update([record for (record,) in elsewhere])
        return lost
