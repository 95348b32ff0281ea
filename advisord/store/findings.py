"""What has a state of its own about a finding: when it was first seen, and where it was last seen."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord.lockfiles.uncovered import locked_by
from advisord.model.finding import Finding
from advisord.store import lockfiles
from advisord.store.database import transaction
from advisord.versions import normalise_name

Place = tuple[str, str, str]
"""Ref, lockfile, version."""


class Memory(NamedTuple):
    """One finding as it was last seen."""

    vulnerability: str
    first_seen: str
    places: tuple[Place, ...]


def remember(db: sqlite3.Connection, repository: int, findings: Sequence[Finding], now: str) -> list[Finding]:
    """Put down where the findings are, and give them back with `first_seen` filled in (`now` for new ones).

    A place where the package is still named, but not pinned any more, is not forgotten, nor one of which only the manifest
    is left: nobody knows that it is fixed.
    """
    dated, rows = [], []
    unpinned = lockfiles.unpinned(db, repository)
    bare = lockfiles.bare(db, repository)
    there = {(place.ref, place.path) for place in lockfiles.places(db, repository)}
    for finding in findings:
        names = {finding.vulnerability, *finding.ids, *finding.elsewhere}
        known = recall(db, repository, finding.ecosystem, finding.package, names)
        first_seen = min((memory.first_seen for memory in known), default=now)
        dated.append(finding._replace(first_seen=first_seen))
        places = tuple((place.ref, place.lockfile, place.version) for place in finding.places)
        here = {(place.ref, place.lockfile) for place in finding.places}
        named = unpinned.get((finding.ecosystem, normalise_name(finding.ecosystem, finding.package)), set()) - here
        before = {one for memory in known for one in memory.places}
        places += tuple(
            sorted(
                one
                for one in before
                if one[:2] in named or (one[:2] not in there and locked_by(one[1], bare.get(one[0], ())))
            )
        )
        if Memory(finding.vulnerability, first_seen, places) not in known:
            identity = (repository, finding.ecosystem, finding.package, finding.vulnerability)
            rows.append((*identity, first_seen, json.dumps(places)))
    if rows:
        with transaction(db):
            db.executemany("INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?, ?, ?)", rows)
    return dated


def recall(db: sqlite3.Connection, repository: int, ecosystem: str, package: str, names: Iterable[str]) -> list[Memory]:
    """What is remembered of a package's findings that were called by any of these ids.

    A finding is known by every id of its alias group, so a change of the canonical id does not make it new.
    """
    rows = db.execute(
        "SELECT vulnerability, first_seen, places FROM finding"
        " WHERE repository_id = ? AND ecosystem = ? AND package = ? ORDER BY vulnerability",
        (repository, ecosystem, package),
    )
    wanted = set(names)
    return [
        Memory(vulnerability, first_seen, tuple((ref, path, text) for ref, path, text in json.loads(places)))
        for vulnerability, first_seen, places in rows
        if vulnerability in wanted
    ]


def ecosystems(db: sqlite3.Connection, repository: int) -> list[str]:
    """The ecosystems of all that was ever found in a repository."""
    rows = db.execute("SELECT DISTINCT ecosystem FROM finding WHERE repository_id = ? ORDER BY 1", (repository,))
    return [ecosystem for (ecosystem,) in rows]
