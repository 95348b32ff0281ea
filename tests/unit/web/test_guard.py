"""Who may read, and what a browser is told it may do."""

import asyncio
import base64
import contextlib
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from web_parts import Client

from advisord.errors import SettingsError
from advisord.settings import Settings, Web
from advisord.store.database import open_writer
from advisord.web.guard import Guard


@pytest.fixture
def locked(settings: Settings, tmp_path: Path) -> Client:
    """The application with a token."""
    (tmp_path / "token").write_text("s3cret-ü-and-longer\n")
    with contextlib.closing(open_writer(settings.store.path)):
        pass
    return Client(settings.model_copy(update={"web": Web(listen="0.0.0.0:80", token_file=str(tmp_path / "token"))}))


@pytest.mark.parametrize("path", ["/", "/findings", "/api/summary", "/metrics", "/readyz", "/v1/vulns/x", "/style.css"])
def test_without_the_token_nothing_is_read(locked: Client, path: str) -> None:
    """Nor with a wrong one; what is refused says how to ask."""
    wrong = base64.b64encode(b"user:wrong").decode()
    for authorization in ("", "Bearer wrong", "Bearer", f"Basic {wrong}", "Basic %%%", "Digest s3cret"):
        response = locked(path, authorization=authorization)
        assert response.status_code == 401
        assert "Basic" in response.headers["www-authenticate"]


def test_the_token_opens_as_bearer_and_as_password(locked: Client) -> None:
    """Programs send the one, browsers the other."""
    pair = base64.b64encode("anyone:s3cret-ü-and-longer".encode()).decode()
    assert locked("/", authorization=f"Basic {pair}").status_code == 200
    assert locked("/", authorization=f"Basic {pair}", host="advisord.example").status_code == 200


def test_health_is_open(locked: Client) -> None:
    """A supervisor needs no token to see that we live."""
    assert locked("/healthz").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:99", "LOCALHOST:1"])
def test_names_of_this_machine_are_known(ask: Client, host: str) -> None:
    """Whatever the port."""
    assert ask("/", host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "localhost.evil.example"])
def test_a_strange_name_is_refused(ask: Client, host: str) -> None:
    """A page from elsewhere can't read ours by a name of its own that leads here."""
    assert ask("/", host=host).status_code == 421


def test_every_answer_forbids_what_it_does_not_need(ask: Client) -> None:
    """No script, no frame, nothing from elsewhere, no copy kept."""
    for path in ("/", "/nothing", "/api/summary", "/style.css", "/healthz", "/findings?scope=x"):
        headers = ask(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; form-action 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_nothing_can_be_written(ask: Client) -> None:
    """The pages and the API only answer GET."""
    for path in ("/", "/findings", "/api/findings", "/api/summary"):
        assert ask(path, data={}).status_code == 405


def test_a_token_that_is_not_there_is_a_mistake(settings: Settings) -> None:
    """Nothing is served unprotected because a variable is missing."""
    with pytest.raises(SettingsError, match="ADVISORD_NO_SUCH_TOKEN"):
        Client(settings.model_copy(update={"web": Web(token_env="ADVISORD_NO_SUCH_TOKEN")}))


@pytest.mark.parametrize("listen", ["8080", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ":8080", "0.0.0.0:8080", "[::]:1"])  # fmt: skip
def test_an_address_that_makes_no_sense_or_is_open_to_all(listen: str) -> None:
    """Beyond loopback a token is needed."""
    with pytest.raises(ValueError, match="listen is"):
        Web(listen=listen)


def test_a_defect_is_told_in_one_short_line(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever finds one can't fill the log by it, nor write lines of their own into it."""

    async def broken(*_: object) -> None:
        raise RuntimeError("x" * 9999 + "\n\x1b[31m")

    async def ask() -> None:
        transport = httpx.ASGITransport(app=Guard(broken, "", ()))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.get("/%0aall%20is%20well%1b" + "9" * 9999)

    with contextlib.suppress(AssertionError):  # nothing was answered
        asyncio.run(ask())
    (record,) = caplog.records
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 1000
    assert record.getMessage().endswith(")")


def test_only_so_many_at_a_time() -> None:
    """Who comes when all hands are full is told to come back; whether we live is answered all the same."""
    free = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await free.wait()
        await PlainTextResponse("at last")(scope, receive, send)

    guard = Guard(slow, "", (), at_a_time=2)

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=guard)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    async def all_of_them() -> list[httpx.Response]:
        tasks = [asyncio.create_task(ask(path)) for path in ("/", "/", "/api/x", "/healthz")]
        await asyncio.wait(tasks[2:3])
        free.set()
        return [await task for task in tasks]

    answers = asyncio.run(all_of_them())
    assert [answer.status_code for answer in answers] == [200, 200, 503, 200]
    assert answers[2].headers["retry-after"] == "1"
    assert answers[2].headers["content-security-policy"]
