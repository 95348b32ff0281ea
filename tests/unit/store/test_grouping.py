"""Alias groups in the store: brought up to date from whatever was touched, and from nothing else."""

import sqlite3

from store_parts import advisory, affects, span

from advisord.store import grouping, upkeep
from advisord.store.advisories import write_page
from advisord.store.database import transaction

NOW = "2026-01-01T00:00:00Z"


def write(db: sqlite3.Connection, **aliases: str) -> None:
    """Write records with these aliases (separated by spaces)."""
    page = [advisory(record, affects("p", span()), aliases=names.split()) for record, names in aliases.items()]
    write_page(db, "osv", NOW, advisories=page)


def groups(db: sqlite3.Connection) -> set[frozenset[str]]:
    """The records that are together."""
    found: dict[str, set[str]] = {}
    for record, group in db.execute("SELECT record, vulnerability FROM advisory"):
        found.setdefault(group, set()).add(record)
    return {frozenset(records) for records in found.values()}


def test_a_long_chain_and_its_middle(db: sqlite3.Connection) -> None:
    """A group of any length is one; without the record in its middle it is two again, whichever was touched."""
    write(db, **{f"R{number}": f"N{number} N{number + 1}" for number in range(1300)})
    assert len(groups(db)) == 1
    write(db, R650="")
    assert sorted(map(len, groups(db))) == [1, 649, 650]
    assert upkeep.verify(db) == []
    write(db, R650="N650 N651")
    assert len(groups(db)) == 1


def test_who_is_bound(db: sqlite3.Connection) -> None:
    """A record is alone whose names nobody else has; one that another calls by its name is not."""
    write(db, A="CVE-1", B="")
    assert grouping.bound(db, {"C": ["C"], "D": ["D"]}) == set()
    assert grouping.bound(db, {"C": ["C"], "CVE-1": ["CVE-1"]}) == {"CVE-1"}
    assert grouping.bound(db, {"C": ["C"], "D": ["D", "C"]}) == {"C", "D"}
    assert grouping.bound(db, {"C": ["C", "CVE-2"], "D": ["D", "CVE-1"]}) == {"D", "CVE-1"}
    assert grouping.bound(db, {"C": ["C", "CVE-2"], "D": ["D", "CVE-2"]}) == {"C", "D", "CVE-2"}
    assert grouping.canonical(db, ["CVE-1", "nobody"]) == grouping.canonical(db, ["A"]) != set()


def test_what_is_up_to_date_is_not_moved(db: sqlite3.Connection) -> None:
    """Asking again moves nothing; what is wrong is put right from any name of its group, and only there."""
    write(db, A="CVE-1", B="CVE-1", C="")
    with transaction(db):
        assert grouping.regroup(db, ["A", "C", "nobody"]) == []
        db.execute("UPDATE advisory SET vulnerability = 'wrong'")
        assert {move.before for move in grouping.regroup(db, ["CVE-1"])} == {"wrong"}
    assert groups(db) == {frozenset("AB"), frozenset("C")}
    assert db.execute("SELECT vulnerability FROM advisory WHERE record = 'C'").fetchone() == ("wrong",)
