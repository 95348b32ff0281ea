"""The policy's routes: trackers, visibility, labels, people, and what shares an issue."""

import pytest
from tracking import REPOSITORY, Desk, decision, finding, place

from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.model.plan import State, StateReason, Verb
from advisord.tracking import grouping
from advisord.tracking.inputs import Cause, Deadline, Evidence, Group, Route, Settings
from advisord.tracking.interface import Visibility
from advisord.tracking.pairing import subject
from advisord.tracking.plan import plan
from advisord.tracking.state import read

PACKAGE = Settings(routes={"lib": Route(group=Group.PACKAGE)})
DIGEST = Settings(routes={"lib": Route(group=Group.DIGEST)})


def routed(found: Finding, scope: Scope = Scope.IN, route: str = "lib") -> tuple[Finding, Decision]:
    """A finding that goes by the route."""
    return found, decision(scope)._replace(route=route)


def test_labels_people_and_milestone_of_a_route() -> None:
    """Labels are kept up; people and milestone are given once, when the issue is opened."""
    desk = Desk(Settings(routes={"lib": Route(labels=("team-lib",), assignees=("mona",), milestone="7.1")}))
    made = desk.run(routed(finding()))
    (action,) = made.actions
    assert "team-lib" in action.add_labels
    assert (action.assignees, action.milestone) == (("mona",), "7.1")
    (issue,) = desk.tracker.issues.values()
    assert (issue.assignees, issue.milestone) == (("mona",), "7.1")
    desk.tracker.person_edits("1", assignees=(), milestone="8.0")
    assert desk.run(routed(finding())).actions == ()


def test_one_issue_for_a_package() -> None:
    """All its findings in one issue; a new one is told there; fixed ones leave; the last one closes it."""
    desk = Desk(PACKAGE)
    one, two = finding("A-1", severity=Severity.LOW), finding("B-1", severity=Severity.HIGH)
    desk.run(routed(one))
    desk.run(routed(one), routed(two), routed(finding("C-1", package="hyper")))
    assert sorted(desk.tracker.issues) == ["1", "2"]
    issue = desk.tracker.issues["1"]
    assert "2 advisories" in issue.title
    assert "A-1" in issue.body
    assert "B-1" in issue.body
    assert "is about it too" in desk.tracker.comments["1"][-1]
    desk.run(routed(two), routed(finding("C-1", package="hyper")))
    assert "is not about it any more" in desk.tracker.comments["1"][-1]
    desk.run()
    assert desk.tracker.opened() == []


def test_one_of_a_package_is_ruled_out() -> None:
    """The issue stays with those that are wanted, whatever id it was opened for."""
    desk = Desk(PACKAGE)
    desk.run(routed(finding("A-1")), routed(finding("B-1")))
    desk.run(routed(finding("A-1"), Scope.OUT), routed(finding("B-1")))
    assert [issue.number for issue in desk.tracker.opened()] == ["1"]


def test_turning_the_grouping_on_and_off() -> None:
    """On: the lowest number stays, the other is its duplicate. Off: each has its own again."""
    desk = Desk()
    both = routed(finding("A-1")), routed(finding("B-1"))
    desk.run(*both)
    desk.settings = PACKAGE
    desk.run(*both)
    assert desk.tracker.issues["2"].state_reason is StateReason.DUPLICATE
    desk.settings = Settings()
    desk.run(*both)
    assert len(desk.tracker.opened()) == 2


def test_a_package_is_what_its_findings_are_together() -> None:
    """The worst severity, the higher fix, the earliest date, every place and witness."""
    one = finding("A-1", severity=Severity.LOW, places=(place(fixed="1.10.0"),), first_seen="2026-02-01T00:00:00Z")
    two = finding(
        "B-1",
        severity=Severity.CRITICAL,
        places=(place(fixed="1.9.0"), place(ref="v1", fixed="")),
        first_seen="2026-01-01T00:00:00Z",
        kind=Kind.UNSOUND,
        known_exploited=True,
    )
    due = {
        subject(one): (Deadline("fix", "in March", "2026-03-10T00:00:00Z"),),
        subject(two): (Deadline("fix", "in April", "2026-04-10T00:00:00Z"), Deadline("triage", "soon")),
    }
    decided = [routed(one, Scope.REGULAR), routed(two, Scope.REGULAR), routed(finding("C-1"), route="")]
    (plain, (whole, made)), deadlines = grouping.grouped(decided, due, PACKAGE, "memory")
    assert plain[0].id == "C-1"
    assert (whole.id, whole.ids) == ("B-1", ("B-1", "A-1"))
    assert (whole.rating.severity, whole.kind, made.scope) == (Severity.CRITICAL, Kind.VULNERABILITY, Scope.REGULAR)
    assert [(p.ref, p.fixed) for p in whole.places] == [("main", ("1.10.0",)), ("v1", ())]
    assert (whole.first_seen, whole.known_exploited) == ("2026-01-01T00:00:00Z", True)
    assert len(whole.witnesses) == 2
    assert [one.due for one in deadlines[subject(whole)]] == ["in March", "soon"]


def test_a_route_into_the_digest() -> None:
    """Listed there, without an issue of its own."""
    desk = Desk(DIGEST)
    desk.run(routed(finding("A-1")), routed(finding("B-1"), route=""))
    assert sorted(issue.title for issue in desk.tracker.opened()) == [
        "Vulnerable dependencies without an issue of their own",
        "tokio: data race in the broadcast channel (B-1)",
    ]


def test_a_route_s_own_tracker() -> None:
    """What goes elsewhere is not opened here; what is open here is closed, and says where it went."""
    desk = Desk(Settings(tracker="memory"))
    desk.run(routed(finding("A-1")), routed(finding("B-1"), route=""))
    desk.settings = Settings(tracker="memory", routes={"lib": Route(tracker="secret")})
    made = desk.run(routed(finding("A-1")), routed(finding("B-1"), route=""), routed(finding("C-1")))
    assert [action.reason for action in made.actions] == ["it is tracked in secret now"]
    assert "tracked in `secret` now" in desk.tracker.comments["1"][-1]
    assert [issue.number for issue in desk.tracker.opened()] == ["2"]
    elsewhere = Settings(tracker="other", routes={"lib": Route(tracker="memory")})
    desk.settings = elsewhere
    desk.run(routed(finding("A-1")), routed(finding("B-1")))
    assert len(desk.tracker.opened()) == 2


def test_what_goes_elsewhere_is_closed_on_evidence_only() -> None:
    """Law 6 holds there too."""
    desk = Desk(Settings(tracker="memory"))
    desk.run(routed(finding("A-1")))
    desk.settings = Settings(tracker="memory", routes={"lib": Route(tracker="secret")})
    made = desk.run(routed(finding("A-1")), evidence=Evidence(closable=False, why_not="it is old", cause=Cause.FIXED))
    assert made.notes == ("#1: stays open, because it is old",)


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNKNOWN])
def test_a_private_route(visibility: Visibility) -> None:
    """Its findings go to a tracker that says that it is private, or nowhere; others are not held up."""
    desk = Desk()
    settings = Settings(routes={"lib": Route(private=True)})
    decided = routed(finding("A-1")), routed(finding("B-1"), route="")
    listing = read(desk.tracker, {})

    def made(said: Visibility) -> list[str]:
        planned = plan(REPOSITORY, "memory", decided, listing, {}, {}, desk.clock(), settings, visibility=said)
        assert all("A-1" not in note for note in planned.notes)
        return [action.reason.split()[0] for action in planned.actions if action.verb is Verb.OPEN]

    assert made(Visibility.PRIVATE) == ["A-1", "B-1"]
    assert made(visibility) == ["B-1"]


def test_an_issue_of_a_route_that_became_private_is_left_alone() -> None:
    """Nothing more is written about it in public; a note says so."""
    desk = Desk()
    desk.run(routed(finding()))
    settings = Settings(routes={"lib": Route(private=True)})
    worse = routed(finding(severity=Severity.CRITICAL))
    listing = read(desk.tracker, desk.outbox.known())
    made = plan(REPOSITORY, "memory", [worse], listing, {}, {}, desk.clock(), settings, visibility=Visibility.PUBLIC)
    assert made.actions == ()
    assert made.notes[0].startswith("1 finding is private by its route")
    assert desk.tracker.issues["1"].state is State.OPEN
