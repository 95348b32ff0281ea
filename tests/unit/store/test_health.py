"""What is told to those who look after feeds and repositories."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from store_parts import advisory, affects, damage, lock, span

from advisord.store import health, lockfiles, snapshots, trouble, watching
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.store.lockfiles import RefReading

THEN, NOW = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"


def test_a_sound_file(db: sqlite3.Connection) -> None:
    """Nothing is wrong with it, by either check."""
    assert health.damage(db) == health.damage(db, "integrity_check(10)") == []


@pytest.mark.parametrize("table", ["finding", "advisory", "snapshot", "lease", "entry", "interval"])
def test_damage(tmp_path: Path, table: str) -> None:
    """Whichever table it hits, and whether SQLite's check tells it or breaks off over it, it is told."""
    path = tmp_path / "a.db"
    open_writer(str(path)).close()
    damage(path, table)
    with closing(sqlite3.connect(path)) as broken:
        assert health.damage(broken)


def test_a_check_that_can_not_be_made_is_no_damage(tmp_path: Path) -> None:
    """Another process that holds the file says nothing about its soundness."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(sqlite3.connect(path, timeout=0)) as db:
        other.execute("CREATE TABLE x (y)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            health.damage(db)


def test_what_a_repository_holds(db: sqlite3.Connection) -> None:
    """Its refs and lockfiles, how many of them can't be read, its findings and its open issues; each counted for itself."""
    lock(db, "good", ("npm", "p", "1.0.0"))
    lockfiles.add_blob(db, "bad", "npm", error="it is no JSON")
    shop, other = (lockfiles.repository_id(db, name) for name in ("shop", "other"))
    places = [("package-lock.json", "good", "npm"), ("web/package-lock.json", "bad", "npm")]
    lockfiles.set_places(db, shop, NOW, [RefReading("main", "c", places), RefReading("old", "d", places[:1])])
    snapshots.write(db, shop, "shop", [], [], NOW)
    for number, state in enumerate(("open", "closed")):
        row = (shop, "t", str(number), str(number), "npm", "p", "[]", "", state, "")
        db.execute("INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    empty, full = health.repositories(db)
    assert full == health.Repository("shop", full.read_at, "", "", "", 2, 3, 1, 0, 1)
    assert (empty.name, empty[5:]) == ("other", (0, 0, 0, 0, 0))
    watching.watch(db, ["other"], NOW)
    assert [one.name for one in health.repositories(db)] == [one.name for one in health.readings(db)] == ["other"]
    assert other


def test_readings(db: sqlite3.Connection) -> None:
    """When it was tried and when that went well, and what stands in its way since when."""
    shop = lockfiles.repository_id(db, "shop")
    lockfiles.mark_read(db, shop, THEN)
    trouble.settle(db, shop, trouble.Trouble(trouble.State.UNREAD, "x", "half a lockfile"), THEN)
    lockfiles.mark_failed(db, shop, NOW, "git", "gone")
    assert health.readings(db) == [health.Reading("shop", NOW, THEN, "gone", "unread", THEN, "half a lockfile")]


def test_records_that_are_not_evaluated(db: sqlite3.Connection) -> None:
    """A record with a range that nobody understands counts once, however many such parts it has; one that is gone does not."""
    odd = affects("p", span("no version"))
    page = [advisory("A-1", odd, affects("q", span("no version"))), advisory("A-2", affects("p", span("0", "1.0.0")))]
    write_page(db, "osv", NOW, advisories=page)
    write_page(db, "github", NOW, advisories=[advisory("A-1", odd, feed="github")])
    assert health.undecided(db) == {"osv": 1, "github": 1}
    db.execute("UPDATE advisory SET gone = ? WHERE feed = 'github'", (NOW,))
    assert health.undecided(db) == {"osv": 1}
    db.execute("INSERT INTO rejected VALUES ('osv', 'B-1', 'no JSON', ?), ('github', 'A-9', 'no id', ?)", (NOW, THEN))
    assert health.rejected(db) == [
        health.Rejected("github", "A-9", "no id", THEN),
        health.Rejected("osv", "B-1", "no JSON", NOW),
    ]
