"""Alias groups kept up to date: `advisory.vulnerability` is the canonical id of the record's group."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from advisord.matching import aliases
from advisord.store.database import chunks, marks


class Moved(NamedTuple):
    """A record that has come to another group."""

    advisory_id: int
    before: str
    after: str


def bound(db: sqlite3.Connection, names: Mapping[str, Collection[str]]) -> set[str]:
    """The names of all these records (id → every name) but of those that are alone: without another name, and unknown to others.

    Ask before the records are written. Most records are alone; leaving them out makes a first load much cheaper.
    """
    alone = {record for record, known in names.items() if len(known) == 1}
    binding = {name for known in names.values() if len(known) > 1 for name in known}
    alone -= binding
    for some in chunks(sorted(alone)):
        known = db.execute(f"SELECT DISTINCT name FROM alias WHERE name IN ({marks(some)})", some)
        binding.update(name for (name,) in known)
    return binding


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
