"""Keeping a repository's trackers true: which ones, what is planned for each, and what people said there."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from tracking import REPOSITORY, Clock, MemoryTracker, decision, finding

from advisord.cycle import track
from advisord.cycle.assess import Assessment
from advisord.cycle.said import INCOMPLETE
from advisord.model.decision import Scope
from advisord.model.finding import Finding
from advisord.model.plan import Plan, State, StateReason, Verb
from advisord.model.report import Judged
from advisord.policies import parse
from advisord.scope.compiled import DEFAULT_POLICY
from advisord.store import lockfiles
from advisord.store.database import open_writer
from advisord.store.outbox import Outbox
from advisord.tracking.apply import Applied, Limits, Status
from advisord.tracking.inputs import Route, Settings
from advisord.tracking.interface import Visibility

FINDINGS = (finding("A-1"), finding("B-1", package="hyper"), finding("C-1", package="h2"))


class World:
    """A tracker and a database that knows of one repository."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.clock = Clock()
        self.tracker = MemoryTracker(self.clock)
        self.number = lockfiles.repository_id(db, REPOSITORY)
        self.settings = Settings()

    def plan(self, *found: Finding, scope: Scope = Scope.IN) -> Plan:
        """What is to be done, when the tracker can be read."""
        made, problem = self.planned(found, scope)
        assert problem is None
        return made

    def planned(self, found: Sequence[Finding], scope: Scope = Scope.IN) -> tuple[Plan, object]:
        """What is to be done, and what is wrong."""
        assessment = Assessment(REPOSITORY, tuple(Judged(one, decision(scope)) for one in found), ())
        desk = track.look(self.db, REPOSITORY, self.tracker, self.clock())
        return track.plan(self.db, assessment, DEFAULT_POLICY, desk, self.settings, self.clock(), 86400.0)

    def apply(self, plan: Plan, *only: str) -> Applied:
        """Do it, or some of it."""
        return track.apply(self.db, plan, self.tracker, self.clock, lambda _: None, Limits(0.0, 1000), only)

    def issues(self) -> list[tuple[str, State]]:
        """Titles by package, and states."""
        return [(one.title, one.state) for one in self.tracker.issues.values()]


@pytest.fixture
def world() -> Iterator[World]:
    """With nothing in the tracker yet."""
    with closing(open_writer(":memory:")) as db:
        yield World(db)


def test_which_trackers(world: World) -> None:
    """Its own, those of the policy's routes, those that still hold issues of it: each once, its own first."""
    policy = parse(
        b'[routes.a]\ntracker = "theirs"\n[routes.b]\ntracker = "ours"\n[routes.c]\nlabels = ["x"]\n',
        "policy",
    )
    assert track.names(world.db, REPOSITORY, "ours", DEFAULT_POLICY) == ["ours"]
    assert track.names(world.db, REPOSITORY, "ours", policy) == ["ours", "theirs"]
    world.apply(world.plan(*FINDINGS))
    assert track.names(world.db, REPOSITORY, "ours", policy) == ["ours", "theirs", "memory"]
    assert track.names(world.db, "another", "ours", DEFAULT_POLICY) == ["ours"]


def test_done_once_there_is_nothing_left(world: World) -> None:
    """And what was opened is known, by the database as by the tracker."""
    applied = world.apply(world.plan(*FINDINGS))
    assert applied.complete
    assert [state for _, state in world.issues()] == [State.OPEN] * 3
    assert world.plan(*FINDINGS).actions == ()
    known = Outbox(world.db, world.number, "memory").known()
    assert {row.number for row in known.values()} == {"1", "2", "3"}


def test_half_a_list_opens_and_closes_nothing(world: World) -> None:
    """It is a problem with the reason; what was accepted stays accepted."""
    world.apply(world.plan(*FINDINGS[:2]))
    world.tracker.complete = False
    made, problem = world.planned(FINDINGS)
    assert {action.verb for action in made.actions}.isdisjoint({Verb.OPEN, Verb.CLOSE})
    assert getattr(problem, "code", "") == INCOMPLETE
    assert "page 2 was answered with 502" in getattr(problem, "message", "")


@pytest.mark.parametrize("pick", ["key", "verb"])
def test_some_of_it(world: World, pick: str) -> None:
    """By an issue's key, by a verb; the rest stays to be done."""
    made = world.plan(*FINDINGS)
    first = made.actions[0]
    applied = world.apply(made, first.key if pick == "key" else first.verb.value)
    expected = 1 if pick == "key" else 3
    assert [outcome.status for outcome in applied.outcomes] == [Status.DONE] * expected
    assert len(world.plan(*FINDINGS).actions) == 3 - expected


def test_what_is_picked_has_to_be_there(world: World) -> None:
    """By number with and without its sign; what names nothing is told."""
    world.apply(world.plan(finding("A-1", summary="old")))
    made = world.plan(finding("A-1", summary="new words"))
    (action,) = made.actions
    assert track.called(action) == {action.key, action.verb.value, "1", "#1"}
    assert track.unknown(["#1", "1", action.key, "open", "7", "#"], [made]) == ["open", "7", "#"]
    assert track.unknown([], [made]) == []
    assert track.unknown(["1"], []) == ["1"]


def test_what_a_person_accepts_counts_once_they_were_told(world: World) -> None:
    """Closed as not planned: proposed, told, held; opened again: over at the next look."""
    world.apply(world.plan(*FINDINGS[:1]))
    world.tracker.person_closes("1", StateReason.NOT_PLANNED)
    world.clock.pass_by(hours=2)
    made = world.plan(*FINDINGS[:1])
    assert len(made.proposals) == 1
    assert track.accepted(world.db, REPOSITORY) == ()
    assert world.apply(made).complete
    (held,) = track.accepted(world.db, REPOSITORY)
    assert (held.number, held.package, held.ids) == ("1", "tokio", ("A-1",))
    assert "the proposal to accept the risk" in world.tracker.comments["1"][-1]
    world.tracker.person_opens("1")
    track.look(world.db, REPOSITORY, world.tracker, world.clock())
    assert track.accepted(world.db, REPOSITORY) == ()


def test_what_is_private_asks_whether_the_tracker_is(world: World) -> None:
    """Nothing else does: that is a request for every look."""
    asked: list[str] = []

    class Asked(MemoryTracker):
        def visibility(self) -> Visibility:
            asked.append("x")
            return super().visibility()

    world.tracker = Asked(world.clock)
    world.plan(*FINDINGS)
    assert asked == []
    for settings in (Settings(private=True), Settings(routes={"a": Route(private=True)})):
        world.settings = settings
        world.plan(*FINDINGS)
    assert asked == ["x", "x"]
