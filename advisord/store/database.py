"""Opening the database, transactions, and what SQLite's errors mean."""

import contextlib
import errno
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from advisord.errors import StoreError

T = TypeVar("T")

SCHEMA_VERSION = 1
"""Kept in SQLite's `user_version`, so that a reader learns it without sqlite-utils."""

_BUSY_SECONDS = 30
_USUAL_PAGES, _BULK_PAGES = 1000, 8000  # of 4 KiB: how much the log beside the file holds before it is written there
_LOG_BYTES = 8 << 20  # what of the log stays when it grew larger
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNWRITTEN = {f"SQLITE_IOERR_{what}" for what in ("WRITE", "FSYNC", "TRUNCATE", "SHMSIZE")}
"""How SQLite calls a disk, a quota or a limit that is full, where it does not say so (sqlite.org/rescode.html)."""
_CLOSED = ("SQLITE_CANTOPEN", "SQLITE_READONLY")
_PARAMETERS = 500  # below SQLite's oldest limit of 999


def open_writer(path: str) -> sqlite3.Connection:
    """Open for writing; make or migrate the database when it is missing or older, in one transaction.

    Raises StoreError when it can't be opened, is no database of ours, or was written by a newer release.
    """
    folder = os.path.dirname(path)
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as exc:
        raise store_error(exc, path) from exc
    try:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = FILE")
        if _version(connection, path) < SCHEMA_VERSION:
            _migrate(connection, path)
    except sqlite3.Error as exc:
        connection.close()
        raise store_error(exc, path) from exc
    except StoreError:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the database to this release's schema, in one transaction."""
    # Only here: sqlite-utils costs more to import than a whole scan.
    from advisord.store import schema

    with transaction(connection):
        version = _version(connection, path)
        if version == 0 and connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise StoreError(
                "this is another program's database", subject=path, hint="name another file with --db FILE"
            )
        if version < SCHEMA_VERSION:  # else another process was faster
            schema.migrate(connection)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Choose the write-ahead log. SQLite does not wait when another process does the same at this moment: we do."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return  # some file systems have no such log; then the other one serves


def open_reader(path: str) -> sqlite3.Connection:
    """Open an existing database for reading only. Raises StoreError, with the code `no-data` when there is none."""
    if not os.path.exists(path):
        raise StoreError(
            "there is no advisory database yet",
            subject=path,
            code="no-data",
            hint="run `advisord sync` (it makes one), or name one with --db FILE",
        )
    if os.path.isdir(path):
        raise StoreError("this is a folder", subject=path, hint="name the database in it with --db FILE")
    try:
        try:
            return _reader(path)
        except sqlite3.OperationalError as exc:
            if not (exc.sqlite_errorname.startswith(_CLOSED) and _at_rest(path)):
                raise
            return _reader(path, "&immutable=1")
    except sqlite3.Error as exc:
        raise store_error(exc, path) from exc


def _reader(path: str, how: str = "") -> sqlite3.Connection:
    name = f"file:{_escaped(os.path.abspath(path))}?mode=ro{how}"
    connection = sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None, uri=True)
    try:
        _version(connection, path, oldest=SCHEMA_VERSION)
    except (sqlite3.Error, StoreError):
        connection.close()
        raise
    return connection


def _at_rest(path: str) -> bool:
    """Whether a database that SQLite can't open for reading holds all that there is, and nobody has it open.

    A reader in WAL mode wants to make files beside it (sqlite.org/wal.html, "Read-Only Databases"), which it can't on a
    read-only medium. Raises StoreError where the latest changes stand in such a file: without them the answer is an old one.
    """
    real = os.path.realpath(path)
    if not os.access(real, os.R_OK):
        return False
    for log in (f"{real}-wal", f"{real}-journal"):
        if os.path.exists(log) and os.path.getsize(log):
            raise StoreError(
                f"its latest changes stand in {log}, which can't be read where no file may be written",
                subject=path,
                hint="make the copy with `advisord db backup FILE` or `advisord db export FILE`, or let this user write there",
            )
    return not os.path.exists(f"{real}-shm")


def _escaped(path: str) -> str:
    """A path for SQLite's `file:` form (sqlite.org/uri.html, section 3.1)."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _version(connection: sqlite3.Connection, path: str, oldest: int = 0) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version < oldest:
        raise StoreError(
            f"the database has schema {version}, this release reads {SCHEMA_VERSION}",
            subject=path,
            hint="run `advisord sync` once: it migrates the database",
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"the database has schema {version}, newer than this release knows ({SCHEMA_VERSION})",
            subject=path,
            hint="use the release that wrote it, or another --db FILE",
        )
    return version


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction, all or nothing.

    `BEGIN IMMEDIATE`: a deferred transaction that reads first and writes after another writer fails at once with
    "database is locked", whatever the timeout.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # after some errors, such as a full disk, SQLite has rolled back by itself
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def in_bulk(connection: sqlite3.Connection) -> Iterator[None]:
    """Many transactions follow each other: what each of them writes anew reaches the file itself less often.

    Nothing is less safe: what was committed is in the log beside the file (sqlite.org/wal.html, section 3.3).
    """
    connection.execute(f"PRAGMA wal_autocheckpoint = {_BULK_PAGES}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA wal_autocheckpoint = {_USUAL_PAGES}")


@contextlib.contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Read one state of the database, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """The values in parts that fit into one statement."""
    return (values[start : start + _PARAMETERS] for start in range(0, len(values), _PARAMETERS))


def marks(values: Sequence[object]) -> str:
    """As many question marks as there are values."""
    return ",".join("?" * len(values))


@contextlib.contextmanager
def telling(path: str) -> Iterator[None]:
    """Raise what SQLite raises inside as a StoreError that names the database."""
    try:
        yield
    except sqlite3.Error as exc:
        raise store_error(exc, path) from exc


def file_of(db: sqlite3.Connection) -> str:
    """Where an open database is; "" for one in memory."""
    (path,) = db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    return str(path or "")


def _is_full(exc: Exception) -> bool:
    if isinstance(exc, OSError):
        return exc.errno in _NO_SPACE
    return "is full" in str(exc) or getattr(exc, "sqlite_errorname", "") in _UNWRITTEN


def store_error(exc: Exception, path: str = "") -> StoreError:
    """Say what an error of SQLite or of the file system means for the person who runs advisord."""
    text = str(exc)
    if _is_full(exc):
        return StoreError(f"no space left for the database: {text}", subject=path, code="disk-full", retryable=True)
    if "disk I/O" in text:
        return StoreError(
            f"the database's files can't be read or written: {text}",
            subject=path,
            code="store-unreadable",
            hint="does the disk fail, or was a file beside it (-wal, -shm) taken away?",
        )
    if isinstance(exc, OSError) or "unable to open" in text or "readonly database" in text:
        return StoreError(
            f"the database can't be opened: {text}", subject=path, hint="check the path and who may write it"
        )
    if "not a database" in text or "malformed" in text:
        return StoreError(
            f"the file is damaged or no advisord database: {text}",
            subject=path,
            code="store-damaged",
            hint="put a backup back (advisord db restore FILE --replace), or move it away: feeds and lockfiles are read anew",
        )
    if "locked" in text or "busy" in text:
        return StoreError(
            f"another process has held the database for over {_BUSY_SECONDS} s",
            subject=path,
            code="store-locked",
            hint="wait for the other advisord, or stop it",
            retryable=True,
        )
    return StoreError(f"the database failed: {text}", subject=path)
