"""The HTTP client, against a server that misbehaves."""

import gzip
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from loopback import Answer, Loopback

from advisord import __version__
from advisord.errors import TransportError
from advisord.net.http import Http

Make = Callable[..., Http]
_LATER = {"content-type": "text/plain"}


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the client would have slept."""
    return []


@pytest.fixture
def http(make_http: Make, waits: list[float]) -> Http:
    """A client that puts down how long it would sleep."""
    return make_http(read=5.0, sleep=waits.append)


def failure(call: Callable[[], object]) -> TransportError:
    """The error that a call ends with."""
    with pytest.raises(TransportError) as caught:
        call()
    return caught.value


def test_answer(server: Loopback, http: Http) -> None:
    """A body comes whole, with headers in lower case, and the server learns who asks."""
    server.put("/a b", b"[]", headers={"X-Note": "yes"})
    answer = http.get(server.url + "/a%20b")
    assert (answer.status, answer.content, answer.headers["x-note"]) == (200, b"[]", "yes")
    assert server.requests[0].headers["user-agent"] == f"advisord/{__version__}"


def test_not_found_is_final_and_shows_no_secret(server: Loopback, http: Http, waits: list[float]) -> None:
    """A 404 is not tried again; its sentence has the URL without user and query, the status and what came."""
    url = server.url.replace("//", "//user:hunter2@") + "/x?token=hunter2"
    error = failure(lambda: http.get(url))
    assert (error.status, error.code, error.retryable, waits) == (404, "not-found", False, [])
    assert str(error) == f"{server.url}/x answered 404 with text/plain"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_passing_trouble_is_waited_out(server: Loopback, http: Http, waits: list[float], status: int) -> None:
    """An overloaded server is asked again, after a pause that grows."""
    server.put("/x", b"ok")
    server.fault("/x", *[Answer(b"later", status, _LATER)] * 3)
    assert http.get(server.url + "/x").content == b"ok"
    assert len(waits) == 3
    assert 0.2 < waits[0] < 0.7
    assert 0.9 < waits[2] < 2.2


def test_retry_after_is_honoured(server: Loopback, http: Http, waits: list[float]) -> None:
    """A server that names seconds or a moment (by its own clock) gets them."""
    server.put("/x", b"ok")
    dates = {"date": "Sat, 21 Nov 2026 10:00:00 GMT", "retry-after": "Sat, 21 Nov 2026 10:00:20 GMT"}
    server.fault("/x", Answer(status=503, headers={"retry-after": "7"}), Answer(status=429, headers=dates))
    http.get(server.url + "/x")
    assert [round(wait) for wait in waits] == [7, 20]


def test_no_endless_patience(server: Loopback, http: Http, waits: list[float]) -> None:
    """A server that asks for an hour is not slept for: the caller learns when to come again."""
    server.fault("/x", Answer(status=429, headers={"retry-after": "3600"}))
    error = failure(lambda: http.get(server.url + "/x"))
    assert (error.retryable, error.retry_after, error.code, waits) == (True, 3600.0, "rate-limited", [])


def test_attempts_end(server: Loopback, waits: list[float], make_http: Make) -> None:
    """Trouble that does not pass is given up on."""
    server.put("/x", b"", status=503)
    error = failure(lambda: make_http(attempts=3, sleep=waits.append).get(server.url + "/x"))
    assert (error.status, error.retryable, len(waits), len(server.requests)) == (503, True, 2, 3)


def test_rate_limit_by_headers(server: Loopback, http: Http, waits: list[float]) -> None:
    """A 403 with an exhausted allowance waits for its renewal, by the server's clock; one without is about permission."""
    server.put("/x", b"ok")
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795255230", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}
    server.fault("/x", Answer(status=403, headers=spent))
    http.get(server.url + "/x")
    assert [round(wait) for wait in waits] == [30]
    server.fault("/x", Answer(b'{"message": "Bad token abcdefgh"}', 403, {"content-type": "application/json"}))
    error = failure(lambda: http.get(server.url + "/x", headers={"Authorization": "Bearer abcdefgh"}))
    assert (error.code, error.retryable, error.hint) == ("forbidden", False, "check the token and what it may do")
    assert str(error).endswith("/x answered 403 with application/json: Bad token …")


def test_html_is_named(server: Loopback, http: Http) -> None:
    """An error page is called what it is."""
    server.put("/x", b"<html>captive portal", status=404)
    assert str(failure(lambda: http.get(server.url + "/x"))).endswith("answered 404 with an HTML page")


def test_cut_connection(server: Loopback, http: Http, waits: list[float]) -> None:
    """A body that ends too soon is asked for again."""
    server.put("/x", b"x" * 1000)
    server.fault("/x", Answer(b"x" * 1000, cut=10))
    assert len(http.get(server.url + "/x").content) == 1000
    assert len(waits) == 1


def test_a_cut_download_goes_on(server: Loopback, http: Http) -> None:
    """A file that was cut is continued where it stopped, as long as it is the same object."""
    body = bytes(range(256)) * 1000
    server.put("/x", body)
    server.fault("/x", Answer(body, cut=100_000), Answer(body, 503))
    file = BytesIO()
    http.save(server.url + "/x", file, limit=1_000_000)
    assert file.getvalue() == body
    assert [request.headers.get("range") for request in server.requests] == [None, "bytes=100000-", None]


def test_a_changed_download_starts_again(server: Loopback, http: Http) -> None:
    """What was fetched of an older object is thrown away."""
    server.put("/x", b"new" * 10)
    server.fault("/x", Answer(b"old" * 1000, cut=100))
    file = BytesIO()
    http.save(server.url + "/x", file, limit=1_000_000)
    assert file.getvalue() == b"new" * 10


def test_a_missing_download(server: Loopback, http: Http) -> None:
    """A status that is accepted is an answer, and nothing is left in the file."""
    file = BytesIO(b"before")
    assert http.save(server.url + "/x", file, accept={200, 404}, limit=100).status == 404
    assert file.getvalue() == b""
    assert failure(lambda: http.save(server.url + "/x", file, limit=100)).status == 404


def test_a_full_disk(server: Loopback, http: Http) -> None:
    """A file that can't be written is told in a sentence, once."""

    class Full(BytesIO):
        def write(self, _: object, /) -> int:
            raise OSError(28, "No space left on device")

    server.put("/x", b"x")
    error = failure(lambda: http.save(server.url + "/x", Full(), limit=100))
    assert (error.code, error.retryable) == ("disk", False)
    assert str(error) == "an answer can't be kept in a temporary file: No space left on device"


def test_silence(server: Loopback, make_http: Make) -> None:
    """A server that stops sending is left after the time between two pieces."""
    server.put("/x", b"abc", pause=1.0)
    error = failure(lambda: make_http(read=0.1, attempts=1).get(server.url + "/x"))
    assert (error.code, error.retryable) == ("timeout", True)


def test_dripping(server: Loopback, make_http: Make) -> None:
    """A server that sends byte by byte is left after the time for all of it."""
    server.put("/x", b"x" * 1000, pause=0.02)
    error = failure(lambda: make_http(attempts=1).get(server.url + "/x", total=0.1))
    assert (error.code, error.retryable) == ("timeout", True)


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large(server: Loopback, http: Http, chunked: bool) -> None:
    """A body beyond the limit is refused, whether its length is told or not."""
    server.put("/x", b"x" * 100_000, chunked=chunked)
    error = failure(lambda: http.get(server.url + "/x", limit=50_000))
    assert (error.code, error.retryable) == ("too-large", False)
    assert len(http.get(server.url + "/x", limit=100_000).content) == 100_000


def test_a_packed_bomb(server: Loopback, http: Http) -> None:
    """The limit counts unpacked bytes."""
    server.put("/x", gzip.compress(bytes(10_000_000)), headers={"content-encoding": "gzip"})
    assert failure(lambda: http.get(server.url + "/x", limit=1_000_000)).code == "too-large"


def test_a_damaged_encoding(server: Loopback, make_http: Make) -> None:
    """A body that can't be unpacked is a passing fault."""
    server.put("/x", b"not gzip", headers={"content-encoding": "gzip"})
    error = failure(lambda: make_http(attempts=1).get(server.url + "/x"))
    assert str(error) == f"{server.url}/x sent a damaged body"


def test_redirects_within_plain_http(server: Loopback, http: Http) -> None:
    """A plain server may lead to a plain address."""
    server.put("/x", b"", status=302, headers={"location": "/y"})
    server.put("/y", b"here")
    assert http.get(server.url + "/x").content == b"here"
    server.put("/y", b"", status=301, headers={"location": "/x"})
    assert failure(lambda: http.get(server.url + "/x")).code == "redirect"


def test_no_redirect_from_https_to_http(server: Loopback, make_http: Make) -> None:
    """A redirect to an unencrypted address is refused."""
    to_http = httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": server.url + "/x"}))
    error = failure(lambda: make_http(transport=to_http).get("https://feed.example/x"))
    assert (error.code, server.requests) == ("redirect", [])
    assert str(error) == f"https://feed.example/x redirects to {server.url}/x, which is not https"


def test_a_token_stays_with_its_server(make_http: Make) -> None:
    """A redirect to another server does not take the token along; one within the server does."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        places = {"/1": "/2", "/2": "https://other.example/3"}
        location = places.get(request.url.path)
        return httpx.Response(307, headers={"location": location}) if location else httpx.Response(200)

    headers = {"Authorization": "Bearer abcdefgh", "PRIVATE-TOKEN": "abcdefgh", "Accept": "text/csv"}
    make_http(transport=httpx.MockTransport(answer)).get("https://feed.example/1", headers=headers)
    assert [request.headers.get("authorization") for request in asked] == ["Bearer abcdefgh"] * 2 + [None]
    assert [request.headers.get("private-token") for request in asked] == ["abcdefgh"] * 2 + [None]
    assert asked[2].headers["accept"] == "text/csv"


def test_a_wrong_certificate(tls_server: Loopback, http: Http, waits: list[float]) -> None:
    """A certificate that nobody vouches for ends it, with the reason."""
    error = failure(lambda: http.get(tls_server.url + "/x"))
    assert (error.code, error.retryable, waits, tls_server.requests) == ("certificate", False, [], [])
    assert "is not trusted: self-signed certificate" in str(error)


def test_a_proxy_from_the_environment(server: Loopback, monkeypatch: pytest.MonkeyPatch, make_http: Make) -> None:
    """A request goes through the proxy that the environment names."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    server.put("/x", b"by proxy")
    assert make_http().get("http://feed.example/x").content == b"by proxy"
    assert server.requests[0].target == "http://feed.example/x"


def test_a_refusing_proxy(server: Loopback, monkeypatch: pytest.MonkeyPatch, make_http: Make) -> None:
    """A proxy that does not let us through is named as the one to blame."""
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    error = failure(lambda: make_http(attempts=1).get("https://feed.example/x"))
    assert error.code == "proxy"


def test_a_malformed_proxy_shows_no_password(monkeypatch: pytest.MonkeyPatch, make_http: Make) -> None:
    """The address of a proxy with a password is nowhere in the error, nor behind it."""
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:hunter2@proxy.example:1")
    monkeypatch.setenv("NO_PROXY", "")
    error = failure(lambda: make_http().get("https://feed.example/x"))
    assert error.code == "proxy"
    assert error.__suppress_context__
    assert "hunter2" not in str(error)


def test_a_malformed_token_is_not_shown(server: Loopback, http: Http) -> None:
    """A token with a line break or a letter beyond ASCII can't be sent and is not repeated."""
    for token in ("hunter2\n", "hunter2é"):
        error = failure(lambda token=token: http.get(server.url + "/x", headers={"authorization": token}))  # type: ignore[misc]
        assert "hunter2" not in str(error)
        assert error.__suppress_context__


@pytest.mark.parametrize("url", ["ftp://feed.example/x", "feed.example/x", "https://[", "https://exa mple:99999999/"])
def test_not_a_url(http: Http, url: str) -> None:
    """An address that is none is an error in words."""
    assert not failure(lambda: http.get(url)).retryable


def test_nobody_there(waits: list[float], make_http: Make) -> None:
    """A refused connection is tried again and told in the system's words."""
    error = failure(lambda: make_http(attempts=2, sleep=waits.append).get("http://127.0.0.1:9/x"))
    assert (error.code, error.retryable, len(waits)) == ("connection", True, 1)
    assert str(error).startswith("http://127.0.0.1:9/x can't be reached: ")


def test_a_request_is_sent_once(server: Loopback, http: Http, waits: list[float]) -> None:
    """`request` gives any status back, follows nothing and repeats nothing."""
    server.put("/x", b"{}", status=503)
    answer = http.request("POST", server.url + "/x", headers={"a": "b"}, json={"k": 1})
    assert (answer.status, answer.content, len(server.requests), waits) == (503, b"{}", 1, [])
    server.put("/x", b"", status=302, headers={"location": "/y"})
    assert http.request("PATCH", server.url + "/x", headers={}).status == 302
    assert server.asked() == ["/x", "/x"]


def test_head(server: Loopback, http: Http) -> None:
    """A HEAD has headers and no body, however large the object is."""
    server.put("/x", b"x" * 1000)
    answer = http.get(server.url + "/x", method="HEAD", limit=10)
    assert (answer.headers["content-length"], answer.content) == ("1000", b"")


def test_nothing_is_imported_before_it_is_needed() -> None:
    """Whoever imports the client, or makes one, does not pay for httpx."""
    code = "import sys; from advisord.net.http import Http; Http(); sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
