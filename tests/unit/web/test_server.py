"""Over a real socket: whatever comes is answered, in a useful form, and never without our headers."""

import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from threading import Thread
from typing import NamedTuple

import pytest

from advisord.settings import Settings, Web
from advisord.store import views
from advisord.web import app, protocol
from advisord.web.guard import HEADERS
from advisord.web.server import Service


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> dict[str, object]:
        """The body, which is JSON."""
        assert self.headers["content-type"] == "application/json"
        found: dict[str, object] = json.loads(self.text)
        return found


Ask = Callable[[bytes], Answer]


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[Ask]:
    """The pages, served by a thread; asks with the bytes as they are."""
    service = Service(settings)
    thread = Thread(target=service.run)
    thread.start()
    host, port = service.address.removeprefix("http://").split(":")

    def ask(sent: bytes) -> Answer:
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            with contextlib.suppress(OSError):  # it may be refused before all of it was sent
                connection.sendall(sent)
            response = HTTPResponse(connection)
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read().decode())

    ask.address = (host, int(port))  # type: ignore[attr-defined]
    try:
        yield ask
    finally:
        service.stop()
        thread.join()


@pytest.fixture
def ask(settings: Settings, db: sqlite3.Connection) -> Iterator[Ask]:
    """Asks the pages of an empty database."""
    assert db
    with served(settings.model_copy(update={"web": Web(listen="127.0.0.1:0")})) as asking:
        yield asking


def request(path: str, method: str = "GET", *headers: str) -> bytes:
    """A request as it is sent."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


_MALFORMED = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two lengths": (request("/", "POST", "Content-Length: 1", "Content-Length: 2"), 400),
    "a name with a space": (request("/", "GET", "x y: z"), 400),
    "an unknown encoding": (request("/v1/query", "POST", "Transfer-Encoding: gzip"), 501),
    "a header without end": (b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000, 431),
    "an address without end": (b"GET /" + b"a" * 100_000, 431),
}


@pytest.mark.parametrize("name", _MALFORMED)
def test_what_is_no_request_is_refused_with_our_headers(ask: Ask, name: str) -> None:
    """The server library answers these by itself."""
    sent, status = _MALFORMED[name]
    answer = ask(sent)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert answer.text.startswith("Th")
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
    assert ask(request("/healthz")).text == "ok\n"


_REFUSED = {
    "/nothing": 404,
    "/findings/999": 404,
    "/findings/x": 404,
    "/findings?scope=x": 400,
    "/findings?page=-1": 400,
    "/%00%ff/..//etc": 404,
}


@pytest.mark.parametrize("path", _REFUSED)
def test_a_page_that_is_not_there_is_a_page_and_json_where_it_is_asked_for(ask: Ask, path: str) -> None:
    """By the address, or by what is accepted."""
    page = ask(request(path, "GET", "Accept: text/html,application/json;q=0.9"))
    assert (page.status, page.headers["content-type"]) == (_REFUSED[path], "text/html; charset=utf-8")
    assert f"({page.status})</h1>" in page.text
    assert 'href="/"' in page.text
    answers = [ask(request(path, "GET", "Accept: application/json")), ask(request(f"/api{path}"))]
    for answer in answers:
        assert answer.status == page.status
        assert list(answer.json()) == ["error"]
    for answer in (page, *answers):
        assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(("path", "allowed"), [("/", "GET"), ("/api/findings", "GET"), ("/v1/query", "POST")])
def test_another_method(ask: Ask, path: str, allowed: str) -> None:
    """What is possible is said; a body, however large, is not waited for."""
    answer = ask(request(path, "DELETE", "Content-Length: 100000000"))
    assert answer.status == 405
    assert allowed in answer.headers["allow"]
    assert answer.headers["content-security-policy"]


def test_a_body_that_is_too_large(ask: Ask) -> None:
    """A query ends at a megabyte, in the words of OSV's API; also when it comes in pieces without an end."""
    for header, body in (
        ("Content-Length: 9000000", b"x" * 2**21),
        ("Transfer-Encoding: chunked", b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    ):
        answer = ask(request("/v1/query", "POST", header) + body * (600 if "chunked" in header else 1))
        assert (answer.status, answer.json()["code"]) == (413, 3)
        assert answer.headers["content-security-policy"]


def test_who_only_holds_a_connection_loses_it(
    settings: Settings, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a request, with half of one, after an answer, in a query's body; who asks in time is answered."""
    assert db
    monkeypatch.setattr(protocol, "PATIENCE", 0.5)
    monkeypatch.setattr(app, "_PATIENCE", 0.5)
    with served(settings.model_copy(update={"web": Web(listen="127.0.0.1:0")})) as asking:
        late = asking(request("/v1/query", "POST", "Content-Length: 9"))
        assert (late.status, late.json()["message"]) == (408, "the query was not there within 0 seconds")
        address = asking.address  # type: ignore[attr-defined]
        whole = request("/healthz").replace(b"close", b"keep-alive")
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: x", whole + b"GET / HT"):
            with socket.create_connection(address, timeout=20) as connection:
                connection.sendall(sent)
                said = b""
                while part := connection.recv(4096):
                    said += part
            assert said.endswith(b"ok\n" if sent.startswith(whole) else b"")
        with socket.create_connection(address, timeout=20) as connection:
            for _ in range(3):
                connection.sendall(whole)
                said = b""
                while not said.endswith(b"ok\n"):
                    said += connection.recv(4096) or pytest.fail("it was cut off")
                time.sleep(0.3)


def test_a_defect_of_ours(
    settings: Settings, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is answered and logged with its place; who asked learns nothing of the inside, and the next one is answered."""
    assert db

    def broken(*_: object) -> None:
        raise RuntimeError("s3cret inside")

    monkeypatch.setattr(views, "due", broken)
    with served(settings.model_copy(update={"web": Web(listen="127.0.0.1:0")})) as asking:
        page, data = asking(request("/")), asking(request("/api/summary"))
        assert asking(request("/findings")).status == 200
    assert (page.status, data.status) == (500, 500)
    assert "the log of advisord says what" in page.text
    assert "s3cret" not in page.text + data.text
    assert data.json()
    assert page.headers["content-security-policy"]
    logged = [(record.getMessage(), getattr(record, "action", "")) for record in caplog.records]
    assert [action for _, action in logged] == ["web-failed"] * 2
    assert logged[0][0].startswith("GET / failed: RuntimeError: s3cret inside (")


def test_without_the_token(settings: Settings, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page for people, JSON for programs, OSV's form for its tools; all with our headers and how to ask."""
    assert db
    monkeypatch.setenv("ADVISORD_WEB", "s3cret-and-longer")
    with served(settings.model_copy(update={"web": Web(listen="127.0.0.1:0", token_env="ADVISORD_WEB")})) as asking:
        page, data = asking(request("/")), asking(request("/api/summary"))
        osv = asking(request("/v1/vulns/x"))
    assert [one.status for one in (page, data, osv)] == [401] * 3
    assert "<h1>Unauthorized (401)</h1>" in page.text
    assert (list(data.json()), osv.json()["code"]) == (["error"], 16)
    for answer in (page, data, osv):
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
