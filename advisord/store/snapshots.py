"""Each repository's findings as they were last judged: what the pages and the API show without asking git again.

A row holds what lists are sorted and filtered by, its body the whole explanation as JSON. Beside them stands how many
findings came and went each day. What has not changed is not written.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.model.finding import Verdict
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.store import audit
from advisord.store.database import transaction
from advisord.store.documents import packed, unpacked

_SCOPES = tuple(Scope)
_WORST_FIRST = tuple(reversed(Severity))
_TEXT = 500

Key = tuple[str, str, str]
"""Ecosystem, package, canonical id of the alias group."""


class Due(NamedTuple):
    """One deadline of a finding; `at` is RFC 3339 in UTC."""

    kind: str
    at: str
    binding: bool


class Entry(NamedTuple):
    """One finding to be shown, its deadlines that have a date (they count for what is in scope), and its explanation as JSON."""

    judged: Judged
    deadlines: tuple[Due, ...]
    body: str


def write(
    db: sqlite3.Connection,
    repository: int,
    name: str,
    entries: Iterable[Entry],
    problems: Sequence[Problem],
    now: str,
) -> int:
    """Make the snapshot say what was found; how many of its findings are new, changed or gone."""
    wanted = {_key(entry): entry for entry in entries}
    known = {
        (ecosystem, package, group): (number, scope, unpacked(body).decode())
        for number, ecosystem, package, group, scope, body in db.execute(
            "SELECT s.id, s.ecosystem, s.package, s.vulnerability, s.scope, b.body FROM snapshot s"
            " JOIN snapshot_body b ON b.snapshot_id = s.id WHERE s.repository_id = ?",
            (repository,),
        )
    }
    gone = [key for key in known if key not in wanted]
    changed = [key for key, entry in wanted.items() if key not in known or known[key][2] != entry.body]
    said = json.dumps(problems)
    before = db.execute("SELECT problems FROM snapshot_state WHERE repository_id = ?", (repository,)).fetchone()
    if not gone and not changed and before == (said,):
        return 0
    with transaction(db):
        for key in gone:
            _forget(db, known[key][0])
        for key in changed:
            _put(db, repository, name, key, wanted[key], known[key][0] if key in known else None)
        _count(db, repository, now, {key: row[1] for key, row in known.items()}, wanted)
        moved = [(key, known[key][2], wanted[key]) for key in changed if key in known and known[key][1] == Scope.IN]
        audit.append(db, now, [entry for one in moved for entry in _moved(name, *one)])
        db.execute("INSERT OR REPLACE INTO snapshot_state VALUES (?, ?, ?)", (repository, now, said))
    return len(gone) + len(changed)


def forget(db: sqlite3.Connection, repository: int, now: str) -> None:
    """Take a repository's findings out of what is shown; they count as gone. Part of the caller's transaction."""
    rows = db.execute(
        "SELECT id, ecosystem, package, vulnerability, scope FROM snapshot WHERE repository_id = ?", (repository,)
    ).fetchall()
    for number, *_ in rows:
        _forget(db, number)
    _count(db, repository, now, {(row[1], row[2], row[3]): row[4] for row in rows}, {})
    db.execute("DELETE FROM snapshot_state WHERE repository_id = ?", (repository,))


def _key(entry: Entry) -> Key:
    finding = entry.judged.finding
    return finding.ecosystem, finding.package, finding.vulnerability or finding.id


def _forget(db: sqlite3.Connection, number: int) -> None:
    db.execute("DELETE FROM snapshot WHERE id = ?", (number,))
    db.execute("DELETE FROM snapshot_body WHERE snapshot_id = ?", (number,))
    db.execute("DELETE FROM snapshot_due WHERE snapshot_id = ?", (number,))


def _put(db: sqlite3.Connection, repository: int, name: str, key: Key, entry: Entry, number: int | None) -> None:
    """Write one finding; it keeps its number, which pages are addressed by, as long as it is there."""
    finding, decision = entry.judged.finding, entry.judged.decision
    severity = finding.rating.severity
    weight = _SCOPES.index(decision.scope) * len(_WORST_FIRST) + _WORST_FIRST.index(severity)
    words = " ".join((name, finding.package, finding.ecosystem, *finding.ids, *finding.elsewhere, finding.summary))
    row = (
        repository,
        *key,
        finding.id,
        finding.kind.value,
        decision.scope.value,
        severity.value,
        weight,
        int(finding.verdict is Verdict.UNDECIDED),
        decision.rule,
        finding.places[0].version if finding.places else "",
        len(finding.places),
        finding.places[0].to if finding.places else "",
        finding.summary[:_TEXT],
        finding.first_seen,
        words[: 4 * _TEXT].casefold(),
    )
    if number is not None:
        _forget(db, number)
    number = db.execute(
        f"INSERT INTO snapshot VALUES (?{', ?' * len(row)}) RETURNING id",
        (number, *row),
    ).fetchone()[0]
    db.execute("INSERT INTO snapshot_body VALUES (?, ?)", (number, packed(entry.body.encode("utf-8", "replace"))))
    db.executemany(
        "INSERT INTO snapshot_due VALUES (?, ?, ?, ?)",
        [(number, due.kind, due.at, due.binding) for due in entry.deadlines if decision.scope is Scope.IN],
    )


def _moved(name: str, key: Key, before: str, entry: Entry) -> Iterable[audit.Entry]:
    """The dates of a finding in scope that are not what they were, with the arithmetic of then and of now."""
    if entry.judged.decision.scope is not Scope.IN:
        return
    _, package, group = key
    after = {one["kind"]: one for one in json.loads(entry.body)["deadlines"]}
    for old in json.loads(before)["deadlines"]:
        new = after.get(old["kind"], {"due": None, "text": "not promised any more"})
        if old["due"] and old["due"] != new["due"]:
            detail = {
                "kind": old["kind"],
                "from": old["due"],
                "to": new["due"] or "",
                "was": old["text"],
                "is": new["text"],
            }
            yield audit.Entry("deadline", f"{group} in {package}", detail, name)


def _count(db: sqlite3.Connection, repository: int, now: str, before: dict[Key, str], after: dict[Key, Entry]) -> None:
    """Count what came and went today, by scope: a finding whose scope changed went from one and came to another."""
    counts: dict[str, list[int]] = {}
    for key in before.keys() | after.keys():
        old = before.get(key)
        new = after[key].judged.decision.scope.value if key in after else None
        if old == new:
            continue
        if new:
            counts.setdefault(new, [0, 0])[0] += 1
        if old:
            counts.setdefault(old, [0, 0])[1] += 1
    db.executemany(
        "INSERT INTO history VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " opened = opened + excluded.opened, closed = closed + excluded.closed",
        [(now[:10], repository, scope, opened, closed) for scope, (opened, closed) in sorted(counts.items())],
    )
