"""The audit log: what was done and decided, append-only, each entry chained to the one before by a hash.

An entry's link is the SHA-256 of the link before it and of the entry in canonical JSON, so that nothing can be changed,
left out or put in between without breaking a link. The last link is kept a second time: a log that was cut off at its
end does not agree with it. Whoever can write the database can make a whole new log; against that only a link helps that
was noted elsewhere (`advisord audit verify --head`).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from advisord.store.database import transaction

BEGINNING = "0" * 64
"""The link before the first entry."""


class Entry(NamedTuple):
    """Something that happened to `subject`; `detail` are names and texts that say what.

    `kind` is `decision`, `deadline`, `action`, `feed`, `repository`, `organisation`, `acceptance`, `policy` or `configuration`.
    """

    kind: str
    subject: str
    detail: Mapping[str, str]
    repository: str = ""


class Written(NamedTuple):
    """An entry as it stands in the log."""

    id: int
    at: str
    entry: Entry
    link: str


class Verified(NamedTuple):
    """How many entries hold, the last link that does, and the first thing that is wrong ("" when nothing is)."""

    entries: int
    head: str
    problem: str = ""


def append(db: sqlite3.Connection, at: str, entries: Iterable[Entry]) -> None:
    """Put entries down. To be called within the transaction that does what they record."""
    assert db.in_transaction  # noqa: S101  (else what is recorded and what is done could part)
    row = db.execute("SELECT id, link FROM audit_head").fetchone()
    last, link = row or (0, BEGINNING)
    rows = []
    for entry in entries:
        last += 1
        detail = json.dumps(dict(entry.detail), ensure_ascii=False, sort_keys=True)
        fields = (last, at, entry.kind, entry.repository, entry.subject, detail)
        link = _link(link, fields)
        rows.append((*fields, link))
    if rows:
        db.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)", (last, link))


def changed(
    db: sqlite3.Connection, at: str, kind: str, texts: Mapping[str, str], repository: str = ""
) -> tuple[str, ...]:
    """Record the texts, by their subjects, of which the latest entry has another hash; the subjects of those."""
    hashes = {subject: hashed(text) for subject, text in texts.items()}
    before = {subject: _latest(db, kind, subject, repository).get("to", "") for subject in hashes}
    new = tuple(subject for subject in hashes if hashes[subject] != before[subject])
    if new:
        with transaction(db):
            details = ((subject, {"from": before[subject], "to": hashes[subject]}) for subject in new)
            append(db, at, [Entry(kind, subject, detail, repository) for subject, detail in details])
    return new


def hashed(text: str) -> str:
    """The SHA-256 of a text."""
    from hashlib import sha256  # loads OpenSSL: not on the path of a scan

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _latest(db: sqlite3.Connection, kind: str, subject: str, repository: str) -> Mapping[str, str]:
    row = db.execute(
        "SELECT detail FROM audit WHERE kind = ? AND repository = ? AND subject = ? ORDER BY id DESC LIMIT 1",
        (kind, repository, subject),
    ).fetchone()
    found: dict[str, str] = json.loads(row[0]) if row else {}
    return found


def written(db: sqlite3.Connection, since: str = "", repository: str | None = None) -> Iterator[Written]:
    """The entries at or after `since`, oldest first; of one repository, or of all and of none."""
    query = "SELECT id, at, kind, repository, subject, detail, link FROM audit WHERE at >= ?"
    rows = db.execute(
        f"{query} AND repository = ? ORDER BY id" if repository is not None else f"{query} ORDER BY id",
        (since,) if repository is None else (since, repository),
    )
    for number, at, kind, name, subject, detail, link in rows:
        yield Written(number, at, Entry(kind, subject, json.loads(detail), name), link)


def verify(db: sqlite3.Connection, noted: str = "") -> Verified:
    """Compute every link anew, to the first that does not hold. `noted` is a link that has to be in the log."""
    db.execute("BEGIN")  # one state of the log, while others write
    try:
        return _verified(db, noted)
    finally:
        db.execute("ROLLBACK")


def _verified(db: sqlite3.Connection, noted: str) -> Verified:
    link, count = BEGINNING, 0
    met = not noted or noted == BEGINNING
    for *fields, stored in db.execute("SELECT id, at, kind, repository, subject, detail, link FROM audit ORDER BY id"):
        number = fields[0]
        if number != count + 1:
            return Verified(count, link, f"entry {count + 1} is missing: after entry {count} comes entry {number}")
        computed = _link(link, tuple(fields))
        if computed != stored:
            return Verified(count, link, f"entry {number} ({fields[1]}, {fields[2]}) is not what was written")
        link, count = computed, number
        met = met or link == noted
    head = db.execute("SELECT id, link FROM audit_head").fetchone() or (0, BEGINNING)
    if head != (count, link):
        return Verified(count, link, f"the log ends with entry {count}; its last entry was {head[0]}")
    if not met:
        return Verified(count, link, f"the noted link {noted} is not in the log: another log stands in its place")
    return Verified(count, link)


def _link(before: str, fields: tuple[object, ...]) -> str:
    return hashed(json.dumps([before, *fields], ensure_ascii=False, separators=(",", ":")))
