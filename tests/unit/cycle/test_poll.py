"""Bringing a feed up to date: what is written of a poll itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from feed_parts import Bucket

from advisord.cycle.poll import poll
from advisord.feeds.osv import OsvFeed
from advisord.feeds.source import FolderSource
from advisord.scan import trust
from advisord.store import feeds
from advisord.store.database import open_writer

_DAYS = [f"2026-11-0{day}T00:00:00Z" for day in range(1, 6)]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    with closing(open_writer(str(tmp_path / "a.db"))) as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """OSV's layout with two ecosystems."""
    for ecosystem in ("npm", "PyPI"):
        bucket = Bucket(ecosystem)
        bucket.add("A-1")
        bucket.write(tmp_path / "osv")
    return tmp_path / "osv"


def ask(db: sqlite3.Connection, folder: Path, now: str, *ecosystems: str) -> str:
    """Poll these ecosystems; the problem's code."""
    problem = poll(db, OsvFeed(FolderSource(str(folder)), ecosystems=ecosystems), str(folder), now).problem
    return problem.code if problem else ""


def covered(db: sqlite3.Connection) -> dict[str, str]:
    """As of when each ecosystem is."""
    return {ecosystem: as_of for _, ecosystem, as_of, _ in feeds.coverage(db)}


def test_an_unchanged_poll_is_one_row(db: sqlite3.Connection, folder: Path) -> None:
    """It says when the feed was asked and found as it was; every ecosystem is as of then."""
    ask(db, folder, _DAYS[0], "npm", "PyPI")
    before = db.total_changes
    ask(db, folder, _DAYS[1], "npm", "PyPI")
    assert db.total_changes - before == 1
    (state,) = feeds.states(db)
    assert (state.as_of, state.attempted) == (_DAYS[1], _DAYS[1])
    assert covered(db) == {"npm": _DAYS[1], "PyPI": _DAYS[1]}


def test_what_was_not_asked_about_stays_as_old_as_it_is(db: sqlite3.Connection, folder: Path) -> None:
    """A poll of some ecosystems says nothing of the others, changed or not."""
    ask(db, folder, _DAYS[0], "npm", "PyPI")
    ask(db, folder, _DAYS[1], "npm", "PyPI")
    ask(db, folder, _DAYS[2], "PyPI")
    assert covered(db) == {"npm": _DAYS[1], "PyPI": _DAYS[2]}
    ask(db, folder, _DAYS[3], "PyPI")
    assert covered(db) == {"npm": _DAYS[1], "PyPI": _DAYS[3]}
    ask(db, folder, _DAYS[4], "npm", "PyPI")
    assert covered(db) == {"npm": _DAYS[4], "PyPI": _DAYS[4]}


def test_a_poll_that_fails(db: sqlite3.Connection, folder: Path) -> None:
    """The attempt is noted, and the data are as old as they were, but for what was read completely."""
    ask(db, folder, _DAYS[0], "npm", "PyPI")
    bucket = Bucket("PyPI")
    bucket.add("A-2")
    bucket.write(folder)
    (folder / "npm" / "modified_id.csv").write_bytes(b"")
    assert ask(db, folder, _DAYS[1], "npm", "PyPI") == "suspect-feed"
    (state,) = feeds.states(db)
    assert (state.as_of, state.attempted, state.error_code) == (_DAYS[0], _DAYS[1], "suspect-feed")
    assert covered(db) == {"npm": _DAYS[0], "PyPI": _DAYS[1]}


def test_one_ecosystem_that_is_not_believed(db: sqlite3.Connection, folder: Path) -> None:
    """The others, changed or not, are as of the poll, and no doubt falls on them; what was not reached stays as it was."""
    ask(db, folder, _DAYS[0], "npm", "PyPI")
    (folder / "npm" / "modified_id.csv").write_bytes(b"")
    for day in _DAYS[1:4]:
        assert ask(db, folder, day, "npm", "PyPI") == "suspect-feed"
        assert feeds.coverage(db) == [
            ("osv", "PyPI", day, ""),
            ("osv", "npm", _DAYS[0], "suspect-feed"),
        ]
    doubts = {ecosystem: trust(db, [ecosystem], lambda _: 0.0, None)[0] for ecosystem in ("npm", "PyPI")}
    assert ([problem.code for problem in doubts["npm"]], doubts["PyPI"]) == (["suspect-feed"], [])
    bucket = Bucket("npm")
    bucket.add("A-1")
    bucket.write(folder)
    assert ask(db, folder, _DAYS[4], "npm", "PyPI") == ""
    assert feeds.coverage(db) == [("osv", "PyPI", _DAYS[4], ""), ("osv", "npm", _DAYS[4], "")]
