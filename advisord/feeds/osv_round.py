"""One turn of bringing one ecosystem of OSV up to date: what is wanted, what came, and what may be called known."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from advisord.errors import FeedError
from advisord.feeds.interface import Page, Rejected
from advisord.feeds.loss import SHARE
from advisord.feeds.osv_listing import Listed
from advisord.feeds.osv_record import decode
from advisord.feeds.times import same
from advisord.model.advisory import Advisory
from advisord.model.listing import Listing

_PAGE = 2000
_PAGE_BYTES = 64 << 20
_SETTLED = timedelta(days=1)  # after so long the listing, the archive and the single records agree


class Round:
    """The comparison of a listing with what the store holds.

    `wanted` are the records to fetch (None: all, there is no listing). `whole` says whether all came, `wrote` whether
    there was anything to write.
    """

    def __init__(self, feed: str, folder: str, held: Listing, listed: Listed | None, cursor: str) -> None:
        self.folder = folder
        self.wanted: set[str] | None = None
        self.whole = True
        self.wrote = False
        self._feed = feed
        self._cursor = cursor
        self._held = held
        self._listed = Listing()
        self._news: Mapping[str, str] = {}
        self._before: Mapping[str, str] = held
        self._arrived: set[str] = set()
        self._otherwise: dict[str, str] = {}
        self._absent: set[str] = set()
        self._spoilt: set[str] = set()
        if listed is not None:
            self._listed = listed.listing
            self._news, self._before = listed.news, listed.before
            self.wanted = {
                record for record, said in listed.news.items() if not same(self._before.get(record, ""), said)
            }

    def listing(self) -> Listing:
        """What may be told to the store at the end.

        A record that did not come, or came older than listed, is not in it as listed, so that it is asked for again.
        """
        return Listing.of({**self._listed, **self._otherwise}) if self._otherwise else self._listed

    def doubt(self, subject: str) -> None:
        """Raise FeedError when what came is no answer: too many listed records are nowhere, or not one can be read."""
        absent = len(self._absent)
        if absent > 1 and absent > SHARE * (listed := len(self._listed)):
            message = f"{absent:,} of {listed:,} listed records can't be had, neither from its archive nor one by one"
            raise FeedError(message, subject=subject, hint="they are asked for again next time", code="incomplete")
        if (self._spoilt or absent) and not self._held and self._arrived == self._spoilt:
            message = "not one of its records can be had and read"
            raise FeedError(message, subject=subject, hint="`advisord status --verbose` says why", code="incomplete")

    @cached_property
    def _newest(self) -> str:
        return max(self._listed.values())

    def wants(self, record: str) -> bool:
        """Whether to read a record of an archive: it is wanted, or neither the listing nor the store knows it.

        A record that the store holds and the listing lacks has vanished, even if an older archive still has it.
        """
        if self.wanted is None or record in self.wanted:
            return True
        return record not in self._listed and record not in self._held

    def lacks(self, record: str) -> bool:
        """Whether a record never came."""
        return record not in self._arrived

    def pages(self, records: Iterable[tuple[str, bytes | Rejected]], *, alone: bool = False) -> Iterator[Page]:
        """Decode what comes, in pages. `alone` says that each record is an answer of its own, not part of an archive."""
        advisories: list[Advisory] = []
        rejected: list[Rejected] = []
        size = 0
        for record, content in records:
            result = content if isinstance(content, Rejected) else decode(content, feed=self._feed, name=record)
            if isinstance(result, Advisory) and result.id != record:
                result = Rejected(record, f"its file holds the record {result.id[:60]!r}")
            if isinstance(result, Rejected):
                rejected.append(result)
                if alone:
                    self._ask_again(record)
                else:
                    self._arrived.add(record)
                    self._spoilt.add(record)
                    if self.wanted is None or record not in self.wanted:
                        self._otherwise[record] = ""
            elif self._came(record, result.modified):
                advisories.append(result)
                size += len(result.document)
            if len(advisories) + len(rejected) >= _PAGE or size > _PAGE_BYTES:
                yield self._page(advisories, rejected)
                advisories, rejected, size = [], [], 0
        if advisories or rejected:
            yield self._page(advisories, rejected)

    def _page(self, advisories: list[Advisory], rejected: list[Rejected]) -> Page:
        self.wrote = True
        return Page(tuple(advisories), tuple(rejected), partition=self.folder, cursor=self._cursor)

    def _came(self, record: str, modified: str) -> bool:
        """Put down that a record came; False when the store holds it already as it is."""
        self._arrived.add(record)
        listed = self._news.get(record)
        if listed is None:
            self._otherwise[record] = modified
            return not same(self._before.get(record, ""), modified)
        if not same(listed, modified) and self._lags(modified, listed):
            self._otherwise[record] = modified
            self.whole = False
        return True

    def _ask_again(self, record: str) -> None:
        self.whole = False
        self._otherwise[record] = self._before.get(record, "")
        if not self._otherwise[record]:
            self._absent.add(record)

    def _lags(self, modified: str, listed: str) -> bool:
        """Whether a record is older than it is listed, in a listing so young that the newer one may still come."""
        try:
            came, said, newest = map(datetime.fromisoformat, (modified, listed, self._newest))
            return said - came >= timedelta(seconds=1) and newest - said < _SETTLED
        except (ValueError, TypeError):
            return False
