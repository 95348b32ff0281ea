"""How long it took from a record's change to the issue about it."""

import sqlite3

import pytest
from store_parts import advisory, affects, lock, span

from advisord.model.plan import Action, Known, State, Verb
from advisord.store import changes, latency, lockfiles
from advisord.store.advisories import write_page
from advisord.store.latency import BOUNDS, delays
from advisord.store.outbox import Outbox

SEEN = "2026-01-01T01:00:00Z"


def opened(
    db: sqlite3.Connection, ids: tuple[str, ...], verb: Verb = Verb.OPEN, at: str = "2026-01-01T01:00:04Z"
) -> None:
    """An issue about these ids is opened in `shop`."""
    outbox = Outbox(db, lockfiles.repository_id(db, "shop"), "notes")
    intent = outbox.begin(Action(verb, f"key {ids[0]}", "a reason"), at)
    known = Known(f"key {ids[0]}", "1", "npm", "p", ids, "", State.OPEN, "")
    outbox.finish(intent, "done", at, known)


@pytest.fixture
def shop(db: sqlite3.Connection) -> sqlite3.Connection:
    """A repository that locks a package; a record that was there before it, and one that came, and changed, later."""
    lock(db, "1" * 40, ("npm", "p", "1.0.0"))
    number = lockfiles.repository_id(db, "shop")
    lockfiles.set_places(
        db, number, SEEN, [lockfiles.RefReading("main", "c", [("package-lock.json", "1" * 40, "npm")])]
    )
    write_page(db, "osv", SEEN, advisories=[advisory("OLD-1", affects("p", span()))])
    latency.follow(db, "shop", changes.last(db))
    new = advisory("NEW-1", affects("p", span()), modified="2026-01-01T00:50:00Z")
    write_page(db, "osv", SEEN, advisories=[new])
    again = advisory("NEW-1", affects("p", span()), modified="2026-01-01T00:50:00Z", withdrawn="2026-01-01T00:50:00Z")
    write_page(db, "osv", "2026-01-01T01:00:03Z", advisories=[again])
    return db


def test_both_stages(shop: sqlite3.Connection) -> None:
    """From the record's date to us, and from the first that we saw of the change to the issue."""
    opened(shop, ("CVE-1", "NEW-1"))
    found = delays(shop)
    seen, done = found["published_to_seen"], found["seen_to_opened"]
    assert (seen.issues, seen.total, seen.median, seen.worst) == (1, 600.0, 600.0, 600.0)
    assert (done.issues, done.median) == (1, 4.0)
    assert dict(zip(BOUNDS, done.within, strict=True))[1] == 0
    assert dict(zip(BOUNDS, done.within, strict=True))[5] == 1


def test_what_no_feed_brought(shop: sqlite3.Connection) -> None:
    """An old record, another step than opening, a change that was seen to already, a repository's first issues."""
    opened(shop, ("OLD-1",))
    opened(shop, ("NEW-1",), Verb.UPDATE)
    latency.follow(shop, "shop", changes.last(shop))
    opened(shop, ("NEW-1",))
    shop.execute("UPDATE repository SET followed = -1")
    opened(shop, ("NEW-1",))
    assert delays(shop)["seen_to_opened"] == latency.Delay(0, 0.0, None, None, (0,) * len(BOUNDS))


def test_moments_that_do_not_follow_each_other(shop: sqlite3.Connection) -> None:
    """A clock that was set back, or a record without a date, gives no figure."""
    shop.execute("UPDATE advisory SET modified = ''")
    opened(shop, ("NEW-1",), at="2026-01-01T00:00:00Z")
    assert {stage: delay.issues for stage, delay in delays(shop).items()} == dict.fromkeys(latency.STAGES, 0)


def test_following_writes_once(shop: sqlite3.Connection) -> None:
    """Nothing is written where nothing changes."""
    before = shop.total_changes
    latency.follow(shop, "shop", changes.last(shop))
    latency.follow(shop, "shop", changes.last(shop))
    assert shop.total_changes == before + 1
