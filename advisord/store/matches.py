"""The matching join: which locked versions does which advisory name. Everything here only reads."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from advisord.store.database import chunks, marks
from advisord.store.hits import HITS

if TYPE_CHECKING:
    from advisord.matching.records import Record


def known_packages(db: sqlite3.Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Ids of those (ecosystem, normalised name) that any advisory names or any lockfile holds."""
    by_ecosystem: dict[str, list[str]] = {}
    for ecosystem, name in wanted:
        by_ecosystem.setdefault(ecosystem, []).append(name)
    found = {}
    for ecosystem, names in by_ecosystem.items():
        for some in chunks(names):
            query = f"SELECT name, id FROM package WHERE ecosystem = ? AND name IN ({marks(some)})"
            for name, number in db.execute(query, (ecosystem, *some)):
                found[ecosystem, name] = number
    return found


def hits(db: sqlite3.Connection, versions: Iterable[tuple[int, int, bytes | None]]) -> list[tuple[int, int]]:
    """(id, advisory id) for versions that are not in the store: (id, package id, key)."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY, package_id INTEGER, key BLOB)")
    db.execute("DELETE FROM wanted")
    db.executemany("INSERT INTO wanted VALUES (?, ?, ?)", versions)
    return list(db.execute(HITS.format(versions="wanted")))


def vulnerabilities(db: sqlite3.Connection, advisory_ids: Iterable[int]) -> dict[int, str]:
    """Advisory id → canonical id of its alias group."""
    return {
        advisory_id: db.execute("SELECT vulnerability FROM advisory WHERE id = ?", (advisory_id,)).fetchone()[0]
        for advisory_id in advisory_ids
    }


def members(db: sqlite3.Connection, vulnerability: str) -> tuple[str, ...]:
    """Every id of an alias group: the records' own and their aliases, sorted."""
    return tuple(
        name
        for (name,) in db.execute(
            "SELECT DISTINCT n.name FROM advisory a CROSS JOIN alias n ON n.advisory_id = a.id"
            " WHERE a.vulnerability = ? ORDER BY n.name",
            (vulnerability,),
        )
    )


def record_ids(db: sqlite3.Connection, vulnerability: str) -> tuple[str, ...]:
    """The ids of the records in an alias group, whatever package they name."""
    return tuple(
        record
        for (record,) in db.execute("SELECT DISTINCT record FROM advisory WHERE vulnerability = ?", (vulnerability,))
    )


def withdrawn(db: sqlite3.Connection, names: Sequence[str]) -> bool:
    """Whether records of these ids exist and every one of them was withdrawn by its feed, or vanished from it."""
    rows = [
        row
        for name in names
        for row in db.execute("SELECT withdrawn <> '' OR gone <> '' FROM advisory WHERE record = ?", (name,))
    ]
    return bool(rows) and all(taken_back for (taken_back,) in rows)


def records(db: sqlite3.Connection, package_id: int, vulnerability: str) -> list["Record"]:
    """Every record of the alias group that names the package, affirming or not, in a fixed order."""
    rows = db.execute(
        "SELECT a.id, a.feed, a.record, a.kind, a.severity, a.score, a.vector, a.summary, a.published, a.modified,"
        " a.withdrawn, a.gone, a.epss, a.alternatives, f.undecided, f.os, f.arch, f.functions FROM advisory a"
        " CROSS JOIN affects f ON f.package_id = ? AND f.advisory_id = a.id WHERE a.vulnerability = ?"
        " ORDER BY a.feed, a.record",
        (package_id, vulnerability),
    ).fetchall()
    return [_record(db, package_id, vulnerability, row) for row in rows]


def _record(db: sqlite3.Connection, package_id: int, vulnerability: str, row: Sequence[object]) -> "Record":
    # Only here: most lockfiles have no findings.
    from advisord.matching.records import Record
    from advisord.model.advisory import Kind, Rating, Severity
    from advisord.versions.ranges import Interval

    (advisory_id, feed, record, kind, severity, score, vector, summary, published, modified) = row[:10]
    (withdrawn, gone, epss, alternatives, undecided, os, arch, functions) = row[10:]
    spans = db.execute(
        "SELECT lo, hi, fixed FROM interval WHERE advisory_id = ? AND package_id = ? ORDER BY lo",
        (advisory_id, package_id),
    )
    listed = db.execute(
        "SELECT key FROM listed WHERE advisory_id = ? AND package_id = ? ORDER BY key", (advisory_id, package_id)
    )
    return Record(
        feed=str(feed),
        id=str(record),
        vulnerability=vulnerability,
        kind=Kind(str(kind)),
        rating=Rating(Severity(str(severity)), _number(score), str(vector)),
        summary=str(summary),
        published=str(published),
        modified=str(modified),
        withdrawn=str(withdrawn),
        gone=str(gone),
        epss=_number(epss),
        alternatives=_list(str(alternatives)),
        intervals=tuple(Interval(*span) for span in spans),
        listed=tuple(key for (key,) in listed),
        undecided=str(undecided),
        os=_words(os),
        arch=_words(arch),
        functions=_words(functions),
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _list(text: str) -> tuple[str, ...]:
    if text == "[]":
        return ()
    if "\\" not in text:  # as nearly always; loading a parser takes longer than all queries of a small lockfile
        return tuple(text[2:-2].split('", "'))
    import json

    return tuple(json.loads(text))


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(value).split("\n")) if value else ()


def groups(
    db: sqlite3.Connection, found: Iterable[tuple[int, int]], package_of: Mapping[int, int]
) -> dict[tuple[int, str], list[int]]:
    """Hits by (package id, vulnerability): the version ids that any record of the group names."""
    found = list(found)
    group_of = vulnerabilities(db, {advisory_id for _, advisory_id in found})
    grouped: dict[tuple[int, str], dict[int, None]] = {}
    for version_id, advisory_id in found:
        grouped.setdefault((package_of[version_id], group_of[advisory_id]), {})[version_id] = None
    return {pair: list(versions) for pair, versions in grouped.items()}
