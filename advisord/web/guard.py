"""Who may read, and what a browser may do with what it reads."""

import base64
import binascii
import hmac
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_OPEN = {"/healthz"}
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class Guard:
    """Lets in whoever has the token, where there is one; else whoever calls us by a name of ours.

    Without that a page from elsewhere, whose own name is made to lead to this machine, could read ours in a browser.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str]) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = _LOCAL | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refusal = None if scope["path"] in _OPEN else self._refusal(Headers(scope=scope))
        return await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, headers: Headers) -> JSONResponse | None:
        if self._token:
            if hmac.compare_digest(_given(headers.get("authorization", "")), self._token):
                return None
            answer = JSONResponse({"error": "a token is needed: as a bearer token, or as a password"}, 401)
            answer.headers["WWW-Authenticate"] = 'Basic realm="advisord", charset="UTF-8"'
            return answer
        if _host(headers.get("host", "")) in self._hosts:
            return None
        return JSONResponse({"error": "this name is not known here; see `hosts` of [web] in the configuration"}, 421)


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
