"""Packages by number, shared by what advisories name and what lockfiles hold."""

import sqlite3
from collections.abc import Iterable

from advisord.store.database import chunks, marks


def package_ids(db: sqlite3.Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Ids of (ecosystem, normalised name), made where they are missing. Call it inside a transaction."""
    by_ecosystem: dict[str, dict[str, None]] = {}
    for ecosystem, name in wanted:
        by_ecosystem.setdefault(ecosystem, {})[name] = None
    ids: dict[tuple[str, str], int] = {}
    following = db.execute("SELECT coalesce(max(id), 0) + 1 FROM package").fetchone()[0]
    for ecosystem, names in by_ecosystem.items():
        for some in chunks(list(names)):
            found = db.execute(
                f"SELECT name, id FROM package WHERE ecosystem = ? AND name IN ({marks(some)})", (ecosystem, *some)
            )
            ids.update(((ecosystem, name), number) for name, number in found)
        missing = [name for name in names if (ecosystem, name) not in ids]
        made = [(number, ecosystem, name) for number, name in enumerate(missing, following)]
        db.executemany("INSERT INTO package (id, ecosystem, name) VALUES (?, ?, ?)", made)
        ids.update(((ecosystem, name), number) for number, _, name in made)
        following += len(made)
    return ids
