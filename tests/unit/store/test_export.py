"""Copies of a database: whole, checked, and never in the place of what they are taken from."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from store_parts import advisory, affects, damage, lock, span

from advisord.errors import StoreError
from advisord.store import lockfiles, matches, upkeep
from advisord.store.advisories import write_page
from advisord.store.database import file_of, open_reader, transaction
from advisord.store.export import backup, checksum, export

NOW = "2026-01-01T00:00:00Z"
COPIES = pytest.mark.parametrize("copy", [export, backup])


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    """One advisory, one package that it affects, one that only a lockfile holds, and a repository."""
    write_page(db, "osv", NOW, advisories=[advisory("A-1", affects("p", span("0", "2.0.0")), aliases=["CVE-1"])])
    lock(db, "a", ("npm", "p", "1.0.0"), ("npm", "secret-project", "1.0.0"))
    lockfiles.repository_id(db, "shop")
    return db


def test_an_export_matches_as_the_original(filled: sqlite3.Connection, tmp_path: Path) -> None:
    """It knows what matching needs and nothing of whom it belongs to; one file, sound, without a journal."""
    path = tmp_path / "export.db"
    export(filled, str(path))
    assert sorted(file.name for file in tmp_path.glob("export*")) == ["export.db", "export.db.sha256"]
    assert b"secret-project" not in path.read_bytes()
    with closing(open_reader(str(path))) as copy:
        packages = matches.known_packages(copy, [("npm", "p"), ("npm", "secret-project")])
        assert list(packages) == [("npm", "p")]
        (record,) = matches.records(copy, packages["npm", "p"], "A-1")
        assert record.intervals == matches.records(filled, packages["npm", "p"], "A-1")[0].intervals != ()
        assert matches.members(copy, "A-1") == ("A-1", "CVE-1")
        for table in ("repository", "blob", "version", "hit", "audit", "document"):
            assert copy.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert upkeep.verify(copy) == []


def test_a_backup_is_whole(filled: sqlite3.Connection, tmp_path: Path) -> None:
    """Also while another process writes: what is committed is in it, and nothing else; it is as private as the original."""
    with transaction(filled):
        filled.execute("INSERT INTO feed (name) VALUES ('committed')")
    path = str(tmp_path / "backup.db")
    backup(filled, path)
    with closing(open_reader(path)) as copy:
        assert list(copy.iterdump()) == list(filled.iterdump())
    assert Path(path).stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_is_not_backed_up(filled: sqlite3.Connection, tmp_path: Path) -> None:
    """The backup that is there, which may be the last good one, stays with its checksum; nothing else is left."""
    path, copy = file_of(filled), tmp_path / "backup" / "b.db"
    copy.parent.mkdir()
    digest = backup(filled, str(copy))
    filled.close()
    damage(path, "document")  # a table that work goes on without for long
    with closing(open_reader(path)) as db, pytest.raises(StoreError, match="the database is damaged") as caught:
        backup(db, str(copy))
    assert caught.value.code == "store-damaged"
    assert checksum(str(copy)) == digest
    assert sorted(file.name for file in copy.parent.iterdir()) == ["b.db", "b.db.sha256"]


@COPIES
def test_the_checksum(
    filled: sqlite3.Connection, tmp_path: Path, copy: Callable[[sqlite3.Connection, str], str]
) -> None:
    """It is that of the file's bytes, as `sha256sum --check` reads it; another copy replaces both."""
    path = tmp_path / "copy?#%.db"
    for _ in range(2):
        digest = copy(filled, str(path))
        assert digest == checksum(str(path)) == hashlib.sha256(path.read_bytes()).hexdigest()
        assert Path(f"{path}.sha256").read_text() == f"{digest}  {path.name}\n"
        write_page(filled, "osv", NOW, advisories=[advisory("A-2", affects("q", span()))])


@COPIES
def test_never_onto_itself(
    filled: sqlite3.Connection, tmp_path: Path, copy: Callable[[sqlite3.Connection, str], str]
) -> None:
    """By no name: what runs on it would lose everything."""
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    for name in ("a.db", "link.db", "../" + tmp_path.name + "/a.db"):
        with pytest.raises(StoreError, match="the database itself"):
            copy(filled, str(tmp_path / name))
    assert upkeep.verify(filled) == []
    assert filled.execute("SELECT name FROM repository").fetchall() == [("shop",)]


@COPIES
def test_nothing_is_left_of_one_that_fails(
    filled: sqlite3.Connection, tmp_path: Path, copy: Callable[[sqlite3.Connection, str], str]
) -> None:
    """One error of ours; no part of a file, and what stood there stays."""
    with pytest.raises(StoreError):
        copy(filled, str(tmp_path / "nowhere" / "copy.db"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError):
        copy(filled, str(tmp_path / "folder"))
    assert not list(tmp_path.glob("*.part*"))
    assert (tmp_path / "folder").is_dir()
