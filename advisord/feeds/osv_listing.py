"""`modified_id.csv`: every record of an ecosystem with its time of change. A full listing, in no useful order."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from advisord.errors import FeedError
from advisord.feeds.loss import suspect
from advisord.feeds.times import moment
from advisord.model.listing import Listing, entry

_AROUND = ' "'
_ROW = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z,[A-Za-z0-9][A-Za-z0-9._:+~-]{0,200}")


class Listed(NamedTuple):
    """A listing beside what is held of it.

    `news` are the records that are not held as they are listed (record id → modified), `before` what is held of those
    and of the `lost` ones, which are listed no more. `unreadable` are the rows that could not be read: then nothing
    follows from what is not listed.
    """

    listing: Listing
    news: Mapping[str, str]
    before: Mapping[str, str]
    lost: frozenset[str]
    unreadable: tuple[str, ...]


def parse(document: bytes, held: Listing, subject: str) -> Listed:
    """Compare a listing with what is held. Raises FeedError when it is empty or no listing at all."""
    text = document.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    if text[-1:] not in {b"", b"\n"}:
        text += b"\n"
    if not text or text.isspace():
        raise suspect("the listing is empty", subject)
    listing = Listing.read(text)
    fresh, gone = listing.beside(held)
    good = {row for row in fresh if _ROW.fullmatch(row)}
    if bad := fresh - good:
        mended = {row: _mended(row) for row in bad}
        listing = Listing.read(b"".join([mended.get(row, row) + b"\n" for row in text.split(b"\n")]))
        fresh, gone = listing.beside(held)
        good = {row for row in fresh if _ROW.fullmatch(row)}
        bad = fresh - good
    if bad and len(bad) * 2 > sum(1 for row in text.split(b"\n") if row.strip()):
        what = "an HTML page" if text.lstrip().startswith(b"<") else "something else"
        raise FeedError(f"{what} came where a listing (modified_id.csv) was expected", subject=subject)
    news = _newest(good)
    before = _newest(gone)
    lost = before.keys() - news.keys()
    return Listed(listing, news, before, frozenset(lost - set(listing) if lost else lost), _texts(bad))


def _mended(row: bytes) -> bytes:
    """A row as the bucket itself would write it; others have blanks, quotes, an empty last column, or another zone."""
    modified, _, record = row.decode("utf-8", "replace").rstrip(" ,").partition(",")
    said = moment(modified.strip(_AROUND).upper())
    return f"{said},{record.strip(_AROUND)}".encode() if said and record else row.strip()


def _texts(rows: set[bytes]) -> tuple[str, ...]:
    return tuple(sorted(row.decode("utf-8", "replace") for row in rows))


def _newest(rows: set[bytes]) -> dict[str, str]:
    """Of two rows of one record the newest counts: no change is missed."""
    return {record: modified for modified, record in sorted(map(entry, rows))}
