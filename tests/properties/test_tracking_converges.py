"""Law 5: planned again after it was applied, a plan is empty, whatever died, failed or was done by people in between."""

import random
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from tracking import REPOSITORY, US, Clock, Killed, MemoryOutbox, MemoryTracker, Steps, decision, finding, place

from advisord.errors import TrackerError, TransportError
from advisord.model.advisory import Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.model.plan import Issue, Plan, State, StateReason
from advisord.tracking import identity
from advisord.tracking.apply import Applied, Limits, apply
from advisord.tracking.inputs import Cause, Evidence, Group, Route, Settings
from advisord.tracking.pairing import recognise
from advisord.tracking.plan import open_issues, plan
from advisord.tracking.state import read

PEOPLE = "\n\nPeople's own words: keep them."


class World:
    """A repository, its tracker, and people; everything random comes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = Clock()
        self.steps = Steps()
        self.tracker = MemoryTracker(self.clock, self.steps)
        self.outbox = MemoryOutbox(self.clock, self.steps)
        self.settings = Settings(creates=3, open_limit=self.random.choice((2, 5, 100)), baseline_above=4)
        self.decided: list[tuple[Finding, Decision]] = []
        self.touched: dict[str, str] = {}

    def change_findings(self) -> None:
        """Other findings, severities, places, aliases, scopes."""
        rnd = self.random
        self.decided = []
        for package in ("tokio", "hyper"):
            names = [f"RUSTSEC-2026-000{n}" for n in range(4) if rnd.random() < 0.7]
            rnd.shuffle(names)
            while names:
                ids = [names.pop() for _ in range(min(len(names), rnd.choice((1, 1, 2))))]
                found = finding(
                    *ids,
                    package=package,
                    severity=rnd.choice((Severity.LOW, Severity.HIGH, Severity.CRITICAL)),
                    places=[place(ref=ref) for ref in rnd.sample(("main", "v1", "v2"), rnd.randint(1, 3))],
                    first_seen=rnd.choice(("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z")),
                )
                scope = rnd.choice((Scope.IN, Scope.IN, Scope.IN, Scope.REGULAR, Scope.OUT, Scope.ACCEPTED))
                self.decided.append((found, decision(scope)))

    def person_acts(self) -> None:
        """Someone does something to some issue."""
        if not self.tracker.issues:
            return
        issue = self.random.choice(list(self.tracker.issues.values()))
        number = issue.number
        act = self.random.randrange(9)
        if act == 0:
            self.tracker.person_edits(number, title=f"Ours: {number}")
            self.touched[number] = f"Ours: {number}"
        elif act == 1:
            self.tracker.person_edits(number, body=f"{issue.body}{PEOPLE}" if PEOPLE not in issue.body else issue.body)
        elif act == 2:
            self.tracker.person_edits(number, labels=(*issue.labels, "theirs"))
        elif act == 3:
            self.tracker.person_edits(number, labels=tuple(label for label in issue.labels if label != "advisord"))
        elif act == 4 and issue.state is State.CLOSED:
            self.tracker.person_opens(number)
        elif act in (5, 6, 7) and issue.state is State.OPEN:
            self.tracker.person_closes(number, self.random.choice(tuple(StateReason)))
        elif act == 8 and self.random.random() < 0.3:
            self.tracker.person_removes(number, self.random.choice(("deleted", "transferred")))
            self.touched.pop(number, None)

    def plan(self, *, closable: bool = True) -> Plan:
        """Plan with evidence for everything, or for nothing."""
        known = self.outbox.known()
        listing = read(self.tracker, known)
        evidence = {
            tracked.key: Evidence(closable=closable, cause=Cause.FIXED)
            for tracked in open_issues(REPOSITORY, listing, known, self.settings)
        }
        return plan(REPOSITORY, "memory", self.decided, listing, known, evidence, self.clock(), self.settings)

    def apply(self, made: Plan) -> Applied:
        """Carry it out, without pauses."""
        return apply(made, self.tracker, self.outbox, self.clock, lambda _: None, Limits(0.0, 1000))

    def interrupted(self) -> None:
        """One run that dies, or fails, at a random step, or gets through."""
        at = self.steps.taken + self.random.randint(1, 25)
        what = self.random.choice((Killed(), TransportError("502", retryable=True), TrackerError("422")))

        def fail(number: int, _name: str) -> None:
            if number == at:
                raise what

        self.tracker.complete = self.random.random() < 0.8
        self.steps.fail = fail
        with suppress(Killed, TransportError, TrackerError):
            self.apply(self.plan(closable=self.random.random() < 0.7))
        self.steps.fail = lambda _number, _name: None
        self.tracker.complete = True
        if self.random.random() < 0.2:
            self.outbox.rows.clear()
        self.clock.pass_by(hours=self.random.choice((0, 1, 30, 24 * 40)))

    def settle(self) -> list[Plan]:
        """Run without faults until nothing is left to do."""
        plans = []
        for _ in range(30):
            self.clock.pass_by(minutes=2)
            made = self.plan()
            plans.append(made)
            if not made.actions:
                break
            assert self.apply(made).complete, self.apply(made)
        return plans


def issues_of(world: World, found: Finding) -> Sequence[Issue]:
    """The issues that are about a finding."""
    recognised = recognise(read(world.tracker, {}), {}, (REPOSITORY,)).issues
    return [t.issue for t in recognised if t.package == found.package and set(t.ids) & set(found.ids)]


@settings(max_examples=150)
@given(st.integers(min_value=0, max_value=2**32))
def test_it_converges_without_duplicates_losses_and_fights(seed: int) -> None:
    """Random findings, deaths at every step, failures, human actions: in the end everything is told exactly once."""
    world = World(seed)
    world.change_findings()
    for _ in range(world.random.randint(1, 8)):
        if world.random.random() < 0.4:
            world.change_findings()
        for _ in range(world.random.randint(0, 2)):
            world.person_acts()
        world.interrupted()
    world.clock.pass_by(hours=2)
    made = world.settle()[-1]
    assert made.actions == ()
    listed = {n for n in made.notes if "no issue" in n}
    for found, decided in world.decided:
        about = issues_of(world, found)
        opened = [issue for issue in about if issue.state is State.OPEN]
        kept = [issue for issue in opened if "kept" in (identity.read(issue.body) or identity.Marker("", "")).said]
        assert len(opened) - len(kept) <= 1, (found, opened)
        if decided.scope in {Scope.IN, Scope.REGULAR} and not opened:
            digest = [
                issue for issue in world.tracker.opened() if found.package in issue.body and "kind=digest" in issue.body
            ]
            closed_by_people = [issue for issue in about if issue.by_person]
            gone = [note for note in made.notes if found.id in note]
            assert digest or closed_by_people or gone or listed, (found, about, made.notes)
    for number, title in world.touched.items():
        assert world.tracker.issues[number].title == title
    for issue in world.tracker.issues.values():
        assert issue.author == US
        comments = world.tracker.comments[issue.number]
        markers = [identity.comment_marker(comment) for comment in comments]
        assert len(markers) == len(set(markers))


@settings(max_examples=40)
@given(st.integers(min_value=0, max_value=2**32))
def test_people_s_text_stays(seed: int) -> None:
    """What people wrote around our block is there after every change."""
    world = World(seed)
    world.change_findings()
    world.settle()
    edited = list(world.tracker.issues.values())
    for issue in edited:
        world.tracker.person_edits(issue.number, body=f"Before.\n\n{issue.body}{PEOPLE}")
    for _ in range(3):
        world.change_findings()
        world.settle()
    for issue in edited:
        body = world.tracker.issues[issue.number].body
        assert body.startswith("Before.\n\n")
        assert PEOPLE in body


@settings(max_examples=60)
@given(st.integers(min_value=0, max_value=2**32))
def test_it_converges_however_findings_are_grouped(seed: int) -> None:
    """By finding, package or digest, and changed on the way: a package has one open issue, and nothing is left to do."""
    world = World(seed)
    for _ in range(world.random.randint(1, 6)):
        group = world.random.choice(tuple(Group))
        world.settings = world.settings._replace(routes={"": Route(group=group)})
        world.change_findings()
        world.interrupted()
        assert world.settle()[-1].actions == ()
        if group is Group.PACKAGE:
            packages = [
                t.package
                for t in recognise(read(world.tracker, {}), {}, (REPOSITORY,)).issues
                if t.issue in world.tracker.opened()
            ]
            assert len(packages) == len(set(packages))
