"""Carrying out a plan."""

from collections.abc import Callable

import pytest
from tracking import REPOSITORY, US, Desk, Killed, decision, finding

from advisord.errors import TrackerError, TransportError
from advisord.model.advisory import Severity
from advisord.model.plan import Issue, State, StateReason, Verb
from advisord.tracking.apply import Limits, Status, apply

HIGH = (finding(), decision())
LOW = (finding(severity=Severity.LOW), decision())


def failing(error: BaseException, step: str) -> Callable[[int, str], None]:
    """Fail at a named step."""

    def fail(_number: int, name: str) -> None:
        if name == step:
            raise error

    return fail


@pytest.mark.parametrize("step", ["begin", "begun", "create", "created", "finish", "finished"])
def test_a_death_while_opening_leaves_one_issue(step: str) -> None:
    """Kill -9 between any two steps: the next runs file it once, and only once."""
    desk = Desk()
    desk.steps.fail = failing(Killed(), step)
    with pytest.raises(Killed):
        desk.apply(desk.plan(HIGH))
    desk.steps.fail = lambda _number, _name: None
    desk.apply(desk.plan(HIGH))
    desk.clock.pass_by(minutes=2)
    desk.run(HIGH)
    assert len(desk.tracker.issues) == 1
    assert desk.outbox.pending() == []


@pytest.mark.parametrize("step", ["begin", "begun", "comment", "commented", "change", "changed", "finish", "finished"])
def test_a_death_while_changing_says_nothing_twice(step: str) -> None:
    """One comment, whenever the process died."""
    desk = Desk()
    desk.run(HIGH)
    desk.steps.fail = failing(Killed(), step)
    with pytest.raises(Killed):
        desk.apply(desk.plan(LOW))
    desk.steps.fail = lambda _number, _name: None
    desk.run(LOW)
    assert len(desk.tracker.comments["1"]) == 1
    assert "**Low severity" in desk.tracker.issues["1"].body


def test_a_recent_attempt_is_waited_for() -> None:
    """The tracker's list may lag: a filed issue that is not in it yet is not filed again."""
    desk = Desk()
    desk.steps.fail = failing(TransportError("the connection broke", retryable=True), "created")
    first = desk.apply(desk.plan(HIGH))
    desk.steps.fail = lambda _number, _name: None
    hidden = desk.tracker.issues.pop("1")
    second = desk.apply(desk.plan(HIGH))
    assert "continue later" in first.stopped
    assert second.outcomes[0].status is Status.WAITS
    desk.tracker.issues["1"] = hidden
    desk.run(HIGH)
    assert len(desk.tracker.issues) == 1


def test_a_rate_limit_stops_and_says_so() -> None:
    """What was done stays, the rest waits, and the result names the seconds."""
    desk = Desk()
    made = desk.plan(*((finding(f"A-{n}"), decision()) for n in range(3)))
    limit = TransportError("the limit is used up", retryable=True, status=403, retry_after=3600.0)
    seen: list[str] = []

    def fail(_number: int, name: str) -> None:
        seen.append(name)
        if name == "create" and seen.count("create") == 2:
            raise limit

    desk.steps.fail = fail
    result = desk.apply(made)
    assert [outcome.status for outcome in result.outcomes] == [Status.DONE, Status.WAITS, Status.WAITS]
    assert result.stopped == "the limit is used up; 2 actions to continue later"
    assert result.retry_after == 3600.0
    assert desk.outbox.pending() == []


def test_one_refusal_does_not_stop_the_others() -> None:
    """A locked issue is one failure."""
    desk = Desk()
    desk.run(*((finding(f"A-{n}"), decision()) for n in range(2)))
    made = desk.plan(*((finding(f"A-{n}", severity=Severity.LOW), decision()) for n in range(2)))
    errors = [TrackerError("the issue is locked")]

    def fail(_number: int, name: str) -> None:
        if name == "comment" and errors:
            raise errors.pop()

    desk.steps.fail = fail
    result = desk.apply(made)
    assert [outcome.status for outcome in result.outcomes] == [Status.FAILED, Status.DONE]
    assert not result.complete


def test_a_token_that_expires_stops_everything() -> None:
    """What every further call would meet is met once."""
    desk = Desk()
    made = desk.plan(*((finding(f"A-{n}"), decision()) for n in range(3)))
    desk.steps.fail = failing(TrackerError("bad credentials", code="denied"), "create")
    result = desk.apply(made)
    assert {outcome.status for outcome in result.outcomes} == {Status.WAITS}
    assert "bad credentials" in result.stopped


def test_a_tracker_that_moved_is_planned_anew() -> None:
    """Apply refuses a plan that was made for another state."""
    desk = Desk()
    desk.run(HIGH)
    made = desk.plan()
    desk.tracker.person_closes("1", StateReason.COMPLETED)
    result = desk.apply(made)
    assert "plan again" in result.stopped
    assert desk.tracker.comments["1"] == []


def test_an_issue_changed_in_between_is_left() -> None:
    """A person may act while a long plan is carried out."""
    desk = Desk()
    desk.run(*((finding(f"A-{n}"), decision()) for n in range(2)))
    made = desk.plan()
    acted: list[str] = []

    def fail(_number: int, name: str) -> None:
        if name == "changed" and not acted:
            acted.append(name)
            desk.tracker.person_edits("2", title="mine now")

    desk.steps.fail = fail
    result = desk.apply(made)
    assert [outcome.status for outcome in result.outcomes] == [Status.DONE, Status.SKIPPED]
    assert desk.tracker.issues["2"].state is State.OPEN


def test_two_processes_write_one_after_the_other() -> None:
    """Without the lease nothing is done."""
    desk = Desk()
    desk.outbox.held = True
    result = desk.apply(desk.plan(HIGH))
    assert "another process" in result.stopped
    assert desk.tracker.issues == {}


def test_a_plan_of_someone_else_s_making_files_nothing_twice() -> None:
    """A plan may come from a file: a key that is in the tracker is not opened again."""
    desk = Desk()
    opening = desk.run(HIGH)
    result = desk.apply(desk.plan(HIGH)._replace(actions=opening.actions))
    assert [(outcome.status, outcome.number) for outcome in result.outcomes] == [(Status.SKIPPED, "1")]
    assert len(desk.tracker.issues) == 1


def test_two_issues_of_one_finding_become_one() -> None:
    """Two processes without a common store filed it twice: the lowest number stays."""
    desk = Desk()
    desk.run(HIGH)
    twin = desk.tracker.issues["1"]._replace(number="2")
    desk.tracker.issues["2"], desk.tracker.comments["2"] = twin, []
    desk.run(HIGH)
    assert desk.tracker.issues["1"].state is State.OPEN
    assert desk.tracker.issues["2"].state_reason is StateReason.DUPLICATE


def test_the_hourly_budget_holds_across_runs() -> None:
    """What is above it waits for the next hour."""
    desk = Desk()
    decided = [(finding(f"A-{n}"), decision()) for n in range(3)]
    limits = Limits(0.0, 2)
    for _ in range(2):
        result = apply(desk.plan(*decided), desk.tracker, desk.outbox, desk.clock, lambda _: None, limits)
    assert result.outcomes[0].detail == "2 issues were opened within an hour"
    desk.clock.pass_by(minutes=61)
    apply(desk.plan(*decided), desk.tracker, desk.outbox, desk.clock, lambda _: None, limits)
    assert len(desk.tracker.issues) == 3


def test_writes_are_spaced() -> None:
    """A pause between two writes, none before the first."""
    desk = Desk()
    slept: list[float] = []
    made = desk.plan(*((finding(f"A-{n}"), decision()) for n in range(3)))
    apply(made, desk.tracker, desk.outbox, desk.clock, slept.append, Limits(3.0, 100))
    assert slept == [3.0, 3.0]


def test_only_some_actions() -> None:
    """A person picks."""
    desk = Desk()
    made = desk.plan(*((finding(f"A-{n}"), decision()) for n in range(3)))
    keep = made.actions[1].key
    apply(made, desk.tracker, desk.outbox, desk.clock, lambda _: None, Limits(0.0), lambda action: action.key == keep)
    assert [issue.key for issue in desk.tracker.issues.values()] == [keep]


def test_a_body_that_would_be_too_long_is_not_sent() -> None:
    """People's text and ours together: the tracker's limit is counted before."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_edits("1", body=desk.tracker.issues["1"].body + "x" * 64_000)
    result = desk.apply(desk.plan(LOW))
    assert result.outcomes[0].status is Status.FAILED
    assert "65," in result.outcomes[0].detail or "characters" in result.outcomes[0].detail


def test_dropped_labels_are_told() -> None:
    """Without write access a tracker drops labels in silence: read back, said, and no duplicate follows."""
    desk = Desk()
    create = desk.tracker.create

    def dropping(title: str, body: str, labels: object, more: object = None) -> Issue:
        return create(title, body, ())

    desk.tracker.create = dropping  # type: ignore[method-assign]
    result = desk.apply(desk.plan(HIGH))
    assert "dropped the labels advisord, security" in result.outcomes[0].detail
    assert desk.plan(HIGH).actions == ()


def test_a_stranger_s_copy_of_our_marker_is_nothing() -> None:
    """The author counts, not only the marker."""
    desk = Desk()
    desk.run(HIGH)
    forged = desk.tracker.issues["1"]._replace(number="9", author="mallory")
    desk.tracker.issues = {"9": forged}
    desk.outbox.rows.clear()
    made = desk.plan(HIGH)
    assert [action.verb for action in made.actions] == [Verb.OPEN]
    assert (made.repository, forged.author != US) == (REPOSITORY, True)


@pytest.mark.parametrize(
    "error", [TransportError("the connection broke", retryable=True), TrackerError("the issue is locked")]
)
def test_a_link_that_can_t_be_written_stops_nothing(error: Exception) -> None:
    """The new issue names the one before it; what the old one is told besides is not worth a failure."""
    desk = Desk()
    desk.run(HIGH)
    desk.run()
    desk.clock.pass_by(days=40)
    desk.steps.fail = failing(error, "comment")
    applied = desk.apply(desk.plan(HIGH))
    assert [outcome.status for outcome in applied.outcomes] == [Status.DONE]
    assert "It was tracked before in #1." in desk.tracker.issues["2"].body
