"""The matching join: what is named stays named, whichever comes first, and nothing else is."""

import sqlite3

import pytest
from store_parts import advisory, affects, lock, span

from advisord.store import hits, upkeep
from advisord.store.advisories import write_page
from advisord.store.database import transaction

NOW = "2026-01-01T00:00:00Z"
RECORD = advisory(
    "A-1", affects("p", span("1.0.0", "2.0.0"), span("3.0.0"), versions=["0.5.0"]), affects("q", span("0", "1.0.0"))
)
NAMED = {"0.5.0", "1.0.0", "1.9.9", "3.0.0", "99.0.0", "wild"}
NOT_NAMED = {"0.4.9", "0.9.9", "1.0.0-rc.1", "2.0.0", "2.0.1", "3.0.0-rc.1"}


def named(db: sqlite3.Connection, name: str = "p") -> set[str]:
    """The locked versions that an advisory names."""
    rows = db.execute(
        "SELECT v.text FROM hit h JOIN version v ON v.id = h.version_id JOIN package k ON k.id = v.package_id"
        " WHERE k.name = ?",
        (name,),
    )
    return {text for (text,) in rows}


def locked(db: sqlite3.Connection) -> None:
    """Lock versions on both sides of every border, and one that is none."""
    lock(db, "a", *(("npm", "p", text) for text in sorted(NAMED | NOT_NAMED)), ("npm", "q", "1.0.0"))
    lock(db, "b", ("PyPI", "p", "1.5"))


@pytest.mark.parametrize("advisory_first", [True, False])
def test_the_borders(db: sqlite3.Connection, advisory_first: bool) -> None:
    """`introduced` is in, `fixed` is out; what no version can be read from is named; the ecosystem tells names apart."""
    if advisory_first:
        write_page(db, "osv", NOW, advisories=[RECORD])
    locked(db)
    if not advisory_first:
        write_page(db, "osv", NOW, advisories=[RECORD])
    assert named(db) == NAMED
    assert named(db, "q") == set()
    assert upkeep.verify(db) == []


def test_matching_anew_replaces(db: sqlite3.Connection) -> None:
    """What a record names no more goes; another record's hits stay; twice is as once."""
    write_page(db, "osv", NOW, advisories=[RECORD, advisory("A-2", affects("p", span("0", "0.5.0")))])
    locked(db)
    before = db.execute("SELECT * FROM hit").fetchall()
    (number,) = db.execute("SELECT id FROM advisory WHERE record = 'A-1'").fetchone()
    with transaction(db):
        hits.match_records(db, [number, number])
    assert db.execute("SELECT * FROM hit").fetchall() == before
    write_page(db, "osv", NOW, advisories=[RECORD._replace(affected=(affects("p", span("1.0.0", "1.5.0")),))])
    assert named(db) == {"0.4.9", "1.0.0", "wild"}
    assert upkeep.verify(db) == []


def test_a_record_that_can_t_be_evaluated_names_all(db: sqlite3.Connection) -> None:
    """What nobody can decide is undecided for every version, never silence."""
    locked(db)
    write_page(db, "osv", NOW, advisories=[advisory("A-1", affects("p", span("0", "not a version")))])
    assert named(db) == NAMED | NOT_NAMED


def test_new_versions_only(db: sqlite3.Connection) -> None:
    """Only what is new is looked at, and no number counts as old that is not."""
    write_page(db, "osv", NOW, advisories=[RECORD])
    locked(db)
    db.execute("DELETE FROM hit")
    lock(db, "c", ("npm", "p", "1.2.3"))
    assert named(db) == {"1.2.3"}
    last = db.execute("SELECT max(id) FROM version").fetchone()[0]
    with transaction(db):
        hits.match_versions(db, last)
    assert named(db) == {"1.2.3"}
