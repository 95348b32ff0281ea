"""Accepted risks are kept, told apart by tracker, and in the audit log."""

import sqlite3

from advisord.model.plan import Proposal
from advisord.store import audit, proposals
from advisord.store.lockfiles import repository_id

NOW = "2026-03-01T12:00:00Z"
ONE = Proposal("0" * 16, "7", "npm", "x", ("A-1",), NOW, "2026-05-30T12:00:00Z", "high", "", "yes")


def told(db: sqlite3.Connection) -> list[str]:
    """What the log says of them."""
    return [one.entry.detail["outcome"] for one in audit.written(db, repository="shop")]


def test_kept_and_withdrawn(db: sqlite3.Connection) -> None:
    """Once each; the same again is nothing."""
    shop = repository_id(db, "shop")
    for _ in range(2):
        proposals.keep(db, shop, "hub", [ONE], NOW)
    assert proposals.held(db, shop) == [("hub", ONE)]
    proposals.keep(db, shop, "hub", [ONE._replace(until="2026-06-30T12:00:00Z")], NOW)
    proposals.withdraw(db, shop, "lab", {ONE.key: "open"}, NOW)
    assert len(proposals.held(db, shop)) == 1
    for _ in range(2):
        proposals.withdraw(db, shop, "hub", {ONE.key: "the issue is open again"}, NOW)
    assert proposals.held(db, shop) == []
    assert told(db) == ["accepted", "accepted", "over: the issue is open again"]
    assert audit.verify(db).problem == ""
