"""What the pages ask: SQL says what a slow look at every finding says."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_parts import Shown, show

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.store import lockfiles, views, watching
from advisord.store.database import open_writer
from advisord.store.views import ORDERS, Filter, Row

NOW = "2026-05-01T12:00:00Z"
_MOMENTS = ("2026-04-01T00:00:00Z", "2026-05-01T11:59:59Z", NOW, "2026-05-01T12:00:01Z")
_NAMES = ("a_b", "axb", "100%", "back\\slash", "STRASSE", "straße", "İ", "'quote'", "p q")
_shown = st.builds(
    Shown,
    package=st.sampled_from(_NAMES),
    id=st.sampled_from(["A-1", "A-2", "B-1"]),
    scope=st.sampled_from(Scope),
    severity=st.sampled_from(Severity),
    seen=st.sampled_from(_MOMENTS),
    due=st.sampled_from(["", *_MOMENTS]),
    text=st.sampled_from(["", "Memory", "memory & cpu"]),
    ecosystem=st.sampled_from(["npm", "PyPI"]),
)
_filters = st.builds(
    Filter,
    text=st.sampled_from(["", "a_b", "%", "\\", "MEMORY", "memory a", "ß", "ss", "x' OR 1=1 --", "npm shop"]),
    scope=st.sampled_from(["", *Scope]),
    severity=st.sampled_from(["", *Severity]),
    ecosystem=st.sampled_from(["", "npm", "Hex"]),
    repository=st.integers(0, 3),
    due=st.sampled_from(["", "ahead", "breached"]),
    seen_from=st.sampled_from(["", *_MOMENTS]),
    seen_before=st.sampled_from(["", *_MOMENTS]),
)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database in memory."""
    with closing(open_writer(":memory:")) as connection:
        yield connection


def _obvious(one: Shown, repository: int, name: str, wanted: Filter) -> bool:
    words = f"{name} {one.package} {one.ecosystem} {one.id} CVE-{one.id} {one.text}".casefold()
    promised = bool(one.due) and one.scope is Scope.IN
    return (
        all(word in words for word in wanted.text.casefold().split())
        and wanted.scope in {"", one.scope}
        and wanted.severity in {"", one.severity}
        and wanted.ecosystem in {"", one.ecosystem}
        and wanted.repository in {0, repository}
        and (not wanted.due or (promised and (one.due <= NOW) == (wanted.due == "breached")))
        and (not wanted.seen_from or one.seen >= wanted.seen_from)
        and (not wanted.seen_before or one.seen < wanted.seen_before)
    )


def _name(row: Row) -> tuple[int, str, str, str]:
    return (row.repository_id, row.ecosystem, row.package, row.id)


@settings(max_examples=60)
@given(st.lists(st.lists(_shown, max_size=6), min_size=1, max_size=2), _filters, st.sampled_from(sorted(ORDERS)))
def test_filters_mean_what_they_say(repositories: list[list[Shown]], wanted: Filter, order: str) -> None:
    """Every filter alone and together; signs of SQL are letters; each finding is on one page, in the same order each time."""
    with closing(open_writer(":memory:")) as db:
        expected = []
        for number, some in enumerate(repositories, 1):
            unique = {(one.ecosystem, one.package, one.id): one for one in some}
            assert show(db, f"Shop-{number}", *unique.values()) == number
            expected += [
                (number, *key) for key, one in unique.items() if _obvious(one, number, f"Shop-{number}", wanted)
            ]
        total, rows = views.findings(db, wanted, order, NOW, 100, 0)
        assert sorted(map(_name, rows)) == sorted(expected)
        assert total == len(expected)
        paged = [row for offset in range(0, 12, 5) for row in views.findings(db, wanted, order, NOW, 5, offset)[1]]
        assert paged == rows


def test_orders(db: sqlite3.Connection) -> None:
    """The worst first is by scope, then severity, then age; the others are what they are called."""
    show(
        db,
        "shop",
        Shown("a", "1", Scope.OUT, Severity.CRITICAL, _MOMENTS[0]),
        Shown("c", "2", Scope.IN, Severity.LOW, _MOMENTS[2]),
        Shown("b", "3", Scope.IN, Severity.HIGH, _MOMENTS[1]),
        Shown("b", "4", Scope.IN, Severity.HIGH, _MOMENTS[0]),
        Shown("d", "5", Scope.REGULAR, Severity.UNKNOWN, _MOMENTS[3]),
    )
    orders = {order: [row.id for row in views.findings(db, Filter(), order, NOW, 9, 0)[1]] for order in ORDERS}
    assert orders["worst"] == ["4", "3", "2", "5", "1"]
    assert orders["oldest"][2:] == ["3", "2", "5"]
    assert orders["newest"][:3] == ["5", "2", "3"]
    assert orders["package"] == ["1", "3", "4", "2", "5"]


def test_ages_are_told_apart_to_the_second(db: sqlite3.Connection) -> None:
    """The moments lie between the ages; what was seen at one of them is the younger."""
    show(db, "shop", *(Shown(f"p{n}", f"A-{n}", seen=moment) for n, moment in enumerate(_MOMENTS)))
    assert views.counts(db, [NOW, "2026-05-01T00:00:00Z"]) == [("in", "high", [2, 1, 1])]
    assert views.counts(db, []) == [("in", "high", [4])]


def test_deadlines_are_those_of_findings_in_scope(db: sqlite3.Connection) -> None:
    """Now is breached. The longest breached and the next come first; one page at a time."""
    show(
        db,
        "shop",
        *(Shown(f"p{n}", f"A-{n}", due=moment) for n, moment in enumerate(_MOMENTS)),
        Shown("out", "B-1", Scope.OUT, due=_MOMENTS[0]),
        Shown("none", "B-2"),
    )
    assert views.due(db, NOW) == (3, 1)
    assert [one.at for one in views.promises(db, NOW, "breached", 9, 0)] == list(_MOMENTS[:3])
    assert [one.at for one in views.promises(db, NOW, "breached", 1, 1)] == [_MOMENTS[1]]
    (ahead,) = views.promises(db, NOW, "ahead", 9, 0)
    assert (ahead.kind, ahead.binding, ahead.package, ahead.repository) == ("fix", 1, "p3", "shop")


def test_repositories(db: sqlite3.Connection) -> None:
    """Those that are watched, by name, with their findings by scope and severity; one that is not only by its number."""
    shop = show(db, "shop", Shown(), Shown("b", "B-1", Scope.OUT), Shown("c", "C-1"))
    empty = lockfiles.repository_id(db, "empty")
    first, second = views.repositories(db)
    assert (first.name, first.found, first.problems, first.changed) == ("empty", {}, [], "")
    assert second.found == {"in": {"high": 2}, "out": {"high": 1}}
    watching.watch(db, ["empty"], NOW)
    assert [one.number for one in views.repositories(db)] == [empty]
    (gone,) = views.repositories(db, shop)
    assert (gone.state, gone.error_code, gone.found) == ("unwatched", "unwatched", {})
    assert gone.error == f"no longer watched since {NOW}"
    assert views.repositories(db, 99) == []
    assert (views.name(db, shop), views.name(db, 99)) == ("shop", "")


def test_issues_of_a_finding(db: sqlite3.Connection) -> None:
    """By any of its ids, in the same package of the same repository, the open ones first."""
    shop = show(db, "shop", Shown())
    for key, package, ids, state in (
        ("1", "hyper", '["GHSA-1"]', "closed"),
        ("2", "hyper", '["CVE-1", "X"]', "open"),
        ("3", "hyper", '["GHSA-10"]', "open"),
        ("4", "h2", '["GHSA-1"]', "open"),
    ):
        row = (shop, "t", key, key, "npm", package, ids, "", state, "u")
        db.execute("INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    found = views.issues(db, shop, "npm", "hyper", ["GHSA-1", "CVE-1"])
    assert [(one.number, one.state) for one in found] == [("2", "open"), ("1", "closed")]
    assert views.issues(db, shop + 1, "npm", "hyper", ["GHSA-1"]) == []
    assert views.open_issues(db) == [("t", "closed", 1), ("t", "open", 3)]


def test_history_and_ecosystems(db: sqlite3.Connection) -> None:
    """Of one repository or of all, from a day on."""
    one = show(db, "a", Shown(), now="2026-04-30T00:00:00Z")
    show(db, "a", now="2026-05-01T00:00:00Z")
    show(db, "b", Shown(ecosystem="PyPI"), now="2026-05-01T00:00:00Z")
    assert views.history(db, "2026-01-01", "in") == [("2026-04-30", 1, 0), ("2026-05-01", 1, 1)]
    assert views.history(db, "2026-05-01", "in", one) == [("2026-05-01", 0, 1)]
    assert views.history(db, "2026-01-01", "out") == []
    assert views.ecosystems(db) == ["PyPI"]
