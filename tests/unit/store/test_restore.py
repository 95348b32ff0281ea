"""Putting a backup in the place of the database: checked before, and nothing is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from store_parts import advisory, affects, dump, span

from advisord.errors import StoreError
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.store.export import backup, export
from advisord.store.lease import Lease
from advisord.store.lockfiles import repository_id
from advisord.store.restore import restore

NOW = "2026-01-01T00:00:00Z"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A backup of a database with one record and one repository."""
    with closing(open_writer(str(tmp_path / "original.db"))) as db:
        write_page(db, "osv", NOW, advisories=[advisory("A-1", affects("p", span()))])
        repository_id(db, "shop")
        backup(db, str(tmp_path / "saved.db"))
    return tmp_path / "saved.db"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A database of a process that was killed: what it wrote last is in its log alone."""
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / "a.db"
    with closing(open_writer(str(tmp_path / "killed.db"))) as db:
        repository_id(db, "newest")
        for end in ("", "-wal"):
            Path(f"{path}{end}").write_bytes(Path(f"{tmp_path / 'killed.db'}{end}").read_bytes())
    return path


def repositories(path: Path) -> list[str]:
    """The names of the repositories in a database."""
    with closing(open_writer(str(path))) as db:
        return [name for (name,) in db.execute("SELECT name FROM repository")]


def test_it_takes_the_place(saved: Path, there: Path, tmp_path: Path) -> None:
    """Of the one that was there, which is kept whole, with what was in its log."""
    kept = there.with_name("kept.db")
    assert restore(str(saved), str(there), str(kept)).replaced
    assert repositories(there) == ["shop"]
    assert repositories(kept) == ["newest"]
    with closing(open_writer(str(there))) as new, closing(open_writer(str(tmp_path / "original.db"))) as old:
        assert dump(new) == dump(old)
    assert (there.stat().st_mode & 0o777) == 0o600
    assert sorted(path.name for path in there.parent.iterdir()) == ["a.db", "kept.db"]


def test_where_there_was_none(saved: Path, tmp_path: Path) -> None:
    """With its folder; a log that another database left there is not taken for this one's."""
    path = tmp_path / "new" / "a.db"
    path.parent.mkdir()
    Path(f"{path}-wal").write_bytes(b"a log of another database")
    assert not restore(str(saved), str(path), str(tmp_path / "new" / "kept.db")).replaced
    assert repositories(path) == ["shop"]
    assert not restore(str(saved), str(tmp_path / "deep" / "er" / "a.db"), "unused").replaced


def test_what_is_no_backup_changes_nothing(saved: Path, there: Path, tmp_path: Path) -> None:
    """Cut, changed, without its checksum's agreement, an export, another program's, of the future, or not there."""
    whole = saved.read_bytes()
    tried = tmp_path / "tried.db"

    def refused(told: str, content: bytes | None = None, checksum: str = "") -> None:
        if content is not None:
            tried.write_bytes(content)
        if checksum:
            Path(f"{tried}.sha256").write_text(checksum)
        with pytest.raises(StoreError, match=told):
            restore(str(tried), str(there), str(tmp_path / "kept.db"))
        assert sorted(path.name for path in there.parent.glob("*.part*")) == []
        assert not (tmp_path / "kept.db").exists()
        assert repositories(there) == ["newest"]

    refused("no such file")
    refused("checksum", whole, "0" * 64 + "  tried.db\n")
    refused("checksum", whole, "\n")
    Path(f"{tried}.sha256").unlink()
    refused("damaged|malformed", whole[: len(whole) // 2])
    refused("damaged", b"no database" * 1000)
    with closing(sqlite3.connect(tried)) as db:
        tried.write_bytes(whole)
        db.execute("UPDATE advisory SET vulnerability = 'X'")
        db.commit()
    refused("damaged: ")
    with closing(open_writer(str(saved))) as db:
        export(db, str(tried))
    refused("export for scans")
    Path(f"{tried}.sha256").unlink()
    tried.unlink()
    with closing(sqlite3.connect(tried)) as db:
        db.execute("CREATE TABLE x (y)")
    refused("another program's database")
    with closing(sqlite3.connect(tried)) as db:
        db.execute("PRAGMA user_version = 999")
    refused("newer than this release")


def test_not_while_somebody_works_on_it(saved: Path, there: Path, tmp_path: Path) -> None:
    """Who holds the lease is named; once it is given back, nothing is in the way."""
    with closing(open_writer(str(there))) as db:
        lease = Lease(db, "daemon")
        assert lease.claim(60)
        with pytest.raises(StoreError, match="advisord works on this store: process") as caught:
            restore(str(saved), str(there), str(tmp_path / "kept.db"))
        assert caught.value.code == "store-held"
        assert lease.claim(60)
        lease.release()
    assert restore(str(saved), str(there), str(tmp_path / "run" / "kept.db"))


def test_over_a_damaged_one(saved: Path, there: Path) -> None:
    """That is what a backup is for; the damaged one is kept for who wants to look."""
    there.write_bytes(b"damaged" * 1000)
    Path(f"{there}-wal").unlink()
    assert restore(str(saved), str(there), str(there.with_name("kept.db")))
    assert repositories(there) == ["shop"]
    assert there.with_name("kept.db").read_bytes() == b"damaged" * 1000
