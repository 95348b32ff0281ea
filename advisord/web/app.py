"""The application: which address shows what."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from advisord.errors import AdvisordError
from advisord.settings import Settings, Web, web_token
from advisord.store.database import store_error
from advisord.web import content, finding, metrics, openapi, osv, pages
from advisord.web.guard import Guard
from advisord.web.look import Look, Refused, look
from advisord.web.refusals import refusal


class _Number(IntegerConvertor):
    """The number of a row in an address: no more digits than SQLite has numbers for, and no more than Python reads."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", _Number())

_SHOWN: tuple[tuple[str, content.Content, pages.Page], ...] = (
    ("/findings", content.findings, pages.findings),
    ("/findings/{number:row}", content.finding, finding.page),
    ("/repositories", content.repositories, pages.repositories),
    ("/repositories/{number:row}", content.repository, pages.repository),
    ("/deadlines", content.deadlines, pages.deadlines),
    ("/feeds", content.feed_health, pages.feeds),
)
_LARGEST = 2**20
_PATIENCE = 30.0


def make(settings: Settings) -> ASGIApp:
    """The application of a configuration. Raises SettingsError when its token can't be read or is too short."""
    web = settings.web or Web()
    token = web_token(web)
    hosts = {web.address[0], *web.hosts}
    # The guard stands outside of everything: no answer, not even that to a defect, goes out without its headers.
    handlers = {HTTPException: _unroutable, Exception: _defect}
    return Guard(Starlette(routes=_routes(settings), exception_handlers=handlers), token, hosts)


def _routes(settings: Settings) -> list[BaseRoute]:
    def answer(show: Callable[[Look], Response]) -> Callable[..., Response]:
        """An endpoint that runs in a thread of its own, with a look at the database of its own."""
        return lambda request: _answered(settings, request, show)

    def html(content_: content.Content, page: pages.Page) -> Callable[..., Response]:
        return answer(lambda here: HTMLResponse(page(here, content_(here))))

    def data(content_: content.Content) -> Callable[..., Response]:
        return answer(lambda here: _json(content_(here)))

    def query(ask: Callable[[Look, bytes], content.Data]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            try:
                async with asyncio.timeout(_PATIENCE):
                    body = await _body(request)
            except TimeoutError:
                return refusal(request.scope, 408, f"the query was not there within {_PATIENCE:.0f} seconds")
            if body is None:
                return refusal(request.scope, 413, f"a query has at most {_LARGEST} bytes")
            return await run_in_threadpool(_answered, settings, request, lambda here: _json(ask(here, body)))

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
        Route("/v1/vulns/{record}", data(osv.vulnerability)),
        Route("/healthz", lambda _: PlainTextResponse("ok\n")),
        Route("/readyz", answer(_ready)),
        Route("/metrics", answer(_metrics)),
    ]


def _answered(settings: Settings, request: Request, show: Callable[[Look], Response]) -> Response:
    query = dict(request.query_params)
    try:
        with look(settings, query, request.path_params) as here:
            return show(here)
    except Refused as exc:
        return refusal(request.scope, exc.status, exc.message)
    except AdvisordError as exc:
        return refusal(request.scope, 503, exc.message)
    except sqlite3.Error as exc:
        said = "this takes too long to find; ask for less" if "interrupt" in str(exc) else store_error(exc).message
        return refusal(request.scope, 503, said)


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


def _unroutable(request: Request, exc: Exception) -> Response:
    """No such address, or no such method: the routing says which."""
    assert isinstance(exc, HTTPException)  # noqa: S101  (it is called for nothing else)
    message = {404: "there is nothing at this address", 405: f"{request.method} is not possible here"}
    return refusal(request.scope, exc.status_code, message.get(exc.status_code, exc.detail), exc.headers)


def _defect(request: Request, _exc: Exception) -> Response:
    return refusal(request.scope, 500, "something went wrong here; the log of advisord says what")


def _style(_request: Request) -> Response:
    text = resources.files("advisord.web").joinpath("style.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css")


def _ready(here: Look) -> Response:
    found = content.readiness(here)
    return _json(found, 200 if found["ready"] else 503)


def _metrics(here: Look) -> Response:
    return Response(metrics.text(here), media_type="text/plain; version=0.0.4; charset=utf-8")
