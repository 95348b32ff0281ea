"""Risks that people accepted in a tracker, by closing an issue as not planned; each change is in the audit log."""

import json
import sqlite3
from collections.abc import Iterable, Mapping

from advisord.model.plan import Proposal, proposal_from
from advisord.store import audit
from advisord.store.database import transaction


def held(db: sqlite3.Connection, repository: int) -> list[tuple[str, Proposal]]:
    """What is accepted in a repository, each with the name of its tracker."""
    rows = db.execute(
        "SELECT tracker, fields FROM proposal WHERE repository_id = ? ORDER BY tracker, key", (repository,)
    )
    return [(tracker, proposal_from(json.loads(fields))) for tracker, fields in rows]


def keep(db: sqlite3.Connection, repository: int, tracker: str, proposals: Iterable[Proposal], now: str) -> None:
    """Put down what is accepted from now on; what is known already changes nothing."""
    known = {proposal.key: proposal for name, proposal in held(db, repository) if name == tracker}
    new = [proposal for proposal in proposals if known.get(proposal.key) != proposal]
    if not new:
        return
    with transaction(db):
        db.executemany(
            "INSERT OR REPLACE INTO proposal VALUES (?, ?, ?, ?)",
            [(repository, tracker, one.key, json.dumps(one._asdict())) for one in new],
        )
        audit.append(db, now, [_entry(db, repository, tracker, one, "accepted") for one in new])


def withdraw(db: sqlite3.Connection, repository: int, tracker: str, over: Mapping[str, str], now: str) -> None:
    """Forget what is not accepted any more: why, by key."""
    known = {proposal.key: proposal for name, proposal in held(db, repository) if name == tracker}
    if not over.keys() & known.keys():
        return
    with transaction(db):
        for key in over.keys() & known.keys():
            db.execute(
                "DELETE FROM proposal WHERE repository_id = ? AND tracker = ? AND key = ?", (repository, tracker, key)
            )
            audit.append(db, now, [_entry(db, repository, tracker, known[key], f"over: {over[key]}")])


def _entry(db: sqlite3.Connection, repository: int, tracker: str, proposal: Proposal, what: str) -> audit.Entry:
    (name,) = db.execute("SELECT name FROM repository WHERE id = ?", (repository,)).fetchone()
    detail = {
        "outcome": what,
        "tracker": tracker,
        "package": proposal.package,
        "ids": ", ".join(proposal.ids),
        "since": proposal.since,
        "until": proposal.until,
    }
    return audit.Entry("acceptance", f"#{proposal.number}", detail, name)
