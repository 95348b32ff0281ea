"""Alias groups kept up to date: `advisory.vulnerability` is the canonical id of the record's group."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from advisord.matching import aliases
from advisord.store.database import chunks, marks


class Moved(NamedTuple):
    """A record that has come to another group."""

    advisory_id: int
    before: str
    after: str


def bound(db: sqlite3.Connection, names: Mapping[str, Collection[str]]) -> set[str]:
    """The names of those of these records (id → every name) that share one with each other, or with a stored record.

    Ask before the records are written. Most records share none; leaving them out makes a first load much cheaper.
    """
    holders = Counter(chain.from_iterable(names.values()))
    shared = {name for name, count in holders.items() if count > 1}
    for some in chunks(sorted(holders.keys() - shared)):
        known = db.execute(f"SELECT DISTINCT name FROM alias WHERE name IN ({marks(some)})", some)
        shared.update(name for (name,) in known)
    return {name for known in names.values() if not shared.isdisjoint(known) for name in known}


def canonical(db: sqlite3.Connection, names: Sequence[str]) -> set[str]:
    """The canonical ids, as they are now, of the alias groups that any of these names is in."""
    found: set[str] = set()
    for some in chunks(names):
        rows = db.execute(
            "SELECT a.vulnerability FROM alias n CROSS JOIN advisory a ON a.id = n.advisory_id"
            f" WHERE n.name IN ({marks(some)})",
            some,
        )
        found.update(vulnerability for (vulnerability,) in rows)
    return found


def regroup(db: sqlite3.Connection, touched: Collection[str]) -> list[Moved]:
    """Bring every alias group up to date that one of the names is or was in; returns what has moved."""
    names = _connected(db, touched)
    records: dict[int, tuple[str, str]] = {}
    for some in chunks(list(names)):
        rows = db.execute(f"SELECT id, record, vulnerability FROM advisory WHERE id IN ({marks(some)})", some)
        records.update((number, (record, vulnerability)) for number, record, vulnerability in rows)
    canonical = aliases.groups((record, names[number]) for number, (record, _) in records.items())
    moved = [
        Moved(number, vulnerability, canonical[record])
        for number, (record, vulnerability) in records.items()
        if canonical[record] != vulnerability
    ]
    db.executemany(
        "UPDATE advisory SET vulnerability = ? WHERE id = ?", ((after, number) for number, _, after in moved)
    )
    return moved


def _connected(db: sqlite3.Connection, touched: Collection[str]) -> dict[int, list[str]]:
    """Every record that shares a name with the touched ones, directly or by others: row id → its names."""
    names: dict[int, list[str]] = {}
    seen = set(touched)
    frontier = list(seen)
    while frontier:
        found: set[int] = set()
        for some in chunks(frontier):
            rows = db.execute(f"SELECT advisory_id FROM alias WHERE name IN ({marks(some)})", some)
            found.update(number for (number,) in rows)
        frontier = []
        for few in chunks([number for number in found if number not in names]):
            rows = db.execute(f"SELECT advisory_id, name FROM alias WHERE advisory_id IN ({marks(few)})", few)
            for number, name in rows:
                names.setdefault(number, []).append(name)
                if name not in seen:
                    seen.add(name)
                    frontier.append(name)
    return names
