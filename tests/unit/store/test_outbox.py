"""What carrying out a plan remembers."""

import sqlite3

import pytest

from advisord.model.plan import Action, Known, State, Verb
from advisord.store import audit
from advisord.store.lockfiles import repository_id
from advisord.store.outbox import Outbox, trackers_of

NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
OPEN = Action(Verb.OPEN, "k1", "a reason", title="A title\n-->", body="é", add_labels=("advisord",))
KNOWN = Known("k1", "7", "npm", "p", ("GHSA-1", "CVE-1"), "block", State.OPEN, "https://forge.example/7")


@pytest.fixture
def outbox(db: sqlite3.Connection) -> Outbox:
    """The outbox of one repository in one tracker."""
    return Outbox(db, repository_id(db, "shop"), "github")


def test_an_intent_waits_for_its_outcome(outbox: Outbox, db: sqlite3.Connection) -> None:
    """Whole, across a death of the process, the oldest first; and only in its own repository and tracker."""
    update = Action(Verb.UPDATE, "k1", "news", "7", body="b", remove_labels=("x",))
    first, second = outbox.begin(OPEN, NOW), outbox.begin(update, LATER)
    again = Outbox(db, repository_id(db, "shop"), "github")
    assert [tuple(intent) for intent in again.pending()] == [(first, OPEN, NOW), (second, update, LATER)]
    assert Outbox(db, repository_id(db, "shop"), "gitlab").pending() == []
    assert Outbox(db, repository_id(db, "other"), "github").pending() == []
    outbox.finish(first, "done", LATER, KNOWN)
    assert [intent.id for intent in again.pending()] == [second]
    outbox.finish(second, "failed: refused", LATER)
    assert again.pending() == []


def test_what_is_known_of_an_issue(outbox: Outbox, db: sqlite3.Connection) -> None:
    """As it was last; a failure makes nothing known."""
    intent = outbox.begin(OPEN, NOW)
    outbox.finish(intent, "failed: refused", NOW)
    assert outbox.known() == {}
    outbox.finish(outbox.begin(OPEN, NOW), "done", NOW, KNOWN)
    outbox.remember(KNOWN._replace(state=State.CLOSED))
    assert outbox.known() == {"k1": KNOWN._replace(state=State.CLOSED)}
    assert Outbox(db, repository_id(db, "shop"), "gitlab").known() == {}
    assert trackers_of(db, repository_id(db, "shop")) == ["github"]
    assert trackers_of(db, repository_id(db, "other")) == []


def test_the_outcome_is_in_the_audit_log(outbox: Outbox, db: sqlite3.Connection) -> None:
    """With it or not at all: a failure to write leaves the intent without an outcome."""
    intent = outbox.begin(OPEN, NOW)
    db.execute("CREATE TRIGGER no BEFORE INSERT ON issue BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        outbox.finish(intent, "done", NOW, KNOWN)
    assert [waiting.id for waiting in outbox.pending()] == [intent]
    assert db.execute("SELECT count(*) FROM audit").fetchone() == (0,)
    db.execute("DROP TRIGGER no")
    outbox.finish(intent, "done", LATER, KNOWN)
    assert db.execute("SELECT at, kind, repository, subject FROM audit").fetchall() == [(LATER, "action", "shop", "#7")]
    assert audit.verify(db).problem == ""


def test_the_budget_counts_what_may_have_been_opened(outbox: Outbox, db: sqlite3.Connection) -> None:
    """At or after a moment, of every repository in the tracker; what has no outcome may be there, what failed is not."""
    other = Outbox(db, repository_id(db, "other"), "github")
    other.begin(OPEN, NOW)
    outbox.finish(outbox.begin(OPEN, LATER), "done", LATER, KNOWN)
    outbox.finish(outbox.begin(OPEN, LATER), "failed: refused", LATER)
    outbox.begin(Action(Verb.CLOSE, "k1", "fixed", "7"), LATER)
    Outbox(db, repository_id(db, "shop"), "gitlab").begin(OPEN, LATER)
    assert [outbox.created_since(moment) for moment in (NOW, LATER, "2026-01-02T00:00:00Z")] == [2, 1, 0]
