"""`modified_id.csv`: every record of an ecosystem with its time of change. A full listing, in no useful order."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from advisord.errors import FeedError
from advisord.feeds.loss import suspect

_ROW = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z),([A-Za-z0-9][A-Za-z0-9._:+~-]{0,200})")


class Listed(NamedTuple):
    """A listing beside what is held of it.

    `records` is all of it: record id → modified. `news` are those that are not held as they are listed. `unreadable`
    counts the rows that could not be read: then nothing follows from what is not listed.
    """

    records: dict[str, str]
    news: frozenset[str]
    unreadable: int


def parse(document: bytes, held: Mapping[str, str], subject: str) -> Listed:
    """Compare a listing with what is held. Raises FeedError when it is empty or no listing at all.

    Whole rows are compared first, so that of hundreds of thousands only those that changed are looked at.
    """
    text = document.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    rows = text.split("\n")
    expected = {f"{modified},{record}" for record, modified in held.items()}
    fresh = [row for row in rows if row not in expected and row.strip()]
    news: dict[str, str] = {}
    unreadable = 0
    for row in fresh:
        match = _ROW.fullmatch(row)
        if match is None:
            unreadable += 1
        elif match[1] > news.get(match[2], ""):  # of two rows of one record the newest counts: no change is missed
            news[match[2]] = match[1]
    records = dict(held)
    for row in expected.difference(rows):
        del records[row.partition(",")[2]]
    for record, modified in news.items():
        if modified > records.get(record, ""):
            records[record] = modified
    if not records and not unreadable:
        raise suspect("the listing is empty", subject)
    if unreadable > len(records):
        what = "an HTML page" if text.lstrip().startswith("<") else "something else"
        raise FeedError(f"{what} came where a listing (modified_id.csv) was expected", subject=subject)
    return Listed(records, frozenset(record for record in news if records[record] != held.get(record)), unreadable)
