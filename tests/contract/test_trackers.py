"""What every tracker promises."""

from collections.abc import Callable
from typing import Any

import pytest
from tracking import REPOSITORY, Desk, MemoryOutbox, decision, finding

from advisord.errors import TrackerError, TransportError
from advisord.model.advisory import Severity
from advisord.model.plan import Issue, State, StateReason
from advisord.tracking import identity
from advisord.tracking.interface import Absent, More, Visibility
from advisord.tracking.trackers.registry import TRACKERS

MARKER = identity.Marker("0" * 16, REPOSITORY, ecosystem="npm", package="@o/x", ids=("GHSA-1",))
BLOCK = f"{identity.BEGIN}\n{identity.encode(MARKER)}\nwords\n{identity.END}"


@pytest.fixture(params=sorted(TRACKERS))
def harness(request: pytest.FixtureRequest, harness_of: Callable[[str], Any]) -> Any:
    """Each tracker in turn."""
    return harness_of(request.param)


@pytest.fixture
def issue(harness: Any) -> Issue:
    """One issue, just filed."""
    made: Issue = harness.tracker.create("x: something", f"{BLOCK}\n", ("advisord", "security"))
    return made


def got(harness: Any, number: str) -> Issue:
    """An issue that is there."""
    found = harness.tracker.get(number)
    assert isinstance(found, Issue)
    return found


def test_an_empty_tracker_lists_nothing(harness: Any) -> None:
    """Other people's issues and pull requests are not ours."""
    listing = harness.tracker.list_issues()
    assert listing.complete
    assert listing.issues == ()


def test_what_is_filed_is_found(harness: Any, issue: Issue) -> None:
    """By the list and by its number, with title, key, labels and block."""
    (listed,) = [i for i in harness.tracker.list_issues().issues if i.key]
    assert listed == got(harness, issue.number)
    assert (listed.title, listed.key, listed.state) == ("x: something", MARKER.key, State.OPEN)
    assert set(listed.labels) == {"advisord", "security"}
    assert identity.block_of(listed.body) == BLOCK
    assert identity.fingerprint(listed) == identity.fingerprint(issue)


def test_people_and_milestone_are_given_once(harness: Any) -> None:
    """A milestone is made when there is none of that title; people that nobody knows hinder nothing."""
    more = More(("mona",), "7.1")
    first, second = (harness.tracker.create(title, BLOCK, ("advisord",), more) for title in "xy")
    assert (first.assignees, first.milestone) == (second.assignees, second.milestone) == (("mona",), "7.1")
    assert got(harness, first.number) == first
    third = harness.tracker.create("z", BLOCK, ("advisord",), More(("nobody-at-all",)))
    assert third.assignees in {(), ("nobody-at-all",)}
    assert len(harness.tracker.list_issues().issues) == 3


def test_numbers_grow_and_are_never_used_again(harness: Any, issue: Issue) -> None:
    """A deleted issue's number stays its own."""
    harness.remove(issue.number)
    assert harness.tracker.get(issue.number) == Absent(issue.number, "deleted")
    later = harness.tracker.create("y", BLOCK, ("advisord",))
    assert int(later.number) > int(issue.number)


def test_title_and_body_change_alone(harness: Any, issue: Issue) -> None:
    """What is None stays."""
    harness.tracker.update(issue.number, title="other: title")
    harness.tracker.update(issue.number, body=f"before\n\n{BLOCK}\n\nafter")
    now = got(harness, issue.number)
    assert now.title == "other: title"
    assert now.body.strip() == f"before\n\n{BLOCK}\n\nafter"
    assert set(now.labels) == {"advisord", "security"}


def test_a_comment_is_added_once(harness: Any, issue: Issue) -> None:
    """Its hidden marker decides."""
    text = identity.signed("news", "occasion")
    marker = identity.comment_marker(text)
    assert harness.tracker.comment(issue.number, text, marker) is True
    assert harness.tracker.comment(issue.number, text, marker) is False
    assert harness.comments(issue.number).count("news") == 1
    assert identity.block_of(got(harness, issue.number).body) == BLOCK


@pytest.mark.parametrize("reason", [StateReason.COMPLETED, StateReason.NOT_PLANNED])
def test_closing_and_opening_again(harness: Any, issue: Issue, reason: StateReason) -> None:
    """State, reason, date and body in one step."""
    harness.tracker.close(issue.number, reason, body=f"{BLOCK}\nclosed")
    closed = got(harness, issue.number)
    assert (closed.state, closed.closed_at) == (State.CLOSED, "2026-03-01T12:00:00Z")
    assert closed.state_reason in {reason, StateReason.COMPLETED}
    assert closed.body.strip().endswith("closed")
    assert closed.by_person in {False, None}
    harness.tracker.reopen(issue.number, body=BLOCK)
    opened = got(harness, issue.number)
    assert (opened.state, opened.state_reason, opened.closed_at) == (State.OPEN, None, "")
    assert opened.body.strip() == BLOCK


def test_a_duplicate_names_what_stays(harness: Any, issue: Issue) -> None:
    """Closed with its own reason, where the tracker knows it."""
    other = harness.tracker.create("y", BLOCK, ())
    closed = harness.tracker.close(other.number, StateReason.DUPLICATE, duplicate_of=issue.number)
    knows = harness.tracker.kind in {"local", "github"}
    assert closed.state_reason is (StateReason.DUPLICATE if knows else StateReason.COMPLETED)


def test_a_person_s_close_is_seen(harness: Any, issue: Issue) -> None:
    """With the reason, and not as ours."""
    harness.close(issue.number, "not_planned")
    (closed,) = [i for i in harness.tracker.list_issues().issues if i.key]
    assert (closed.state, closed.state_reason) == (State.CLOSED, StateReason.NOT_PLANNED)
    assert closed.closed_at
    assert closed.by_person is not False


def test_labels_of_people_stay(harness: Any, issue: Issue) -> None:
    """Ours are added and removed one by one; one that is not there is no error."""
    harness.edit(issue.number, labels=["advisord", "security", "theirs"])
    harness.tracker.add_labels(issue.number, ("dependencies", "advisord"))
    harness.tracker.remove_labels(issue.number, ("security", "never there"))
    assert set(got(harness, issue.number).labels) == {"advisord", "theirs", "dependencies"}


def test_a_damaged_list_is_incomplete(harness: Any, issue: Issue) -> None:
    """It says what is wrong, and never reads as empty."""
    harness.damage()
    listing = harness.tracker.list_issues()
    assert not listing.complete
    assert listing.problem


def test_what_is_not_there_is_refused(harness: Any, issue: Issue) -> None:
    """A write to a deleted issue is an error of ours."""
    harness.remove(issue.number)
    with pytest.raises((TrackerError, TransportError)):
        harness.tracker.update(issue.number, body="x")
    with pytest.raises((TrackerError, TransportError)):
        harness.tracker.comment(issue.number, "x", "m")


def test_visibility_is_asked(harness: Any) -> None:
    """It is one of three."""
    assert harness.tracker.visibility() in set(Visibility)


def test_the_whole_life(harness: Any) -> None:
    """Filed, told, closed by a person, opened again, closed by us; each time planning again is empty."""
    desk = Desk()
    desk.tracker = harness.tracker
    desk.clock = harness.clock
    desk.outbox = MemoryOutbox(desk.clock)
    found = (finding(), decision())
    desk.run(found)
    (number,) = [i.number for i in harness.tracker.list_issues().issues if i.key]
    desk.run((finding(severity=Severity.CRITICAL), decision()))
    assert "now **critical**" in harness.comments(number)
    harness.close(number, "completed")
    desk.clock.pass_by(hours=2)
    worse = (finding(severity=Severity.CRITICAL), decision())
    desk.run(worse)
    assert "still locked" in harness.comments(number)
    desk.clock.pass_by(days=8)
    desk.run(worse)
    assert got(harness, number).state is State.OPEN
    desk.run()
    assert got(harness, number).state is State.CLOSED
    desk.outbox.rows.clear()
    desk.run(worse)
    assert got(harness, number).state is State.OPEN
