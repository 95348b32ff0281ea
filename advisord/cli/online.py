"""A database of just what a scan needs, asked from OSV's API and kept in memory."""

import os
from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection

from advisord.errors import AdvisordError
from advisord.feeds.interface import Rejected
from advisord.feeds.osv_api import API, OsvApi, Package
from advisord.model.advisory import Advisory
from advisord.model.problem import Problem
from advisord.net.http import Http
from advisord.scan import locked_version
from advisord.store import feeds
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.times import stamp
from advisord.versions import is_known


def online(packages: Iterable[Package], now: datetime) -> tuple[Connection, list[Problem]]:
    """Ask for these packages, an ecosystem at a time; one that can't be answered for is not covered, and a problem: one for each cause.

    ADVISORD_OSV_API names another address of the same API.
    """
    by_ecosystem: dict[str, dict[Package, None]] = {}
    for package in packages:
        # Of a version that has no place in the order the API says nothing: all records are asked for, and judged here.
        placed = locked_version(package.ecosystem, package.version)[0] is not None
        by_ecosystem.setdefault(package.ecosystem, {})[package if placed else package._replace(version="")] = None
    base = os.environ.get("ADVISORD_OSV_API") or API
    db = open_writer(":memory:")
    problems: list[Problem] = []
    silent: dict[
        tuple[str, str], list[str]
    ] = {}  # (code, why) → the ecosystems of which nothing is known for that reason
    feeds.attempt(db, "osv", base, stamp(now))
    http = Http()
    try:
        api = OsvApi(http, base)
        for ecosystem, wanted in sorted(by_ecosystem.items()):
            if not is_known(ecosystem):
                continue
            try:
                records = list(api.records(api.ids(list(wanted))))
            except AdvisordError as exc:
                silent.setdefault((exc.code, exc.message), []).append(ecosystem)
                continue
            rejected = [record for record in records if isinstance(record, Rejected)]
            problems += [Problem("unreadable-record", one.id, one.reason) for one in rejected]
            found = [record for record in records if isinstance(record, Advisory)]
            write_page(db, "osv", stamp(now), advisories=found, rejected=rejected, ecosystems=[ecosystem])
    finally:
        http.close()
    if feeds.coverage(db) or not silent:
        feeds.succeeded(db, "osv", stamp(now))
    return db, [Problem(code, f"osv {', '.join(of)}", message) for (code, message), of in silent.items()] + problems
