"""Who may read, what a browser may do with what it reads, and how many are answered at a time."""

import base64
import binascii
import hmac
import logging
import traceback
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from advisord.reports.plain import printable
from advisord.web.refusals import refusal

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries."""
_OPEN = {"/healthz"}
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_AT_A_TIME = 100
_PATH, _WHAT = 200, 500
_LOG = logging.getLogger("advisord.web")


class Guard:
    """Lets in whoever has the token, where there is one; else whoever calls us by a name of ours.

    Without that a page from elsewhere, whose own name is made to lead to this machine, could read ours in a browser.
    A defect is logged as one line, with its place in the code.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str], at_a_time: int = _AT_A_TIME) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = _LOCAL | {host.lower() for host in hosts}
        self._at_a_time = at_a_time
        self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refused = None if scope["path"] in _OPEN else self._refusal(scope)
        self._answering += 1
        try:
            await (refused or self._app)(scope, receive, guarded)
        except Exception as exc:  # noqa: BLE001  (a defect: the application has answered, and raises it to be reported)
            _report(scope, exc)
        finally:
            self._answering -= 1

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._token and not hmac.compare_digest(_given(headers.get("authorization", "")), self._token):
            sentence = "a token is needed: as a bearer token, or as the password of any user"
            return refusal(scope, 401, sentence, {"WWW-Authenticate": 'Basic realm="advisord", charset="UTF-8"'})
        if not self._token and _host(headers.get("host", "")) not in self._hosts:
            return refusal(scope, 421, "this name is not known here; see `hosts` of [web] in the configuration")
        if self._answering >= self._at_a_time:
            return refusal(scope, 503, "too many requests at a time; ask again in a moment", {"Retry-After": "1"})
        return None


def _report(scope: Scope, exc: Exception) -> None:
    where = traceback.extract_tb(exc.__traceback__)[-1]
    path, said = printable(scope["path"][:_PATH]), printable(str(exc)[:_WHAT])  # somebody else's words, both
    what = f"{type(exc).__name__}: {said} ({where.filename}:{where.lineno})"
    _LOG.error("%s %s failed: %s", scope["method"], path, what, extra={"action": "web-failed"})


def _given(authorization: str) -> bytes:
    """The token of a header: a bearer token, or the password of whatever user, for browsers. "" when there is none."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode("utf-8", "replace")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""


def _host(value: str) -> str:
    """The name of a Host header, without its port."""
    name = value.rpartition(":")[0] if value.rpartition(":")[2].isdecimal() and not value.endswith("]") else value
    return name.strip("[]").lower()
