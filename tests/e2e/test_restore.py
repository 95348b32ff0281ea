"""`advisord db restore`: a backup comes back whole, or everything stays as it is."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from running import Advisord

from advisord.store import audit
from advisord.store.database import SCHEMA_VERSION, open_writer


@pytest.fixture
def backed_up(advisord: Advisord, world: Path) -> Path:
    """The world after one cycle, with a backup in copy.db."""
    assert advisord("run", "--once").status == 0
    assert advisord("db", "backup", "copy.db").status == 0
    return world


def damage(file: Path) -> None:
    """Overwrite the middle of a file."""
    data = bytearray(file.read_bytes())
    data[4096 : len(data) // 2] = os.urandom(len(data) // 2 - 4096)
    file.write_bytes(data)


def test_a_damaged_database_is_told_and_restored(advisord: Advisord, backed_up: Path) -> None:
    """Every command says that it is damaged and what to do; with the backup the work goes on, and nothing is doubled."""
    issues = {path.name: path.read_bytes() for path in (backed_up / "issues").iterdir()}
    damage(backed_up / "advisord.db")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "damaged" in ran.err
    assert "advisord db restore FILE --replace" in ran.err
    assert advisord("db", "verify").status == 3
    assert "damaged" in advisord("doctor").out
    assert {path.name: path.read_bytes() for path in (backed_up / "issues").iterdir()} == issues
    ran = advisord("db", "restore", "copy.db", "--replace")
    assert ran.status == 0, ran.err
    assert "what was there is kept as" in ran.out
    assert advisord("db", "verify").status == 0
    ran = advisord("run", "--once")
    assert ran.status == 0
    assert "0 actions on the tracker" in ran.out
    assert {path.name: path.read_bytes() for path in (backed_up / "issues").iterdir()} == issues
    with closing(open_writer(str(backed_up / "advisord.db"))) as db:
        assert audit.verify(db).problem == ""


def test_a_broken_audit_log_is_told(advisord: Advisord, backed_up: Path) -> None:
    """By `db verify`, with exit 3; a backup with one is restored, for the data are sound, and it is said."""
    (backed_up / "copy.db.sha256").unlink()
    for name in ("advisord.db", "copy.db"):
        with closing(sqlite3.connect(backed_up / name)) as db:
            db.execute("DROP TRIGGER audit_unchanged")
            db.execute("UPDATE audit SET subject = 'another' WHERE id = 2")
            db.commit()
    ran = advisord("db", "verify")
    assert ran.status == 3
    assert "the audit log is broken: entry 2 (" in ran.out
    ran = advisord("db", "restore", "copy.db", "--replace")
    assert ran.status == 0
    assert "the audit log is broken: entry 2 (" in ran.err


def test_nothing_is_overwritten_silently(advisord: Advisord, backed_up: Path) -> None:
    """A database that is there stays, unless that is wished; then it is kept, with what its log still held."""
    with closing(sqlite3.connect(backed_up / "advisord.db")) as before:
        before.execute("PRAGMA wal_autocheckpoint = 0")
        before.execute("UPDATE feed SET error = 'only in the log' WHERE name = 'osv'")
        before.commit()
        ran = advisord("db", "restore", "copy.db")
        assert ran.status == 2
        assert "there is a database at" in ran.err
        assert advisord("db", "restore", "copy.db", "--replace").status == 0
    assert not list(backed_up.glob("advisord.db-*"))
    (kept,) = backed_up.glob("advisord.db.replaced-*Z")
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT error FROM feed WHERE name = 'osv'").fetchone() == ("only in the log",)
    with closing(sqlite3.connect(backed_up / "advisord.db")) as db:
        assert db.execute("SELECT error FROM feed WHERE name = 'osv'").fetchone() == ("",)


def test_into_an_empty_place(advisord: Advisord, backed_up: Path) -> None:
    """A new machine: the folder is made, and nobody else may read the file."""
    assert advisord("db", "restore", "copy.db", "--db", "new/place/advisord.db").status == 0
    assert (backed_up / "new/place/advisord.db").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (backed_up / "new/place").iterdir()] == ["advisord.db"]


@pytest.mark.parametrize("fault", ["damaged", "changed", "newer", "export", "no database", "missing", "inconsistent"])
def test_what_is_no_sound_backup_is_refused(advisord: Advisord, backed_up: Path, fault: str) -> None:
    """One sentence about the backup, exit 3, and everything is as it was."""
    copy, sums = backed_up / "copy.db", backed_up / "copy.db.sha256"
    said = "damaged"
    if fault == "changed":
        damage(copy)
        said = "does not have the checksum"
    else:
        sums.unlink()
    if fault == "damaged":
        damage(copy)
    elif fault in {"newer", "inconsistent"}:
        with closing(sqlite3.connect(copy)) as db:
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}" if fault == "newer" else "DELETE FROM hit")
            db.commit()
        said = f"schema {SCHEMA_VERSION + 1}, newer than this release knows" if fault == "newer" else "are missing"
    elif fault == "export":
        advisord("db", "export", "copy.db")
        said = "an export for scans"
    elif fault == "no database":
        copy.write_text("<html>")
        said = "no advisord database"
    elif fault == "missing":
        copy.unlink()
        said = "no such file"
    before = {path.name: path.read_bytes() for path in backed_up.glob("advisord.db*")}
    ran = advisord("db", "restore", "copy.db", "--replace")
    assert ran.status == 3
    assert said in ran.err
    assert "copy.db" in ran.err
    assert {path.name: path.read_bytes() for path in backed_up.glob("advisord.db*")} == before
    assert not list(backed_up.glob("*.part*"))


def test_not_under_a_daemon(advisord: Advisord, backed_up: Path) -> None:
    """A daemon that works on the database is named; stopped, it stands in nobody's way, even if it was killed."""
    log = backed_up / "log"
    with log.open("wb") as out:
        daemon = subprocess.Popen([sys.executable, "-m", "advisord", "run"], cwd=backed_up, stdout=out, stderr=out)
    with contextlib.ExitStack() as stack:
        stack.callback(daemon.wait)
        stack.callback(daemon.kill)
        while b"steps; process" not in log.read_bytes():
            assert daemon.poll() is None, log.read_text()
        ran = advisord("db", "restore", "copy.db", "--replace")
        assert ran.status == 3
        assert f"advisord works on this store: process {daemon.pid} on" in ran.err
        daemon.send_signal(signal.SIGKILL)
    assert advisord("db", "restore", "copy.db", "--replace").status == 0
    shutil.copy(backed_up / "copy.db", backed_up / "again.db")
    assert advisord("db", "restore", "again.db", "--db", "elsewhere.db").status == 0
