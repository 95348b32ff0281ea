"""What each distinct lockfile locks, and who holds it."""

import sqlite3

from store_parts import advisory, affects, lock, span

from advisord.store import lockfiles, upkeep
from advisord.store.advisories import write_page
from advisord.store.lockfiles import LockedVersion, RefReading

NOW = "2026-01-01T00:00:00Z"


def hold(db: sqlite3.Connection, name: str, *oids: str) -> int:
    """A repository holds these lockfiles; its number."""
    number = lockfiles.repository_id(db, name)
    held = [(f"{place}/package-lock.json", oid, "npm") for place, oid in enumerate(oids)]
    lockfiles.set_places(db, number, NOW, [RefReading("main", "c", held)])
    return number


def test_a_content_is_stored_once(db: sqlite3.Connection) -> None:
    """Versions that others lock too are the same rows, and only new ones are matched."""
    write_page(db, "osv", NOW, advisories=[advisory("A-1", affects("p", span("0", "2.0.0")))])
    lock(db, "a", ("npm", "p", "1.0.0"), ("npm", "q", "1.0.0"))
    lock(db, "b", ("npm", "p", "1.0.0"), ("npm", "p", "3.0.0"))
    before = db.total_changes
    lock(db, "b", ("npm", "p", "1.0.0"), ("npm", "p", "3.0.0"))
    assert db.total_changes == before
    assert db.execute("SELECT count(*) FROM version").fetchone() == (3,)
    assert db.execute("SELECT count(*) FROM locked").fetchone() == (4,)
    hits = db.execute("SELECT v.text FROM hit h JOIN version v ON v.id = h.version_id").fetchall()
    assert hits == [("1.0.0",)]


def test_a_version_without_a_key_is_concerned_by_all(db: sqlite3.Connection) -> None:
    """What can't be understood is undecided, never safe; a record that says so of itself concerns every version."""
    write_page(db, "osv", NOW, advisories=[advisory("A-1", affects("p", span("5.0.0", "6.0.0")))])
    lockfiles.add_blob(db, "a", "npm", versions=[LockedVersion("npm", "p", "wild", None, "is no version")])
    assert db.execute("SELECT count(*) FROM hit").fetchone() == (1,)


def test_which_lockfiles_hold_a_hit(db: sqlite3.Connection) -> None:
    """Of this repository, each once, however many hits it holds."""
    write_page(
        db, "osv", NOW, advisories=[advisory("A-1", affects("p", span())), advisory("A-2", affects("p", span()))]
    )
    lock(db, "a", ("npm", "p", "1.0.0"), ("npm", "p", "2.0.0"))
    lock(db, "b", ("npm", "quiet", "1.0.0"))
    assert lockfiles.affected_lockfiles(db, hold(db, "shop", "a", "b")) == {("main", "0/package-lock.json")}
    assert lockfiles.affected_lockfiles(db, hold(db, "other", "b")) == set()


def test_ecosystems(db: sqlite3.Connection) -> None:
    """Of one repository or of all, of what stands somewhere."""
    lock(db, "a", ("npm", "p", "1.0.0"), ("PyPI", "p", "1.0"))
    lock(db, "b", ("npm", "p", "1.0.0"), ("crates.io", "p", "1.0.0"))
    lock(db, "nowhere", ("Go", "p", "1.0.0"))
    lock(db, "empty")
    shop, other = hold(db, "shop", "a", "empty"), hold(db, "other", "b")
    assert lockfiles.ecosystems(db, shop) == ["PyPI", "npm"]
    assert lockfiles.ecosystems(db, other) == ["crates.io", "npm"]
    assert lockfiles.ecosystems(db) == ["PyPI", "crates.io", "npm"]


def test_when_a_repository_was_last_tried(db: sqlite3.Connection) -> None:
    """Well or badly: after a restart, what was tried longest ago comes first."""
    shop, _ = hold(db, "shop"), lockfiles.repository_id(db, "new")
    assert lockfiles.attempted(db) == {"shop": NOW, "new": ""}
    lockfiles.mark_failed(db, shop, "2026-01-02T00:00:00Z", "timeout", "too slow")
    assert lockfiles.attempted(db)["shop"] == "2026-01-02T00:00:00Z"
    lockfiles.mark_read(db, shop, "2026-01-03T00:00:00Z")
    assert lockfiles.attempted(db)["shop"] == "2026-01-03T00:00:00Z"


def test_a_content_that_was_pruned_meanwhile(db: sqlite3.Connection) -> None:
    """A lockfile never silently vanishes: what was known stays, until the content is stored again."""
    lock(db, "a", ("npm", "p", "1.0.0"))
    lock(db, "b", ("npm", "p", "2.0.0"))
    shop = hold(db, "shop", "a")
    assert upkeep.prune(db, "").lockfiles == 1
    reading = RefReading("main", "c2", [("x/package-lock.json", "a", "npm"), ("y/package-lock.json", "b", "npm")])
    assert not lockfiles.set_places(db, shop, "2026-01-02T00:00:00Z", [reading])
    assert [(place.commit, place.oid) for place in lockfiles.places(db, shop)] == [("c", "a")]
    assert lockfiles.state(db, shop).read_at == NOW
    lock(db, "b", ("npm", "p", "2.0.0"))
    assert lockfiles.set_places(db, shop, "2026-01-02T00:00:00Z", [reading])
    assert [(place.commit, place.oid) for place in lockfiles.places(db, shop)] == [("c2", "a"), ("c2", "b")]


def test_a_repository_that_fails_keeps_what_was_read(db: sqlite3.Connection) -> None:
    """Its places stay, as old as they were, with the reason; only the change is in the audit log."""
    lock(db, "a", ("npm", "p", "1.0.0"))
    shop = hold(db, "shop", "a")
    for day in ("02", "03"):
        lockfiles.mark_failed(db, shop, f"2026-01-{day}T00:00:00Z", "timeout", "too slow")
    assert lockfiles.state(db, shop) == (NOW, "timeout", "too slow")
    assert lockfiles.sightings(db, shop, "npm", "p") == [("main", "0/package-lock.json", "1.0.0")]
    assert db.execute("SELECT count(*) FROM audit WHERE kind = 'repository'").fetchone() == (1,)
    lockfiles.mark_read(db, shop, "2026-01-04T00:00:00Z")
    assert lockfiles.state(db, shop) == ("2026-01-04T00:00:00Z", "", "")


def test_what_nobody_holds_any_more_is_forgotten(db: sqlite3.Connection) -> None:
    """A repository that changes for years holds no more than it has now; what others hold, or what it still holds, stays."""
    for number in range(5):
        lock(db, f"v{number}", ("npm", "p", f"{number}.0.0"), ("npm", "stays", "1.0.0"))
    lock(db, "shared", ("npm", "p", "9.0.0"))
    other = hold(db, "other", "shared", "v1")
    for number in range(5):
        shop = hold(db, "shop", f"v{number}", "shared")
    held = "SELECT k.name, v.text FROM version v JOIN package k ON k.id = v.package_id ORDER BY 1, 2"
    assert [oid for (oid,) in db.execute("SELECT oid FROM blob ORDER BY oid")] == ["shared", "v1", "v4"]
    assert db.execute(held).fetchall() == [("p", "1.0.0"), ("p", "4.0.0"), ("p", "9.0.0"), ("stays", "1.0.0")]
    assert upkeep.verify(db) == []
    assert upkeep.prune(db, "") == (0, 0, 0, 0)
    hold(db, "other")
    assert [oid for (oid,) in db.execute("SELECT oid FROM blob ORDER BY oid")] == ["shared", "v4"]
    hold(db, "shop")
    assert db.execute("SELECT count(*) FROM version").fetchone() == (0,)
    assert upkeep.verify(db) == []
    assert other != shop


def test_what_comes_back_is_matched_again(db: sqlite3.Connection) -> None:
    """A change that is reverted has its findings again, under whatever numbers."""
    write_page(db, "osv", NOW, advisories=[advisory("A-1", affects("p", span("0", "2.0.0")))])
    for version in ("1.0.0", "3.0.0", "1.0.0"):
        lock(db, version, ("npm", "p", version))
        shop = hold(db, "shop", version)
        assert bool(lockfiles.affected_lockfiles(db, shop)) == (version == "1.0.0")
        assert upkeep.verify(db) == []
