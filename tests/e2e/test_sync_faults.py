"""`advisord sync` on a machine that is in trouble: no space, no right to write, a clock that is wrong."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
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


def _mounted(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script where it may mount; skips where this machine lets nobody do so."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("needs the right to make a mount namespace")
    command = f'advisord() {{ {sys.executable} -m advisord "$@"; }}; set -e; {script}'
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_read_only_database(tmp_path: Path) -> None:
    """On a file system that is mounted read-only: one sentence, exit 3, and not a byte is another."""
    for number in (0, 1):
        write(tmp_path / f"feed{number}", number, 100)
    (tmp_path / "store").mkdir()
    sync(tmp_path / "store" / "a.db", tmp_path / "feed0")
    before = (tmp_path / "store" / "a.db").read_bytes()
    ran = _mounted(
        tmp_path,
        "mount --bind store store; mount -o remount,ro,bind store; advisord sync osv --from feed1 --db store/a.db",
    )
    assert ran.returncode == 3, ran
    assert "store/a.db: the database can't be opened" in ran.stderr
    assert "who may write it" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir()} == {"a.db": before}


def test_a_disk_that_is_too_small(tmp_path: Path) -> None:
    """A real file system without room: one sentence, exit 3; with room again the sync goes on to the same end."""
    write(tmp_path / "feed", 0, 300)
    sync(tmp_path / "expected.db", tmp_path / "feed")
    (tmp_path / "store").mkdir()
    ran = _mounted(
        tmp_path,
        "mount -t tmpfs -o size=600k none store; advisord sync osv --from feed --db store/a.db || echo ended with $?;"
        "mount -o remount,size=60m store; advisord sync osv --from feed --db store/a.db; cp store/a.db after.db",
    )
    assert ran.returncode == 0, ran
    assert "ended with 3" in ran.stdout
    assert "no space left for the database" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert state(tmp_path / "after.db") == state(tmp_path / "expected.db")
