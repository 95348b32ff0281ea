"""OSV's query API (https://google.github.io/osv.dev/api/): which records speak of these versions, and the records."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from advisord.errors import FeedError, TransportError
from advisord.feeds.interface import Answer, Rejected
from advisord.feeds.json_text import loads
from advisord.feeds.osv_record import decode
from advisord.model.advisory import Advisory

API = "https://api.osv.dev"
BATCH = 1000
"""Queries in one request; the API takes no more."""
_PAGES = 100
_ATTEMPTS = 5
_WORKERS = 8
_LATER = {429, 500, 502, 503, 504}


class Client(Protocol):
    """What is needed of HTTP. Both raise TransportError when no answer came."""

    def get(self, url: str, *, accept: Collection[int]) -> Answer:
        """An answer with one of these statuses, asked for patiently."""

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        """One request, once, whatever its status."""


class Package(NamedTuple):
    """One locked version, as the lockfile names it."""

    ecosystem: str
    name: str
    version: str


class OsvApi:
    """The API at `base`."""

    def __init__(self, client: Client, base: str = API, sleep: Callable[[float], object] = time.sleep) -> None:
        self._client = client
        self._base = base.rstrip("/")
        self._sleep = sleep

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
                ([str(vuln["id"]) for vuln in result.get("vulns") or ()], str(result.get("next_page_token") or ""))
                for result in results
            ]
        except (ValueError, LookupError, TypeError) as exc:
            raise FeedError("its answer is not one to a batch of queries", subject=self._base) from exc

    def _post(self, body: object) -> bytes:
        url = f"{self._base}/v1/querybatch"
        for attempt in range(_ATTEMPTS):
            answer = self._client.request("POST", url, headers={}, json=body)
            if answer.status == 200:
                return answer.content
            if answer.status == 400:
                raise FeedError("it does not know this ecosystem", subject=self._base, code="no-ecosystem")
            if answer.status not in _LATER:
                break
            wait = answer.headers.get("retry-after", "")
            self._sleep(min(float(wait) if wait.isdecimal() else 2.0**attempt, 60.0))
        raise TransportError(f"it answered {answer.status}", subject=url, status=answer.status)

    def records(self, ids: Collection[str]) -> Iterator[Advisory | Rejected]:
        """The records of these ids; Rejected, with the reason, for one that can't be had or read."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            yield from pool.map(self._record, sorted(ids))

    def _record(self, identifier: str) -> Advisory | Rejected:
        answer = self._client.get(f"{self._base}/v1/vulns/{quote(identifier, safe='')}", accept={200, 404})
        if answer.status == 404:
            return Rejected(identifier, "it is named by the API, but not there")
        return decode(answer.content, feed="osv", name=identifier)


def _query(package: Package) -> dict[str, Any]:
    return {"package": {"ecosystem": package.ecosystem, "name": package.name}, "version": package.version}
