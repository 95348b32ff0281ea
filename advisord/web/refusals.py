"""What can't be answered, said in the form that was asked for: a page, JSON, or an error as OSV tells it."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from advisord.web.layout import error

_PROGRAMS = ("/api/", "/metrics", "/readyz", "/healthz")
_CODES = {400: 3, 401: 16, 404: 5, 405: 12, 413: 3, 500: 13, 503: 14}
"""HTTP status → the code of google.rpc.Status that OSV's errors carry."""


def refusal(scope: Scope, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request (ASGI's `scope`) that is refused: a sentence, in the form that its address or `Accept` asks for."""
    path = scope["path"]
    if path.startswith("/v1/"):
        return JSONResponse({"code": _CODES.get(status, 2), "message": message}, status, headers)
    accepted = Headers(scope=scope).get("accept", "")
    if path.startswith(_PROGRAMS) or ("application/json" in accepted and "text/html" not in accepted):
        return JSONResponse({"error": message}, status, headers)
    return HTMLResponse(error(status, message), status, headers)
