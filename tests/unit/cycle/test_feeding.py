"""The feeds of a configuration, one after the other."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from feed_parts import Bucket
from tracking import Clock

from advisord.cycle.feeding import Feeding
from advisord.cycle.plugs import Plugs
from advisord.settings import FeedSettings
from advisord.store import feeds
from advisord.store.database import open_writer


class World:
    """OSV's layout in a folder, and how it is polled."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.folder = folder / "osv"
        self.said: list[str] = []
        clock = Clock()
        self.feeding = Feeding(db, Plugs(str(folder), clock), clock, self.said.append, None)
        self.db = db

    def put(self, *records: str, modified: str = "2026-05-01T00:00:00Z") -> None:
        """These are the records."""
        bucket = Bucket("npm")
        for record in records:
            bucket.add(record, modified=modified)
        bucket.write(self.folder)

    def poll(self, name: str = "osv", source: str = "", **more: object) -> list[str]:
        """Bring it up to date; the codes of what is wrong."""
        settings = FeedSettings.model_validate({"source": source or str(self.folder), **more})
        return [problem.code for problem in self.feeding.feed(name, settings)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty store."""
    with closing(open_writer(str(tmp_path / "x.db"))) as db:
        yield World(tmp_path, db)


def test_a_feed_that_has_come_to_rest_is_told_once(world: World) -> None:
    """Not in every poll of a daemon; a new record that is as old tells it again."""
    world.put(*(f"A-{number}" for number in range(60)), modified="2020-01-01T00:00:00Z")
    for _ in range(3):
        assert world.poll(ecosystems=["npm"]) == []
    told = "note: osv: its newest record is of 2020-01-01: is"
    assert len([line for line in world.said if line.startswith(told)]) == 1


def test_what_can_not_be_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing token is stored with the feed, and said."""
    monkeypatch.delenv("NO_TOKEN", raising=False)
    (code,) = world.poll("github", "https://github.example", token_env="NO_TOKEN")
    (state,) = feeds.states(world.db)
    assert (state.name, state.error_code) == ("github", code)
    assert world.said[-1].startswith("error: github: ")


def test_without_a_wish_nothing_locked(world: World) -> None:
    """All of OSV is asked for when nothing is known to be locked: what the folder has."""
    world.put("A-1")
    assert world.poll() == []
    assert [ecosystem for _, ecosystem, _, _ in feeds.coverage(world.db)] == ["npm"]
