"""What stands in the way of a repository."""

import sqlite3
from datetime import UTC, datetime

from advisord.store import health, lockfiles, snapshots, views
from advisord.store.trouble import State, Trouble, settle, word

THEN, NOW = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
BROKEN = Trouble(State.UNJUDGED, "settings", "no such scope")


def test_it_is_known_since_it_began(db: sqlite3.Connection) -> None:
    """The same state keeps its beginning, another one has its own, and a good step takes it away; nothing twice."""
    shop = lockfiles.repository_id(db, "shop")
    settle(db, shop, BROKEN, THEN)
    before = db.total_changes
    settle(db, shop, BROKEN, NOW)
    assert db.total_changes == before
    settle(db, shop, BROKEN._replace(message="another"), NOW)
    (reading,) = health.readings(db)
    assert reading[-3:] == ("unjudged", THEN, "another")
    settle(db, shop, BROKEN._replace(state=State.UNTRACKED), NOW)
    assert health.readings(db)[0].since == NOW
    settle(db, shop, None, NOW)
    before = db.total_changes
    settle(db, shop, None, NOW)
    assert (health.readings(db)[0].trouble, db.total_changes) == ("", before)


def test_a_repository_that_cannot_be_read_is_that(db: sqlite3.Connection) -> None:
    """In the first place, for the pages as for `status`; when it can be read again, the rest is told."""
    shop = lockfiles.repository_id(db, "shop")
    settle(db, shop, BROKEN, THEN)
    lockfiles.mark_failed(db, shop, NOW, "git", "it is gone")
    for (one,) in (health.repositories(db), views.repositories(db)):
        assert (one.state, one.error_code, one.error) == ("failed", "git", "it is gone")
    lockfiles.mark_read(db, shop, NOW)
    for (one,) in (health.repositories(db), views.repositories(db)):
        assert (one.state, one.error_code, one.error) == ("unjudged", "settings", "no such scope")


def test_what_was_read_and_never_judged_is_not_well(db: sqlite3.Connection) -> None:
    """It has no findings because nobody looked; the first look ends that, also one that finds nothing."""
    shop = lockfiles.repository_id(db, "shop")
    for (one,) in (health.repositories(db), views.repositories(db)):
        assert (one.state, one.read_at) == ("", "")
    lockfiles.mark_read(db, shop, THEN)
    for (one,) in (health.repositories(db), views.repositories(db)):
        assert (one.state, one.error_code) == ("unjudged", "not-judged-yet")
        assert "will be judged at its next step" in one.error
    snapshots.write(db, shop, "shop", [], [], NOW)
    for (one,) in (health.repositories(db), views.repositories(db)):
        assert (one.state, one.error_code, one.error) == ("", "", "")


def test_one_word() -> None:
    """What is wrong, else whether it was read, and how long ago."""
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert word("unread", THEN, now, 1.0) == "unread"
    assert word("", "", now, 1.0) == "never"
    assert word("", THEN, now, 1.0) == "stale"
    assert word("", THEN, now, 86400.0) == "ok"
    assert word("", "2026-01-03T00:00:00Z", now, 86400.0) == "stale"
