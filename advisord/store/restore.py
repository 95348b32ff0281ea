"""Putting a backup in the place of the database."""

import contextlib
import os
import shutil
import sqlite3
from typing import NamedTuple

from advisord.errors import StoreError
from advisord.store import audit
from advisord.store.database import open_reader, open_writer, store_error
from advisord.store.export import checksum
from advisord.store.lease import Lease
from advisord.store.upkeep import verify

_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database. The log of one database must never meet the file of another."""


class Restored(NamedTuple):
    """Whether there was a database before, and what is wrong with the audit log of the backup ("": nothing)."""

    replaced: bool
    audit: str


def restore(backup: str, path: str, kept: str) -> Restored:
    """Check a backup and put a copy of it at `path`; a database that is there already is kept as `kept`.

    Raises StoreError, with everything as it was, when the backup is not what its checksum says,
    not sound, of a newer schema or no backup, when an advisord works on the database, and when there is no space.
    """
    made = f"{path}.{os.getpid()}.part"
    try:
        _copy(backup, made)
        broken = _check(made, backup)
        there = os.path.exists(path)
        if there:
            _let_go(path)
        # Its log first: whatever comes in between, no log lies beside a file that it does not belong to.
        for end in (*_BESIDE, ""):
            with contextlib.suppress(FileNotFoundError):
                os.rename(path + end, kept + end)
        os.rename(made, path)
    except (OSError, sqlite3.Error) as exc:
        raise store_error(exc, path) from exc
    finally:
        for end in ("", *_BESIDE):
            with contextlib.suppress(OSError):
                os.unlink(made + end)
    return Restored(there, broken)


def _copy(backup: str, made: str) -> None:
    if not os.path.isfile(backup):
        raise StoreError("there is no such file", subject=backup, hint="name what `advisord db backup` wrote")
    folder = os.path.dirname(made)
    if folder:
        os.makedirs(folder, exist_ok=True)
    shutil.copyfile(backup, made)
    with open(made, "rb+") as file:
        os.fchmod(file.fileno(), 0o600)
        if os.geteuid() == 0:
            # Root restores for a service that runs as somebody else: the file belongs to whom its folder belongs to.
            owner = os.stat(folder or ".")
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        os.fsync(file.fileno())
    with contextlib.suppress(FileNotFoundError), open(f"{backup}.sha256", encoding="utf-8", errors="replace") as sums:
        if sums.read(64) != checksum(made):
            raise StoreError(
                f"it does not have the checksum of {backup}.sha256",
                subject=backup,
                hint="take another backup, or copy this one again",
                code="store-damaged",
            )


def _check(made: str, backup: str) -> str:
    """Raise StoreError unless the copy is a whole and sound database of ours, of a schema that can be read or migrated.

    What is wrong with its audit log: that keeps nobody from the data.
    """
    try:
        open_writer(made).close()
        with contextlib.closing(open_reader(made)) as db:
            mistakes = verify(db)
            broken = "" if mistakes else audit.verify(db).problem
            (records,) = db.execute("SELECT count(*) FROM advisory").fetchone()
            (documents,) = db.execute("SELECT count(*) FROM document").fetchone()
    except (StoreError, sqlite3.Error) as exc:
        error = exc if isinstance(exc, StoreError) else store_error(exc)
        raise StoreError(error.message, subject=backup, hint="take another backup", code=error.code) from exc
    if mistakes:
        raise StoreError(
            f"it is damaged: {mistakes[0]}", subject=backup, hint="take another backup", code="store-damaged"
        )
    if records and not documents:
        raise StoreError(
            "it is an export for scans: it knows no repositories and no issues",
            subject=backup,
            hint="take what `advisord db backup` wrote",
        )
    return broken


def _let_go(path: str) -> None:
    """Raise StoreError when an advisord works on the database. Of a damaged one nobody can tell, and nothing works."""
    holder = ""
    with contextlib.suppress(StoreError, sqlite3.Error), contextlib.closing(open_writer(path)) as db:
        lease = Lease(db, "daemon")
        if lease.claim(0.0):
            lease.release()
        else:
            holder = lease.holder()
    if holder:
        raise StoreError(
            f"advisord works on this store: {holder}",
            subject=path,
            hint="stop it first (systemctl stop advisord)",
            code="store-held",
        )
