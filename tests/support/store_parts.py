"""Advisories and lockfiles for a store, made in a line, and all that a store holds in one order."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from advisord.model.advisory import Advisory, Affected, Event, Kind, Range, Rating, Severity
from advisord.scan import locked_version
from advisord.store import lockfiles
from advisord.store.documents import unpacked
from advisord.store.entries import Entries
from advisord.versions import normalise_name


def span(introduced: str = "0", fixed: str = "", kind: str = "SEMVER") -> Range:
    """A range from one version to another, or without an end."""
    return Range(kind, (Event("introduced", introduced), *([Event("fixed", fixed)] if fixed else [])))


def affects(name: str = "p", *ranges: Range, ecosystem: str = "npm", versions: Sequence[str] = ()) -> Affected:
    """One package of an advisory."""
    return Affected(ecosystem, name, ranges, tuple(versions))


def advisory(
    record: str = "GHSA-1",
    *affected: Affected,
    aliases: Iterable[str] = (),
    feed: str = "osv",
    modified: str = "2026-01-01T00:00:00Z",
    withdrawn: str = "",
    severity: Severity = Severity.UNKNOWN,
    score: float | None = None,
    kind: Kind = Kind.VULNERABILITY,
    alternatives: Sequence[str] = (),
) -> Advisory:
    """An advisory that says what is given, and has a document of its own."""
    return Advisory(
        feed=feed,
        id=record,
        aliases=tuple(aliases),
        kind=kind,
        rating=Rating(severity, score),
        summary=f"About {record}",
        published="2026-01-01T00:00:00Z",
        modified=modified,
        withdrawn=withdrawn,
        affected=affected,
        document=json.dumps({"id": record, "modified": modified}).encode(),
        alternatives=tuple(alternatives),
    )


def lock(db: sqlite3.Connection, oid: str, *packages: tuple[str, str, str], format_: str = "npm") -> None:
    """Store a lockfile that locks these (ecosystem, name, version)."""
    rows = [
        lockfiles.LockedVersion(ecosystem, normalise_name(ecosystem, name), text, *locked_version(ecosystem, text))
        for ecosystem, name, text in packages
    ]
    lockfiles.add_blob(db, oid, format_, packages=len(rows), versions=rows)


def damage(path: str | Path, table: str) -> None:
    """Overwrite the first page of a table, as a failing disk does. Nobody may have the database open."""
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with open(path, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


_DUMP = {
    "feed": "SELECT name, cursor, error_code, as_of <> '', records, newest FROM feed",
    "coverage": "SELECT feed, ecosystem FROM coverage",
    "entry": "SELECT DISTINCT feed, partition FROM entry",
    "rejected": "SELECT feed, record, reason FROM rejected",
    "advisory": "SELECT feed, record, vulnerability, kind, severity, score, vector, summary, published, modified,"
    " withdrawn, gone <> '', epss, alternatives, hex(digest) FROM advisory",
    "document": "SELECT a.feed, a.record, d.body FROM document d JOIN advisory a ON a.id = d.advisory_id",
    "alias": "SELECT n.name, a.feed, a.record FROM alias n JOIN advisory a ON a.id = n.advisory_id",
    "affects": "SELECT k.ecosystem, k.name, a.feed, a.record, f.undecided, f.os, f.arch, f.functions FROM affects f"
    " JOIN package k ON k.id = f.package_id JOIN advisory a ON a.id = f.advisory_id",
    "interval": "SELECT k.ecosystem, k.name, a.feed, a.record, hex(i.lo), hex(i.hi), i.fixed FROM interval i"
    " JOIN package k ON k.id = i.package_id JOIN advisory a ON a.id = i.advisory_id",
    "listed": "SELECT k.ecosystem, k.name, a.feed, a.record, hex(l.key) FROM listed l"
    " JOIN package k ON k.id = l.package_id JOIN advisory a ON a.id = l.advisory_id",
    "locked": "SELECT b.oid, b.format, k.ecosystem, k.name, v.text, hex(v.key), v.invalid FROM locked l"
    " JOIN blob b ON b.id = l.blob_id JOIN version v ON v.id = l.version_id JOIN package k ON k.id = v.package_id",
    "hit": "SELECT k.ecosystem, k.name, v.text, a.feed, a.record FROM hit h JOIN version v ON v.id = h.version_id"
    " JOIN package k ON k.id = v.package_id JOIN advisory a ON a.id = h.advisory_id",
}


def dump(db: sqlite3.Connection, *leave_out: str) -> str:
    """Everything but moments, in the order of natural keys: two stores that know the same have the same dump."""
    lines = []
    for table, statement in _DUMP.items():
        if table in leave_out:
            continue
        rows = db.execute(statement).fetchall()
        if table == "entry":
            rows = [(*row, *listed) for row in rows for listed in Entries(db, row[0]).of(row[1]).items()]
        if table == "document":
            rows = [(feed, record, unpacked(body)) for feed, record, body in rows]
        lines += sorted(f"{table} {row!r}" for row in rows)
    return "\n".join(lines) + "\n"
