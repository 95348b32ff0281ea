"""Every change that means something is an event for those whom it concerns; nothing else is."""

import sqlite3
from collections.abc import Callable

import pytest
from store_parts import advisory, affects, lock, span

from advisord.model.advisory import Advisory, Kind, Severity
from advisord.store import changes, lockfiles
from advisord.store.advisories import write_page
from advisord.store.lockfiles import RefReading

NOW = "2026-11-01T00:00:00Z"
P = affects("p", span("1.0.0", "2.0.0"))
Events = list[tuple[str, str, str]]


def told(db: sqlite3.Connection, after: int = 0) -> Events:
    """(record, change, package) of the events."""
    rows = db.execute(
        "SELECT e.record, e.change, k.name FROM event e JOIN package k ON k.id = e.package_id WHERE e.id > ?", (after,)
    )
    return sorted(rows)


@pytest.fixture
def change(db: sqlite3.Connection) -> Callable[..., Events]:
    """Writes a page after the first one, on a database that holds p, and says which events it made."""
    lock(db, "b1", ("npm", "p", "1.0.0"), ("npm", "q", "1.0.0"))

    def change(before: list[Advisory], after: list[Advisory], *, removed: tuple[str, ...] = ()) -> Events:
        write_page(db, "osv", NOW, advisories=before)
        last = changes.last(db)
        write_page(db, "osv", NOW, advisories=after, removed=removed)
        return told(db, last)

    return change


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (advisory("A", P), advisory("A", P, modified="later"), []),
        (advisory("A", P), advisory("A", affects("p", span("1.0.0", "3.0.0"))), ["ranges-changed"]),
        (advisory("A", affects("p", span("1.0.0"))), advisory("A", P), ["fix-appeared", "ranges-changed"]),
        (advisory("A", P), advisory("A", P, severity=Severity.HIGH), ["severity-changed"]),
        (advisory("A", P, score=5.0), advisory("A", P, score=6.0), ["severity-changed"]),
        (advisory("A", P), advisory("A", P, withdrawn=NOW), ["withdrawn"]),
        (advisory("A", P, withdrawn=NOW), advisory("A", P), ["un-withdrawn"]),
        (advisory("A", P), advisory("A", P, kind=Kind.MALWARE), ["kind-changed"]),
        (advisory("A", P), advisory("A", P, alternatives=["z"]), ["details-changed"]),
        (advisory("A", P), advisory("A", P, aliases=["CVE-1"]), ["details-changed"]),
    ],
)
def test_changes_of_a_record(
    change: Callable[..., Events], before: Advisory, after: Advisory, expected: list[str]
) -> None:
    """Each kind of change by its name, for the package that a lockfile holds."""
    assert change([before], [after]) == [("A", name, "p") for name in expected]


def test_new(change: Callable[..., Events]) -> None:
    """A record about packages that nobody holds concerns nobody."""
    assert change([], [advisory("A", P), advisory("B", affects("unknown", span()))]) == [("A", "new", "p")]


def test_vanished_and_back(change: Callable[..., Events], db: sqlite3.Connection) -> None:
    """A record that its feed lost, and found again."""
    assert change([advisory("A", P)], [], removed=("A",)) == [("A", "vanished", "p")]
    assert change([], [advisory("A", P)]) == [("A", "returned", "p")]


def test_a_package_that_a_record_names_no_more_is_concerned(change: Callable[..., Events]) -> None:
    """It may be free of its finding now."""
    found = change([advisory("A", P)], [advisory("A", affects("q", span("1.0.0", "2.0.0")))])
    assert found == [("A", "ranges-changed", "p"), ("A", "ranges-changed", "q")]


def test_merged_and_split(change: Callable[..., Events], db: sqlite3.Connection) -> None:
    """Every held package of the whole group is concerned: each finding shows all ids of its vulnerability."""
    alone = [advisory("GHSA-1", P), advisory("RUSTSEC-1", affects("q", span("9.0.0")))]
    bound = [advisory("GHSA-1", P, aliases=["RUSTSEC-1"])]
    assert change(alone, bound) == [
        ("GHSA-1", "details-changed", "p"),
        ("GHSA-1", "details-changed", "q"),
        ("GHSA-1", "merged", "p"),
        ("GHSA-1", "merged", "q"),
    ]
    assert ("GHSA-1", "split", "q") in change([], alone[:1])


def test_a_new_record_that_joins_a_group_concerns_all_of_it(change: Callable[..., Events]) -> None:
    """Its id is one more by which the others' findings are known."""
    new = advisory("GHSA-2", affects("unknown", span()), aliases=["GHSA-1"])
    assert ("GHSA-2", "new", "p") in change([advisory("GHSA-1", P)], [new])


def test_without_lockfiles_there_are_no_events(db: sqlite3.Connection) -> None:
    """A first load is no news for anybody."""
    write_page(db, "osv", NOW, advisories=[advisory("A", P)])
    write_page(db, "osv", NOW, advisories=[advisory("A", P, withdrawn=NOW)])
    assert (told(db), changes.last(db)) == ([], 0)


def test_who_is_woken(db: sqlite3.Connection) -> None:
    """The repositories whose lockfiles stand where the packages are held, and only for what came later."""
    lock(db, "b1", ("npm", "p", "1.0.0"))
    lock(db, "b2", ("npm", "q", "1.0.0"))
    for name, oid in (("one", "b1"), ("two", "b2"), ("three", "b1")):
        repository = lockfiles.repository_id(db, name)
        lockfiles.set_places(db, repository, NOW, [RefReading("main", "c", [("package-lock.json", oid, "npm")])])
    write_page(db, "osv", NOW, advisories=[advisory("A", P)])
    assert changes.woken(db, 0) == ["one", "three"]
    last = changes.last(db)
    write_page(db, "osv", NOW, advisories=[advisory("B", affects("q", span()))])
    assert (changes.woken(db, last), changes.woken(db, 0)) == (["two"], ["one", "three", "two"])
