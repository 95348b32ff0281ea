"""Sending to one address on a web server that is a secret itself: whoever knows it may post."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from advisord.errors import TransportError
from advisord.model.notice import REFUSED
from advisord.net import waiting
from advisord.net.answers import Response
from advisord.net.http import Http
from advisord.net.urls import origin, shown

_CHANNEL = {401, 403, 404, 405, 407, 410}
"""Statuses that are about the address, whatever is sent to it."""
_LATER = {408, 425, 429}
_LIMIT = 1 << 20
_WORDS = 120


class Post:
    """One address. Errors name its server alone; `address` is asked for each time, so that it may change.

    `clear` says that it may be sent without encryption; else only on this machine. `secrets` are
    more words that no error shows, whatever the server says.
    """

    def __init__(
        self,
        http: Http,
        address: Callable[[], str],
        *,
        clear: bool = False,
        secrets: Callable[[], str] = lambda: "",
    ) -> None:
        self._http = http
        self._address = address
        self._clear = clear
        self._secrets = secrets

    def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """POST once; returns when the server answered with 2xx.

        Raises TransportError: with the code `notice.REFUSED` when what was sent will never be taken, with `retry_after`
        when the server asks to wait; and SettingsError when the address is not there.
        """
        url = self._url()
        try:
            answer = self._http.request("POST", url, headers=headers, content=body, limit=_LIMIT)
        except TransportError as exc:
            raise _hidden(exc, url) from None
        if not 200 <= answer.status < 300:
            raise _refusal(answer, url, self._secrets().split())

    def check(self) -> str:
        """Ask the server for its first page, without the address; whatever it answers, it is there."""
        url = self._url()
        try:
            self._http.request("HEAD", f"{_server(url)}/", headers={})
        except TransportError as exc:
            raise _hidden(exc, url) from None
        return f"{_server(url)} answers"

    def _url(self) -> str:
        url = self._address()
        try:
            scheme, host, _ = origin(url)
        except ValueError:
            scheme = host = ""
        if scheme not in {"http", "https"} or not host or " " in url or not url.isprintable():
            raise TransportError("its address is not an http or https URL", code="url")
        if scheme == "http" and not self._clear and not _here(host):
            raise TransportError("its address is a secret and must begin with https", code="url")
        return url


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _server(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _without(text: str, url: str, more: Sequence[str] = ()) -> str:
    """A text without the address or a part of it that could be a secret."""
    parts = urlsplit(url)
    pieces = [*more, url, shown(url), *parts.netloc.split("@")[:-1], *parts.path.split("/"), *parts.query.split("&")]
    pieces += [piece.partition("=")[2] for piece in parts.query.split("&")]
    for piece in sorted(filter(lambda piece: len(piece) > 5, pieces), key=len, reverse=True):
        text = text.replace(piece, _server(url) if piece in {url, shown(url)} else "…")
    return text


def _hidden(exc: TransportError, url: str) -> TransportError:
    return TransportError(_without(exc.message, url), hint=exc.hint, code=exc.code, retryable=exc.retryable)


def _refusal(answer: Response, url: str, secrets: Sequence[str]) -> TransportError:
    status = answer.status
    said = answer.content[:1000].decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in _without(said, url, secrets)).split())[:_WORDS]
    sentence = f"{_server(url)} answered {status}" + (f": {line}" if line and not line.startswith("<") else "")
    if status in _LATER or status >= 500:
        wait = waiting.asked(status, answer.headers)
        return TransportError(sentence, retryable=True, status=status, retry_after=wait)
    if status < 400 or status in _CHANNEL:
        hint = "check its address: a receiver that has moved or gone needs another one"
        if status in {401, 403, 407}:
            hint = "it does not believe us: check the secret (`secret_env`, `secret_file`), and its address"
        return TransportError(sentence, hint=hint, code="forbidden", status=status)
    return TransportError(sentence, code=REFUSED, status=status)
