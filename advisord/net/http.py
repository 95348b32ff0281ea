"""The one client for HTTP, and the only module that knows httpx (imported at the first request, not before)."""

import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from advisord import __version__
from advisord.errors import TransportError
from advisord.net import waiting
from advisord.net.answers import Response, expect
from advisord.net.failures import explained
from advisord.net.urls import origin, shown

if TYPE_CHECKING:
    import httpx

MIB = 1 << 20
_REDIRECTS = 5
_FOLLOWED = {301, 302, 303, 307, 308}


class Http:
    """Requests with limits: on time (in all, and between two pieces), on bytes, on redirects, on patience.

    A proxy and a certificate bundle come from the environment, certificates are always verified, and a redirect leads
    to https only (from plain http also to plain http). Every failure is a TransportError in a sentence that names the
    URL without its secrets. `transport` and `sleep` are there for tests. Safe to share between threads.
    """

    def __init__(
        self,
        *,
        transport: "httpx.BaseTransport | None" = None,
        connect: float = 10.0,
        read: float = 30.0,
        attempts: int = 5,
        patience: float = 120.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._transport = transport
        self._connect = connect
        self._read = read
        self._attempts = attempts
        self._patience = patience
        self._sleep = sleep

    @cached_property
    def _client(self) -> "httpx.Client":
        import httpx

        timeout = httpx.Timeout(self._read, connect=self._connect)
        headers = {"user-agent": f"advisord/{__version__}"}
        try:
            return httpx.Client(transport=self._transport, timeout=timeout, headers=headers)
        except (ValueError, ImportError, OSError):
            # The message of httpx would show the proxy's address with its password.
            message = "the proxy or the certificate bundle that the environment names can't be used"
            raise TransportError(message, hint="check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE", code="proxy") from None

    def close(self) -> None:
        """Close the connections."""
        if "_client" in vars(self):
            self._client.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        json: object | None = None,
        content: bytes | None = None,
        limit: int = 32 * MIB,
    ) -> Response:
        """Send one request once and give back the answer, whatever its status; redirects are not followed.

        The body is `json`, or `content` byte for byte.
        """
        body = BytesIO()
        with self._answer(method, url, headers, json=json, content=content, redirects=0) as answer:
            _pour(answer, body, limit, time.monotonic() + 120.0)
        return _response(answer, body.getvalue())

    def get(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        json: object | None = None,
        accept: Collection[int] = (200,),
        limit: int = 64 * MIB,
        total: float = 300.0,
    ) -> Response:
        """Ask, again if need be, until one of the statuses in `accept` comes.

        `method` may be HEAD, or POST for a question, put as `json`, that changes nothing.

        Raises TransportError for every other status, when no answer came in several attempts, and when the server asks
        for more patience than we have (`retry_after` then says how much).
        """

        def once() -> Response:
            body = BytesIO()
            with self._answer(method, url, headers or {}, json=json) as answer:
                _pour(answer, body, limit if answer.status_code == 200 else MIB, time.monotonic() + total)
            response = _response(answer, body.getvalue())
            expect(response, accept, headers or {})
            return response

        return self._patiently(once)

    def save(
        self, url: str, file: BinaryIO, *, accept: Collection[int] = (200,), limit: int, total: float = 3600.0
    ) -> Response:
        """Like `get`, with the body of a 200 written to `file` from its beginning.

        A transfer that was cut goes on where it stopped, if the server can say that it is still the same object.
        """
        tag = ""

        def once() -> Response:
            nonlocal tag
            start = file.seek(0, 2) if tag else 0
            asked = {"accept-encoding": "identity"}
            if start:
                asked |= {"range": f"bytes={start}-", "if-range": tag}
            with self._answer("GET", url, asked) as answer:
                going_on = answer.status_code == 206 and answer.headers.get("content-range", "").startswith(
                    f"bytes {start}-"
                )
                if not going_on:
                    start = 0
                file.seek(start)
                file.truncate()
                tag = ""
                if going_on or answer.status_code == 200:
                    tag = _strong(answer.headers.get("etag", ""))
                    _pour(answer, file, limit - start, time.monotonic() + total)
                    return _response(answer, b"")._replace(status=200)
                body = BytesIO()
                _pour(answer, body, MIB, time.monotonic() + total)
            response = _response(answer, body.getvalue())
            expect(response, accept, asked)
            return response

        return self._patiently(once)

    def _patiently(self, once: Callable[[], Response]) -> Response:
        attempt = 0
        while True:
            try:
                return once()
            except TransportError as error:
                wait = waiting.back_off(attempt) if error.retry_after is None else error.retry_after
                attempt += 1
                if not error.retryable or wait > self._patience or attempt >= self._attempts:
                    raise
                self._sleep(wait + random.uniform(0.0, 0.1))  # noqa: S311  (not a secret)

    @contextmanager
    def _answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        json: object | None = None,
        content: bytes | None = None,
        redirects: int = _REDIRECTS,
    ) -> Iterator["httpx.Response"]:
        """The last answer of a chain of redirects, its body still to come; what goes wrong inside is explained."""
        with explained(url):
            _check(url)
            client = self._client
            request = client.build_request(method, url, headers=dict(headers), json=json, content=content)
            for _ in range(redirects):
                answer = client.send(request, stream=True)
                following = answer.next_request if answer.status_code in _FOLLOWED else None
                if following is None:
                    break
                answer.close()
                _allow(str(request.url), str(following.url))
                if origin(str(request.url)) != origin(str(following.url)):
                    following = client.build_request(following.method, following.url, headers=_harmless(headers))
                request = following
            else:
                answer = client.send(request, stream=True)
                if redirects and answer.next_request is not None:
                    answer.close()
                    raise TransportError(f"{shown(url)} redirects again and again", code="redirect")
            try:
                yield answer
            finally:
                answer.close()


def _pour(answer: "httpx.Response", sink: BinaryIO, limit: int, deadline: float) -> None:
    """Write the body to `sink` as it comes, within limits."""
    url = str(answer.url)
    announced = answer.headers.get("content-length", "")
    left = limit
    if answer.request.method != "HEAD" and announced.isdecimal() and int(announced) > limit:
        left = -1
    for chunk in answer.iter_bytes() if left >= 0 else ():
        left -= len(chunk)
        if left < 0:
            break
        if time.monotonic() > deadline:
            raise TransportError(f"{shown(url)} sends too slowly: given up", code="timeout", retryable=True)
        try:
            sink.write(chunk)
        except OSError as exc:
            raise TransportError(f"an answer can't be kept in a temporary file: {exc.strerror}", code="disk") from exc
    if left < 0:
        raise TransportError(f"{shown(url)} sends more than {limit:,} bytes, which is the limit", code="too-large")


def _check(url: str) -> None:
    """Refuse what is no web address before a name server is asked about it."""
    try:
        scheme, host, _ = origin(url)
    except ValueError:
        scheme = host = ""
    if scheme not in {"http", "https"} or not host or " " in url or not url.isprintable():
        raise TransportError(f"{shown(url)} is not an http or https URL", code="url")


def _allow(source: str, target: str) -> None:
    if target.startswith("https:") or (target.startswith("http:") and source.startswith("http:")):
        return
    raise TransportError(f"{shown(source)} redirects to {shown(target)}, which is not https", code="redirect")


def _harmless(headers: Mapping[str, str]) -> dict[str, str]:
    """What may be told to another server than the one that was meant."""
    kept = {"accept", "accept-encoding", "range", "if-range", "if-none-match"}
    return {name: value for name, value in headers.items() if name.lower() in kept}


def _strong(tag: str) -> str:
    """The entity tag if it promises equal bytes (RFC 9110, section 8.8.1), else ""."""
    return tag if tag.startswith('"') else ""


def _response(answer: "httpx.Response", content: bytes) -> Response:
    return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, content, str(answer.url))
