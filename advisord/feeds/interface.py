"""What a feed is: a cursor goes in, pages of advisories come out."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple, Protocol

from advisord.model.advisory import Advisory
from advisord.model.listing import Listing


class Rejected(NamedTuple):
    """A record that can't be read: kept with its reason, counted, shown, tried again when it changes."""

    id: str
    reason: str


class Page(NamedTuple):
    """One step of a poll. The store commits a page and its cursor in one transaction.

    `partition` is the part of the feed that the page belongs to (an ecosystem's folder of OSV's bucket; "" where a feed
    has none). `listing` is the complete listing of that partition (record id → modified as listed), given once, on the
    partition's last page: the records that are in it no more have vanished. `cursor` is the feed's own text, opaque to
    everyone else. `ecosystems` are those for which the feed is complete once this page is stored.
    """

    advisories: tuple[Advisory, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    removed: tuple[str, ...] = ()
    partition: str = ""
    listing: Mapping[str, str] | None = None
    cursor: str = ""
    ecosystems: tuple[str, ...] = ()


class Feed(Protocol):
    """A feed. `name` is its name in the configuration, on the command line and in every finding's `sources`."""

    name: str

    @property
    def complete(self) -> Collection[str]:
        """The ecosystems that the last poll read to their end, changed or not; those too of one that then failed."""

    def poll(self, cursor: str, known: Callable[[str], Listing]) -> Iterator[Page]:
        """Everything since `cursor` ("" for the first time), page by page; nothing at all when nothing changed.

        `known(partition)` gives what the store holds of a partition: record id → modified as listed.
        Raises TransportError or FeedError; the pages yielded before that stay valid and committed.
        """


class Answer(Protocol):
    """What came over HTTP: status, headers with names in lower case, body."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, names in lower case."""

    @property
    def content(self) -> bytes:
        """The body."""
