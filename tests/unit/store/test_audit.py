"""The audit log: chained, append-only, and quiet when nothing happens."""

import sqlite3

import pytest
from tracking import decision, finding

from advisord.model.decision import Scope
from advisord.model.plan import Action, Known, State, Verb
from advisord.store import audit, decisions, feeds, lockfiles
from advisord.store.audit import BEGINNING, Entry
from advisord.store.database import transaction
from advisord.store.outbox import Outbox

NOW = "2026-03-01T12:00:00Z"
LATER = "2026-03-02T12:00:00Z"


def put(db: sqlite3.Connection, *subjects: str, at: str = NOW, repository: str = "") -> None:
    """Entries about these subjects."""
    with transaction(db):
        audit.append(db, at, [Entry("feed", subject, {"to": "x"}, repository) for subject in subjects])


def tamper(db: sqlite3.Connection, statement: str) -> None:
    """Someone with the file opens it and takes the triggers away."""
    for trigger in ("audit_unchanged", "audit_undeleted"):
        db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    db.execute(statement)


def kinds(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Kind and subject of everything in the log."""
    return [(one.entry.kind, one.entry.subject) for one in audit.written(db)]


def test_an_empty_log_holds(db: sqlite3.Connection) -> None:
    """Nothing happened, nothing is wrong."""
    assert audit.verify(db) == (0, BEGINNING, "")


def test_what_is_written_is_read_and_holds(db: sqlite3.Connection) -> None:
    """In its order, by time and by repository."""
    put(db, "a", "b")
    put(db, "c", at=LATER, repository="shop")
    assert [one.entry.subject for one in audit.written(db)] == ["a", "b", "c"]
    assert [one.entry.subject for one in audit.written(db, since=LATER)] == ["c"]
    assert [one.id for one in audit.written(db, repository="shop")] == [3]
    verified = audit.verify(db)
    assert (verified.entries, verified.problem) == (3, "")
    assert verified.head == list(audit.written(db))[-1].link


@pytest.mark.parametrize("statement", ["UPDATE audit SET at = 'x'", "DELETE FROM audit WHERE id = 1"])
def test_it_is_append_only(db: sqlite3.Connection, statement: str) -> None:
    """The database itself refuses a change."""
    put(db, "a")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET detail = '{}' WHERE id = 2", "entry 2 "),
        ("UPDATE audit SET at = '2026-02-01T12:00:00Z' WHERE id = 1", "entry 1 "),
        ("UPDATE audit SET link = 'x' WHERE id = 3", "entry 3 "),
        ("DELETE FROM audit WHERE id = 2", "entry 2 is missing"),
        ("DELETE FROM audit WHERE id = 3", "the log ends with entry 2; its last entry was 3"),
        ("DELETE FROM audit_head", "its last entry was 0"),
        ("INSERT INTO audit SELECT 4, at, kind, repository, subject, detail, link FROM audit WHERE id = 3", "entry 4 "),
    ],
)
def test_the_first_broken_link_is_named(db: sqlite3.Connection, statement: str, said: str) -> None:
    """A change, a gap, a cut-off end, an entry too many."""
    put(db, "a", "b", "c")
    tamper(db, statement)
    assert said in audit.verify(db).problem


def test_a_whole_new_log_is_told_by_a_noted_link(db: sqlite3.Connection) -> None:
    """A chain alone can't know that it was made anew."""
    put(db, "a", "b")
    noted = audit.verify(db).head
    put(db, "c")
    assert audit.verify(db, noted).problem == ""
    tamper(db, "DELETE FROM audit")
    db.execute("DELETE FROM audit_head")
    put(db, "a", "x", "c")
    assert audit.verify(db).problem == ""
    assert "another log" in audit.verify(db, noted).problem


def _fail_after_an_entry(db: sqlite3.Connection) -> None:
    with transaction(db):
        audit.append(db, NOW, [Entry("feed", "a", {})])
        raise KeyError


def test_it_stands_or_falls_with_what_it_records(db: sqlite3.Connection) -> None:
    """A transaction that is rolled back leaves no entry, and there is none without a transaction."""
    with pytest.raises(KeyError):
        _fail_after_an_entry(db)
    assert kinds(db) == []
    with pytest.raises(AssertionError):
        audit.append(db, NOW, [Entry("feed", "a", {})])


def test_texts_are_recorded_when_they_change(db: sqlite3.Connection) -> None:
    """By their hash, from and to."""
    assert audit.changed(db, NOW, "policy", {"server": "a", "repository": "b"}, "shop") == ("server", "repository")
    assert audit.changed(db, NOW, "policy", {"server": "a", "repository": "b"}, "shop") == ()
    assert audit.changed(db, LATER, "policy", {"server": "c"}, "shop") == ("server",)
    last = list(audit.written(db))[-1].entry
    assert last.detail == {"from": audit.hashed("a"), "to": audit.hashed("c")}


def test_decisions_are_recorded_when_they_change(db: sqlite3.Connection) -> None:
    """New, changed and gone; the same again is nothing."""
    shop = lockfiles.repository_id(db, "shop")
    assert decisions.record(db, shop, "shop", [(finding("A-1"), decision())], NOW) == 1
    assert decisions.record(db, shop, "shop", [(finding("A-1"), decision())], LATER) == 0
    assert decisions.record(db, shop, "shop", [(finding("A-1"), decision(Scope.OUT, "dev"))], LATER) == 1
    assert decisions.record(db, shop, "shop", [], LATER) == 1
    told = [(one.entry.detail["from_scope"], one.entry.detail["to_scope"]) for one in audit.written(db)]
    assert told == [("", "in"), ("in", "out"), ("out", "")]
    assert {one.entry.repository for one in audit.written(db)} == {"shop"}


def test_a_feed_fails_and_recovers(db: sqlite3.Connection) -> None:
    """Each change of its state is one entry, not each poll."""
    feeds.attempt(db, "osv", "here", NOW)
    feeds.succeeded(db, "osv", NOW)
    assert kinds(db) == []
    for _ in range(2):
        feeds.failed(db, "osv", "suspect-feed", "it lost half")
    feeds.succeeded(db, "osv", LATER)
    told = [(one.at, one.entry.detail["from"], one.entry.detail["to"]) for one in audit.written(db)]
    assert told == [(NOW, "", "suspect-feed"), (LATER, "suspect-feed", "")]


def test_a_repository_fails_and_recovers(db: sqlite3.Connection) -> None:
    """Likewise."""
    shop = lockfiles.repository_id(db, "shop")
    lockfiles.mark_read(db, shop, NOW)
    for _ in range(2):
        lockfiles.mark_failed(db, shop, NOW, "git", "no such host")
    lockfiles.mark_read(db, shop, LATER)
    assert kinds(db) == [("repository", "shop")] * 2


def test_actions_are_recorded_with_their_outcome(db: sqlite3.Connection) -> None:
    """With the number that the tracker gave."""
    outbox = Outbox(db, lockfiles.repository_id(db, "shop"), "hub")
    known = Known("0" * 16, "7", "npm", "x", ("A-1",), "", State.OPEN)
    first = outbox.begin(Action(Verb.OPEN, "0" * 16, "why", title="x: y"), NOW)
    outbox.finish(first, "done", LATER, known)
    second = outbox.begin(Action(Verb.CLOSE, "0" * 16, "fixed", "7"), NOW)
    outbox.finish(second, "failed: 422", LATER)
    told = [(one.entry.subject, one.entry.detail["verb"], one.entry.detail["outcome"]) for one in audit.written(db)]
    assert told == [("#7", "open", "done"), ("#7", "close", "failed: 422")]
    assert audit.verify(db).problem == ""
