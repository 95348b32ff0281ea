"""The advisory side: a feed's page goes in as one transaction, with its cursor."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from advisord.model.advisory import Advisory
from advisord.store import grouping, hits
from advisord.store.changes import Log
from advisord.store.database import chunks, marks, transaction
from advisord.store.documents import packed
from advisord.store.entries import Entries
from advisord.store.meaning import Meaning, meaning
from advisord.store.packages import package_ids
from advisord.times import parse

_CLOCKS = timedelta(days=1)


class Written(NamedTuple):
    """What a page changed: ids of new records, of records whose meaning changed, and of vanished ones."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


class _Known(NamedTuple):
    """What the store has of a record."""

    id: int
    digest: bytes
    gone: str
    modified: str


class _Outcome(NamedTuple):
    """What writing the advisories of a page did: row ids by record id, and names whose groups may have changed.

    `returned` counts those that were gone before.
    """

    new: dict[str, int]
    changed: dict[str, int]
    returned: int
    touched: set[str]


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
    entries: Entries | None = None,
) -> Written:
    """Store one page of a feed and its cursor, all or nothing. Writing the same page twice changes nothing.

    Of a record that is on the page twice the last counts. A record that is in the partition's complete `listing` no more, and in no other partition, is marked gone.
    `entries` are the feed's, when they were read before.
    """
    advisories = list({advisory.id: _as_of(now, advisory) for advisory in advisories}.values())
    entries = entries or Entries(db, feed)
    with transaction(db):
        log = Log(db, now)
        new, changed, returned, touched = _write_advisories(db, feed, advisories, log)
        lost = set(removed)
        if listing is None:
            entries.add(partition, {advisory.id: advisory.modified for advisory in advisories})
        else:
            lost |= entries.replace(partition, listing)
        gone = _mark_gone(db, feed, now, lost, log)
        for record, names in gone.items():
            touched |= {record, *names}
        moved = grouping.regroup(db, touched)
        if log.anybody:
            hits.match_records(db, [*new.values(), *changed.values()])
        log.finish(new.values(), moved)
        if db.execute("SELECT EXISTS (SELECT 1 FROM rejected WHERE feed = ?)", (feed,)).fetchone()[0]:
            settled = {*lost, *(advisory.id for advisory in advisories)}
            db.executemany("DELETE FROM rejected WHERE feed = ? AND record = ?", ((feed, record) for record in settled))
        db.executemany(
            "INSERT INTO rejected VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason",
            ((feed, record, reason, now) for record, reason in rejected),
        )
        newest = max((advisory.modified for advisory in advisories), default="")
        db.execute(
            "INSERT INTO feed (name, cursor, records, newest) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " cursor = excluded.cursor, records = records + excluded.records, newest = max(newest, excluded.newest)"
            " WHERE cursor <> excluded.cursor OR excluded.records <> 0 OR excluded.newest > newest",
            (feed, cursor, len(new) + returned - len(gone), newest),
        )
        db.executemany(
            "INSERT INTO coverage VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET as_of = excluded.as_of",
            ((feed, ecosystem, now) for ecosystem in ecosystems),
        )
    return Written(tuple(new), tuple(changed), tuple(sorted(gone)))


def _as_of(now: str, advisory: Advisory) -> Advisory:
    """The record as it stands now: a withdrawal that lies further ahead than clocks differ has not happened."""
    withdrawn = parse(advisory.withdrawn) if advisory.withdrawn else None
    if withdrawn is None or withdrawn - datetime.fromisoformat(now) < _CLOCKS:
        return advisory
    return advisory._replace(withdrawn="")


def _write_advisories(db: sqlite3.Connection, feed: str, advisories: Sequence[Advisory], log: Log) -> _Outcome:
    """Insert what is new, update what is changed."""
    stored = _stored(db, feed, [advisory.id for advisory in advisories])
    meant = [(advisory, meaning(advisory)) for advisory in advisories]
    new = [pair for pair in meant if pair[0].id not in stored]
    changed = []
    for advisory, means in meant:
        known = stored.get(advisory.id)
        if known is None:
            continue
        if known.digest != means.digest or known.gone:
            changed.append((advisory, means))
        elif known.modified != advisory.modified:
            _update(db, known.id, advisory, means)
    touched = grouping.bound(db, {a.id: {a.id, *a.aliases} for a, _ in (*new, *changed)})
    ids = {record: known.id for record, known in stored.items()}
    following = db.execute("SELECT coalesce(max(id), 0) + 1 FROM advisory").fetchone()[0]
    ids.update((advisory.id, number) for number, (advisory, _) in enumerate(new, following))
    db.executemany(
        "INSERT INTO advisory (id, feed, record, vulnerability, kind, severity, score, vector, summary, published,"
        " modified, withdrawn, epss, alternatives, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((ids[a.id], feed, a.id, a.id, *_columns(a, means)) for a, means in new),
    )
    db.executemany("INSERT INTO document VALUES (?, ?)", ((ids[a.id], packed(a.document)) for a, _ in new))
    for advisory, means in changed:
        log.begin(ids[advisory.id])
        touched |= _forget_derived(db, ids[advisory.id])
        _update(db, ids[advisory.id], advisory, means)
    _write_derived(db, [(ids[advisory.id], advisory, means) for advisory, means in (*new, *changed)])
    return _Outcome(
        {a.id: ids[a.id] for a, _ in new},
        {a.id: ids[a.id] for a, _ in changed},
        sum(stored[a.id].gone != "" for a, _ in changed),
        touched,
    )


def _write_derived(db: sqlite3.Connection, records: Sequence[tuple[int, Advisory, Meaning]]) -> None:
    """Write the rows that the join and the grouping read. They are sorted, so that each tree grows in one direction."""
    named = [(number, package) for number, _, means in records for package in means.packages]
    ids = package_ids(db, ((package.ecosystem, package.name) for _, package in named))
    rows = [(ids[package.ecosystem, package.name], number, package) for number, package in named]
    names = ((name, number) for number, advisory, _ in records for name in {advisory.id, *advisory.aliases})
    db.executemany("INSERT INTO alias VALUES (?, ?)", sorted(names))
    db.executemany("INSERT INTO affects VALUES (?, ?, ?, ?, ?, ?)", sorted((p, n, *about[2:6]) for p, n, about in rows))
    db.executemany(
        "INSERT INTO interval VALUES (?, ?, ?, ?, ?)",
        sorted((p, span.lo, n, span.hi, span.fixed) for p, n, about in rows for span in about.intervals),
    )
    db.executemany(
        "INSERT INTO listed VALUES (?, ?, ?)", sorted((p, key, n) for p, n, about in rows for key in about.listed)
    )


def _stored(db: sqlite3.Connection, feed: str, ids: Sequence[str]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for some in chunks(ids):
        rows = db.execute(
            f"SELECT record, id, digest, gone, modified FROM advisory WHERE feed = ? AND record IN ({marks(some)})",
            (feed, *some),
        )
        found.update((row[0], _Known(*row[1:])) for row in rows)
    return found


def _update(db: sqlite3.Connection, advisory_id: int, advisory: Advisory, means: Meaning) -> None:
    db.execute(
        "UPDATE advisory SET kind = ?, severity = ?, score = ?, vector = ?, summary = ?, published = ?, modified = ?,"
        " withdrawn = ?, epss = ?, alternatives = ?, digest = ?, gone = '' WHERE id = ?",
        (*_columns(advisory, means), advisory_id),
    )
    db.execute("UPDATE document SET body = ? WHERE advisory_id = ?", (packed(advisory.document), advisory_id))


def _columns(advisory: Advisory, means: Meaning) -> tuple[str | float | bytes | None, ...]:
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
        means.alternatives,
        means.digest,
    )


def _forget_derived(db: sqlite3.Connection, advisory_id: int) -> set[str]:
    """Delete the derived rows of a record that changed; returns the names that it had."""
    names = {name for (name,) in db.execute("SELECT name FROM alias WHERE advisory_id = ?", (advisory_id,))}
    for table in ("alias", "affects", "interval", "listed", "hit"):
        db.execute(f"DELETE FROM {table} WHERE advisory_id = ?", (advisory_id,))
    return names


def _mark_gone(db: sqlite3.Connection, feed: str, now: str, lost: set[str], log: Log) -> dict[str, set[str]]:
    """Mark records gone (nothing is ever deleted); they bind no alias group any more. Returns the names that they had."""
    gone: dict[str, set[str]] = {}
    for record in sorted(lost):
        row = db.execute(
            "SELECT id FROM advisory WHERE feed = ? AND record = ? AND gone = ''", (feed, record)
        ).fetchone()
        if row is None:
            continue
        log.begin(row[0])
        db.execute("UPDATE advisory SET gone = ? WHERE id = ?", (now, row[0]))
        gone[record] = {name for (name,) in db.execute("SELECT name FROM alias WHERE advisory_id = ?", row)}
        db.execute("DELETE FROM alias WHERE advisory_id = ? AND name <> ?", (row[0], record))
    return gone
