"""Leases: who may do something alone, also after somebody died."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from advisord.errors import StoreError
from advisord.store import lease
from advisord.store.database import open_writer
from advisord.store.lease import Lease


class Clock:
    """A clock that only the test moves."""

    now = 1000.0

    def time(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of leases."""
    clock = Clock()
    monkeypatch.setattr(lease, "time", clock)
    return clock


@pytest.fixture
def other(tmp_path: Path, db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The same database, as another process has it."""
    with closing(open_writer(str(tmp_path / "a.db"))) as connection:
        yield connection


def test_one_at_a_time(db: sqlite3.Connection, other: sqlite3.Connection) -> None:
    """Until it is given back; another name is another lease."""
    mine, theirs = Lease(db, "daemon"), Lease(other, "daemon")
    assert mine.claim(60)
    assert mine.claim(60)
    assert not theirs.claim(60)
    assert Lease(other, "1:github").claim(60)
    mine.release()
    assert mine.holder() == ""
    assert theirs.claim(60)
    assert not mine.claim(60)


@pytest.mark.parametrize("gone", ["a.db", "a.db-wal"])
@pytest.mark.parametrize("another", [False, True])
def test_nobody_holds_what_is_not_there_any_more(
    db: sqlite3.Connection, tmp_path: Path, gone: str, another: bool
) -> None:
    """SQLite goes on writing to files that were deleted or replaced, and all of it would be lost."""
    mine = Lease(db, "daemon")
    assert mine.claim(60)
    (tmp_path / gone).rename(tmp_path / "kept")
    if another:
        (tmp_path / gone).write_bytes((tmp_path / "kept").read_bytes())
    with pytest.raises(StoreError, match="deleted, moved or replaced") as caught:
        mine.claim(60)
    assert (caught.value.code, caught.value.subject) == ("store-gone", str(tmp_path / "a.db"))


def test_only_the_holder_gives_it_back(db: sqlite3.Connection, other: sqlite3.Connection) -> None:
    """Not who waits for it, and not who had it once."""
    mine, theirs = Lease(db, "daemon"), Lease(other, "daemon")
    assert mine.claim(60)
    theirs.release()
    assert not theirs.claim(60)


def test_it_ends_by_itself(db: sqlite3.Connection, other: sqlite3.Connection, clock: Clock) -> None:
    """A moment after its time and not before; who was late does not get it back while another has it."""
    mine, theirs = Lease(db, "daemon"), Lease(other, "daemon")
    assert mine.claim(60)
    clock.now += 60
    assert not theirs.claim(60)
    assert mine.claim(60)
    clock.now += 60.1
    assert theirs.claim(60)
    assert not mine.claim(60)
    mine.release()
    assert not mine.claim(60)


def test_the_dead_hold_nothing(db: sqlite3.Connection, tmp_path: Path) -> None:
    """A process that was killed on this machine is not waited for; who lives is."""
    script = "import sys; from advisord.store.database import open_writer; from advisord.store.lease import Lease\n"
    script += (
        f"print(Lease(open_writer({str(tmp_path / 'a.db')!r}), 'daemon').claim(3600), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        mine = Lease(db, "daemon")
        assert not mine.claim(60)
        assert mine.holder() == f"process {process.pid} on {os.uname().nodename}"
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the table of processes
        assert mine.claim(60)


def test_a_number_that_another_process_has_now(db: sqlite3.Connection) -> None:
    """The holder began at another time than the process of its number: it is gone."""
    mine = Lease(db, "daemon")
    assert mine.claim(3600)
    (holder,) = db.execute("SELECT holder FROM lease").fetchone()
    here, pid, born, _ = holder.split(":")
    db.execute("UPDATE lease SET holder = ?", (f"{here}:{pid}:{born}:other",))
    assert not mine.claim(60)
    db.execute("UPDATE lease SET holder = ?", (f"{here}:{pid}:{int(born) + 1}:other",))
    assert mine.claim(60)


@pytest.mark.parametrize("holder", ["elsewhere/1:1:x", ":1:x", "1:x", "", "a:b:c"])
def test_whoever_can_t_be_looked_at_lives(db: sqlite3.Connection, holder: str) -> None:
    """A process of another machine or another container, or a name that says nothing: its time has to run out."""
    assert Lease(db, "daemon").claim(3600)
    db.execute("UPDATE lease SET holder = ?", (holder,))
    assert not Lease(db, "daemon").claim(60)
    assert Lease(db, "daemon").holder().startswith("process ")
