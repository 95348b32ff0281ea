"""`advisord sync` on a machine that is in trouble: no space, no right to write, a clock that is wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

from killing import state, sync, write
from running import Advisord, cramped

from advisord.store.database import open_writer


def test_a_full_disk(tmp_path: Path) -> None:
    """One sentence, exit 3, a database that opens; with space again the sync ends as if nothing had been."""
    feed, database = tmp_path / "feed", tmp_path / "a.db"
    write(feed, 0)
    sync(tmp_path / "expected.db", feed)
    ran = cramped(tmp_path, 600_000, "sync", "osv", "--from", feed, "--db", database)
    assert ran.status == 3, ran
    assert "no space left for the database" in ran.err
    assert len(ran.err.splitlines()) <= 2
    sync(database, feed)
    assert state(database) == state(tmp_path / "expected.db")


def test_a_database_that_can_not_be_written(advisord: Advisord, world: Path) -> None:
    """A sentence with the path; nothing else happens."""
    ran = advisord("sync", "osv", "--from", "feeds/osv", "--db", "/proc/nowhere/a.db")
    assert ran.status == 3
    assert "/proc/nowhere/a.db: the database can't be opened" in ran.err


def test_a_clock_that_was_ahead(advisord: Advisord, world: Path) -> None:
    """Data that claim to be of tomorrow would look fresh for ever: they can't be trusted, and are shown."""
    advisord("sync")
    with closing(open_writer(str(world / "advisord.db"))) as db:
        _claim(db, "2126-01-01T00:00:00Z")
    ran = advisord("scan", "shop", "--db", "advisord.db")
    assert ran.status == 3
    assert "ahead of this machine's clock" in ran.out
    assert "ahead of this machine's clock" in advisord("status").out
    assert advisord("sync").status == 0
    assert advisord("scan", "shop", "--db", "advisord.db").status == 1


def _claim(db: sqlite3.Connection, moment: str) -> None:
    for table in ("feed", "coverage"):
        db.execute(f"UPDATE {table} SET as_of = ?", (moment,))
