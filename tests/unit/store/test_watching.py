"""Repositories that are not watched any more: kept apart from what is true now, and forgotten in time."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisord.store import audit, health, upkeep, views, watching
from advisord.store.database import open_writer, transaction
from advisord.store.documents import packed
from advisord.store.lockfiles import repository_id

THEN, NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Two repositories, each with one finding in scope, an issue, and a reading."""
    with contextlib.closing(open_writer(str(tmp_path / "x.db"))) as connection:
        for name in ("shop", "vault"):
            number = repository_id(connection, name)
            with transaction(connection):
                connection.execute(
                    "INSERT INTO snapshot VALUES (?, ?, 'npm', 'left-pad', 'CVE-1', 'GHSA-1', 'vulnerability', 'in',"
                    " 'high', 1, 0, 'r', '1.0.0', 1, '', 's', ?, 'w')",
                    (number, number, THEN),
                )
                connection.execute("INSERT INTO snapshot_body VALUES (?, ?)", (number, packed(b"{}")))
                connection.execute(
                    "INSERT INTO issue VALUES (?, 't', 'k', '1', '', '', '[]', '', 'open', '')", (number,)
                )
                connection.execute("INSERT INTO reading VALUES (?, 'HEAD', 'c', '[]', '[]')", (number,))
        yield connection


def test_what_is_watched_stays(db: sqlite3.Connection) -> None:
    """Nothing is written."""
    before = db.total_changes
    assert watching.watch(db, ["shop", "vault"], NOW) == []
    assert db.total_changes == before
    assert watching.unwatched(db) == []


def test_what_is_not_watched_any_more(db: sqlite3.Connection) -> None:
    """Its findings count no more, and are shown as those of that time; its issue stays; it is said once, and recorded."""
    assert watching.watch(db, ["vault"], NOW) == ["shop"]
    assert watching.watch(db, ["vault"], LATER) == []
    (gone,) = watching.unwatched(db)
    assert gone == ("shop", NOW, (watching.Last("npm", "left-pad", "1.0.0", "GHSA-1", "in", "high"),))
    assert [row[:2] for row in views.counts(db, [])] == [("in", "high")]
    assert views.findings(db, views.Filter(), "worst", NOW, 10, 0)[0] == 1
    assert [one.name for one in views.repositories(db)] == ["vault"]
    (standing,) = views.repositories(db, repository_id(db, "shop"))
    assert standing.error == f"no longer watched since {NOW}"
    assert [one.name for one in health.repositories(db)] == [one.name for one in health.readings(db)] == ["vault"]
    assert views.history(db, "", "in") == [(NOW[:10], 0, 1)]
    assert db.execute("SELECT count(*) FROM issue WHERE state = 'open'").fetchone() == (2,)
    assert audit.verify(db).problem == ""


def test_watched_again(db: sqlite3.Connection) -> None:
    """It is as any other one."""
    watching.watch(db, ["vault"], NOW)
    watching.watch(db, ["shop", "vault"], LATER)
    assert watching.unwatched(db) == []
    assert [one.name for one in views.repositories(db)] == ["shop", "vault"]


def test_forgotten_in_time(db: sqlite3.Connection) -> None:
    """Pruning forgets those that were not watched for long enough, with everything but the audit log."""
    watching.watch(db, ["vault"], NOW)
    assert upkeep.prune(db, NOW).repositories == 0
    assert upkeep.prune(db, LATER).repositories == 1
    assert [one.name for one in views.repositories(db)] == ["vault"]
    assert db.execute("SELECT count(*) FROM issue").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM reading").fetchone() == (1,)
    assert upkeep.verify(db) == []
    assert audit.verify(db).problem == ""
