"""What is put down for the pages: an assessment with its deadlines, and nothing twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from web_parts import HOSTILE, Shown

from advisord.cycle.assess import Assessment
from advisord.cycle.shown import show
from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.policies import parse
from advisord.scope.compiled import DEFAULT_POLICY
from advisord.store import views
from advisord.store.database import open_writer

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PROMISES = parse(b'[deadlines]\nfix = { high = "30 days" }\n', "policy")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database in memory."""
    with closing(open_writer(":memory:")) as connection:
        yield connection


def _assessment(*shown: Shown, problems: tuple[Problem, ...] = ()) -> Assessment:
    return Assessment("shop", tuple(one.judged("shop") for one in shown), problems)


def _rows(db: sqlite3.Connection) -> list[views.Row]:
    return views.findings(db, views.Filter(), "worst", "2026-05-01T12:00:00Z", 99, 0)[1]


def test_what_is_shown_is_what_was_found(db: sqlite3.Connection) -> None:
    """Also when it is nothing: the look itself is worth knowing."""
    assert show(db, _assessment(), DEFAULT_POLICY, NOW) == 0
    (standing,) = views.repositories(db)
    assert (standing.found, standing.changed) == ({}, "2026-05-01T12:00:00Z")
    assert show(db, _assessment(Shown(), Shown("b", "B-1", Scope.OUT, text=HOSTILE)), DEFAULT_POLICY, NOW) == 2
    assert {(row.package, row.scope) for row in _rows(db)} == {("hyper", "in"), ("b", "out")}
    found = views.finding(db, _rows(db)[0].number)
    assert found
    assert found[1]["summary"] == "Memory is used without bound"


def test_the_same_again_writes_nothing(db: sqlite3.Connection) -> None:
    """Neither findings nor problems nor the moment; what is another or gone is counted."""
    first = _assessment(Shown(), Shown("b", "B-1"), problems=(Problem("x", "y", "z"),))
    assert show(db, first, DEFAULT_POLICY, NOW) == 2
    before = db.total_changes
    assert show(db, first, DEFAULT_POLICY, NOW + timedelta(days=1)) == 0
    assert db.total_changes == before
    assert show(db, _assessment(Shown(text="another"), Shown("c", "C-1")), DEFAULT_POLICY, NOW) == 3
    assert views.repositories(db)[0].problems == []


def test_deadlines_go_with_the_policy(db: sqlite3.Connection) -> None:
    """Only findings in scope have some; with another policy they are others."""
    assessment = _assessment(Shown(), Shown("b", "B-1", Scope.OUT))
    show(db, assessment, PROMISES, NOW)
    assert [bool(row.due) for row in _rows(db)] == [True, False]
    show(db, assessment, DEFAULT_POLICY, NOW)
    assert [row.due for row in _rows(db)] == ["", ""]
