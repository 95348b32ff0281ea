"""The advisory side: a feed's page goes in as one transaction, with its cursor."""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from advisord.matching import aliases
from advisord.model.advisory import Advisory, Affected
from advisord.store import hits
from advisord.store.database import transaction
from advisord.versions import base_ecosystem
from advisord.versions.ranges import intervals

_CHUNK = 500  # below SQLite's oldest limit of 999 parameters


class Written(NamedTuple):
    """What a page changed: ids of new records, of records whose meaning changed, and of vanished ones."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


class _Rows(NamedTuple):
    """The rows that a page adds, collected so that each table is written with one `executemany`."""

    alias: list[tuple[str, int]]
    affects: list[tuple[int, int, str, str, str, str]]
    interval: list[tuple[int, bytes, int, bytes, str]]
    listed: list[tuple[int, bytes, int]]
    document: list[tuple[int, bytes]]


def write_page(
    db: sqlite3.Connection,
    feed: str,
    now: str,
    *,
    advisories: Sequence[Advisory],
    rejected: Sequence[tuple[str, str]] = (),
    removed: Sequence[str] = (),
    partition: str = "",
    listing: Mapping[str, str] | None = None,
    cursor: str = "",
    ecosystems: Sequence[str] = (),
) -> Written:
    """Store one page of a feed and its cursor, all or nothing. Writing the same page twice changes nothing.

    Of a record that is on the page twice the last counts. A record that is in the partition's complete `listing` no more, and in no other partition, is marked gone.
    """
    advisories = list({advisory.id: advisory for advisory in advisories}.values())
    with transaction(db):
        new, changed, touched = _write_advisories(db, feed, advisories)
        lost = _write_entries(db, feed, partition, {a.id: a.modified for a in advisories}, listing)
        gone = _mark_gone(db, feed, now, lost | set(removed))
        touched |= gone.keys()
        for names in gone.values():
            touched |= names
        _regroup(db, touched)
        hits.match_records(db, feed, [*new, *changed])
        db.executemany("DELETE FROM rejected WHERE feed = ? AND record = ?", ((feed, a.id) for a in advisories))
        db.executemany(
            "INSERT INTO rejected VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason",
            ((feed, record, reason, now) for record, reason in rejected),
        )
        db.execute(
            "INSERT INTO feed (name, cursor) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET cursor = excluded.cursor WHERE cursor <> excluded.cursor",
            (feed, cursor),
        )
        db.executemany(
            "INSERT INTO coverage VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET as_of = excluded.as_of",
            ((feed, ecosystem, now) for ecosystem in ecosystems),
        )
    return Written(tuple(new), tuple(changed), tuple(sorted(gone)))


def _write_advisories(
    db: sqlite3.Connection, feed: str, advisories: Sequence[Advisory]
) -> tuple[list[str], list[str], set[str]]:
    """Insert and update; returns new ids, changed ids, and every name whose alias group may have changed."""
    stored = _stored(db, feed, [advisory.id for advisory in advisories])
    packages = _package_ids(db, advisories)
    rows = _Rows([], [], [], [], [])
    new, changed = [], []
    touched: set[str] = set()
    for advisory in advisories:
        digest = _digest(advisory)
        known = stored.get(advisory.id)
        if known is None:
            advisory_id = _insert(db, feed, advisory, digest)
            stored[advisory.id] = (advisory_id, digest, "", advisory.modified)
            new.append(advisory.id)
        else:
            advisory_id, old_digest, gone, modified = known
            if old_digest == digest and not gone:
                if modified != advisory.modified:
                    _update(db, advisory_id, advisory, digest)
                    rows.document.append((advisory_id, zlib.compress(advisory.document, 1)))
                continue
            touched.update(_forget_derived(db, advisory_id))
            _update(db, advisory_id, advisory, digest)
            stored[advisory.id] = (advisory_id, digest, "", advisory.modified)
            changed.append(advisory.id)
        names = {advisory.id, *advisory.aliases}
        touched |= names
        rows.alias.extend((name, advisory_id) for name in names)
        rows.document.append((advisory_id, zlib.compress(advisory.document, 1)))
        _derive(rows, advisory_id, advisory.affected, packages)
    db.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", rows.alias)
    db.executemany("INSERT INTO affects VALUES (?, ?, ?, ?, ?, ?)", rows.affects)
    db.executemany("INSERT INTO interval VALUES (?, ?, ?, ?, ?)", sorted(rows.interval))
    db.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", sorted(rows.listed))
    db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", rows.document)
    return new, changed, touched


def _stored(db: sqlite3.Connection, feed: str, ids: Sequence[str]) -> dict[str, tuple[int, bytes, str, str]]:
    found: dict[str, tuple[int, bytes, str, str]] = {}
    for chunk in _chunks(ids):
        found.update(
            (record, (row_id, digest, gone, modified))
            for record, row_id, digest, gone, modified in db.execute(
                "SELECT record, id, digest, gone, modified FROM advisory WHERE feed = ? AND record IN"
                f" ({_marks(chunk)})",
                (feed, *chunk),
            )
        )
    return found


def _package_ids(db: sqlite3.Connection, advisories: Iterable[Advisory]) -> dict[tuple[str, str], int]:
    wanted = {(base_ecosystem(a.ecosystem), a.name) for advisory in advisories for a in advisory.affected}
    return package_ids(db, wanted)


def package_ids(db: sqlite3.Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Ids of (ecosystem, normalised name), made where they are missing. Call it inside a transaction."""
    ids: dict[tuple[str, str], int] = {}
    for pair in wanted:
        row = db.execute("SELECT id FROM package WHERE ecosystem = ? AND name = ?", pair).fetchone()
        if row is None:
            row = db.execute("INSERT INTO package (ecosystem, name) VALUES (?, ?) RETURNING id", pair).fetchone()
        ids[pair] = row[0]
    return ids


def _insert(db: sqlite3.Connection, feed: str, advisory: Advisory, digest: bytes) -> int:
    row = db.execute(
        "INSERT INTO advisory (feed, record, vulnerability, kind, severity, score, vector, summary, published, modified,"
        " withdrawn, epss, alternatives, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (feed, advisory.id, advisory.id, *_columns(advisory), digest),
    ).fetchone()
    return int(row[0])


def _update(db: sqlite3.Connection, advisory_id: int, advisory: Advisory, digest: bytes) -> None:
    db.execute(
        "UPDATE advisory SET kind = ?, severity = ?, score = ?, vector = ?, summary = ?, published = ?, modified = ?,"
        " withdrawn = ?, epss = ?, alternatives = ?, digest = ?, gone = '' WHERE id = ?",
        (*_columns(advisory), digest, advisory_id),
    )


def _columns(advisory: Advisory) -> tuple[str | float | None, ...]:
    rating = advisory.rating
    return (
        advisory.kind.value,
        rating.severity.value,
        rating.score,
        rating.vector,
        advisory.summary,
        advisory.published,
        advisory.modified,
        advisory.withdrawn,
        advisory.epss,
        json.dumps(advisory.alternatives),
    )


def _digest(advisory: Advisory) -> bytes:
    """Hash of what a decision or an issue depends on. `modified` moves without any of it (OSV recomputes aliases)."""
    meaning = (
        sorted(advisory.aliases),
        advisory.kind.value,
        advisory.rating,
        advisory.withdrawn,
        advisory.affected,
        advisory.alternatives,
    )
    return blake2b(repr(meaning).encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _derive(
    rows: _Rows, advisory_id: int, affected: Sequence[Affected], packages: Mapping[tuple[str, str], int]
) -> None:
    """Add the rows of what one record affects; several entries of one package are one set of intervals."""
    by_package: dict[int, list[Affected]] = {}
    for entry in affected:
        by_package.setdefault(packages[base_ecosystem(entry.ecosystem), entry.name], []).append(entry)
    for package_id, entries in by_package.items():
        first = entries[0]
        whole = first
        if len(entries) > 1:
            whole = first._replace(
                ranges=tuple(r for entry in entries for r in entry.ranges),
                versions=tuple(dict.fromkeys(v for entry in entries for v in entry.versions)),
                functions=_union([entry.functions for entry in entries]),
                os=_union([entry.os for entry in entries]),
                arch=_union([entry.arch for entry in entries]),
            )
        evaluated = intervals(whole.ecosystem, whole)
        rows.affects.append(
            (
                package_id,
                advisory_id,
                " ".join(evaluated.undecided),
                "\n".join(whole.os),
                "\n".join(whole.arch),
                "\n".join(whole.functions),
            )
        )
        rows.interval.extend((package_id, i.lo, advisory_id, i.hi, i.fixed) for i in evaluated.intervals)
        rows.listed.extend((package_id, key, advisory_id) for key, _ in evaluated.listed)


def _union(restrictions: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Union of restrictions, where an empty one means "all": then the union restricts nothing."""
    if not all(restrictions):
        return ()
    return tuple(sorted({value for values in restrictions for value in values}))


def _forget_derived(db: sqlite3.Connection, advisory_id: int) -> set[str]:
    """Delete the derived rows of a record that changed; returns the names that it had."""
    names = {name for (name,) in db.execute("SELECT name FROM alias WHERE advisory_id = ?", (advisory_id,))}
    for table in ("alias", "affects", "interval", "listed", "hit"):
        db.execute(f"DELETE FROM {table} WHERE advisory_id = ?", (advisory_id,))
    return names


def _write_entries(
    db: sqlite3.Connection, feed: str, partition: str, seen: Mapping[str, str], listing: Mapping[str, str] | None
) -> set[str]:
    """Keep what a partition lists, as it lists it; returns the records that no partition lists any more."""
    lost: set[str] = set()
    if listing is not None:
        held = entries(db, feed, partition)
        lost = held.keys() - listing.keys()
        seen = dict(listing.items() - held.items())
    db.executemany(
        "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET modified = excluded.modified"
        " WHERE modified <> excluded.modified",
        ((feed, partition, record, modified) for record, modified in seen.items()),
    )
    db.executemany(
        "DELETE FROM entry WHERE feed = ? AND partition = ? AND record = ?", ((feed, partition, r) for r in lost)
    )
    for chunk in _chunks(sorted(lost)):
        elsewhere = db.execute(
            f"SELECT record FROM entry WHERE feed = ? AND record IN ({_marks(chunk)})", (feed, *chunk)
        )
        lost.difference_update([record for (record,) in elsewhere])
    return lost


def entries(db: sqlite3.Connection, feed: str, partition: str) -> dict[str, str]:
    """What the store holds of a partition: record id → modified as the feed listed it."""
    return dict(db.execute("SELECT record, modified FROM entry WHERE feed = ? AND partition = ?", (feed, partition)))


def _mark_gone(db: sqlite3.Connection, feed: str, now: str, lost: set[str]) -> dict[str, set[str]]:
    """Mark records gone (nothing is ever deleted); they bind no alias group any more."""
    gone: dict[str, set[str]] = {}
    for record in sorted(lost):
        row = db.execute(
            "UPDATE advisory SET gone = ? WHERE feed = ? AND record = ? AND gone = '' RETURNING id", (now, feed, record)
        ).fetchone()
        if row is None:
            continue
        names = {name for (name,) in db.execute("SELECT name FROM alias WHERE advisory_id = ?", row)}
        db.execute("DELETE FROM alias WHERE advisory_id = ? AND name <> ?", (row[0], record))
        gone[record] = names
    return gone


def _regroup(db: sqlite3.Connection, touched: set[str]) -> None:
    """Bring `advisory.vulnerability` up to date for every alias group that one of the names is or was in."""
    if not touched:
        return
    db.execute("CREATE TEMP TABLE IF NOT EXISTS touched (name TEXT PRIMARY KEY) WITHOUT ROWID")
    db.execute("DELETE FROM touched")
    db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((name,) for name in touched))
    while db.execute(
        "INSERT OR IGNORE INTO touched SELECT b.name FROM touched t CROSS JOIN alias a ON a.name = t.name"
        " CROSS JOIN alias b ON b.advisory_id = a.advisory_id"
    ).rowcount:
        pass
    names: dict[int, tuple[str, str, list[str]]] = {}
    for advisory_id, record, vulnerability, name in db.execute(
        "SELECT a.advisory_id, v.record, v.vulnerability, a.name FROM touched t CROSS JOIN alias a ON a.name = t.name"
        " CROSS JOIN advisory v ON v.id = a.advisory_id"
    ):
        names.setdefault(advisory_id, (record, vulnerability, []))[2].append(name)
    canonical = aliases.groups((record, known) for record, _, known in names.values())
    db.executemany(
        "UPDATE advisory SET vulnerability = ? WHERE id = ?",
        (
            (canonical[record], advisory_id)
            for advisory_id, (record, vulnerability, _) in names.items()
            if canonical[record] != vulnerability
        ),
    )


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
