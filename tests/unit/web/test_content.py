"""What the pages are made of: every number of the summary is the length of the list that it leads to."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_parts import Shown, show

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.settings import Settings
from advisord.store import lockfiles, trouble
from advisord.store.database import open_writer
from advisord.times import stamp
from advisord.web import content
from advisord.web.look import Look, Refused

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
_AGE = st.sampled_from(
    [
        timedelta(),
        timedelta(seconds=1),
        *(timedelta(days=days, seconds=off) for days in (7, 30, 90) for off in (-1, 0, 1)),
        timedelta(days=400),
        timedelta(days=-1),
    ]
)
_DUE = st.sampled_from(["", *(stamp(NOW + timedelta(seconds=off)) for off in (-86400, -1, 0, 1, 86400))])


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database in memory."""
    with closing(open_writer(":memory:")) as connection:
        yield connection


def _look(db: sqlite3.Connection, number: int = 0, /, **query: str) -> Look:
    return Look(db, NOW, Settings(), query, number)


def _total(db: sqlite3.Connection, **query: str) -> int:
    return int(content.findings(_look(db, **query))["total"])


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(Scope), st.sampled_from(Severity), _AGE, _DUE), max_size=12),
    st.integers(1, 3),
)
def test_the_summary_s_numbers_are_those_of_the_lists(
    found: list[tuple[Scope, Severity, timedelta, str]], several: int
) -> None:
    """By scope and severity, by scope and age, by deadline; each finding counts once, whatever its age in seconds."""
    with closing(open_writer(":memory:")) as db:
        shown: dict[int, list[Shown]] = {number: [] for number in range(several)}
        for number, (wanted, severity, age, due) in enumerate(found):
            one = Shown(f"p{number}", f"A-{number}", wanted, severity, stamp(NOW - age), due)
            shown[number % several].append(one)
        for number, some in shown.items():
            show(db, f"r{number}", *some)
        said = content.summary(_look(db))
        assert said["findings"]["total"] == len(found) == _total(db)
        for scope in content.SCOPES:
            by_severity, by_age = (said["findings"][name][scope] for name in ("by_severity", "by_age"))
            assert by_severity == {word: _total(db, scope=scope, severity=word) for word in content.SEVERITIES}
            assert by_age == {word: _total(db, scope=scope, age=word) for word in content.AGES}
            counts = Counter(str(one[0]) for one in found)
            assert sum(by_age.values()) == sum(by_severity.values()) == counts[scope]
        for state in content.DUE:
            listed = content.deadlines(_look(db, state=state))
            assert said["deadlines"][state] == listed["total"] == _total(db, due=state)
            assert all((one["at"] <= stamp(NOW)) == (state == "breached") for one in listed["deadlines"])
        repositories = content.repositories(_look(db))["repositories"]
        assert sum(sum(one["findings"].values()) for one in repositories) == len(found)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 6), st.sets(st.integers(0, 9))), min_size=1, max_size=6))
def test_what_was_open_adds_up(looks: list[tuple[int, set[int]]]) -> None:
    """Each day's end is the day before it, with what came and without what went; the last is what is open now."""
    with closing(open_writer(":memory:")) as db:
        for back, numbers in sorted(looks, key=lambda one: -one[0]):
            at = stamp(NOW - timedelta(days=back))
            show(db, "shop", *(Shown(f"p{number}", f"A-{number}") for number in sorted(numbers)), now=at)
            last = len(numbers)
        days = content.history(_look(db, days="8"))["days"]
        assert [day["day"] for day in days] == [str((NOW - timedelta(days=back)).date()) for back in range(7, -1, -1)]
        standing = 0
        for day in days:
            standing += day["opened"] - day["closed"]
            assert day["open"] == standing
        assert standing == last == _total(db, scope="in")
        assert content.history(_look(db, days="8", repository="1"))["days"] == days


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"scope": "IN"}, "scope must be one of in, regular, accepted, out"),
        ({"sort": "; DROP TABLE snapshot"}, "sort must be one of"),
        ({"age": "7"}, "age must be one of"),
        ({"page": "-1"}, "page must be a whole number"),
        ({"page": "\uff11"}, "page must be a whole number"),
        ({"page": "1e3"}, "page must be a whole number"),
        ({"page": "9" * 5000}, "page must be a whole number"),
        ({"repository": "9" * 19}, "repository must be a whole number"),
        ({"repository": "3"}, "there is no such repository"),
    ],
)
def test_a_wish_that_makes_no_sense(db: sqlite3.Connection, query: dict[str, str], words: str) -> None:
    """It is refused with what would make sense, and never taken for another."""
    with pytest.raises(Refused, match=words) as caught:
        content.findings(_look(db, **query))
    assert caught.value.status == (404 if "no such" in words else 400)


def test_a_finding_that_is_gone(db: sqlite3.Connection) -> None:
    """It says so; one that stays keeps its number, whatever else comes and goes."""
    show(db, "shop", Shown("a", "A-1"), Shown("b", "B-1"))
    kept = next(row["number"] for row in content.findings(_look(db))["findings"] if row["id"] == "B-1")
    show(db, "shop", Shown("b", "B-1", severity=Severity.LOW), Shown("c", "C-1"))
    assert content.finding(_look(db, kept))["id"] == "B-1"
    with pytest.raises(Refused, match="it is gone, or never was"):
        content.finding(_look(db, 1 if kept != 1 else 2))


@pytest.mark.parametrize(
    ("read_at", "error", "state", "doubtful"),
    [
        ("", "", "never", True),
        (stamp(NOW), "", "ok", False),
        (stamp(NOW - timedelta(days=2)), "", "stale", True),
        (stamp(NOW + timedelta(days=2)), "", "stale", True),
        (stamp(NOW), "gone", "failed", True),
    ],
)
def test_how_a_repository_is(db: sqlite3.Connection, read_at: str, error: str, state: str, doubtful: bool) -> None:
    """In one word everywhere; whatever is not well is counted as a problem, and is in the list of those."""
    number = show(db, "shop")
    if read_at:
        lockfiles.mark_read(db, number, read_at)
    if error:
        lockfiles.mark_failed(db, number, stamp(NOW), "git", error)
    assert content.repository(_look(db, number))["state"] == state
    assert content.summary(_look(db))["repositories"]["with_problems"] == int(doubtful)
    assert content.repositories(_look(db, state="problems"))["total"] == int(doubtful)
    assert content.repositories(_look(db, state="sound"))["total"] == int(not doubtful)


def test_ready_once_anything_is_judged(db: sqlite3.Connection) -> None:
    """A repository that was read and never judged says nothing yet; without repositories only the feeds count."""
    look = _look(db)._replace(settings=Settings(feeds={}))
    assert content.readiness(look)["ready"]
    number = lockfiles.repository_id(db, "shop")
    lockfiles.mark_read(db, number, stamp(NOW))
    assert content.readiness(look) == {"ready": False, "stale_feeds": [], "unjudged_repositories": 1}
    show(db, "shop")
    assert content.readiness(look)["ready"]
    trouble.settle(db, number, trouble.Trouble(trouble.State.UNJUDGED, "settings", "broken"), stamp(NOW))
    assert not content.readiness(look)["ready"]


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-05-02T12:00:00Z", 1),
        ("2026-05-02T11:59:59Z", 0),
        ("2026-05-01T11:59:59Z", -1),
        ("2026-05-01", -1),
        ("", None),
        ("never", None),
    ],
)
def test_days_until(db: sqlite3.Connection, moment: str, days: Any) -> None:
    """Whole days; what is past by a second is past."""
    assert content.days_until(_look(db), moment) == days
