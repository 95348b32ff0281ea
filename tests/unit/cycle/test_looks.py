"""Which repositories need no new look."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_parts import advisory, affects, lock, span

from advisord.cycle.looks import Concerned, Look, look, same
from advisord.scope.compiled import CompiledPolicy
from advisord.store import feeds, lockfiles
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.times import stamp

NOW = datetime(2026, 5, 1, tzinfo=UTC)
POLICY = CompiledPolicy("shop", ())
HOUR = 3600.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A repository that locks one package of a feed that is fresh."""
    with closing(open_writer(str(tmp_path / "x.db"))) as connection:
        write_page(
            connection, "osv", stamp(NOW), advisories=[advisory("A-1", affects("p", span()))], ecosystems=["npm"]
        )
        feeds.succeeded(connection, "osv", stamp(NOW), {"npm"})
        lock(connection, "a", ("npm", "p", "1.0.0"))
        for name, oid in (("shop", "a"), ("idle", "")):
            held = [("package-lock.json", oid, "npm")] if oid else []
            reading = lockfiles.RefReading("HEAD", "c", held)
            assert lockfiles.set_places(connection, lockfiles.repository_id(connection, name), stamp(NOW), [reading])
        yield connection


def at(db: sqlite3.Connection, name: str = "shop", later: float = 0, **changes: Any) -> Look:
    """How things stand some seconds later."""
    given: dict[str, Any] = {
        "policy": POLICY,
        "settings": 1,
        "now": NOW + timedelta(seconds=later),
        "max_age": 1e9,
    } | changes
    return look(db, name, **given)


def unchanged(db: sqlite3.Connection, before: Look, now: Look, name: str = "shop") -> bool:
    """Whether the repository may be left alone."""
    return same(name, before, now, HOUR, Concerned(db))


def test_nothing_has_changed(db: sqlite3.Connection) -> None:
    """Until the time is up: what nobody notices is looked at again then."""
    before = at(db)
    assert unchanged(db, before, at(db, later=HOUR - 1))
    assert not unchanged(db, before, at(db, later=HOUR))


@pytest.mark.parametrize("changes", [{"policy": CompiledPolicy("other", ())}, {"settings": 2}])
def test_what_an_issue_depends_on(db: sqlite3.Connection, changes: dict[str, Any]) -> None:
    """Another policy or other settings are looked at."""
    assert not unchanged(db, at(db), at(db, **changes))


def test_another_commit(db: sqlite3.Connection) -> None:
    """And a ref that is read no more."""
    before = at(db)
    for reading in ([lockfiles.RefReading("HEAD", "c2", [])], []):
        lockfiles.set_places(db, lockfiles.repository_id(db, "shop"), stamp(NOW), reading)
        assert not unchanged(db, before, at(db))


def test_data_that_became_doubtful(db: sqlite3.Connection) -> None:
    """A feed that fell silent, or whose data became too old, is looked at, so that it is told; so is one that recovered."""
    fresh = at(db)
    assert fresh.doubts == []
    silent = at(db, later=HOUR - 1, max_age=HOUR - 2)
    assert not unchanged(db, fresh, silent)
    feeds.succeeded(db, "osv", stamp(NOW + timedelta(seconds=HOUR)))
    assert not unchanged(db, silent, at(db, later=HOUR, max_age=HOUR - 2))


def test_only_whom_a_change_concerns(db: sqlite3.Connection) -> None:
    """A record about what a repository locks wakes it; another one wakes nobody."""
    before = at(db), at(db, "idle")
    write_page(db, "osv", stamp(NOW), advisories=[advisory("A-2", affects("elsewhere", span()))])
    assert unchanged(db, before[0], at(db))
    write_page(db, "osv", stamp(NOW), advisories=[advisory("A-3", affects("p", span()))])
    concerned = Concerned(db)
    assert not same("shop", before[0], at(db), HOUR, concerned)
    assert same("idle", before[1], at(db, "idle"), HOUR, concerned)
    assert same("shop", at(db), at(db), HOUR, concerned)
