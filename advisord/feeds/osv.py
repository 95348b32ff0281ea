"""OSV: the bucket's layout, from the bucket itself, a mirror of it, a folder or a zip.

Per ecosystem there is a listing of all records with their times of change (`modified_id.csv`), one archive of all records
(`all.zip`) and each record alone (`<ID>.json`). The listing is compared with what the store holds record by record, so
that neither its order nor a poll that was missed matters. The three are not written at once: each may lag behind.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from advisord.errors import AdvisordError, FeedError
from advisord.feeds.interface import Page
from advisord.feeds.loss import brake, suspect
from advisord.feeds.osv_listing import Listed, parse
from advisord.feeds.osv_round import Round
from advisord.feeds.singles import fetch, stumbled
from advisord.feeds.source import Source
from advisord.feeds.zips import Archive
from advisord.model.listing import Listing
from advisord.model.problem import SUSPECT
from advisord.versions import base_ecosystem, is_known
from advisord.words import counted

BUCKET = "https://osv-vulnerabilities.storage.googleapis.com"
_SINGLE = 64 << 10  # one request costs about as much time as this many bytes of an archive
_SOME = 500  # as many single requests as are worth it when the archive's size is not known
_LAGGING = 2000  # as many records may be listed and not be in the archive yet
_SETTLED = 3600.0
_MAX_LISTING = 128 << 20  # it is held in memory; npm's, by far the largest, has 13 MB
_MAX_ARCHIVE = 16 << 30


class OsvFeed:
    """The feed over a Source. `ecosystems` are OSV's names; None means all that the source has and advisord can order.

    Archives are kept in `scratch` while they are read (None: where the machine keeps temporary files).
    `accept_losses` takes a shrunken listing for true.
    """

    def __init__(
        self,
        source: Source,
        *,
        ecosystems: Sequence[str] | None = None,
        name: str = "osv",
        scratch: str | None = None,
        accept_losses: bool = False,
    ) -> None:
        self.name = name
        self.complete: Collection[str] = ()
        self._source = source
        self._ecosystems = ecosystems
        self._scratch = scratch
        self._accept_losses = accept_losses

    def poll(self, cursor: str, known: Callable[[str], Listing]) -> Iterator[Page]:
        """See `Feed.poll`; a partition is an ecosystem.

        One that can't be had does not stop the others: the error comes at the end. Only when the server can't be
        reached at all, or asks to wait, the rest is not tried.
        """
        done = _read(cursor)
        whole = self._whole()
        if whole and done.get("") == whole:
            self.complete = self._named() or done.keys() - {""}
            return
        done.pop("", None)
        failures: dict[str, AdvisordError] = {}
        folders = self._folders()
        reached: list[str] = []
        self.complete = reached
        for folder in folders:
            try:
                yield from self._partition(folder, done, known)
                reached.append(folder)
            except AdvisordError as error:
                failures[folder] = error
                if error.retryable and not stumbled(error):
                    break
        if failures:
            raise _gravest(failures, self.name)
        if whole and all(done.get(folder) for folder in folders):
            done[""] = whole
            yield Page(cursor=json.dumps(done, sort_keys=True))

    def _whole(self) -> str:
        """A text for the state of all ecosystems together, "" where it can't be relied on.

        The listing of everything changes whenever an ecosystem's does, but not at the same moment. Once it is an hour
        old, the others of its time have been written too, and as long as it stays the same one request is enough.
        """
        if self._source.near or (self._ecosystems is not None and len(self._ecosystems) < 2):
            return ""
        about = self._source.stat("modified_id.csv")
        if about is None or not about[0] or about[2] < _SETTLED:
            return ""
        return f"{about[0]} {'*' if self._ecosystems is None else ','.join(sorted(self._ecosystems))}"

    def _named(self) -> list[str]:
        return list(dict.fromkeys(base_ecosystem(ecosystem) for ecosystem in self._ecosystems or ()))

    def _folders(self) -> list[str]:
        if self._ecosystems is not None:
            return self._named()
        listed = self._source.read("ecosystems.txt", 1 << 20)
        if listed is not None:
            names = [line.strip() for line in listed.decode("utf-8", "replace").splitlines()]
        else:
            names = list(self._source.folders() or ())
        folders = list(dict.fromkeys(base_ecosystem(name) for name in names if is_known(name)))
        if not folders:
            message = "there is no list of ecosystems (ecosystems.txt), or none in it is known"
            raise FeedError(message, subject=self._source.location, hint="check the address, or name the ecosystems")
        return folders

    def _partition(self, folder: str, done: dict[str, str], known: Callable[[str], Listing]) -> Iterator[Page]:
        """Bring one ecosystem up to date. `done` (the cursor) learns the tag of a listing once all of it is stored."""
        subject = f"{self.name} {folder}"
        name = f"{folder}/modified_id.csv"
        about = self._source.stat(name)
        if about is None:
            # A mirror of archives only: the archive is its own listing.
            name = f"{folder}/all.zip"
            about = self._source.stat(name)
            if about is None:
                message = f"{self._source.location} has nothing for the ecosystem {folder!r}"
                raise FeedError(message, subject=subject, hint="check the name of the ecosystem", code="no-ecosystem")
        tag = f"{about[0]} {name}" if about[0] else ""
        if tag and done.get(folder) == tag:
            return
        held = known(folder)
        listed: Listed | None = None
        if name.endswith(".csv"):
            listed = parse(self._source.read(name, _MAX_LISTING) or b"", held, subject)
            if not self._accept_losses:
                brake(len(listed.lost), held, subject)
        unreadable = listed.unreadable if listed else ()
        turn = Round(self.name, folder, held, listed, json.dumps(done, sort_keys=True))
        yield from self._changed(turn, subject)
        listing = turn.listing()
        if not self._accept_losses:
            turn.doubt(subject)
            if listed is None:
                brake(len(held.keys() - listing.keys()), held, subject)
        if not listing:
            raise suspect("there is no record in it", subject)
        if not turn.wrote and listing.blocks == held.blocks and not unreadable and done.get(folder) == (tag or "?"):
            return
        done[folder] = (tag or "?") if turn.whole and not unreadable else ""
        yield Page(
            partition=folder,
            listing=None if unreadable else listing,
            cursor=json.dumps(done, sort_keys=True),
            ecosystems=(folder,),
        )
        if unreadable:
            rows = f"{counted(len(unreadable), 'row')} of its listing can't be read, such as {unreadable[0][:80]!r}"
            message = f"{rows}, so nothing is taken for vanished"
            raise FeedError(message, subject=subject)

    def _changed(self, turn: Round, subject: str) -> Iterator[Page]:
        """Pages of the records that are new or changed, from the archive or one by one, whichever costs less."""
        if turn.wanted is not None and not turn.wanted:
            return
        damaged: Sequence[str] = ()
        if turn.wanted is None or self._archive_is_cheaper(turn.folder, len(turn.wanted)):
            with self._archive(turn.folder, subject) as archive:
                if archive is not None:
                    yield from turn.pages(archive.read(turn.wants))
                    damaged = archive.damaged
                    lacking = sum(map(turn.lacks, turn.wanted or ()))
                    if lacking > max(_LAGGING, len(turn.wanted or ()) // 2):
                        raise FeedError(f"its archive lacks {lacking:,} listed records", subject=subject)
        missing = sorted(record for record in turn.wanted or () if turn.lacks(record))
        yield from turn.pages(fetch(self._source, turn.folder, missing), alone=True)
        lost = [record for record in damaged if turn.lacks(record)]
        if lost:
            message = f"{counted(len(lost), 'record')} of its archive can't be unpacked, the first is {lost[0]}"
            raise FeedError(message, subject=subject, hint="it is fetched again next time", code="bad-archive")

    def _archive_is_cheaper(self, folder: str, wanted: int) -> bool:
        if self._source.near:
            return True
        about = self._source.stat(f"{folder}/all.zip")
        if about is None:
            return False
        return wanted * _SINGLE > about[1] if about[1] >= 0 else wanted > _SOME

    @contextmanager
    def _archive(self, folder: str, subject: str) -> Iterator[Archive | None]:
        file = self._source.open(f"{folder}/all.zip", self._scratch, _MAX_ARCHIVE)
        if file is None:
            yield None
            return
        with file:
            try:
                yield Archive(file, subject)
            except OSError as exc:
                raise FeedError(f"its archive can't be read: {exc.strerror}", subject=subject) from exc


def _read(cursor: str) -> dict[str, str]:
    try:
        value = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def _gravest(failures: Mapping[str, AdvisordError], feed: str) -> AdvisordError:
    """The gravest failure, with every ecosystem's in its sentence, its own first."""
    folders = sorted(failures, key=lambda folder: failures[folder].code != SUSPECT)
    first = failures[folders[0]]
    first.message = "; and ".join(f"{folder}: {failures[folder].message}" for folder in folders)
    first.args = (first.message,)
    first.subject = feed
    return first
