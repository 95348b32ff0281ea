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
        assert (reader.of("npm"), reader.of("PyPI"), reader.of("Go")) == ({"C": "1"}, {"B": "1"}, {})
    assert Entries(db, "rustsec").of("npm") == {}


def test_what_is_given_is_a_copy(db: sqlite3.Connection) -> None:
    """Whoever changes it changes nothing here."""
    entries = Entries(db, "osv")
    with transaction(db):
        entries.add("npm", {"A": "1"})
    entries.of("npm").clear()
    assert entries.of("npm") == {"A": "1"}


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
