"""What was decided, and what is told of it."""

import json
import sqlite3

import pytest
from tracking import decision, finding

from advisord.model.decision import Scope
from advisord.store import audit
from advisord.store.decisions import record
from advisord.store.lockfiles import repository_id

NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"


def changes(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """(when, scope before, scope after) of the audit log."""
    rows = db.execute("SELECT at, detail FROM audit WHERE kind = 'decision' ORDER BY id").fetchall()
    return [(at, json.loads(detail)["from_scope"], json.loads(detail)["to_scope"]) for at, detail in rows]


def test_each_change_is_recorded_once(db: sqlite3.Connection) -> None:
    """New, changed and gone; what stays is not written again."""
    shop, one = repository_id(db, "shop"), finding()
    assert record(db, shop, "shop", [(one, decision())], NOW) == 1
    before = db.total_changes
    assert record(db, shop, "shop", [(one, decision())], LATER) == 0
    assert db.total_changes == before
    assert record(db, shop, "shop", [(one, decision(Scope.OUT, "dev"))], LATER) == 1
    assert record(db, shop, "shop", [], LATER) == 1
    assert changes(db) == [(NOW, "", "in"), (LATER, "in", "out"), (LATER, "out", "")]
    assert audit.verify(db).problem == ""


def test_of_its_own_repository_only(db: sqlite3.Connection) -> None:
    """Another one's decision about the same finding is untouched."""
    record(db, repository_id(db, "shop"), "shop", [(finding(), decision())], NOW)
    record(db, repository_id(db, "vault"), "vault", [], NOW)
    assert record(db, repository_id(db, "shop"), "shop", [(finding(), decision())], LATER) == 0


def test_not_without_the_audit_log(db: sqlite3.Connection) -> None:
    """The decision and its record come in one transaction."""
    shop = repository_id(db, "shop")
    db.execute("CREATE TRIGGER no BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        record(db, shop, "shop", [(finding(), decision())], NOW)
    db.execute("DROP TRIGGER no")
    assert record(db, shop, "shop", [(finding(), decision())], NOW) == 1
