"""Fifty thousand findings: every page and answer stays quick, small and right."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest
from web_parts import Client, Shown, answer, show

from advisord.model.advisory import Severity
from advisord.model.decision import Scope

TIMES = 2084
"""So often each of the seeds below is there: 24 * 2084 = 50,016."""
PATHS = (
    "/",
    "/findings",
    "/findings?page=1000",
    "/findings?sort=oldest&scope=in",
    "/findings?sort=package&q=memory+p-in-critical-77",
    "/findings?q=nothing-has-this-name",
    "/findings?due=breached&severity=high",
    "/findings?age=over+90+days",
    "/findings/50000",
    "/repositories/1",
    "/repositories?sort=worst",
    "/deadlines?state=ahead&page=50",
    "/metrics",
    "/api/summary",
)
LIMIT = 2.0
"""Seconds of computing for one answer; each took 0.2 or less when this was written."""


def _multiply(db: sqlite3.Connection, table: str, key: str, **changed: str) -> None:
    """Each row of a table so many times, with the columns in `changed` as SQL says; `n` counts."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(name, name) for name in columns)
    db.execute(
        f"WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {TIMES - 1})"
        f" INSERT INTO {table} SELECT {values} FROM (SELECT * FROM {table} WHERE {key} <= 24), count"
    )


@pytest.fixture
def many(db: sqlite3.Connection) -> None:
    """Every scope and severity, old and new, deadlines past and ahead."""
    now = datetime.now(UTC)
    moments = [(now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (1, 20, 60, 200, -1, -20)]
    seeds = [
        Shown(
            f"p-{scope}-{severity}",
            f"GHSA-{scope}-{severity}",
            scope,
            severity,
            moments[number % 4],
            moments[number % 6],
        )
        for scope in Scope
        for number, severity in enumerate(Severity)
    ]
    show(db, "shop", *seeds)
    db.execute("BEGIN")
    _multiply(db, "snapshot", "id", id="id + n * 24", package="package || '-' || n", vulnerability="vulnerability || n")
    _multiply(db, "snapshot_body", "snapshot_id", snapshot_id="snapshot_id + n * 24")
    _multiply(db, "snapshot_due", "snapshot_id", snapshot_id="snapshot_id + n * 24")
    db.execute("COMMIT")


@pytest.mark.usefixtures("many")
def test_it_stays_quick_and_whole(ask: Client) -> None:
    """Little time, no page that a browser would choke on, and nothing left out."""
    for path in PATHS:
        before = time.process_time()
        response = ask(path)
        took = time.process_time() - before
        assert response.status_code == 200, path
        assert took < LIMIT, path
        assert len(response.content) < 200_000, path
    assert answer(ask("/api/summary"))["findings"]["total"] == 24 * TIMES
    last = answer(ask("/api/findings?page=1001"))
    assert (last["pages"], len(last["findings"])) == (1001, 24 * TIMES % 50)
