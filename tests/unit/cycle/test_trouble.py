"""Which of a step's problems is a repository's state."""

from advisord.cycle.assess import Assessment
from advisord.cycle.said import INCOMPLETE, UNFINISHED, stopped, summary, trouble
from advisord.errors import RepositoryError, SettingsError, TrackerError
from advisord.model.problem import Problem
from advisord.store.trouble import State, Trouble

UNREAD = Problem("unreadable-lockfile", "shop main a.lock", "is no lockfile")
UNCOVERED = Problem("no-data", "npm", "no feed covers it")
FULL = Problem(UNFINISHED, "shop (issues)", "no space left")


def test_nothing_is_wrong() -> None:
    """Notes are nothing; how old a feed is stands with the feed, what waits is no failure."""
    others = (Problem("stale-data", "osv", "old"), UNCOVERED._replace(blocking=False), FULL._replace(blocking=False))
    assert trouble(Assessment("shop", (), others), others) is None


def test_the_gravest_is_the_state() -> None:
    """Issues that are not kept, before what was not read, before what was not judged; the others are counted."""
    problems = (UNREAD, UNCOVERED, FULL, FULL._replace(code=INCOMPLETE))
    assessment = Assessment("shop", (), (UNREAD, UNCOVERED), unread=(UNREAD,))
    assert trouble(assessment, problems) == Trouble(State.UNTRACKED, UNFINISHED, "(issues): no space left (and 1 more)")
    found = trouble(assessment, problems[:2])
    assert found == Trouble(State.UNREAD, "unreadable-lockfile", "main a.lock: is no lockfile")
    found = trouble(Assessment("shop", (), (UNCOVERED,)), (UNCOVERED,))
    assert found == Trouble(State.UNJUDGED, "no-data", "npm: no feed covers it")


def test_a_step_that_was_broken_off() -> None:
    """By its tracker, or before anything was judged."""
    assert stopped("shop", SettingsError("no such scope", subject="p.toml")).message.startswith("p.toml: no such scope")
    assert stopped("shop", RepositoryError("it is gone", subject="shop")).state is State.UNJUDGED
    assert stopped("shop", TrackerError("refused")).state is State.UNTRACKED


def test_what_was_not_read_is_not_without_findings() -> None:
    """Neither a repository nor a lockfile."""
    assert summary(Assessment("shop", (), (), never_read=True), []) == "shop: not read"
    said = summary(Assessment("shop", (), (UNREAD,), unread=(UNREAD, UNREAD)), [])
    assert said == "shop: no findings, 2 lockfiles could not be read; 0 actions on the tracker"
