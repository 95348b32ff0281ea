"""When a finding was first seen, and where it was last seen."""

import sqlite3

from tracking import finding, place

from advisord.store.findings import recall, remember
from advisord.store.lockfiles import RefReading, add_blob, repository_id, set_places

FIRST, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def test_first_seen_stays(db: sqlite3.Connection) -> None:
    """Under another canonical id too, when it went and came back, and of merged ones the earliest; others are new."""
    shop = repository_id(db, "shop")
    one = finding(id="CVE-1", ids=("CVE-1", "GHSA-1"), vulnerability="CVE-1")
    assert [each.first_seen for each in remember(db, shop, [one], FIRST)] == [FIRST]
    renamed = one._replace(vulnerability="GHSA-1")
    other = finding(id="CVE-2", ids=("CVE-2",), vulnerability="CVE-2")
    assert remember(db, shop, [], LATER) == []
    assert [each.first_seen for each in remember(db, shop, [renamed, other], LATER)] == [FIRST, LATER]
    merged = other._replace(ids=("CVE-2", "GHSA-1"))
    assert [each.first_seen for each in remember(db, shop, [merged], LATER)] == [FIRST]
    assert [each.first_seen for each in remember(db, repository_id(db, "x"), [one], LATER)] == [LATER]
    assert [each.first_seen for each in remember(db, shop, [one._replace(package="y")], LATER)] == [LATER]


def test_where_it_was_last_seen(db: sqlite3.Connection) -> None:
    """Every place, as it was the last time; what has not changed is not written."""
    shop = repository_id(db, "shop")
    one = finding(id="CVE-1", ids=("CVE-1",), vulnerability="CVE-1", places=(place("a"), place("b")))
    remember(db, shop, [one], FIRST)
    before = db.total_changes
    remember(db, shop, [one], LATER)
    assert db.total_changes == before
    remember(db, shop, [one._replace(places=(place("b", version="2.0.0"),))], LATER)
    (memory,) = recall(db, shop, one.ecosystem, one.package, ["CVE-1"])
    assert (memory.first_seen, memory.places) == (FIRST, (("main", "b", "2.0.0"),))
    assert recall(db, shop, one.ecosystem, one.package, ["CVE-9"]) == []
    assert recall(db, shop, one.ecosystem, one.package, []) == []


def test_a_place_that_is_not_pinned_any_more_is_not_forgotten(db: sqlite3.Connection) -> None:
    """As long as the package is named there without a version."""
    shop = repository_id(db, "shop")
    one = finding(id="CVE-1", ids=("CVE-1",), vulnerability="CVE-1", places=(place("a"), place("b")))
    remember(db, shop, [one], FIRST)
    add_blob(db, "range", "cargo", unpinned=[(one.ecosystem, one.package)])
    add_blob(db, "none", "cargo")
    for oid, places in (("range", {"a", "b"}), ("none", {"b"})):
        set_places(db, shop, LATER, [RefReading("main", "c", [("a", oid, "cargo"), ("c", "range", "cargo")])])
        remember(db, shop, [one._replace(places=(place("b"),))], LATER)
        (memory,) = recall(db, shop, one.ecosystem, one.package, ["CVE-1"])
        assert {lockfile for _, lockfile, _ in memory.places} == places
