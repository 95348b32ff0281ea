"""The application: which address answers what, in which form, and what happens when that fails."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.routing import Route
from web_parts import Client, Shown, answer, show

from advisord.errors import StoreError
from advisord.settings import Settings
from advisord.web import app, look, openapi
from advisord.web.app import make

PAGES = ("/", "/findings", "/findings/1", "/repositories", "/repositories/1", "/deadlines", "/feeds")
DATA = ("/api/summary", *(f"/api{path}" for path in PAGES[1:]), "/api/history", "/api/openapi.json")


async def _asked(
    settings: Settings, method: str, path: str, body: AsyncIterator[bytes] | None = None
) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=make(settings)), base_url="http://127.0.0.1"
    ) as client:
        return await client.request(method, path, content=body)


def _ask(settings: Settings, method: str, path: str, body: AsyncIterator[bytes] | None = None) -> httpx.Response:
    return asyncio.run(_asked(settings, method, path, body))


@pytest.mark.parametrize("path", [*PAGES, *DATA, "/metrics", "/healthz", "/style.css", "/v1/vulns/A-1", "/readyz"])
def test_head_is_get_without_the_body(settings: Settings, db: sqlite3.Connection, path: str) -> None:
    """The same status and headers, its length among them."""
    show(db, "shop", Shown())
    get, head = (_ask(settings, method, path) for method in ("GET", "HEAD"))
    assert head.content == b""
    kept = {"content-type", "content-length", "content-security-policy", "cache-control"}
    assert get.status_code == head.status_code
    if path != "/metrics":  # its length changes with the time
        assert {name: get.headers[name] for name in kept} == {name: head.headers[name] for name in kept}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", [*PAGES, *DATA, "/metrics", "/readyz", "/healthz"])
def test_other_methods_are_not_possible(settings: Settings, path: str, method: str) -> None:
    """It says which are; nobody is told that anything could be written, from elsewhere neither (CORS)."""
    response = _ask(settings, method, path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/v1/query", "/v1/querybatch"])
def test_questions_are_posted(settings: Settings, db: sqlite3.Connection, path: str) -> None:
    """In no other way."""
    assert db
    response = _ask(settings, "GET", path)
    assert (response.status_code, response.headers["allow"], answer(response)["code"]) == (405, "POST", 12)


def test_every_address_of_the_description_answers(settings: Settings, db: sqlite3.Connection) -> None:
    """With what exists it is 200, or a refusal that the description knows; and no address is left out of it."""
    show(db, "shop", Shown())
    described = openapi.description()["paths"]
    for path, methods in described.items():
        for method, told in methods.items():
            response = _ask(settings, method.upper(), path.replace("{number}", "1").replace("{id}", "A-1"))
            assert str(response.status_code) in told["responses"], (path, response.status_code)
    routes = {route.path for route in app._routes(settings) if isinstance(route, Route)}
    known = {path.partition("{")[0] for path in described}
    assert {path.partition("{")[0] for path in routes if path.startswith("/api/")} - known <= {"/api/openapi.json"}


@pytest.mark.parametrize(
    ("path", "form"),
    [("/nothing", "text/html"), ("/api/nothing", "application/json"), ("/v1/nothing", "application/json")],
)
def test_nothing_there(settings: Settings, path: str, form: str) -> None:
    """Said in the form of its neighbours."""
    response = _ask(settings, "GET", path)
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (404, form)
    assert "nothing at this address" in response.text


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (sqlite3.OperationalError("interrupted"), 503, "this takes too long to find; ask for less"),
        (sqlite3.DatabaseError("database disk image is malformed"), 503, "damaged"),
        (sqlite3.OperationalError("database is locked"), 503, "another process has held the database"),
        (StoreError("there is no advisory database yet"), 503, "there is no advisory database yet"),
        (look.Refused(404, "there is no such thing"), 404, "there is no such thing"),
        (RuntimeError("s3cret"), 500, "the log of advisord says what"),
    ],
)
def test_what_goes_wrong_is_told_as_far_as_it_concerns_the_reader(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    """With a status that says whether asking again helps; a defect's own words are for the log."""

    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(app, "look", broken)
    for path in ("/", "/api/summary", "/metrics", "/readyz", "/v1/vulns/x"):
        response = _ask(settings, "GET", path)
        assert response.status_code == status
        assert words in response.text or words.capitalize() in response.text
        assert "s3cret" not in response.text


def test_an_answer_has_limited_time(
    settings: Settings, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds a slow question can't keep the others waiting by it."""
    show(db, "shop", *(Shown(f"p{number}", f"A-{number}") for number in range(300)))
    monkeypatch.setattr(look, "_SECONDS", -1.0)
    monkeypatch.setattr(look, "_STEPS", 1)
    response = _ask(settings, "GET", "/findings")
    assert response.status_code == 503
    assert "This takes too long to find; ask for less." in response.text


def test_a_question_has_limited_size_and_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it comes: in one piece or in many, or not at all."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    async def never(_request: object) -> bytes:
        await asyncio.sleep(60)
        return b""

    assert answer(_ask(settings, "POST", "/v1/query", endless()))["code"] == 3
    assert _ask(settings, "POST", "/v1/querybatch", endless()).status_code == 413
    monkeypatch.setattr(app, "_PATIENCE", 0.01)
    monkeypatch.setattr(app, "_body", never)
    assert _ask(settings, "POST", "/v1/query").status_code == 408


def test_json_is_always_utf_8(settings: Settings, db: sqlite3.Connection, ask: Client) -> None:
    """Names in any script, as they are; what is no text becomes a sign for that, never a failure."""
    show(db, "прод", Shown("пакет-🎉"))
    assert settings
    assert answer(ask("/api/findings"))["findings"][0]["package"] == "пакет-🎉"
    assert json.loads(bytes(app._json({"x": "\ud800"}).body)) == {"x": "?"}


def test_a_slash_too_many_leads_to_the_page(settings: Settings, db: sqlite3.Connection) -> None:
    """On this server."""
    assert db
    response = _ask(settings, "GET", "/findings/?scope=in")
    assert (response.status_code, httpx.URL(response.headers["location"]).path) == (307, "/findings")
