"""GitHub's global advisories, by the REST API or from files with the same records."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urljoin, urlsplit

from advisord.errors import FeedError, TransportError
from advisord.feeds.github_record import ECOSYSTEMS, decode
from advisord.feeds.interface import Answer, Page, Rejected
from advisord.feeds.json_text import MAX_BYTES, loads
from advisord.feeds.loss import brake, suspect
from advisord.feeds.times import moment, same
from advisord.model.advisory import Advisory
from advisord.model.listing import Listing

API = "https://api.github.com"
VERSIONS = ("2022-11-28", "2026-03-10")
"""Of the API, the one that every server knows first; records of both are read."""
_OVERLAP = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_PAGE = 2000
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_RELATION = re.compile(r"""[;\s]rel\s*=\s*["']?([^"',;]*)""", re.IGNORECASE)
_STREAMS = {
    "reviewed": "type=reviewed",
    "reviewed-withdrawn": "type=reviewed&is_withdrawn=true",
    "malware": "type=malware",
    "malware-withdrawn": "type=malware&is_withdrawn=true",
}


class Client(Protocol):
    """What the feed needs of HTTP: patience, limits and rate limits are the client's business."""

    def get(self, url: str, *, headers: Mapping[str, str], accept: Collection[int]) -> Answer:
        """An answer with one of these statuses; raises TransportError for any other, and when none came."""


class GitHubFeed:
    """The feed over the API at `base`. `token` is asked for at each poll, so that one from a file may change.

    It speaks for the ecosystems that it has records of: of another nobody knows whether it was asked.
    """

    complete: tuple[str, ...] = ()

    def __init__(
        self, client: Client, *, base: str = API, token: Callable[[], str] = lambda: "", name: str = "github"
    ) -> None:
        self.name = name
        self._client = client
        self._base = base.rstrip("/")
        self._token = token
        self._version = VERSIONS[0]

    def poll(self, cursor: str, known: Callable[[str], Listing]) -> Iterator[Page]:
        """See `Feed.poll`; there are no partitions, and the listing is what ever came: the API never says what vanished.

        Reviewed advisories and malware, live and withdrawn, are four lists, oldest change first. Each has a watermark,
        which moves only with a page that was yielded, and is overlapped by an hour. A list that was left in the middle
        (a rate limit, a broken connection) is continued by the server's own link.
        """
        places = _read(cursor)
        complete = all(stream in places and not places[stream].following for stream in _STREAMS)
        held = known("")
        came: dict[str, str] = {}
        for stream, query in _STREAMS.items():
            written = places.get(stream)
            for records, place in self._pages(query, written or _Place()):
                places[stream] = place
                advisories, rejected = changed(records, self.name, held, stream)
                if advisories or rejected or _moved(written, place):
                    yield Page(advisories, rejected, cursor=_write(places))
                    written = place
                came.update((advisory.id, advisory.modified) for advisory in advisories)
        self.complete = tuple(sorted({name for place in places.values() for name in place.ecosystems}))
        if came or not complete:
            yield Page(listing={**held, **came}, cursor=_write(places), ecosystems=self.complete)

    def _pages(self, query: str, place: "_Place") -> Iterator[tuple[list[Any], "_Place"]]:
        """The pages of one list from a place in it on, each with the place behind it."""
        url = place.following or self._first(query, place.watermark)
        seen = set()
        while url:
            if url in seen:
                raise FeedError("its pages lead back to each other", subject=self.name)
            seen.add(url)
            try:
                answer = self._get(url)
            except TransportError as error:
                if error.retryable or url != place.following:
                    raise
                url = self._first(query, place.watermark)  # the link has grown too old
                continue
            records = _records(answer.content, self.name)
            if not records and not place.watermark and query == _STREAMS["reviewed"]:
                raise suspect("the list of reviewed advisories is empty", self.name)
            url = self._following(url, answer.headers.get("link", ""))
            about = tuple(sorted({*place.ecosystems, *_ecosystems(records)}))
            place = _Place(_watermark(records, place.watermark, answer.headers), url, about)
            yield records, place

    def _first(self, query: str, watermark: str) -> str:
        url = f"{self._base}/advisories?{query}&sort=updated&direction=asc&per_page=100"
        if watermark:
            since = datetime.fromisoformat(watermark) - _OVERLAP
            url += "&modified=" + quote(f">={since:%Y-%m-%dT%H:%M:%SZ}")
        return url

    def _get(self, url: str) -> Answer:
        headers = {"accept": "application/vnd.github+json", "x-github-api-version": self._version}
        token = self._token()
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self._client.get(url, headers=headers, accept={200, 400} if self._version == VERSIONS[0] else {200})
        if answer.status == 400:  # it may not serve this version any more
            self._version = VERSIONS[1]
            return self._get(url)
        return answer

    def _following(self, url: str, link: str) -> str:
        """The address of the next page by a `Link` header (RFC 8288), "" where there is none."""
        target = next((to for to, about in _LINK.findall(link) if "next" in _relations(about)), None)
        if target is None:
            return ""
        try:
            following = urljoin(url, str(target))
            elsewhere = urlsplit(following)[:2] != urlsplit(self._base)[:2]
        except ValueError as exc:
            raise FeedError(f"the link to its next page is none: {target[:80]!r}", subject=self.name) from exc
        if elsewhere:
            server = urlsplit(following).hostname
            raise FeedError(f"the link to its next page leads to another server, {server}", subject=self.name)
        return following


class GitHubFiles:
    """The same records from a folder (`advisories.json`, else every `*.json`) or one file: arrays, as the API gives."""

    complete: tuple[str, ...] = ()

    def __init__(self, path: str, *, name: str = "github", accept_losses: bool = False) -> None:
        self.name = name
        self._path = Path(path)
        self._accept_losses = accept_losses

    def poll(self, cursor: str, known: Callable[[str], Listing]) -> Iterator[Page]:
        """See `Feed.poll`; the files hold everything, so that a record which they hold no more has vanished."""
        try:
            files = self._files()
            stamp = " ".join(f"{file.name}:{file.stat().st_mtime_ns}-{file.stat().st_size}" for file in files)
            before, _, ecosystems = cursor.partition("\n")
            if stamp == before:
                self.complete = tuple(ecosystems.split(","))
                return
            records = [record for file in files for record in _records(_content(file), file.name)]
        except OSError as exc:
            raise FeedError(f"it can't be read: {exc.strerror}", subject=str(self._path)) from exc
        if not records:
            raise suspect("there is no advisory in it", str(self._path))
        held = known("")
        listing = {
            record["ghsa_id"]: str(record.get("updated_at"))
            for record in records
            if isinstance(record, dict) and isinstance(record.get("ghsa_id"), str)
        }
        if not self._accept_losses:
            brake(len(held.keys() - listing.keys()), held, str(self._path))
        for start in range(0, len(records), _PAGE):
            advisories, rejected = changed(records[start : start + _PAGE], self.name, held, f"from {start}")
            if advisories or rejected:
                yield Page(advisories, rejected, cursor=cursor)
        self.complete = tuple(sorted(_ecosystems(records)))
        yield Page(listing=listing, cursor=f"{stamp}\n{','.join(self.complete)}", ecosystems=self.complete)

    def _files(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        whole = self._path / "advisories.json"
        files = [whole] if whole.is_file() else sorted(self._path.glob("*.json"))
        if not files:
            hint = "it should hold advisories.json, or the pages of the API as *.json"
            raise FeedError("there are no advisories in it", subject=str(self._path), hint=hint)
        return files


def _content(file: Path) -> bytes:
    if file.stat().st_size > MAX_BYTES:
        hint = "put its advisories into several files"
        raise FeedError(f"it has more than {MAX_BYTES:,} bytes, which is the limit", subject=str(file), hint=hint)
    return file.read_bytes()


class _Place(NamedTuple):
    """How far a list was read: the newest change seen, and the link to go on with ("": read to its end).

    `ecosystems` are those of its records so far.
    """

    watermark: str = ""
    following: str = ""
    ecosystems: tuple[str, ...] = ()


def _relations(about: str) -> list[str]:
    found = _RELATION.search(about)
    return found[1].lower().split() if found else []


def _moved(written: _Place | None, place: _Place) -> bool:
    """Whether a place is worth writing down: reading the overlap again changes nothing."""
    if written is None or written.watermark != place.watermark:
        return True
    return bool(written.following) and written.following != place.following


def changed(
    records: list[Any], feed: str, held: Mapping[str, str], where: str
) -> tuple[tuple[Advisory, ...], tuple[Rejected, ...]]:
    """Decode those that the store does not hold as they are."""
    advisories: list[Advisory] = []
    rejected: list[Rejected] = []
    for number, record in enumerate(records):
        result = decode(record, feed=feed, name=f"record {number} {where}")
        if isinstance(result, Rejected):
            rejected.append(result)
        elif not same(held.get(result.id, ""), result.modified):
            advisories.append(result)
    return tuple(advisories), tuple(rejected)


def _records(document: bytes, subject: str) -> list[Any]:
    try:
        value = loads(document)
    except ValueError as exc:
        raise FeedError(f"a list of advisories was expected: {exc}", subject=subject) from exc
    if not isinstance(value, list):
        raise FeedError("a list of advisories was expected, another kind of JSON came", subject=subject)
    return value


def _ecosystems(records: list[Any]) -> set[str]:
    """The ecosystems that these records are about, whether each of them can be read or not."""
    packages = [
        entry.get("package")
        for record in records
        if isinstance(record, dict) and isinstance(record.get("vulnerabilities"), list)
        for entry in record["vulnerabilities"]
        if isinstance(entry, dict)
    ]
    named = [package.get("ecosystem") for package in packages if isinstance(package, dict)]
    return {ECOSYSTEMS[name.lower()] for name in named if isinstance(name, str) and name.lower() in ECOSYSTEMS}


def _watermark(records: list[Any], before: str, headers: Mapping[str, str]) -> str:
    """The newest change of a page, but never later than the server's clock: one wrong date must not hide the rest."""
    moments = [moment(record.get("updated_at")) for record in records if isinstance(record, dict)]
    newest = max([before, *moments], key=lambda text: datetime.fromisoformat(text) if text else _NEVER)
    try:
        now = parsedate_to_datetime(headers.get("date", ""))
        late = bool(newest) and datetime.fromisoformat(newest) > now
    except (ValueError, TypeError):
        return newest
    return f"{now:%Y-%m-%dT%H:%M:%SZ}" if late else newest


def _read(cursor: str) -> dict[str, _Place]:
    try:
        value = json.loads(cursor) if cursor else {}
        return {k: _Place(str(v[0]), str(v[1]), tuple(map(str, v[2]))) for k, v in value.items() if k in _STREAMS}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def _write(places: Mapping[str, _Place]) -> str:
    return json.dumps(places, sort_keys=True)
