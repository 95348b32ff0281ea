"""Opening a database, and what is said when that, or writing to it, can't be done."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from store_parts import damage

from advisord.errors import StoreError
from advisord.store.database import (
    SCHEMA_VERSION,
    chunks,
    in_bulk,
    marks,
    open_reader,
    open_writer,
    store_error,
    telling,
    transaction,
)


def test_made_once(tmp_path: Path) -> None:
    """With its folder; opening it again changes nothing; a reader can't write."""
    path = str(tmp_path / "folder" / "a.db")
    for _ in range(2):
        with closing(open_writer(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with closing(open_reader(path)) as db, pytest.raises(sqlite3.OperationalError) as caught:
        db.execute("DELETE FROM feed")
    assert "check the path and who may write it" in store_error(caught.value).hint


_NOBODY = 65534


@contextmanager
def _unwritable(folder: str) -> Iterator[None]:
    """Nobody may write a file there, not even the superuser, who may write everywhere."""
    os.chmod(folder, 0o500)
    superuser = os.geteuid() == 0
    if superuser:
        os.chown(folder, _NOBODY, -1)
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)
        os.chmod(folder, 0o700)


def test_on_a_read_only_medium_what_is_at_rest_is_read() -> None:
    """In WAL mode too, where a reader wants to make files; an empty log is none."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/a.db"
        with closing(open_writer(path)) as db:
            db.execute("INSERT INTO feed (name) VALUES ('osv')")
        for _ in range(2):
            with _unwritable(folder), closing(open_reader(path)) as db:
                assert db.execute("SELECT name FROM feed").fetchall() == [("osv",)]
            Path(f"{path}-wal").touch()
        assert Path(path).read_bytes()[18:20] == b"\2\2"  # in WAL mode (sqlite.org/fileformat2.html, section 1.3.3)


def test_on_a_read_only_medium_changes_that_can_t_be_read_are_told() -> None:
    """A copy beside its log would be read without what was committed last: an old answer that looks like a new one."""
    with TemporaryDirectory() as folder:
        live, path = f"{folder}/live.db", f"{folder}/a.db"
        with closing(open_writer(live)) as db:
            db.execute("INSERT INTO feed (name) VALUES ('osv')")
            for ending in ("", "-wal"):
                Path(path + ending).write_bytes(Path(live + ending).read_bytes())
        with _unwritable(folder), pytest.raises(StoreError, match="latest changes stand in ") as caught:
            open_reader(path)
        assert "advisord db backup" in caught.value.hint


def test_no_database(tmp_path: Path) -> None:
    """A reader makes none."""
    with pytest.raises(StoreError, match="no advisory database yet") as caught:
        open_reader(str(tmp_path / "a.db"))
    assert caught.value.code == "no-data"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opening", [open_writer, open_reader])
def test_something_else(tmp_path: Path, opening: object) -> None:
    """A file that is no database, one of a newer release, a folder."""
    path = tmp_path / "a.db"
    path.write_text("this is no database, and long enough to be seen as none " * 20)
    with pytest.raises(StoreError) as damaged:
        opening(str(path))  # type: ignore[operator]
    assert damaged.value.code == "store-damaged"
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 999")
        db.execute("CREATE TABLE x (y)")
    with pytest.raises(StoreError, match="newer than this release"):
        opening(str(path))  # type: ignore[operator]
    with pytest.raises(StoreError):
        opening(str(tmp_path))  # type: ignore[operator]


def test_an_empty_file_has_no_schema(tmp_path: Path) -> None:
    """A reader says what to do; a writer does it."""
    path = tmp_path / "a.db"
    path.touch()
    with pytest.raises(StoreError, match="schema 0"):
        open_reader(str(path))
    open_writer(str(path)).close()
    open_reader(str(path)).close()


def test_a_place_where_nothing_can_be_written() -> None:
    """One sentence and what to check."""
    with pytest.raises(StoreError, match="can't be opened") as caught:
        open_writer("/proc/advisord/a.db")
    assert "who may write it" in caught.value.hint


def test_a_transaction_is_all_or_nothing(db: sqlite3.Connection) -> None:
    """Whatever it fails of."""

    def interrupted() -> None:
        with transaction(db):
            db.execute("INSERT INTO feed (name) VALUES ('x')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert db.execute("SELECT count(*) FROM feed").fetchone() == (0,)
    with transaction(db):
        db.execute("INSERT INTO feed (name) VALUES ('x')")
    assert db.execute("SELECT count(*) FROM feed").fetchone() == (1,)


def test_a_full_disk(db: sqlite3.Connection) -> None:
    """The transaction is undone, and the error says that there is no space."""
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 1}")
    with pytest.raises(sqlite3.OperationalError) as caught, transaction(db):
        db.executemany("INSERT INTO feed (name) VALUES (?)", ((f"{n}" * 500,) for n in range(200)))
    error = store_error(caught.value, "a.db")
    assert (error.code, error.retryable) == ("disk-full", True)
    assert db.execute("SELECT count(*) FROM feed").fetchone() == (0,)


def test_what_only_sounds_like_a_full_disk() -> None:
    """A name with `full` in it says nothing about the disk; quotas and limits do."""
    denied = store_error(PermissionError(13, "Permission denied", "/srv/fullstack/a.db"))
    assert (denied.code, denied.retryable) == ("store", False)
    for number in (27, 28, 122):  # EFBIG, ENOSPC, EDQUOT
        assert store_error(OSError(number, "x")).code == "disk-full"


def test_a_log_that_was_taken_away(tmp_path: Path) -> None:
    """Whoever opens the database then learns that it can't be read, and not that the disk is full."""
    path = tmp_path / "a.db"
    with closing(open_writer(str(path))):
        for end in ("-wal", "-shm"):
            (tmp_path / f"a.db{end}").unlink()
        with pytest.raises(StoreError) as caught:
            open_reader(str(path))
    assert caught.value.code == "store-unreadable"
    assert "(-wal, -shm) taken away?" in caught.value.hint


def test_an_error_names_the_database(tmp_path: Path) -> None:
    """Also one that comes long after it was opened."""
    path = str(tmp_path / "a.db")
    open_writer(path).close()
    damage(path, "feed")
    with pytest.raises(StoreError) as caught, telling(path), closing(open_reader(path)) as db:
        db.execute("SELECT * FROM feed").fetchall()
    assert (caught.value.code, caught.value.subject) == ("store-damaged", path)


def test_a_locked_database() -> None:
    """Another process holds it: that is temporary."""
    error = store_error(sqlite3.OperationalError("database is locked"))
    assert (error.code, error.retryable) == ("store-locked", True)


def test_parts() -> None:
    """Every value once, in order, never too many at a time."""
    parts = list(chunks(list(range(1201))))
    assert [value for part in parts for value in part] == list(range(1201))
    assert max(map(len, parts)) <= 999
    assert marks([1, 2, 3]) == "?,?,?"


def test_a_bulk_writes_the_log_less_often(tmp_path: Path) -> None:
    """What was committed counts at once; afterwards the log is written to the file as often as usual."""
    path = tmp_path / "a.db"
    with closing(open_writer(str(path))) as db:
        pages = db.execute("PRAGMA wal_autocheckpoint").fetchone()
        with in_bulk(db):
            assert db.execute("PRAGMA wal_autocheckpoint").fetchone() > pages
            with transaction(db):
                db.execute("INSERT INTO package (ecosystem, name) VALUES ('npm', 'p')")
        assert db.execute("PRAGMA wal_autocheckpoint").fetchone() == pages
        with closing(open_reader(str(path))) as reader:
            assert reader.execute("SELECT name FROM package").fetchall() == [("p",)]
