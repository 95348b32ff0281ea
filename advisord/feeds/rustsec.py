"""RustSec: the advisory database as a git repository.

Branch `osv` holds the records (`crates/RUSTSEC-….json`), branch `main` the originals (`crates/<name>/RUSTSEC-….md`), which
say a little more; what is about Rust itself stands in folders beside `crates`. A record's two blob ids are its stamp, so what changed is seen by comparing two listings: neither a
rewritten history nor a poll that was missed can hide a change.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from advisord.errors import RepositoryError
from advisord.feeds.interface import Page, Rejected
from advisord.feeds.json_text import loads
from advisord.feeds.loss import brake, suspect
from advisord.feeds.osv_record import decode, informational
from advisord.feeds.rustsec_text import Front, alternatives, front, without_fix
from advisord.feeds.times import withdrawal
from advisord.model.advisory import Advisory, Kind
from advisord.model.listing import Listing

URL = "https://github.com/RustSec/advisory-db.git"
_RECORD = re.compile(r"(?:[^./][^/]*/)+([A-Za-z0-9][^/]*)\.(json|md)")
_ECOSYSTEMS = ("crates.io",)
_PAGE = 500
_MAX_BYTES = 8 << 20


class File(Protocol):
    """A file of a commit."""

    @property
    def path(self) -> str:
        """Its path."""

    @property
    def oid(self) -> str:
        """The id of its content."""


class Repository(Protocol):
    """What the feed needs of git. Every method raises RepositoryError."""

    def update(self) -> object:
        """Fetch."""

    def resolve(self, ref: str) -> str:
        """The commit of a branch; the error's code is `ref-not-found` where there is none."""

    def list_tree(self, commit: str, folder: str = "") -> Sequence[File]:
        """The files below a folder of a commit."""

    def read_blobs(self, oids: Iterable[str], *, limit: int) -> Iterator[tuple[str, bytes | None]]:
        """Contents in the order asked for, None for one that is missing or too large."""


class RustSecFeed:
    """The feed over a mirror of the database. `accept_losses` takes a shrunken database for true."""

    complete: tuple[str, ...] = ()

    def __init__(self, repository: Repository, *, name: str = "rustsec", accept_losses: bool = False) -> None:
        self.name = name
        self._repository = repository
        self._accept_losses = accept_losses

    def poll(self, cursor: str, known: Callable[[str], Listing]) -> Iterator[Page]:
        """See `Feed.poll`; the cursor holds the commits of both branches."""
        self._repository.update()
        commit = self._repository.resolve("osv")
        original = self._original()
        place = json.dumps({"main": original, "osv": commit})
        if place == cursor:
            self.complete = _ECOSYSTEMS
            return
        records = self._files(commit, "json")
        texts = self._files(original, "md") if original else {}
        if not records:
            raise suspect("branch osv holds no advisories (crates/RUSTSEC-….json)", self.name)
        held = known("")
        if not self._accept_losses:
            brake(len(held.keys() - records.keys()), held, self.name)
        listing = {record: f"{oid[:20]} {texts.get(record, '')[:20]}" for record, oid in records.items()}
        wanted = sorted(record for record, stamp in listing.items() if held.get(record) != stamp)
        for start in range(0, len(wanted), _PAGE):
            yield self._page(wanted[start : start + _PAGE], records, texts)._replace(cursor=cursor)
        self.complete = _ECOSYSTEMS
        yield Page(listing=listing, cursor=place, ecosystems=self.complete)

    def _original(self) -> str:
        """The commit of the originals; a mirror may hold the records alone."""
        try:
            return self._repository.resolve("main")
        except RepositoryError as error:
            if error.code != "ref-not-found":
                raise
            return ""

    def _files(self, commit: str, kind: str) -> dict[str, str]:
        """Record id → blob id, of the files in whatever folder; of two the one in `crates` counts."""
        files = sorted(self._repository.list_tree(commit), key=lambda file: file.path.startswith("crates/"))
        matches = ((_RECORD.fullmatch(file.path), file.oid) for file in files)
        return {match[1]: oid for match, oid in matches if match and match[2] == kind}

    def _page(self, wanted: Sequence[str], records: Mapping[str, str], texts: Mapping[str, str]) -> Page:
        originals = [record for record in wanted if record in texts]
        contents = self._repository.read_blobs((texts[record] for record in originals), limit=_MAX_BYTES)
        fronts = {record: front(text) for record, (_, text) in zip(originals, contents, strict=True) if text}
        advisories: list[Advisory] = []
        rejected: list[Rejected] = []
        contents = self._repository.read_blobs((records[record] for record in wanted), limit=_MAX_BYTES)
        for record, (_, content) in zip(wanted, contents, strict=True):
            result = self._decoded(record, content, fronts.get(record))
            if isinstance(result, Advisory):
                advisories.append(result)
            else:
                rejected.append(result)
        return Page(tuple(advisories), tuple(rejected))

    def _decoded(self, record: str, content: bytes | None, extra: Front | None) -> Advisory | Rejected:
        if content is None:
            return Rejected(record, f"its file is missing, or larger than {_MAX_BYTES:,} bytes")
        if record.endswith("-0000"):
            return Rejected(record, "it is the template's number, under which no advisory is published")
        advisory = decode(content, feed=self.name, name=record)
        if isinstance(advisory, Rejected):
            return advisory
        if advisory.id != record:
            return Rejected(record, f"its file holds the record {advisory.id[:60]!r}")
        if extra is not None:
            advisory = _completed(advisory, extra)
        if advisory.kind is Kind.UNMAINTAINED and advisory.affected:
            details = loads(content).get("details")
            named = alternatives(details, advisory.affected[0].name) if isinstance(details, str) else ()
            advisory = advisory._replace(alternatives=named)
        return advisory


def _completed(advisory: Advisory, extra: Front) -> Advisory:
    """Add what the front matter says and the record lacks."""
    if advisory.kind is Kind.VULNERABILITY and extra.informational:
        advisory = advisory._replace(kind=informational(extra.informational))
    if extra.withdrawn and not advisory.withdrawn:
        advisory = advisory._replace(withdrawn=withdrawal(extra.withdrawn, advisory.modified))
    if not extra.fixable:
        entries = [entry._replace(ranges=without_fix(entry.ranges)) for entry in advisory.affected]
        advisory = advisory._replace(affected=tuple(entries))
    return advisory
