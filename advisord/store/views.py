"""What the pages and the API ask: everything is counted, filtered, sorted and paged by SQL. Everything here only reads."""

import json
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from advisord.store import trouble
from advisord.store.documents import unpacked

ORDERS = {
    "worst": "s.weight, s.first_seen, s.id",
    "oldest": "s.first_seen, s.id",
    "newest": "s.first_seen DESC, s.id",
    "package": "s.package, s.weight, s.id",
}
_TERMS = 8


class Filter(NamedTuple):
    """Which findings are wanted; "" and 0 are no wish. `due` is `ahead` or `breached`, of `in` findings alone."""

    text: str = ""
    scope: str = ""
    severity: str = ""
    ecosystem: str = ""
    repository: int = 0
    due: str = ""
    seen_from: str = ""
    seen_before: str = ""


class Row(NamedTuple):
    """One finding of a list. `due` is its next or longest breached deadline ("": none has a date)."""

    number: int
    repository_id: int
    repository: str
    ecosystem: str
    package: str
    version: str
    places: int
    id: str
    kind: str
    scope: str
    severity: str
    undecided: int
    rule: str
    fixed: str
    summary: str
    first_seen: str
    due: str


class Promise(NamedTuple):
    """One deadline, with the finding that it is about."""

    at: str
    kind: str
    binding: int
    number: int
    repository_id: int
    repository: str
    package: str
    id: str
    severity: str


class Standing(NamedTuple):
    """How a repository is; `found` counts its findings by scope and severity, `problems` are those of the last look.

    `state` is "" when nothing is wrong.
    """

    number: int
    name: str
    read_at: str
    state: str
    error_code: str
    error: str
    changed: str
    found: dict[str, dict[str, int]]
    problems: list[list[Any]]


class Tracked(NamedTuple):
    """An issue about a finding."""

    tracker: str
    number: str
    state: str
    url: str


def findings(
    db: sqlite3.Connection, wanted: Filter, order: str, now: str, limit: int, offset: int
) -> tuple[int, list[Row]]:
    """How many findings there are of that kind, and one page of them."""
    where, values = _where(wanted, now)
    total = int(db.execute(f"SELECT count(*) FROM snapshot s{where}", values).fetchone()[0])
    # The page is chosen by its ids first: an index holds them, and only the rows that are shown are read.
    rows = db.execute(
        "SELECT s.id, s.repository_id, r.name, s.ecosystem, s.package, s.version, s.places, s.identifier, s.kind,"
        " s.scope, s.severity, s.undecided, s.rule, s.fixed, s.summary, s.first_seen,"
        " coalesce((SELECT min(d.at) FROM snapshot_due d WHERE d.snapshot_id = s.id), '')"
        f" FROM (SELECT s.id FROM snapshot s{where} ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?) p"
        f" CROSS JOIN snapshot s ON s.id = p.id JOIN repository r ON r.id = s.repository_id ORDER BY {ORDERS[order]}",
        (*values, limit, offset),
    )
    return total, [Row(*row) for row in rows]


def _where(wanted: Filter, now: str) -> tuple[str, list[str | int]]:
    terms: list[tuple[str, str | int]] = [
        ("s.scope = ?", wanted.scope),
        ("s.severity = ?", wanted.severity),
        ("s.ecosystem = ?", wanted.ecosystem),
        ("s.repository_id = ?", wanted.repository),
        ("s.first_seen >= ?", wanted.seen_from),
        ("s.first_seen < ?", wanted.seen_before),
        *(("s.words LIKE ? ESCAPE '\\'", f"%{_literal(word)}%") for word in wanted.text.casefold().split()[:_TERMS]),
    ]
    if wanted.due:
        compared = "<=" if wanted.due == "breached" else ">"
        terms.append((f"s.id IN (SELECT snapshot_id FROM snapshot_due WHERE at {compared} ?)", now))
    used = [(condition, value) for condition, value in terms if value]
    if not used:
        return "", []
    return f" WHERE {' AND '.join(condition for condition, _ in used)}", [value for _, value in used]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def finding(db: sqlite3.Connection, number: int) -> tuple[int, dict[str, Any]] | None:
    """The repository's number and the whole explanation of one finding; None when it is not there (any more)."""
    row = db.execute(
        "SELECT s.repository_id, b.body FROM snapshot s JOIN snapshot_body b ON b.snapshot_id = s.id WHERE s.id = ?",
        (number,),
    ).fetchone()
    return (row[0], json.loads(unpacked(row[1]))) if row else None


def issues(db: sqlite3.Connection, repository: int, ecosystem: str, package: str, ids: Sequence[str]) -> list[Tracked]:
    """The issues about a package's finding that is known by any of these ids."""
    rows = db.execute(
        "SELECT tracker, number, state, url, ids FROM issue"
        " WHERE repository_id = ? AND ecosystem = ? AND package = ? ORDER BY state DESC, tracker, number",
        (repository, ecosystem, package),
    )
    return [Tracked(*row[:4]) for row in rows if not set(ids).isdisjoint(json.loads(row[4]))]


def counts(db: sqlite3.Connection, moments: Sequence[str]) -> list[tuple[str, str, list[int]]]:
    """(scope, severity, how many of each age); the ages lie between those `moments`, which are given newest first."""
    # Sums along an index: to group by the age would sort every finding.
    older = "".join(", sum(first_seen < ?)" for _ in moments)
    rows = db.execute(f"SELECT scope, severity, count(*){older} FROM snapshot GROUP BY scope, severity", moments)
    return [
        (scope, severity, [more - fewer for more, fewer in pairwise((*reached, 0))])
        for scope, severity, *reached in rows
    ]


def due(db: sqlite3.Connection, now: str) -> tuple[int, int]:
    """How many deadlines of findings in scope are breached, and how many are ahead."""
    breached, ahead = db.execute(
        "SELECT (SELECT count(*) FROM snapshot_due WHERE at <= ?), (SELECT count(*) FROM snapshot_due WHERE at > ?)",
        (now, now),
    ).fetchone()
    return int(breached), int(ahead)


def promises(db: sqlite3.Connection, now: str, state: str, limit: int, offset: int) -> list[Promise]:
    """The deadlines of findings in scope, the most pressing first: longest `breached`, or next `ahead`."""
    compared = "<=" if state == "breached" else ">"
    rows = db.execute(
        "SELECT d.at, d.kind, d.binding, s.id, r.id, r.name, s.package, s.identifier, s.severity FROM snapshot_due d"
        " CROSS JOIN snapshot s ON s.id = d.snapshot_id"
        f" CROSS JOIN repository r ON r.id = s.repository_id WHERE d.at {compared} ? ORDER BY d.at, s.id"
        " LIMIT ? OFFSET ?",
        (now, limit, offset),
    )
    return [Promise(*row) for row in rows]


def repositories(db: sqlite3.Connection, wanted: int = 0) -> list[Standing]:
    """Every repository that is watched, by name; or the one of that number, which says if it is not."""
    rows = db.execute(
        f"SELECT r.id, r.name, r.read_at, iif(u.since IS NULL, {trouble.STATE}, 'unwatched'),"
        f" iif(u.since IS NULL, {trouble.CODE}, 'unwatched'),"
        f" iif(u.since IS NULL, {trouble.MESSAGE}, 'no longer watched since ' || u.since),"
        " coalesce(t.changed, ''), coalesce(t.problems, '[]')"
        " FROM repository r LEFT JOIN snapshot_state t ON t.repository_id = r.id"
        f" LEFT JOIN unwatched u ON u.repository_id = r.id {trouble.JOIN}"
        " WHERE r.id = ?1 OR (?1 = 0 AND u.since IS NULL) ORDER BY r.name",
        (wanted,),
    ).fetchall()
    found: dict[int, dict[str, dict[str, int]]] = {}
    for repository, scope, severity, count in db.execute(
        "SELECT repository_id, scope, severity, count(*) FROM snapshot WHERE ? IN (0, repository_id)"
        " GROUP BY repository_id, scope, severity",
        (wanted,),
    ):
        found.setdefault(repository, {}).setdefault(scope, {})[severity] = count
    return [
        Standing(number, name, read_at, state, code, error, changed, found.get(number, {}), json.loads(problems))
        for number, name, read_at, state, code, error, changed, problems in rows
    ]


def name(db: sqlite3.Connection, repository: int) -> str:
    """What a repository is called, "" when there is none of that number."""
    row = db.execute("SELECT name FROM repository WHERE id = ?", (repository,)).fetchone()
    return row[0] if row else ""


def ecosystems(db: sqlite3.Connection) -> list[str]:
    """The ecosystems that findings are of."""
    return [name for (name,) in db.execute("SELECT DISTINCT ecosystem FROM snapshot ORDER BY ecosystem")]


def history(db: sqlite3.Connection, since: str, scope: str, repository: int = 0) -> list[tuple[str, int, int]]:
    """(day, opened, closed) of the days since then on which anything came or went in that scope."""
    return db.execute(
        "SELECT day, sum(opened), sum(closed) FROM history WHERE day >= ? AND scope = ? AND ? IN (0, repository_id)"
        " GROUP BY day ORDER BY day",
        (since, scope, repository),
    ).fetchall()


def open_issues(db: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """(tracker, state, how many issues)."""
    return db.execute("SELECT tracker, state, count(*) FROM issue GROUP BY tracker, state ORDER BY 1, 2").fetchall()
