"""Leases: who may do something alone. They are in the database, so that they hold between processes and machines."""

import os
import sqlite3
import time
from secrets import token_hex

from advisord.errors import StoreError
from advisord.store.database import file_of, transaction

Files = tuple[tuple[int, int] | None, ...]


class Lease:
    """A lease on a name, for whoever made this object. It ends by itself when it is not claimed again in time."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name
        self._files: Files | None = None
        self._holder = f"{_here()}:{os.getpid()}:{_life(os.getpid())[1]}:{token_hex(8)}"

    def claim(self, seconds: float) -> bool:
        """Take the lease, or extend it when it is ours; False when another process holds it.

        A process that died on this machine holds nothing: nobody has to wait until its lease runs out.
        Raises StoreError when the database's files are not those any more of which it was claimed first.
        """
        now = time.time()
        self._same()
        with transaction(self._db):
            held = self._db.execute("SELECT holder FROM lease WHERE name = ?", (self._name,)).fetchone()
            if held and _dead(held[0]):
                self._db.execute("DELETE FROM lease WHERE name = ?", (self._name,))
            row = self._db.execute(
                "INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder,"
                " until = excluded.until WHERE holder = excluded.holder OR until < ? RETURNING holder",
                (self._name, self._holder, now + seconds, now),
            ).fetchone()
        self._files = self._files or _files(self._db)
        return row is not None

    def _same(self) -> None:
        if self._files and self._files != _files(self._db):
            raise StoreError(
                "the database's file was deleted, moved or replaced while advisord works on it",
                subject=file_of(self._db),
                code="store-gone",
                hint="what was done since then is lost; stop advisord before, and restore with `advisord db restore`",
            )

    def release(self) -> None:
        """Give the lease back."""
        with transaction(self._db):
            self._db.execute("DELETE FROM lease WHERE name = ? AND holder = ?", (self._name, self._holder))

    def holder(self) -> str:
        """Who holds it, for people: a machine and a process ("" when nobody does)."""
        row = self._db.execute("SELECT holder FROM lease WHERE name = ?", (self._name,)).fetchone()
        where, _, rest = row[0].partition(":") if row else ("", "", "")
        return f"process {rest.partition(':')[0]} on {where.partition('/')[0] or 'a machine'}" if row else ""


def _files(db: sqlite3.Connection) -> Files:
    """Which files the database and its log are, by what stands at their paths now."""
    path = file_of(db)
    found: list[tuple[int, int] | None] = []
    for end in ("", "-wal"):
        try:
            stat = os.stat(path + end)
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_dev, stat.st_ino))
    return tuple(found)


def _here() -> str:
    """The machine and its view of processes; "" where that can't be told, and then no process counts as dead."""
    try:
        return f"{os.uname().nodename}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _dead(holder: str) -> bool:
    where, _, rest = holder.partition(":")
    pid, _, rest = rest.partition(":")
    born = rest.rpartition(":")[0]
    if not where or where != _here() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    state, since = _life(int(pid))
    return state in {"Z", "X"} or bool(born and since and born != since)


def _life(pid: int) -> tuple[str, str]:
    """State and start of a process (proc_pid_stat(5), fields 3 and 22); "" where that can't be told.

    A process that was killed keeps its number while its parent does not ask for it, and later another one may get it.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read(4096).rpartition(b")")[2].decode("ascii", "replace").split()
        return fields[0], fields[19]
    except (OSError, IndexError):
        return "", ""
