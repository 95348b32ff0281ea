"""The listing of an ecosystem."""

import pytest

from advisord.errors import FeedError
from advisord.feeds.osv_listing import parse
from advisord.model.listing import Listing


def test_rows() -> None:
    """Fractions of any length, in any order; the newest row of a record counts."""
    text = b"2026-01-01T00:00:00Z,A-1\n2026-01-01T00:00:00.5Z,A-2\r\n\n2025-01-01T00:00:00Z,A-1\n"
    records = {"A-1": "2026-01-01T00:00:00Z", "A-2": "2026-01-01T00:00:00.5Z"}
    found = parse(text, Listing(), "s")
    assert (dict(found.listing), found.news, found.unreadable) == (records, records, ())
    again = parse(text, found.listing, "s")
    assert (again.news, again.before, again.lost, again.unreadable) == ({}, {}, frozenset(), ())


def test_news() -> None:
    """What is new, what changed, what is gone, beside what is held."""
    held = {"A": "2026-01-01T00:00:00Z", "B": "2026-01-01T00:00:00Z", "C": "2026-01-01T00:00:00Z", "D": ""}
    text = b"2026-01-02T00:00:00Z,B\n2026-01-01T00:00:00Z,A\n2026-01-01T00:00:00Z,E\n2026-01-01T00:00:00Z,D"
    found = parse(text, Listing.of(held), "s")
    assert found.listing == dict.fromkeys("AED", "2026-01-01T00:00:00Z") | {"B": "2026-01-02T00:00:00Z"}
    assert found.news.keys() == {"B", "E", "D"}
    assert found.before == {"B": "2026-01-01T00:00:00Z", "C": "2026-01-01T00:00:00Z", "D": ""}
    assert found.lost == {"C"}


def test_a_record_that_was_listed_twice() -> None:
    """That one of its rows is gone does not mean that it is."""
    held = Listing.read(b"2026-01-01T00:00:00Z,A\n2025-01-01T00:00:00Z,A\n")
    assert parse(b"2026-01-01T00:00:00Z,A\n", held, "s").lost == set()


@pytest.mark.parametrize(
    "row",
    [
        "2026-01-01T00:00:00Z,A-1,",
        "2026-01-01T00:00:00Z, A-1 ",
        '"2026-01-01T00:00:00Z","A-1"',
        "2026-01-01T00:00:00+00:00,A-1",
        "2026-01-01t01:00:00+01:00,A-1",
        "2026-01-01t00:00:00z,A-1",
    ],
)
def test_other_ways_to_write_a_row(row: str) -> None:
    """Where there is no doubt about what is meant it is read, and once it is held it is no news."""
    records = {"A-1": "2026-01-01T00:00:00Z", "A-2": "2026-01-01T00:00:00Z"}
    text = f"  \n{row}\n2026-01-01T00:00:00Z,A-2\n".encode()
    found = parse(text, Listing(), "s")
    assert (dict(found.listing), found.news, found.unreadable) == (records, records, ())
    assert parse(text, found.listing, "s").news == {}


@pytest.mark.parametrize("row", ["2026-01-01T00:00:00Z,../../x", "x,A-1", "2026-01-01T00:00:00Z", "2026-01-01T00:0"])
def test_bad_rows_are_counted(row: str) -> None:
    """A row that is cut, or whose id leads elsewhere, is not used and not forgotten."""
    found = parse(f"2026-01-01T00:00:00Z,A-1\n{row}".encode(), Listing(), "s")
    assert (found.news, found.unreadable) == ({"A-1": "2026-01-01T00:00:00Z"}, (row,))


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        (b"", "suspect-feed", "the listing is empty"),
        (b"\n\n", "suspect-feed", "the listing is empty"),
        (b"<!doctype html>\n<html>", "feed", "an HTML page came"),
        (b"\x00\xff\n\x01", "feed", "something else came"),
    ],
)
def test_no_listing(document: bytes, code: str, words: str) -> None:
    """Nothing, or something else, is an error."""
    with pytest.raises(FeedError, match=words) as caught:
        parse(document, Listing(), "s")
    assert caught.value.code == code
