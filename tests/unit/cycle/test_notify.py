"""Noticing how feeds and repositories are, and sending: what is not due costs nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advisord.cycle import notify
from advisord.cycle.plugs import Plugs
from advisord.model.notice import Event
from advisord.settings import Settings
from advisord.store import feeds, lockfiles, notices, trouble
from advisord.store.database import open_writer

SETTINGS = Settings.model_validate({"notifications": {"chat": {"kind": "chat", "url_env": "NOT_SET"}}})
NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """An empty store."""
    with closing(open_writer(":memory:")) as connection:
        yield connection


def waiting(db: sqlite3.Connection) -> list[tuple[Event, str]]:
    """What the channel is to be told of health: the event, and how it is."""
    notify.tell_health(db, SETTINGS, NOW)
    found = []
    queue = notices.Queue(db, "chat")
    while parcel := queue.take("now", 1, "9999"):
        found.append((parcel.notices[0].event, parcel.notices[0].data["state"]))
        queue.delivered(parcel.id, "now")
    return found


def test_a_feed_that_fails_for_a_while_is_not_told(db: sqlite3.Connection) -> None:
    """Only when it has failed for longer than data are trusted; once; and that it is well again."""
    feeds.attempt(db, "osv", "x", "2026-03-01T00:00:00Z")
    feeds.succeeded(db, "osv", "2026-03-01T00:00:00Z")
    feeds.attempt(db, "osv", "x", "2026-03-01T23:00:00Z")
    feeds.failed(db, "osv", "connection", "no answer")
    assert waiting(db) == []
    feeds.attempt(db, "osv", "x", "2026-03-02T01:00:00Z")
    assert waiting(db) == [(Event.FEED_FAILING, "stale")]
    assert waiting(db) == []
    feeds.succeeded(db, "osv", "2026-03-02T02:00:00Z")
    assert waiting(db) == [(Event.FEED_RECOVERED, "ok")]


def test_a_feed_that_nobody_asks_for_is_not_told(db: sqlite3.Connection) -> None:
    """However old it is: it was taken out of the configuration, or the machine was off."""
    feeds.attempt(db, "osv", "x", "2020-03-01T00:00:00Z")
    feeds.succeeded(db, "osv", "2020-03-01T00:00:00Z")
    assert waiting(db) == []


def test_what_is_not_believed_and_what_never_came_is_told_at_once(db: sqlite3.Connection) -> None:
    """A feed that shrank; a repository whose address or token is wrong from the beginning."""
    feeds.attempt(db, "osv", "x", "2026-03-01T00:00:00Z")
    feeds.failed(db, "osv", "suspect-feed", "it lost half of its records")
    lockfiles.mark_failed(db, lockfiles.repository_id(db, "shop"), "2026-03-01T00:00:00Z", "denied", "no such token")
    assert waiting(db) == [(Event.FEED_FAILING, "suspect"), (Event.REPOSITORY_FAILING, "unreadable")]


def test_what_stands_in_the_way_of_a_repository(db: sqlite3.Connection) -> None:
    """It is told when a second step has not overcome it; that it is well again, at once; what can't be read comes first."""
    shop = lockfiles.repository_id(db, "shop")
    lockfiles.mark_read(db, shop, "2026-03-09T23:00:00Z")
    broken = trouble.Trouble(trouble.State.UNJUDGED, "settings", "no such scope")
    trouble.settle(db, shop, broken, "2026-03-09T23:50:00Z")
    assert waiting(db) == []
    trouble.settle(db, shop, None, "2026-03-09T23:50:00Z")
    trouble.settle(db, shop, broken, "2026-03-09T23:45:00Z")
    assert waiting(db) == [(Event.REPOSITORY_FAILING, "unjudged")]
    trouble.settle(db, shop, broken._replace(state=trouble.State.UNTRACKED), "2026-03-09T23:45:00Z")
    assert waiting(db) == [(Event.REPOSITORY_FAILING, "untracked")]
    trouble.settle(db, shop, None, "2026-03-09T23:55:00Z")
    assert waiting(db) == [(Event.REPOSITORY_RECOVERED, "ok")]


def test_nothing_due_costs_no_write(db: sqlite3.Connection, tmp_path: Path) -> None:
    """Neither noticing nor sending writes anything when there is nothing new."""
    feeds.attempt(db, "osv", "x", "2026-03-01T00:00:00Z")
    feeds.succeeded(db, "osv", "2026-03-01T00:00:00Z")
    before = db.total_changes
    notify.tell_health(db, SETTINGS, NOW)
    with Plugs(str(tmp_path), lambda: NOW) as plugs:
        assert notify.send(db, SETTINGS, plugs, lambda: NOW, lambda _seconds: None, pytest.fail) == []
    assert db.total_changes == before


def test_without_channels_nothing_is_noticed(db: sqlite3.Connection) -> None:
    """Who configures none pays for none."""
    feeds.attempt(db, "osv", "x", "2026-03-01T00:00:00Z")
    feeds.failed(db, "osv", "suspect-feed", "it lost half of its records")
    notify.tell_health(db, Settings(), NOW)
    assert notices.told(db, "") == {}
