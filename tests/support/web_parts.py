"""Asking the web application without a socket, and findings to be shown."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Decision, Fact, Scope
from advisord.model.finding import Finding, Place, Verdict, Via, Witness
from advisord.model.inventory import Reach
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.reports import explanation
from advisord.settings import Settings
from advisord.store import lockfiles, snapshots
from advisord.times import stamp
from advisord.web.app import make

HOSTILE = "<script>alert('&\"')</script>\u202e\x1b[31m"


class Client:
    """Asks the application of a configuration."""

    def __init__(self, settings: Settings) -> None:
        self._app = make(settings)

    def __call__(
        self,
        path: str,
        *,
        data: object = None,
        content: bytes | None = None,
        host: str = "127.0.0.1:8080",
        **headers: str,
    ) -> httpx.Response:
        """GET, or POST where there is something to send."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
                body = json.dumps(data).encode() if data is not None else content
                return await client.request("GET" if body is None else "POST", path, content=body, headers=headers)

        return asyncio.run(ask())


class Shown(NamedTuple):
    """What to show of one finding."""

    package: str = "hyper"
    id: str = "GHSA-1"
    scope: Scope = Scope.IN
    severity: Severity = Severity.HIGH
    seen: str = "2026-01-01T00:00:00Z"
    due: str = ""
    text: str = "Memory is used without bound"
    ecosystem: str = "npm"

    def judged(self, repository: str) -> Judged:
        """As the cycle would have judged it."""
        rating = Rating(self.severity, 7.5)
        via = Via("services/api", "api", Reach.RUNTIME, ("express", self.package))
        finding = Finding(
            repository,
            self.ecosystem,
            self.package,
            self.id,
            (self.id, f"CVE-{self.id}"),
            Kind.VULNERABILITY,
            rating,
            self.text,
            (Witness("osv", self.id, Verdict.AFFECTED, Kind.VULNERABILITY, rating, ("1.2.4",), self.text),),
            (Place("main", "package-lock.json", "npm", 7, "1.2.3", Verdict.AFFECTED, "", ("1.2.4",), via=(via,)),),
            first_seen=self.seen,
            vulnerability=self.id,
        )
        return Judged(finding, Decision(self.scope, "shipped", self.text, (Fact("reach", None),), ("kev",)))

    def entry(self, repository: str) -> snapshots.Entry:
        """As the store takes it."""
        judged = self.judged(repository)
        due = (snapshots.Due("fix", self.due, binding=True),) if self.due else ()
        return snapshots.Entry(judged, due, json.dumps(explanation.as_json(judged, ())))


def show(
    db: sqlite3.Connection,
    repository: str,
    *shown: Shown,
    now: str = "2026-02-01T00:00:00Z",
    problems: tuple[Problem, ...] = (),
) -> int:
    """Put findings of a repository down; its number."""
    number = lockfiles.repository_id(db, repository)
    snapshots.write(db, number, repository, [one.entry(repository) for one in shown], problems, now)
    return number


def just_read(db: sqlite3.Connection, *repositories: int) -> None:
    """Repositories as they are after a step that came to its end a moment ago."""
    for number in repositories:
        lockfiles.mark_read(db, number, stamp(datetime.now(UTC)))


def links(page: str) -> set[str]:
    """Where the page leads on this server."""
    import re
    from html import unescape

    return {unescape(found) for found in re.findall(r'href="(/[^"]*)"', page)}


def answer(response: httpx.Response) -> Any:
    """The JSON of an answer that has to be one."""
    assert response.headers["content-type"] == "application/json", response.text
    return response.json()
