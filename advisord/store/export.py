"""Copies of the database: a small one for scans elsewhere, and a whole one to keep."""

import contextlib
import hashlib
import os
import sqlite3

from advisord.errors import StoreError
from advisord.store.database import file_of, store_error
from advisord.store.health import damage

_MATCHING = ("feed", "coverage", "advisory", "alias", "affects", "interval", "listed")
_NOT_COPIED = {"cursor": "''", "error": "''", "digest": "x''"}  # of use only to who goes on from them


def export(db: sqlite3.Connection, path: str) -> str:
    """Write what matching needs to a new file, and its checksum to `path`.sha256; returns the checksum.

    The file is one SQLite database of the same schema, without a journal, so that it can be read from anywhere. It is
    put in its place when it is whole. Raises StoreError when it can't be written.
    """
    from advisord.store import schema

    _not_itself(db, path)
    made = f"{path}.{os.getpid()}.part"
    try:
        name = f"file:{_quoted(os.path.abspath(made))}"
        with contextlib.closing(sqlite3.connect(name, isolation_level=None, uri=True)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            schema.migrate(copy)
            copy.execute("ATTACH ? AS source", (f"file:{_quoted(_path_of(db))}?mode=ro",))
            copy.execute("BEGIN")
            for table in _MATCHING:
                _copy(copy, table)
            copy.execute(
                "INSERT INTO package SELECT * FROM source.package"
                " WHERE id IN (SELECT package_id FROM affects) ORDER BY ecosystem, name"
            )
            copy.execute("COMMIT")
            copy.execute("DETACH source")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            copy.execute(f"PRAGMA user_version = {version}")
            copy.execute("VACUUM")
        return _put(made, path)
    except (OSError, sqlite3.Error) as exc:
        raise store_error(exc, path) from exc
    finally:
        with contextlib.suppress(OSError):
            os.unlink(made)


def backup(db: sqlite3.Connection, path: str) -> str:
    """Write a whole copy while the database is in use, and its checksum to `path`.sha256; returns the checksum.

    Nobody but its owner can read the copy, as nobody else reads the database of the service.
    Raises StoreError when the copy is damaged, because the database is: an older backup at `path` then stays.
    """
    _not_itself(db, path)
    made = f"{path}.{os.getpid()}.part"
    try:
        os.close(os.open(made, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with contextlib.closing(sqlite3.connect(made, isolation_level=None)) as copy:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            _sound(copy, path)
        return _put(made, path)
    except (OSError, sqlite3.Error) as exc:
        raise store_error(exc, path) from exc
    finally:
        with contextlib.suppress(OSError):
            os.unlink(made)


def _sound(copy: sqlite3.Connection, path: str) -> None:
    if mistakes := damage(copy):
        raise StoreError(
            f"no backup was written: the database is damaged: {mistakes[0]}",
            subject=path,
            code="store-damaged",
            hint="put an older backup back (advisord db restore FILE --replace); `advisord db verify` says more",
        )


def checksum(path: str) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(copy: sqlite3.Connection, table: str) -> None:
    columns = [name for (name,) in copy.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    chosen = ", ".join(_NOT_COPIED.get(column, column) for column in columns)
    copy.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM source.{table}")


def _put(made: str, path: str) -> str:
    """Flush, take the checksum, and move both into place: the checksum last, so that it never promises too much."""
    digest = checksum(made)
    with open(made, "rb") as file:
        os.fsync(file.fileno())
    os.replace(made, path)
    with open(f"{made}.sha256", "w", encoding="utf-8") as file:
        file.write(f"{digest}  {os.path.basename(path)}\n")
    os.replace(f"{made}.sha256", f"{path}.sha256")
    return digest


def _not_itself(db: sqlite3.Connection, path: str) -> None:
    """Raise StoreError rather than put a copy in the place of the database that it is taken from."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.samefile(path, file_of(db)):
            raise StoreError("this is the database itself", subject=path, hint="name another file for the copy")


def _path_of(db: sqlite3.Connection) -> str:
    path = file_of(db)
    if not path:
        raise StoreError("a database in memory can't be exported")
    return path


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
