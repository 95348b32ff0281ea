"""Looking after the database: what is wrong is seen, and what is still needed is not forgotten."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from store_parts import advisory, affects, damage, dump, lock, span

from advisord.store import lockfiles, upkeep, watching
from advisord.store.advisories import write_page
from advisord.store.lockfiles import RefReading

NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    """A lockfile that stands somewhere, one that stands nowhere, and advisories of what both lock."""
    page = [advisory("A-1", affects("p", span("0", "2.0.0"), versions=["7.0.0"]), aliases=["CVE-1"])]
    write_page(db, "osv", NOW, advisories=page)
    lock(db, "here", ("npm", "p", "1.0.0"), ("npm", "q", "1.0.0"))
    lock(db, "nowhere", ("npm", "p", "1.0.0"), ("npm", "p", "1.1.0"))
    reading = RefReading("HEAD", "c", [("package-lock.json", "here", "npm")])
    assert lockfiles.set_places(db, lockfiles.repository_id(db, "shop"), NOW, [reading])
    return db


def test_prune(filled: sqlite3.Connection) -> None:
    """What stands nowhere goes, with what only it locked; advisories and what is held stay; twice is as once."""
    advisories = filled.execute("SELECT * FROM advisory").fetchall()
    assert upkeep.prune(filled, "") == upkeep.Pruned(0, 1, 1, 0)
    assert filled.execute("SELECT oid FROM blob").fetchall() == [("here",)]
    assert sorted(filled.execute("SELECT text FROM version").fetchall()) == [("1.0.0",), ("1.0.0",)]
    assert filled.execute("SELECT count(*) FROM hit").fetchone() == (1,)
    assert filled.execute("SELECT * FROM advisory").fetchall() == advisories
    assert upkeep.verify(filled) == []
    pruned = dump(filled)
    assert upkeep.prune(filled, "") == upkeep.Pruned(0, 0, 0, 0)
    lock(filled, "nowhere", ("npm", "p", "1.0.0"), ("npm", "p", "1.1.0"))
    assert upkeep.verify(filled) == []
    assert upkeep.prune(filled, "").versions == 1
    assert dump(filled) == pruned


def test_prune_forgets_events_by_their_age(filled: sqlite3.Connection) -> None:
    """Those before the moment, not those at it."""
    write_page(filled, "osv", NOW, advisories=[advisory("A-2", affects("p", span()))])
    assert filled.execute("SELECT DISTINCT at FROM event").fetchall() == [(NOW,)]
    assert upkeep.prune(filled, NOW).events == 0
    assert upkeep.prune(filled, LATER).events == 1


def test_an_interrupted_prune(filled: sqlite3.Connection) -> None:
    """All or nothing."""
    before = dump(filled)
    filled.execute("CREATE TRIGGER no BEFORE DELETE ON hit BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        upkeep.prune(filled, LATER)
    assert dump(filled) == before


def test_a_forgotten_repository_leaves_nothing(filled: sqlite3.Connection) -> None:
    """Its number may become another's: no table but the audit log may know it still."""
    number = lockfiles.repository_id(filled, "shop")
    tables = [
        table
        for (table,) in filled.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if table != "repository"
        and filled.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = 'repository_id'", (table,)).fetchone()
    ]
    watching.watch(filled, [], NOW)
    for table in tables:
        columns = filled.execute("SELECT name, type, pk FROM pragma_table_info(?)", (table,)).fetchall()
        if table in {"snapshot", "unwatched"}:
            continue
        known = {"INTEGER": 3, "TEXT": "[]", "BLOB": b"", "REAL": 0.0}
        values = [number if name == "repository_id" else known[kind] for name, kind, _ in columns]
        filled.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    assert upkeep.prune(filled, LATER).repositories == 1
    left = {
        table
        for table in tables
        if filled.execute(f"SELECT 1 FROM {table} WHERE repository_id = ?", (number,)).fetchone()
    }
    assert left == set()


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ("DELETE FROM hit", "2 are missing, 0 are wrong"),
        (
            "INSERT INTO hit SELECT id, (SELECT id FROM advisory) FROM version WHERE text = '1.0.0'",
            "0 are missing, 1 are",
        ),
        ("UPDATE advisory SET vulnerability = 'X'", "not in the alias group"),
        ("UPDATE feed SET records = 9", "the feed osv counts 9 records and has 1"),
        ("UPDATE document SET body = x'78ff'", "1 stored records can't be unpacked"),
        ("DELETE FROM package WHERE name = 'q'", "1 rows of version name no package"),
        ("DELETE FROM blob WHERE oid = 'here'", "1 rows of place name no blob"),
        ("DELETE FROM advisory", "rows of alias name no advisory"),
    ],
)
def test_what_is_wrong_is_told(filled: sqlite3.Connection, mistake: str, told: str) -> None:
    """Whatever is derived is checked against what it is derived from."""
    assert upkeep.verify(filled) == []
    filled.execute(mistake.replace("INSERT INTO hit", "INSERT OR IGNORE INTO hit"))
    assert told in "; ".join(upkeep.verify(filled))


def test_a_check_that_breaks_off(db: sqlite3.Connection, tmp_path: Path) -> None:
    """Over some damage SQLite's own check fails: that is what is wrong."""
    db.close()
    damage(tmp_path / "a.db", "finding")
    with closing(sqlite3.connect(tmp_path / "a.db")) as broken:
        mistakes = upkeep.verify(broken)
    assert mistakes
    assert "malformed" in " ".join(mistakes) or "page" in " ".join(mistakes)


def test_one_damage_is_told_in_few_lines(tmp_path: Path) -> None:
    """The first three mistakes of a damaged file, and how many more there are."""
    with closing(sqlite3.connect(tmp_path / "damaged.db")) as db:
        db.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(99000))")
        db.executescript("PRAGMA writable_schema = 1; DELETE FROM sqlite_master")  # its pages belong to nothing now
    with closing(sqlite3.connect(tmp_path / "damaged.db")) as db:
        mistakes = upkeep.verify(db)
    assert len(mistakes) == 4
    assert mistakes[3].endswith(" more of the kind")


def test_stats(filled: sqlite3.Connection, tmp_path: Path) -> None:
    """Rows by table, live records by feed and ecosystem, and the size with its log."""
    path = tmp_path / "a.db"
    found = upkeep.stats(filled, str(path))
    assert (found.rows["blob"], found.rows["version"], found.rows["hit"]) == (2, 3, 2)
    assert found.records == [("osv", "npm", 1)]
    assert found.bytes == path.stat().st_size + Path(f"{path}-wal").stat().st_size
    write_page(filled, "osv", NOW, advisories=[], removed=["A-1"])
    assert upkeep.stats(filled, str(path)).records == []
