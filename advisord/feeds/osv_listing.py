"""`modified_id.csv`: every record of an ecosystem with its time of change. A full listing, in no useful order."""

import re
from typing import NamedTuple

from advisord.errors import FeedError
from advisord.feeds.loss import suspect

_ROW = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|\+00:00)),([A-Za-z0-9][A-Za-z0-9._:+~-]{0,200})")


class Listed(NamedTuple):
    """Record id → modified, and how many rows could not be read: then nothing follows from what is not listed."""

    records: dict[str, str]
    unreadable: int


def parse(document: bytes, subject: str) -> Listed:
    """Read the listing. Raises FeedError when it is empty or no listing at all."""
    text = document.decode("utf-8", "replace").removeprefix("\ufeff")
    records: dict[str, str] = {}
    unreadable = 0
    match_row = _ROW.fullmatch
    for line in text.splitlines():
        match = match_row(line)
        if match is not None:
            modified, record = match.groups()
            # Rows of one record twice: the newest counts, so that no change is missed.
            if modified > records.get(record, ""):
                records[record] = modified
        elif line.strip():
            unreadable += 1
    if not records and not unreadable:
        raise suspect("the listing is empty", subject)
    if unreadable > len(records):
        what = "an HTML page" if text.lstrip().startswith("<") else "something else"
        raise FeedError(f"{what} came where a listing (modified_id.csv) was expected", subject=subject)
    return Listed(records, unreadable)
