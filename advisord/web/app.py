"""The application: which address shows what."""

import json
import sqlite3
from collections.abc import Callable
from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from advisord.errors import AdvisordError
from advisord.settings import Settings, Web, secret
from advisord.store.database import store_error
from advisord.web import content, metrics, openapi, osv, pages
from advisord.web.guard import Guard
from advisord.web.look import Look, Refused, look

_SHOWN: tuple[tuple[str, content.Content, pages.Page], ...] = (
    ("/findings", content.findings, pages.findings),
    ("/findings/{number:int}", content.finding, pages.finding),
    ("/repositories", content.repositories, pages.repositories),
    ("/repositories/{number:int}", content.repository, pages.repository),
    ("/deadlines", content.deadlines, pages.deadlines),
    ("/feeds", content.feed_health, pages.feeds),
)
_LARGEST = 2**20


def make(settings: Settings) -> Starlette:
    """The application of a configuration. Raises SettingsError when its token can't be read."""
    web = settings.web or Web()
    token = secret(web.token_env, web.token_file, "web")
    hosts = {web.address[0], *web.hosts}
    return Starlette(
        routes=_routes(settings),
        middleware=[Middleware(Guard, token=token, hosts=hosts)],
        exception_handlers={HTTPException: _not_found},
    )


def _routes(settings: Settings) -> list[BaseRoute]:
    def answer(show: Callable[[Look], Response], failed: Callable[[int, str], Response]) -> Callable[..., Response]:
        """An endpoint that runs in a thread of its own, with a look at the database of its own."""

        def endpoint(request: Request) -> Response:
            return _answered(settings, request, show, failed)

        return endpoint

    def html(content_: content.Content, page: pages.Page) -> Callable[..., Response]:
        return answer(lambda here: HTMLResponse(page(here, content_(here))), _html_error)

    def data(content_: content.Content) -> Callable[..., Response]:
        return answer(lambda here: _json(content_(here)), _json_error)

    def query(ask: Callable[[Look, bytes], content.Data]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            if body is None:
                return osv.refusal(413, f"a query has at most {_LARGEST} bytes")
            return await run_in_threadpool(
                _answered, settings, request, lambda here: _json(ask(here, body)), osv.refusal
            )

        return endpoint

    return [
        Route("/", html(content.summary, pages.overview)),
        *(Route(path, html(content_, page)) for path, content_, page in _SHOWN),
        Route("/style.css", _style),
        Route("/api/summary", data(content.summary)),
        *(Route(f"/api{path}", data(content_)) for path, content_, _ in _SHOWN),
        Route("/api/history", data(content.history)),
        Route("/api/openapi.json", lambda _: _json(openapi.description())),
        Route("/v1/query", query(osv.query), methods=["POST"]),
        Route("/v1/querybatch", query(osv.batch), methods=["POST"]),
        Route("/v1/vulns/{record}", answer(lambda here: _json(osv.vulnerability(here)), osv.refusal)),
        Route("/healthz", lambda _: PlainTextResponse("ok\n")),
        Route("/readyz", answer(_ready, _json_error)),
        Route("/metrics", answer(_metrics, _json_error)),
    ]


def _answered(
    settings: Settings, request: Request, show: Callable[[Look], Response], failed: Callable[[int, str], Response]
) -> Response:
    query = dict(request.query_params)
    try:
        with look(settings, query, request.path_params) as here:
            return show(here)
    except Refused as exc:
        return failed(exc.status, exc.message)
    except AdvisordError as exc:
        return failed(503, exc.message)
    except sqlite3.Error as exc:
        said = "this takes too long to find; ask for less" if "interrupt" in str(exc) else store_error(exc).message
        return failed(503, said)


async def _body(request: Request) -> bytes | None:
    """The body, None when it is too large."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return None
    return bytes(body)


def _json(data: object, status: int = 200) -> Response:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")


def _json_error(status: int, message: str) -> Response:
    return _json({"error": message}, status)


def _html_error(status: int, message: str) -> Response:
    return HTMLResponse(pages.error(status, message), status)


def _not_found(request: Request, exc: Exception) -> Response:
    status = exc.status_code if isinstance(exc, HTTPException) else 500
    message = {404: "there is nothing at this address", 405: "this can only be read"}.get(
        status, "this can't be answered"
    )
    programs = request.url.path.startswith(("/api/", "/v1/"))
    return _json_error(status, message) if programs else _html_error(status, message)


def _style(_request: Request) -> Response:
    text = resources.files("advisord.web").joinpath("style.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css")


def _ready(here: Look) -> Response:
    found = content.readiness(here)
    return _json(found, 200 if found["ready"] else 503)


def _metrics(here: Look) -> Response:
    return Response(metrics.text(here), media_type="text/plain; version=0.0.4; charset=utf-8")
