"""OSV's query API, over a real loopback server."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from advisord.errors import FeedError, TransportError
from advisord.feeds.interface import Rejected
from advisord.feeds.osv_api import OsvApi, Package
from advisord.net.http import Http

Answer = tuple[int, Any]


class Api:
    """A server whose answers to batches are what `reply` makes of the queries."""

    def __init__(self) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self.reply: Callable[[list[dict[str, Any]]], Answer] = lambda queries: (200, {"results": [{} for _ in queries]})
        self.records: dict[str, Any] = {}
        self.broken: set[str] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                queries = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
                owner.batches.append(queries)
                self._send(*owner.reply(queries))

            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                record = owner.records.get(name)
                self._send(500 if name in owner.broken else 200 if record else 404, record)

            def _send(self, status: int, value: Any) -> None:
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response_only(status)
                self.send_header("content-length", str(len(body)))
                if status == 429:
                    self.send_header("retry-after", "1")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def api() -> Iterator[Api]:
    """The server."""
    server = Api()
    yield server
    server.close()


@pytest.fixture
def client(api: Api, make_http: Callable[..., Http]) -> OsvApi:
    """Our side of it, which never really sleeps."""
    return OsvApi(make_http(), api.url)


def packages(count: int) -> list[Package]:
    """That many versions."""
    return [Package("npm", f"p{number}", "1.0.0") for number in range(count)]


def test_batches_of_a_thousand(api: Api, client: OsvApi) -> None:
    """Never more, and every package once."""
    assert client.ids(packages(2500)) == set()
    assert [len(batch) for batch in api.batches] == [1000, 1000, 500]
    assert api.batches[0][0] == {"package": {"ecosystem": "npm", "name": "p0"}, "version": "1.0.0"}


def test_pages_to_the_end_even_when_empty(api: Api, client: OsvApi) -> None:
    """A page without records is not the last as long as it has a token."""
    pages: dict[str | None, Any] = {
        None: {"vulns": [{"id": "A"}], "next_page_token": "1"},
        "1": {"next_page_token": "2"},
        "2": {"vulns": [{"id": "B"}]},
    }
    api.reply = lambda queries: (200, {"results": [pages[query.get("page_token")] for query in queries]})
    assert client.ids(packages(2)) == {"A", "B"}
    assert len(api.batches) == 3


def test_pages_without_end(api: Api, client: OsvApi) -> None:
    """A server that never comes to an end is given up."""
    api.reply = lambda queries: (200, {"results": [{"next_page_token": "again"} for _ in queries]})
    with pytest.raises(FeedError, match="never come to an end"):
        client.ids(packages(1))


def test_an_ecosystem_that_is_not_known(api: Api, client: OsvApi) -> None:
    """It is told apart from a server in trouble."""
    api.reply = lambda _: (400, {"code": 3, "message": "Invalid ecosystem"})
    with pytest.raises(FeedError) as caught:
        client.ids(packages(1))
    assert (caught.value.code, caught.value.message) == (
        "no-ecosystem",
        "it refuses questions about this ecosystem: Invalid ecosystem",
    )
    api.reply = lambda _: (400, b"<html>")
    with pytest.raises(FeedError, match=r"about this ecosystem$"):
        client.ids(packages(1))


def test_trouble_that_passes_and_trouble_that_does_not(api: Api, client: OsvApi) -> None:
    """A limit or an outage is waited for, some times; another status is an error at once."""
    answers: list[Answer] = [(429, {}), (503, {}), (200, {"results": [{"vulns": [{"id": "A"}]}]})]
    api.reply = lambda _: answers.pop(0)
    assert client.ids(packages(1)) == {"A"}
    for status, tries in ((504, 5), (401, 1)):
        api.batches.clear()
        api.reply = lambda _, status=status: (status, {})  # type: ignore[misc]
        with pytest.raises(TransportError):
            client.ids(packages(1))
        assert len(api.batches) == tries


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        {"results": []},
        {},
        [],
        {"results": 3},
        {"results": ["x"]},
        {"results": [{"vulns": [{}]}]},
        {"results": [{"vulns": [{"id": None}]}]},
    ],
)
def test_an_answer_that_is_none(api: Api, client: OsvApi, answer: Any) -> None:
    """Nothing follows from it, least of all that there is nothing."""
    api.reply = lambda _: (200, answer)
    with pytest.raises(FeedError, match="not one to a batch"):
        client.ids(packages(1))


def test_a_package_as_a_whole(api: Api, client: OsvApi) -> None:
    """Without a version everything about it is asked for."""
    client.ids([Package("npm", "p", "")])
    assert api.batches == [[{"package": {"ecosystem": "npm", "name": "p"}}]]


def test_a_server_that_stumbles(api: Api, client: OsvApi) -> None:
    """A record that it fails on is a reason, more than a few are an outage."""
    for number in range(8):
        api.records[f"A-{number}"] = {"id": f"A-{number}", "affected": []}
    api.broken = {"A-1", "A-2"}
    found = list(client.records(api.records))
    assert [record.id for record in found if isinstance(record, Rejected)] == ["A-1", "A-2"]
    api.broken = set(api.records)
    with pytest.raises(TransportError):
        list(client.records(api.records))


def test_records(api: Api, client: OsvApi) -> None:
    """Each by its id; one that is not there is a reason, not silence."""
    api.records["GHSA-1"] = {"id": "GHSA-1", "affected": []}
    found = list(client.records({"GHSA-1", "GHSA-2"}))
    assert [record.id for record in found] == ["GHSA-1", "GHSA-2"]
    assert isinstance(found[1], Rejected)
