"""What a feed listed, read once and yet never old."""

import sqlite3
from contextlib import closing
from pathlib import Path

from advisord.store.database import open_writer, transaction
from advisord.store.entries import Entries


def test_added_and_replaced(db: sqlite3.Connection) -> None:
    """As the feed lists them; a partition is on its own; what is lost is told once no partition lists it."""
    entries = Entries(db, "osv")
    with transaction(db):
        entries.add("npm", {"A": "1", "B": "1"})
        entries.add("PyPI", {"B": "1"})
        assert entries.of("npm") == {"A": "1", "B": "1"}
        entries.add("npm", {"B": "2"})
        assert entries.replace("npm", {"C": "1"}) == {"A"}
    for reader in (entries, Entries(db, "osv")):
        assert [dict(reader.of(name)) for name in ("npm", "PyPI", "Go")] == [{"C": "1"}, {"B": "1"}, {}]
    assert Entries(db, "rustsec").of("npm") == {}


def test_what_came_overrides_what_was_listed(db: sqlite3.Connection) -> None:
    """Until the next complete listing; then only that counts, and a record of a page that it lacks is lost."""
    entries = Entries(db, "osv")
    with transaction(db):
        entries.replace("npm", {"A": "2", "B": "1"})
        entries.add("npm", {"A": "3"})
        entries.add("npm", {"A": "1", "C": "1"})
    for reader in (entries, Entries(db, "osv")):
        assert reader.of("npm") == {"A": "1", "B": "1", "C": "1"}
    with transaction(db):
        assert entries.replace("npm", {"A": "2", "B": "1"}) == {"C"}
    assert Entries(db, "osv").of("npm") == {"A": "2", "B": "1"}


def test_a_few_changes_are_a_few_rows(db: sqlite3.Connection) -> None:
    """Of a long listing only the parts are written in which something changed."""
    entries = Entries(db, "osv")
    listing = {f"MAL-2026-{number}": "2026-01-01T00:00:00Z" for number in range(20_000)}
    with transaction(db):
        entries.replace("npm", listing)
    before = db.total_changes
    del listing["MAL-2026-777"]
    changed = {"MAL-2026-19999": "2026-01-02T00:00:00Z", "MAL-2026-20000": "2026-01-02T00:00:00Z"}
    with transaction(db):
        assert entries.replace("npm", {**changed, **listing, **changed}) == {"MAL-2026-777"}
    assert db.total_changes - before <= 6
    assert Entries(db, "osv").of("npm") == {**listing, **changed}


def test_another_process_is_noticed(db: sqlite3.Connection, tmp_path: Path) -> None:
    """What somebody else writes is read again; a listing is compared with what is there now."""
    mine = Entries(db, "osv")
    assert mine.of("npm") == {}
    with closing(open_writer(str(tmp_path / "a.db"))) as other, transaction(other):
        Entries(other, "osv").add("npm", {"A": "1"})
    with transaction(db):
        assert mine.replace("npm", {"B": "1"}) == {"A"}


def test_an_unchanged_listing_writes_nothing(db: sqlite3.Connection) -> None:
    """Not a row."""
    entries = Entries(db, "osv")
    with transaction(db):
        entries.replace("npm", {"A": "1", "B": "2"})
    before = db.total_changes
    with transaction(db):
        assert entries.replace("npm", {"A": "1", "B": "2"}) == set()
    assert db.total_changes == before
