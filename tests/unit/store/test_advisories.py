"""A page goes in whole, and says what it changed."""

import sqlite3

import pytest
from store_parts import advisory, affects, dump, lock, span

from advisord.model.advisory import Severity
from advisord.store.advisories import Written, write_page

NOW = "2026-11-01T00:00:00Z"


def groups(db: sqlite3.Connection) -> dict[str, str]:
    """The canonical id of each record's group."""
    return dict(db.execute("SELECT record, vulnerability FROM advisory"))


def test_writing_twice_changes_nothing(db: sqlite3.Connection) -> None:
    """The second time nothing is new, nothing is changed, and the rows are the same."""
    page = [advisory("GHSA-1", affects("p", span("1.0.0", "2.0.0")), aliases=["CVE-1"]), advisory("GHSA-2")]
    assert write_page(db, "osv", NOW, advisories=page) == Written(("GHSA-1", "GHSA-2"), (), ())
    before = dump(db)
    assert write_page(db, "osv", NOW, advisories=page) == Written((), (), ())
    assert dump(db) == before


def test_a_page_that_fails_leaves_nothing(db: sqlite3.Connection) -> None:
    """Not its records, not its cursor."""
    before = dump(db)
    page = [advisory("GHSA-1"), advisory("GHSA-2")._replace(summary=b"no text")]  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        write_page(db, "osv", NOW, advisories=page, cursor="c")
    assert dump(db) == before


def test_a_later_modified_alone_is_no_change(db: sqlite3.Connection) -> None:
    """OSV moves `modified` when it recomputes aliases: the record is kept as it came, and nothing wakes."""
    first = advisory("GHSA-1", affects("p", span()))
    write_page(db, "osv", NOW, advisories=[first])
    later = advisory("GHSA-1", affects("p", span()), modified="2026-02-01T00:00:00Z")
    assert write_page(db, "osv", NOW, advisories=[later]) == Written((), (), ())
    assert db.execute("SELECT modified FROM advisory").fetchall() == [("2026-02-01T00:00:00Z",)]
    assert "2026-02-01" in dump(db).partition("document")[2]


@pytest.mark.parametrize(
    ("withdrawn", "stands"),
    [("2026-10-31T00:00:00Z", False), ("2026-11-01T12:00:00Z", False), ("2027-01-01T00:00:00.5Z", True)],
)
def test_a_withdrawal_that_lies_ahead(db: sqlite3.Connection, withdrawn: str, stands: bool) -> None:
    """It has not happened, unless clocks that differ explain it."""
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", withdrawn=withdrawn)])
    assert db.execute("SELECT withdrawn = '' FROM advisory").fetchone() == (stands,)


@pytest.mark.parametrize(
    "changed",
    [
        advisory("GHSA-1", affects("p", span("0", "2.0.0"))),
        advisory("GHSA-1", affects("p", span()), aliases=["CVE-1"]),
        advisory("GHSA-1", affects("p", span()), withdrawn="2026-02-01T00:00:00Z"),
        advisory("GHSA-1", affects("p", span()), severity=Severity.HIGH),
        advisory("GHSA-1", affects("p", span()), alternatives=["q"]),
        advisory("GHSA-1", affects("q", span())),
        advisory("GHSA-1"),
    ],
)
def test_what_has_a_meaning_is_a_change(db: sqlite3.Connection, changed: object) -> None:
    """Ranges, aliases, withdrawal, severity, alternatives: each makes the record changed, once."""
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", affects("p", span()))])
    assert write_page(db, "osv", NOW, advisories=[changed]).changed == ("GHSA-1",)  # type: ignore[list-item]
    assert write_page(db, "osv", NOW, advisories=[changed]).changed == ()  # type: ignore[list-item]


def test_saying_the_same_otherwise_is_no_change(db: sqlite3.Connection) -> None:
    """A listed version that a range covers anyway, a range in two halves: nothing that anyone would decide by."""
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", affects("p", span("1.0.0", "3.0.0")))])
    halves = affects("p", span("2.0.0", "3.0.0"), span("1.0.0", "2.0.0"), versions=["1.5.0"])
    assert write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", halves)]) == Written((), (), ())


def test_several_entries_of_one_package_are_one(db: sqlite3.Connection) -> None:
    """Their intervals are joined, and a restriction that one of them lacks restricts nothing."""
    linux = affects("p", span("1.0.0", "2.0.0"))._replace(os=("linux",), functions=("p::f",))
    other = affects("p", span("1.5.0", "3.0.0"))._replace(functions=("p::g",))
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", linux, other)])
    assert db.execute("SELECT fixed FROM interval").fetchall() == [("3.0.0",)]
    assert db.execute("SELECT os, functions FROM affects").fetchall() == [("", "p::f\np::g")]


def test_records_of_two_feeds_are_two_witnesses(db: sqlite3.Connection) -> None:
    """The same id in two feeds is two records of one vulnerability."""
    write_page(db, "osv", NOW, advisories=[advisory("RUSTSEC-1", aliases=["CVE-1"])])
    write_page(db, "github", NOW, advisories=[advisory("GHSA-1", aliases=["CVE-1"], feed="github")])
    write_page(db, "rustsec", NOW, advisories=[advisory("RUSTSEC-1", feed="rustsec")])
    assert set(db.execute("SELECT feed, vulnerability FROM advisory")) == {
        ("osv", "RUSTSEC-1"),
        ("github", "RUSTSEC-1"),
        ("rustsec", "RUSTSEC-1"),
    }


def test_a_corrected_alias_unmerges(db: sqlite3.Connection) -> None:
    """A record that names its alias no more stands alone again."""
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", aliases=["RUSTSEC-1"]), advisory("RUSTSEC-1")])
    assert groups(db) == {"GHSA-1": "RUSTSEC-1", "RUSTSEC-1": "RUSTSEC-1"}
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1")])
    assert groups(db) == {"GHSA-1": "GHSA-1", "RUSTSEC-1": "RUSTSEC-1"}


def test_a_record_that_is_listed_no_more_is_gone_but_kept(db: sqlite3.Connection) -> None:
    """Nothing is deleted; a record that comes back is not gone any more."""
    page = [advisory("GHSA-1", affects("p", span())), advisory("GHSA-2")]
    write_page(db, "osv", NOW, advisories=page, partition="npm", listing={a.id: a.modified for a in page})
    written = write_page(db, "osv", NOW, advisories=[], partition="npm", listing={"GHSA-2": page[1].modified})
    assert written.gone == ("GHSA-1",)
    assert db.execute("SELECT gone FROM advisory WHERE record = 'GHSA-1'").fetchall() == [(NOW,)]
    assert db.execute("SELECT count(*) FROM interval").fetchone() == (1,)
    back = write_page(db, "osv", NOW, advisories=page[:1], partition="npm")
    assert back.changed == ("GHSA-1",)
    assert db.execute("SELECT count(*) FROM advisory WHERE gone <> ''").fetchone() == (0,)


def test_a_record_of_two_partitions_goes_with_the_last(db: sqlite3.Connection) -> None:
    """OSV lists a record under each of its ecosystems."""
    both = [advisory("GHSA-1")]
    listing = {"GHSA-1": both[0].modified}
    for partition in ("npm", "PyPI"):
        write_page(db, "osv", NOW, advisories=both, partition=partition, listing=listing)
    assert write_page(db, "osv", NOW, advisories=[], partition="npm", listing={}).gone == ()
    assert write_page(db, "osv", NOW, advisories=[], partition="PyPI", listing={}).gone == ("GHSA-1",)


def test_removed_is_gone(db: sqlite3.Connection) -> None:
    """A feed without listings names what was removed; naming it again is nothing new."""
    write_page(db, "rustsec", NOW, advisories=[advisory("RUSTSEC-1", feed="rustsec")])
    assert write_page(db, "rustsec", NOW, advisories=[], removed=["RUSTSEC-1", "X"]).gone == ("RUSTSEC-1",)
    assert write_page(db, "rustsec", NOW, advisories=[], removed=["RUSTSEC-1"]).gone == ()


def test_a_rejected_record_is_kept_with_its_reason_until_it_can_be_read(db: sqlite3.Connection) -> None:
    """The first time stays, the last reason counts, and a good record clears it."""
    write_page(db, "osv", NOW, advisories=[], rejected=[("GHSA-1", "no JSON")])
    write_page(db, "osv", "later", advisories=[], rejected=[("GHSA-1", "no id")])
    assert db.execute("SELECT * FROM rejected").fetchall() == [("osv", "GHSA-1", "no id", NOW)]
    write_page(db, "osv", "later", advisories=[advisory("GHSA-1")])
    assert db.execute("SELECT * FROM rejected").fetchall() == []


def test_a_changed_record_changes_what_it_hits(db: sqlite3.Connection) -> None:
    """Locked versions are matched anew against it, against nothing else."""
    lock(db, "b1", ("npm", "p", "1.0.0"), ("npm", "p", "3.0.0"))
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", affects("p", span("0", "2.0.0")))])
    assert "'1.0.0', 'osv', 'GHSA-1'" in dump(db).partition("\nhit")[2]
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-1", affects("p", span("2.0.0")))])
    hit = [line for line in dump(db).splitlines() if line.startswith("hit")]
    assert hit == ["hit ('npm', 'p', '3.0.0', 'osv', 'GHSA-1')"]


def test_many_records_in_one_page(db: sqlite3.Connection) -> None:
    """More than SQLite's oldest limit of parameters."""
    page = [advisory(f"GHSA-{n}", affects(f"p{n}", span())) for n in range(1500)]
    listing = {a.id: a.modified for a in page}
    assert len(write_page(db, "osv", NOW, advisories=page, partition="npm", listing=listing).new) == 1500
    assert len(write_page(db, "osv", NOW, advisories=[], partition="npm", listing={}).gone) == 1500


def test_a_record_in_quarantine_that_its_feed_lists_no_more(db: sqlite3.Connection) -> None:
    """There is nothing left to be read."""
    listing = {"GHSA-1": "", "GHSA-2": NOW, "GHSA-3": NOW}
    rejected = [("GHSA-1", "it is not there"), ("GHSA-2", "it is not JSON")]
    write_page(db, "osv", NOW, advisories=[advisory("GHSA-3")], rejected=rejected, partition="npm", listing=listing)
    write_page(db, "osv", NOW, advisories=[], partition="npm", listing={"GHSA-2": NOW, "GHSA-3": NOW})
    assert db.execute("SELECT record FROM rejected").fetchall() == [("GHSA-2",)]
    write_page(db, "osv", NOW, advisories=[], partition="npm", listing={"GHSA-3": NOW})
    assert db.execute("SELECT record FROM rejected").fetchall() == []
