"""The JSON API answers what its description says, and the same as the pages."""

import sqlite3
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from web_parts import Client, Shown, answer, show

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.store import feeds, trouble
from advisord.web import content
from advisord.web.openapi import description


def _check(path: str, data: Any, status: int = 200) -> None:
    """Hold an answer to the description."""
    document = description()
    template = "/api/" + "/".join(
        "{number}" if part.isdecimal() else part for part in path.partition("?")[0].split("/")[2:]
    )
    schema = document["paths"][template]["get"]["responses"][str(status)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(data)


@pytest.fixture
def shown(db: sqlite3.Connection) -> int:
    """A repository with findings of every scope and severity, deadlines, problems, and feeds."""
    feeds.attempt(db, "osv", "https://osv.example", "2026-01-01T00:00:00Z")
    feeds.failed(db, "osv", "http-failed", "the server answered 500")
    return show(
        db,
        "shop",
        *(
            Shown(f"p-{scope}-{severity}", f"GHSA-{scope}-{severity}", scope, severity, due=due)
            for scope in Scope
            for severity in Severity
            for due in ["2026-01-05T00:00:00Z" if severity > "low" else "2999-01-01T00:00:00Z"]
        ),
        problems=(Problem("x", "y", "z"),),
    )


@pytest.mark.parametrize(
    "path",
    [
        "/api/summary",
        "/api/findings",
        "/api/findings?scope=in&severity=high&q=p-in&age=over+90+days&sort=package&due=breached",
        "/api/findings?repository=1&ecosystem=npm&page=2",
        "/api/findings/1",
        "/api/repositories",
        "/api/repositories/1",
        "/api/deadlines",
        "/api/deadlines?state=ahead",
        "/api/feeds",
        "/api/history?days=7&scope=out&repository=1",
    ],
)
def test_answers_are_as_described(ask: Client, shown: int, path: str) -> None:
    """Every answer has the described shape, no more and no less."""
    assert shown == 1
    response = ask(path)
    assert response.status_code == 200
    _check(path, answer(response))


@pytest.mark.parametrize("path", ["/api/findings/999", "/api/repositories/0", "/api/findings?scope=x", "/api/findings?page=-1", f"/api/findings/{10**30}"])  # fmt: skip
def test_refusals_are_as_described(ask: Client, path: str) -> None:
    """What makes no sense, or is not there, is said as JSON."""
    response = ask(path)
    assert response.status_code in {400, 404}
    _check(path, answer(response), response.status_code)


def test_every_address_of_the_description_is_there_and_no_other(ask: Client, shown: int) -> None:
    """The description is whole."""
    assert shown
    for path in description()["paths"]:
        assert ask(path.replace("{number}", "1")).status_code == 200, path
    assert answer(ask("/api/openapi.json")) == description()


def test_filters_and_counts_agree(ask: Client, shown: int) -> None:
    """The overview's every count is the length of the list that it leads to."""
    assert shown
    found = answer(ask("/api/summary"))["findings"]
    for scope in content.SCOPES:
        for severity in content.SEVERITIES:
            listed = answer(ask(f"/api/findings?scope={scope}&severity={severity}"))
            assert listed["total"] == found["by_severity"][scope][severity] == len(listed["findings"])
        for age in content.AGES:
            assert answer(ask(f"/api/findings?scope={scope}&age={age}"))["total"] == found["by_age"][scope][age]


def test_deadlines_are_counted_and_listed_alike(ask: Client, shown: int) -> None:
    """Breached and ahead are told apart by the moment alone."""
    assert shown
    summary = answer(ask("/api/summary"))["deadlines"]
    for state in content.DUE:
        assert answer(ask(f"/api/deadlines?state={state}"))["total"] == summary[state] > 0
        assert answer(ask(f"/api/findings?due={state}"))["total"] == summary[state]


def test_a_search_takes_signs_literally(ask: Client, db: sqlite3.Connection) -> None:
    """`%` and `_` are letters like others, words are all wanted, and case does not matter."""
    show(db, "shop", Shown("a_b", "GHSA-1"), Shown("axb", "GHSA-2"), Shown("100%", "GHSA-3"))
    found = [answer(ask(f"/api/findings?q={text}"))["total"] for text in ("a_b", "%25", "MEMORY%20axb", "a_b%20axb")]
    assert found == [1, 1, 1, 0]


def test_paging_shows_everything_once(ask: Client, db: sqlite3.Connection) -> None:
    """No finding is on two pages, and none on no page."""
    show(db, "shop", *(Shown(f"p{number}", f"GHSA-{number}") for number in range(120)))
    for order in content.ORDERS:
        pages = [answer(ask(f"/api/findings?sort={order}&page={page}")) for page in (1, 2, 3, 4)]
        assert {page["pages"] for page in pages} == {3}
        ids = [row["id"] for page in pages for row in page["findings"]]
        assert len(ids) == len(set(ids)) == 120


def test_issues_are_found_by_any_id(ask: Client, db: sqlite3.Connection) -> None:
    """A finding shows the issue that was opened under another of its ids."""
    number = show(db, "shop", Shown())
    row = (number, "t", "k", "5", "npm", "hyper", '["CVE-GHSA-1"]', "", "open", "https://tracker.example/5")
    db.execute("INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert answer(ask("/api/findings/1"))["issues"] == [
        {"tracker": "t", "number": "5", "state": "open", "url": "https://tracker.example/5"}
    ]


@pytest.mark.parametrize("path", ["findings?repository=7", "history?repository=7", "repositories/7", "findings/7"])
def test_what_is_not_there_has_no_empty_answer(ask: Client, db: sqlite3.Connection, path: str) -> None:
    """No findings of a repository that nobody knows would be good news of it."""
    show(db, "shop", Shown())
    response = ask(f"/api/{path}")
    assert (response.status_code, "there is no such" in answer(response)["error"]) == (404, True)


@pytest.mark.parametrize("digits", [18, 19, 5000])
def test_a_number_may_be_long(ask: Client, db: sqlite3.Connection, digits: int) -> None:
    """Longer ones than anything here has, and than Python reads: they lead nowhere, and are no defect."""
    show(db, "shop", Shown())
    for path in ("/findings/", "/repositories/", "/api/findings/", "/api/repositories/"):
        assert ask(path + "9" * digits).status_code == 404


def test_the_history_is_counted_back_from_today(ask: Client, db: sqlite3.Connection) -> None:
    """What was open at the end of a day is what is open now, without what has come since, with what has gone."""
    from datetime import UTC, datetime, timedelta

    today = datetime.now(UTC)
    before = today - timedelta(days=2)
    show(db, "shop", Shown(), Shown("b", "GHSA-2"), now=before.strftime("%Y-%m-%dT%H:%M:%SZ"))
    show(db, "shop", Shown(), now=today.strftime("%Y-%m-%dT%H:%M:%SZ"))
    days = answer(ask("/api/history?days=4"))["days"]
    assert [day["open"] for day in days] == [0, 2, 2, 1]


def test_readiness_is_the_feeds(ask: Client, db: sqlite3.Connection) -> None:
    """Ready only while what is stored of every enabled feed is young and believed; health needs no database."""
    from datetime import UTC, datetime

    assert ask("/healthz").text == "ok\n"
    assert ask("/readyz").status_code == 503
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for feed in ("osv", "rustsec", "github"):
        feeds.attempt(db, feed, "x", now)
        feeds.succeeded(db, feed, now)
    assert answer(ask("/readyz")) == {"ready": True, "stale_feeds": [], "unjudged_repositories": 0}
    feeds.failed(db, "github", "x", "y")
    assert ask("/readyz").status_code == 200  # one poll that failed makes nothing old
    db.execute("UPDATE feed SET as_of = '9999-01-01T00:00:00Z' WHERE name = 'osv'")
    assert answer(ask("/readyz"))["stale_feeds"] == ["osv"]  # the clock was set back: nobody knows how old it is
    db.execute("UPDATE feed SET as_of = ? WHERE name = 'osv'", (now,))
    feeds.failed(db, "github", "suspect-feed", "y")
    found = answer(ask("/readyz"))
    assert found == {"ready": False, "stale_feeds": ["github"], "unjudged_repositories": 0}


def test_ready_while_anything_is_judged(ask: Client, db: sqlite3.Connection) -> None:
    """One repository with a broken policy is that repository's matter; when it is all of them, nobody is served."""
    from datetime import UTC, datetime

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for feed in ("osv", "rustsec", "github"):
        feeds.attempt(db, feed, "x", now)
        feeds.succeeded(db, feed, now)
    broken = trouble.Trouble(trouble.State.UNJUDGED, "settings", "no such scope")
    trouble.settle(db, show(db, "shop", Shown()), broken, now)
    other = show(db, "other")
    assert answer(ask("/readyz")) == {"ready": True, "stale_feeds": [], "unjudged_repositories": 1}
    trouble.settle(db, other, broken, now)
    assert ask("/readyz").status_code == 503
    assert answer(ask("/api/summary"))["repositories"] == {
        "total": 2,
        "unreadable": 0,
        "unjudged": 2,
        "untracked": 0,
        "with_problems": 2,
    }
