"""Migrations, shown by one that is made up: forward, once, all or nothing, whoever else comes and whatever dies."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from schema_text import FOLDER, fill
from sqlite_utils import Database, Migrations
from store_parts import dump

from advisord.errors import StoreError
from advisord.store import database, schema

FROZEN = sorted(FOLDER.glob("schema-*.sql"))


def filled(path: Path) -> str:
    """A database of this release with something in it; what is in it."""
    with closing(database.open_writer(str(path))) as db:
        fill(db)
        return dump(db)


def add_column(db: Database) -> None:
    """The made-up migration: a column, filled from what is there, and an index."""
    db.execute("ALTER TABLE advisory ADD COLUMN shout TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE advisory SET shout = upper(record)")
    db.execute("CREATE INDEX advisory_shout ON advisory (shout)")


def next_release(patch: pytest.MonkeyPatch, migration: Callable[[Database], None] = add_column) -> None:
    """From now on this is a release whose schema is one migration further."""
    further = Migrations("advisord")
    further(name="first")(schema.first)
    further(name="made up")(migration)
    patch.setattr(schema, "migrations", further)
    patch.setattr(database, "SCHEMA_VERSION", database.SCHEMA_VERSION + 1)


def shape(path: Path) -> list[tuple[str, str]]:
    """Every table, index and trigger as SQL, and the version."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name").fetchall()
        return [*rows, ("version", str(db.execute("PRAGMA user_version").fetchone()[0]))]


def columns(path: Path) -> dict[str, list[object]]:
    """What the tables and indexes are made of, however they came to be."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            indexes = db.execute(
                f"SELECT name, \"unique\", partial FROM pragma_index_list('{name}') ORDER BY name"
            ).fetchall()
            inside = [db.execute(f"SELECT name FROM pragma_index_info('{index[0]}')").fetchall() for index in indexes]
            of_table = db.execute(f"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo('{name}')")
            found[name] = [of_table.fetchall(), *zip(indexes, inside, strict=True)]
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name").fetchall()
        return {**found, "triggers": list(triggers)}


@pytest.mark.parametrize("frozen", FROZEN, ids=[path.stem for path in FROZEN])
def test_every_released_schema_is_opened(frozen: Path, tmp_path: Path) -> None:
    """It becomes what a fresh one is, with what it held."""
    path, fresh = tmp_path / "a.db", tmp_path / "fresh.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(frozen.read_text(encoding="utf-8"))
    expected = filled(fresh)
    with closing(database.open_writer(str(path))) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert dump(db) == expected
    assert columns(path) == columns(fresh)


def test_the_schema_of_today_is_written_down(tmp_path: Path) -> None:
    """To the letter: migrations that were released do not change any more, what changes a schema is a further one.

    While a schema is not released, `python tests/support/schema_text.py` writes it down anew.
    """
    with closing(sqlite3.connect(tmp_path / "a.db")) as db:
        db.executescript((FOLDER / f"schema-{database.SCHEMA_VERSION}.sql").read_text(encoding="utf-8"))
    database.open_writer(str(tmp_path / "fresh.db")).close()
    assert shape(tmp_path / "a.db") == shape(tmp_path / "fresh.db"), "see docs/architecture.md, The database"


def test_forward_with_everything_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was stored is there; opening it again changes nothing; the release before refuses it and says so."""
    path = tmp_path / "a.db"
    before = filled(path)
    with monkeypatch.context() as patch:
        next_release(patch)
        with pytest.raises(StoreError, match="this release reads") as old:
            database.open_reader(str(path))
        assert "migrates" in old.value.hint
        for _ in range(2):
            with closing(database.open_writer(str(path))) as db:
                assert dump(db) == before
                assert db.execute("SELECT shout FROM advisory").fetchall() == [("GHSA-1",)]
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        migrated = shape(path)
        database.open_writer(str(tmp_path / "fresh.db")).close()
        assert {name for name, _ in shape(tmp_path / "fresh.db")} == {name for name, _ in migrated}
    for opening in (database.open_writer, database.open_reader):
        with pytest.raises(StoreError, match="newer than this release knows"):
            opening(str(path))
    assert shape(path) == migrated


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release before can go on with it."""
    path = tmp_path / "a.db"
    before, known = filled(path), shape(path)

    def broken(db: Database) -> None:
        add_column(db)
        db.execute("INSERT INTO nowhere VALUES (1)")

    with monkeypatch.context() as patch:
        next_release(patch, broken)
        with pytest.raises(StoreError, match="no such table: nowhere"):
            database.open_writer(str(path))
    assert shape(path) == known
    with closing(database.open_writer(str(path))) as db:
        assert dump(db) == before


def test_killed_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is there; the next one does all of it."""
    path = tmp_path / "a.db"
    before, known = filled(path), shape(path)
    child = os.fork()
    if child == 0:

        def killed(db: Database) -> None:
            add_column(db)
            os.kill(os.getpid(), signal.SIGKILL)

        next_release(monkeypatch, killed)
        database.open_writer(str(path))
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert shape(path) == known
    next_release(monkeypatch)
    with closing(database.open_writer(str(path))) as db:
        assert dump(db) == before
        assert db.execute("SELECT shout FROM advisory").fetchall() == [("GHSA-1",)]


def test_several_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One migrates, the others wait for it; all of them work."""
    path = tmp_path / "a.db"
    before = filled(path)
    times: list[int] = []
    found: list[str] = []
    start = Barrier(4)

    def once(db: Database) -> None:
        times.append(1)
        add_column(db)

    def opens() -> None:
        start.wait()
        with closing(database.open_writer(str(path))) as db:
            found.append(dump(db))

    next_release(monkeypatch, once)
    threads = [Thread(target=opens) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (times, found) == ([1], [before] * 4)


def test_who_reads_meanwhile_sees_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is being answered is answered from what was."""
    path = tmp_path / "a.db"
    before = filled(path)
    with closing(database.open_reader(str(path))) as reader, database.reading(reader):
        assert dump(reader) == before
        next_release(monkeypatch)
        database.open_writer(str(path)).close()
        assert dump(reader) == before
        assert "shout" not in {row[1] for row in reader.execute("PRAGMA table_info(advisory)")}


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    """A path that is a mistake gets no tables of ours."""
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (x)")
        db.commit()
    known = shape(path)
    with pytest.raises(StoreError, match="another program's database"):
        database.open_writer(str(path))
    assert shape(path) == known
