"""The listing of an ecosystem."""

import pytest

from advisord.errors import FeedError
from advisord.feeds.osv_listing import parse


def test_rows() -> None:
    """Fractions of any length, in any order; the newest row of a record counts."""
    text = b"2026-01-01T00:00:00Z,A-1\n2026-01-01T00:00:00.5Z,A-2\r\n\n2025-01-01T00:00:00Z,A-1\n"
    records = {"A-1": "2026-01-01T00:00:00Z", "A-2": "2026-01-01T00:00:00.5Z"}
    assert parse(text, {}, "s") == (records, frozenset({"A-1", "A-2"}), 0)
    assert parse(text, records, "s") == (records, frozenset(), 0)
    assert parse(text, {"A-1": "2025-01-01T00:00:00Z"}, "s") == (records, frozenset({"A-1", "A-2"}), 0)


def test_news() -> None:
    """What is new, what changed, what is gone, beside what is held."""
    held = {"A": "2026-01-01T00:00:00Z", "B": "2026-01-01T00:00:00Z", "C": "2026-01-01T00:00:00Z", "D": ""}
    text = b"2026-01-02T00:00:00Z,B\n2026-01-01T00:00:00Z,A\n2026-01-01T00:00:00Z,E\n2026-01-01T00:00:00Z,D\n"
    found = parse(text, held, "s")
    assert found.records == dict.fromkeys("AED", "2026-01-01T00:00:00Z") | {"B": "2026-01-02T00:00:00Z"}
    assert found.news == {"B", "E", "D"}


@pytest.mark.parametrize("row", ["2026-01-01T00:00:00Z,../../x", "x,A-1", "2026-01-01T00:00:00Z", "2026-01-01T00:0"])
def test_bad_rows_are_counted(row: str) -> None:
    """A row that is cut, or whose id leads elsewhere, is not used and not forgotten."""
    found = parse(f"2026-01-01T00:00:00Z,A-1\n{row}".encode(), {}, "s")
    assert (found.records, found.unreadable) == ({"A-1": "2026-01-01T00:00:00Z"}, 1)


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
        parse(document, {}, "s")
    assert caught.value.code == code
