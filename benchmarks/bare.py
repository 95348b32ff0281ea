"""The floor of benchmarks/scale.py: the questions of matching in SQL alone, to the same rows, with nothing around them."""

import random
import sqlite3
import statistics
from contextlib import closing
from pathlib import Path
from typing import Any

import fleet
from processes import Watch, spread, tell

CHANGES = 300
WIDE = 1_000
NEW = 40

BARE = """
    CREATE TABLE interval (package_id INTEGER, lo BLOB, advisory_id INTEGER, hi BLOB,
        PRIMARY KEY (package_id, lo, advisory_id)) WITHOUT ROWID;
    CREATE TABLE version (id INTEGER PRIMARY KEY, package_id INTEGER, text TEXT, key BLOB, UNIQUE (package_id, text));
    CREATE TABLE locked (blob_id INTEGER, version_id INTEGER, PRIMARY KEY (blob_id, version_id)) WITHOUT ROWID;
    CREATE TABLE hit (version_id INTEGER, advisory_id INTEGER, PRIMARY KEY (version_id, advisory_id)) WITHOUT ROWID;
    INSERT INTO interval SELECT package_id, lo, advisory_id, hi FROM fleet.interval;
    INSERT INTO version SELECT id, package_id, text, key FROM fleet.version;
    INSERT INTO locked SELECT blob_id, version_id FROM fleet.locked;
    CREATE INDEX interval_advisory ON interval (advisory_id);
    CREATE INDEX locked_version ON locked (version_id);
    CREATE INDEX hit_advisory ON hit (advisory_id);
"""
MATCH = """INSERT INTO hit SELECT v.id, i.advisory_id FROM version v
    CROSS JOIN interval i ON i.package_id = v.package_id AND i.lo <= v.key AND i.hi > v.key WHERE v.id > ?"""
REMATCH = """INSERT INTO hit SELECT v.id, i.advisory_id FROM interval i
    CROSS JOIN version v ON v.package_id = i.package_id AND i.lo <= v.key AND i.hi > v.key WHERE i.advisory_id = ?"""
CONCERNED = """SELECT count(DISTINCT l.blob_id) FROM hit h
    CROSS JOIN locked l ON l.version_id = h.version_id WHERE h.advisory_id = ?"""


def bare(folder: Path) -> None:
    """The same questions to the same rows, with nothing around them."""
    (folder / "bare.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as db:
        for setting in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536", "temp_store = FILE"):
            db.execute(f"PRAGMA {setting}")
        db.execute("ATTACH ? AS fleet", (str(folder / "fleet.db"),))
        db.executescript(BARE)
        numbers = changed(db)
        ids = [
            db.execute("SELECT id FROM advisory WHERE record = ?", (f"RUSTSEC-2026-{n}",)).fetchone() for n in numbers
        ]
        db.execute("DETACH fleet")
        watch = Watch()
        match = watch.run(lambda: db.execute(MATCH, (0,)))
        every = "SELECT count(DISTINCT l.blob_id) FROM hit h CROSS JOIN locked l ON l.version_id = h.version_id"
        join = watch.run(lambda: db.execute(every).fetchone())
        spent = []
        for one in ids:

            def act(one: tuple[int] = one) -> None:
                db.execute("BEGIN")
                db.execute("DELETE FROM hit WHERE advisory_id = ?", one)
                db.execute(REMATCH, one)
                db.execute(CONCERNED, one).fetchone()
                db.execute("COMMIT")

            spent.append(watch.run(act))
        chance = random.Random(3)
        known = db.execute("SELECT package_id, text FROM version ORDER BY random() LIMIT 20160").fetchall()
        blob = 10**9
        stored = []
        for _ in range(21):
            rows = [chance.choice(known) for _ in range(WIDE - NEW)]
            fresh = [(package, f"0.{place}.{blob}", b"\0") for place, (package, _) in enumerate(rows[:NEW])]
            blob += 1

            def put(rows: Any = rows, fresh: Any = fresh, blob: int = blob) -> None:
                db.execute("BEGIN")
                (before,) = db.execute("SELECT max(id) FROM version").fetchone()
                db.executemany("INSERT INTO version (package_id, text, key) VALUES (?, ?, ?)", fresh)
                named = ((blob, *row[:2]) for row in (*rows, *fresh))
                locking = "INSERT OR IGNORE INTO locked SELECT ?, id FROM version WHERE package_id = ? AND text = ?"
                db.executemany(locking, named)
                db.execute(MATCH, (before,))
                db.execute("COMMIT")

            stored.append(watch.run(put))
    tell(watch.total, match, join, *spread(spent), statistics.median(stored))


def changed(db: sqlite3.Connection) -> list[int]:
    """Advisories about packages that are locked, chosen evenly, and the one that the most lockfiles are concerned by."""
    chance = random.Random(5)
    (widest,) = db.execute(
        "SELECT substr(a.record, 14) FROM interval i CROSS JOIN version v ON v.package_id = i.package_id"
        " CROSS JOIN locked l ON l.version_id = v.id CROSS JOIN advisory a ON a.id = i.advisory_id"
        " WHERE i.package_id IN (SELECT id FROM package WHERE name IN ('package-0', 'package-3', 'package-6'))"
        " GROUP BY i.advisory_id ORDER BY count(DISTINCT l.blob_id) DESC, 1 LIMIT 1"
    ).fetchone()
    return [*chance.sample(list(fleet.held()), CHANGES), int(widest)]
