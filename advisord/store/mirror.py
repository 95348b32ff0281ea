"""The feeds' records as others ask for them: by package and version, and by id. Everything here only reads."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from advisord.store.documents import unpacked
from advisord.store.hits import HITS

_FEEDS = ("osv", "rustsec")
"""Whose record is given when several feeds have it, first the first: those that speak OSV themselves."""


class Document(NamedTuple):
    """One record as its feed sent it."""

    feed: str
    record: str
    modified: str
    body: bytes


def spellings(db: sqlite3.Connection, ecosystem: str, name: str) -> list[str]:
    """The names of an ecosystem's packages that are this one but for their letters' case."""
    rows = db.execute("SELECT name FROM package WHERE ecosystem = ? AND name = ? COLLATE NOCASE", (ecosystem, name))
    return [found for (found,) in rows]


def affecting(db: sqlite3.Connection, ecosystem: str, name: str, key: bytes | None) -> list[int]:
    """The records, neither withdrawn nor gone, that name this version of a package (normalised name); None: any version."""
    row = db.execute("SELECT id FROM package WHERE ecosystem = ? AND name = ?", (ecosystem, name)).fetchone()
    if row is None:
        return []
    asked = "(SELECT 1 AS id, ? AS package_id, ? AS key)"
    return [
        number
        for (number,) in db.execute(
            f"SELECT a.id FROM (SELECT DISTINCT advisory_id FROM ({HITS.format(versions=asked)})) h"
            " CROSS JOIN advisory a ON a.id = h.advisory_id WHERE a.withdrawn = '' AND a.gone = '' ORDER BY a.record",
            (row[0], key) * HITS.count("{versions}"),
        )
    ]


def stamps(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[str, str]:
    """Record id → when it was last modified."""
    found: dict[str, str] = {}
    for number in numbers:
        record, modified = db.execute("SELECT record, modified FROM advisory WHERE id = ?", (number,)).fetchone()
        found[record] = max(modified, found.get(record, ""))
    return found


def documents(db: sqlite3.Connection, numbers: Iterable[int]) -> list[Document]:
    """The records of these numbers, each id once."""
    found: dict[str, Document] = {}
    for number in numbers:
        feed, name, modified, body = db.execute(
            "SELECT a.feed, a.record, a.modified, d.body FROM advisory a JOIN document d ON d.advisory_id = a.id"
            " WHERE a.id = ?",
            (number,),
        ).fetchone()
        document = Document(feed, name, modified, unpacked(body))
        before = found.get(document.record)
        if before is None or _rank(document) < _rank(before):
            found[document.record] = document
    return list(found.values())


def document(db: sqlite3.Connection, record: str) -> Document | None:
    """The record of this id that its feed still has, withdrawn or not."""
    numbers = [number for (number,) in db.execute("SELECT id FROM advisory WHERE record = ? AND gone = ''", (record,))]
    return next(iter(documents(db, numbers)), None)


def _rank(document: Document) -> int:
    return _FEEDS.index(document.feed) if document.feed in _FEEDS else len(_FEEDS)
