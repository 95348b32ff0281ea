"""What the store says of versions and of alias groups."""

import sqlite3

import pytest
from store_parts import advisory, affects, span

from advisord.model.advisory import Severity
from advisord.scan import locked_version
from advisord.store import matches
from advisord.store.advisories import write_page

NOW = "2026-01-01T00:00:00Z"


@pytest.fixture
def db(db: sqlite3.Connection) -> sqlite3.Connection:
    """A group of two records about one package, and one that is alone."""
    page = [
        advisory("GHSA-1", affects("p", span("0", "2.0.0")), aliases=["CVE-1"], severity=Severity.HIGH, score=8.0),
        advisory(
            "PYSEC-1", affects("p", versions=["1.0.0"]), affects("q", span()), aliases=["CVE-1"], alternatives=["z"]
        ),
        advisory("GHSA-2", affects("p", span("3.0.0"))),
    ]
    write_page(db, "osv", NOW, advisories=page)
    return db


def group(db: sqlite3.Connection, record: str) -> str:
    """The canonical id of a record's group."""
    return str(db.execute("SELECT vulnerability FROM advisory WHERE record = ?", (record,)).fetchone()[0])


def test_packages(db: sqlite3.Connection) -> None:
    """Those that are known, by ecosystem and name, however many are asked for."""
    wanted = [("npm", "p"), ("PyPI", "p"), ("npm", "P"), *(("npm", f"unknown{n}") for n in range(1200)), ("npm", "q")]
    assert set(matches.known_packages(db, wanted)) == {("npm", "p"), ("npm", "q")}
    assert matches.known_packages(db, []) == {}


def test_hits_of_what_is_not_stored(db: sqlite3.Connection) -> None:
    """As of what is locked: each asking stands for itself, nothing is left of the one before, nothing is written."""
    package = matches.known_packages(db, [("npm", "p")])["npm", "p"]
    key, _ = locked_version("npm", "1.0.0")
    high, _ = locked_version("npm", "2.0.0")
    before = db.execute("SELECT count(*) FROM hit").fetchone()
    found = matches.hits(db, [(7, package, key), (8, package, high), (9, package, None)])
    assert {version for version, _ in found} == {7, 9}
    assert len({advisory_id for version, advisory_id in found if version == 9}) == 3
    assert matches.hits(db, [(1, package, high)]) == []
    assert matches.hits(db, []) == []
    assert db.execute("SELECT count(*) FROM hit").fetchone() == before
    assert matches.groups(db, found, {7: package, 9: package}) == {
        (package, group(db, "GHSA-1")): [7, 9],
        (package, "GHSA-2"): [9],
    }


def test_every_record_of_a_group_speaks(db: sqlite3.Connection) -> None:
    """Those that name the package, each as its feed gave it: one that disagrees is shown, not averaged away."""
    package = matches.known_packages(db, [("npm", "p")])["npm", "p"]
    one, other = matches.records(db, package, group(db, "GHSA-1"))
    assert (one.id, one.rating.severity, one.rating.score, one.listed) == ("GHSA-1", Severity.HIGH, 8.0, ())
    assert (other.id, other.rating.score, len(other.listed), other.intervals) == ("PYSEC-1", None, 1, ())
    assert other.alternatives == ("z",)
    assert matches.members(db, group(db, "GHSA-1")) == ("CVE-1", "GHSA-1", "PYSEC-1")
    assert set(matches.record_ids(db, group(db, "GHSA-1"))) == {"GHSA-1", "PYSEC-1"}
    assert matches.members(db, "nobody") == ()


def test_taken_back(db: sqlite3.Connection) -> None:
    """Only when every record is withdrawn or gone; of unknown ids nothing was taken back."""
    names = ("GHSA-1", "PYSEC-1", "CVE-1")
    assert not matches.withdrawn(db, names)
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", affects("p", span()), aliases=["CVE-1"], withdrawn=NOW)])
    assert not matches.withdrawn(db, names)
    write_page(db, "osv", NOW, advisories=[], removed=["PYSEC-1"])
    assert matches.withdrawn(db, names)
    assert not matches.withdrawn(db, [])
    assert not matches.withdrawn(db, ["CVE-404"])
