"""Snapshots: what changed is written, what did not is not, and every day's coming and going is counted."""

import sqlite3

from web_parts import Shown, show

from advisord.model.decision import Scope
from advisord.model.problem import Problem


def _history(db: sqlite3.Connection) -> list[tuple[str, str, int, int]]:
    return db.execute("SELECT day, scope, opened, closed FROM history ORDER BY day, scope").fetchall()


def test_the_same_again_writes_nothing(db: sqlite3.Connection) -> None:
    """An idle cycle leaves the file as it is."""
    show(db, "shop", Shown(), Shown("regex", "GHSA-2"))
    before = db.total_changes
    show(db, "shop", Shown(), Shown("regex", "GHSA-2"), now="2026-02-02T00:00:00Z")
    assert db.total_changes == before


def test_a_changed_finding_keeps_its_number(db: sqlite3.Connection) -> None:
    """The address of its page stays."""
    show(db, "shop", Shown(), Shown("regex", "GHSA-2"))
    before = dict(db.execute("SELECT package, id FROM snapshot"))
    show(db, "shop", Shown(text="Another text", due="2026-03-01T00:00:00Z"), Shown("regex", "GHSA-2"))
    assert dict(db.execute("SELECT package, id FROM snapshot")) == before
    assert db.execute("SELECT summary FROM snapshot WHERE package = 'hyper'").fetchone() == ("Another text",)
    assert db.execute("SELECT kind, at FROM snapshot_due").fetchall() == [("fix", "2026-03-01T00:00:00Z")]


def test_coming_and_going_is_counted_by_day_and_scope(db: sqlite3.Connection) -> None:
    """A finding that changes its scope goes from one and comes to the other."""
    show(db, "shop", Shown(), Shown("regex", "GHSA-2"), now="2026-02-01T10:00:00Z")
    show(db, "shop", Shown(scope=Scope.ACCEPTED), now="2026-02-02T10:00:00Z")
    assert _history(db) == [
        ("2026-02-01", "in", 2, 0),
        ("2026-02-02", "accepted", 1, 0),
        ("2026-02-02", "in", 0, 2),
    ]


def test_what_is_gone_leaves_nothing_behind(db: sqlite3.Connection) -> None:
    """No body and no deadline of a finding outlives it."""
    show(db, "shop", Shown(due="2026-03-01T00:00:00Z"))
    show(db, "shop")
    for table in ("snapshot", "snapshot_body", "snapshot_due"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_only_what_is_in_scope_has_a_deadline(db: sqlite3.Connection) -> None:
    """Nobody is late with what is accepted."""
    show(db, "shop", Shown(due="2026-03-01T00:00:00Z", scope=Scope.ACCEPTED))
    assert db.execute("SELECT count(*) FROM snapshot_due").fetchone() == (0,)


def test_new_problems_are_written_even_when_no_finding_changed(db: sqlite3.Connection) -> None:
    """What could not be settled is news too."""
    show(db, "shop", Shown())
    show(db, "shop", Shown(), problems=(Problem("x", "lock", "can't be read"),))
    assert "can't be read" in db.execute("SELECT problems FROM snapshot_state").fetchone()[0]
