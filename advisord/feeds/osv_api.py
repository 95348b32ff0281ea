"""OSV's query API (https://google.github.io/osv.dev/api/): which records speak of these versions, and the records."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from advisord.errors import AdvisordError, FeedError
from advisord.feeds.interface import Answer, Rejected
from advisord.feeds.json_text import loads
from advisord.feeds.osv_record import decode
from advisord.feeds.singles import FEW, stumbled
from advisord.model.advisory import Advisory

API = "https://api.osv.dev"
BATCH = 1000
"""Queries in one request; the API takes no more."""
_PAGES = 100
_WORKERS = 8


class Client(Protocol):
    """What is needed of HTTP: patience, limits and rate limits are the client's business."""

    def get(self, url: str, *, method: str = "GET", json: object | None = None, accept: Collection[int]) -> Answer:
        """An answer with one of these statuses; raises TransportError for any other, and when none came."""


class Package(NamedTuple):
    """One locked version, as the lockfile names it; "" where all that is known of the package is wanted."""

    ecosystem: str
    name: str
    version: str


class OsvApi:
    """The API at `base`."""

    def __init__(self, client: Client, base: str = API) -> None:
        self._client = client
        self._base = base.rstrip("/")

    def ids(self, packages: Sequence[Package]) -> set[str]:
        """The ids of all records that speak of these versions.

        Ask for one ecosystem at a time: the API refuses a whole batch because of an ecosystem that it does not know
        (FeedError, code `no-ecosystem`). Raises TransportError when it does not answer.
        """
        found: set[str] = set()
        waiting = [_query(package) for package in packages]
        pages = 0
        while waiting:
            batch, waiting = waiting[:BATCH], waiting[BATCH:]
            pages += 1
            if pages > _PAGES * (1 + len(packages) // BATCH):
                raise FeedError("its answers never come to an end", subject=self._base)
            for query, (ids, token) in zip(batch, self._results(batch), strict=True):
                found.update(ids)
                # A page may be empty and not the last one: only a missing token says that there is no more.
                if token:
                    waiting.append({**query, "page_token": token})
        return found

    def _results(self, batch: Sequence[object]) -> list[tuple[list[str], str]]:
        """The ids and the token of the next page, for each query."""
        answer = self._post({"queries": batch})
        try:
            results = [dict(result or {}) for result, _ in zip(loads(answer)["results"], batch, strict=True)]
            return [
                ([_id(vuln) for vuln in result.get("vulns") or ()], str(result.get("next_page_token") or ""))
                for result in results
            ]
        except (ValueError, LookupError, TypeError) as exc:
            raise FeedError("its answer is not one to a batch of queries", subject=self._base) from exc

    def _post(self, body: object) -> bytes:
        answer = self._client.get(f"{self._base}/v1/querybatch", method="POST", json=body, accept={200, 400})
        if answer.status == 400:
            message = f"it refuses questions about this ecosystem{_words(answer.content)}"
            raise FeedError(message, subject=self._base, code="no-ecosystem")
        return answer.content

    def records(self, ids: Collection[str]) -> Iterator[Advisory | Rejected]:
        """The records of these ids; Rejected, with the reason, for one that can't be had or read.

        Raises TransportError when the server can't be reached, asks to wait, or fails on more than a few of them.
        """
        failures: list[AdvisordError] = []

        def read(identifier: str) -> Advisory | Rejected:
            try:
                return self._record(identifier)
            except AdvisordError as error:
                if not stumbled(error) or len(failures) >= FEW:
                    raise
                failures.append(error)
                return Rejected(identifier, error.message)

        with ThreadPoolExecutor(_WORKERS) as pool:
            yield from pool.map(read, sorted(ids))

    def _record(self, identifier: str) -> Advisory | Rejected:
        answer = self._client.get(f"{self._base}/v1/vulns/{quote(identifier, safe='')}", accept={200, 404})
        if answer.status == 404:
            return Rejected(identifier, "it is named by the API, but not there")
        return decode(answer.content, feed="osv", name=identifier)


def _query(package: Package) -> dict[str, Any]:
    query: dict[str, Any] = {"package": {"ecosystem": package.ecosystem, "name": package.name}}
    return {**query, "version": package.version} if package.version else query


def _id(vuln: Any) -> str:
    if not isinstance(vuln["id"], str):
        raise TypeError("an id is not a text")
    return str(vuln["id"])


def _words(document: bytes) -> str:
    """What a refusal says, behind a colon."""
    try:
        message = loads(document)["message"]
    except (ValueError, LookupError, TypeError):
        return ""
    return f": {message[:200]}" if isinstance(message, str) and message else ""
