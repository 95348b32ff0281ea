"""A tracker and an outbox in memory, that can die at any step; findings and decisions to plan with."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding, Place, Verdict, Witness
from advisord.model.plan import Action, Intent, Issue, Known, Plan, State, StateReason, Verb
from advisord.model.update import Update
from advisord.times import stamp
from advisord.tracking import identity, state
from advisord.tracking.apply import Applied, Limits, apply
from advisord.tracking.inputs import Cause, Deadline, Evidence, Settings, Subject
from advisord.tracking.interface import NOTHING, Absent, Listing, More, Visibility
from advisord.tracking.plan import open_issues, plan

US = "advisord[bot]"
REPOSITORY = "octo/crab"


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


class Steps:
    """Counts the steps that leave a trace; `fail` is called at each and may raise."""

    def __init__(self) -> None:
        self.taken = 0
        self.fail: Callable[[int, str], None] = lambda _number, _name: None

    def step(self, name: str) -> None:
        """One more step."""
        self.taken += 1
        self.fail(self.taken, name)


class MemoryOutbox:
    """An outbox in memory; it outlives the process that is killed."""

    def __init__(self, clock: Clock, steps: Steps | None = None) -> None:
        self.rows: dict[str, Known] = {}
        self.intents: dict[int, tuple[Intent, str]] = {}
        self.held = False
        self._clock = clock
        self._steps = steps or Steps()

    def claim(self, seconds: float) -> bool:
        """Take the lease."""
        return not self.held

    def release(self) -> None:
        """Give it back."""

    def known(self) -> Mapping[str, Known]:
        """The rows."""
        return dict(self.rows)

    def begin(self, action: Action, at: str) -> int:
        """Record an intent, with a chance to die before and after."""
        self._steps.step("begin")
        number = len(self.intents) + 1
        self.intents[number] = (Intent(number, action, at), "")
        self._steps.step("begun")
        return number

    def finish(self, intent: int, outcome: str, at: str, known: Known | None = None) -> None:
        """Record an outcome, with a chance to die before and after."""
        self._steps.step("finish")
        self.intents[intent] = (self.intents[intent][0], outcome)
        if known is not None:
            self.rows[known.key] = known
        self._steps.step("finished")

    def pending(self) -> Sequence[Intent]:
        """What has no outcome."""
        return [intent for intent, outcome in self.intents.values() if not outcome]

    def remember(self, known: Known) -> None:
        """Put a row down."""
        self.rows[known.key] = known

    def created_since(self, moment: str) -> int:
        """Opened and not failed."""
        return sum(
            intent.action.verb is Verb.OPEN and intent.at >= moment and not outcome.startswith("failed")
            for intent, outcome in self.intents.values()
        )


class MemoryTracker:
    """A tracker in memory. `person_…` methods are what people do in its web page."""

    kind = "memory"
    body_limit = 65_000
    title_limit = 250

    def __init__(self, clock: Clock, steps: Steps | None = None) -> None:
        self.name = "memory"
        self.issues: dict[str, Issue] = {}
        self.comments: dict[str, list[str]] = {}
        self.gone: dict[str, str] = {}
        self.complete = True
        self._last = 0
        self._clock = clock
        self._steps = steps or Steps()

    def list_issues(self) -> Listing:
        """Everything, or the first half when a page fails."""
        ours = tuple(issue for issue in self.issues.values() if issue.author == US)
        if not self.complete:
            return Listing(ours[: len(ours) // 2], complete=False, problem="page 2 was answered with 502")
        return Listing(ours, complete=True)

    def get(self, number: str) -> Issue | Absent:
        """One issue."""
        return self.issues.get(number) or Absent(number, self.gone.get(number, "deleted"))

    def create(self, title: str, body: str, labels: Sequence[str], more: More = NOTHING) -> Issue:
        """File an issue."""
        self._steps.step("create")
        self._last += 1
        number = str(self._last)
        marker = identity.read(body)
        self.issues[number] = Issue(
            number, marker.key if marker else "", title, body, State.OPEN, None, tuple(labels), US,
            assignees=more.assignees, milestone=more.milestone,
        )  # fmt: skip
        self.comments[number] = []
        self._steps.step("created")
        return self.issues[number]

    def update(self, number: str, *, title: str | None = None, body: str | None = None) -> Issue:
        """Change title or body."""
        return self._change(number, title=title, body=body)

    def comment(self, number: str, text: str, marker: str) -> bool:
        """Comment, once."""
        self._steps.step("comment")
        if any(marker in comment for comment in self.comments[number]):
            return False
        self.comments[number].append(text)
        self._steps.step("commented")
        return True

    def close(self, number: str, reason: StateReason, *, body: str | None = None, duplicate_of: str = "") -> Issue:
        """Close."""
        return self._change(number, body=body, state=State.CLOSED, reason=reason, by_person=False)

    def reopen(self, number: str, *, body: str | None = None) -> Issue:
        """Open again."""
        return self._change(number, body=body, state=State.OPEN, by_person=False)

    def add_labels(self, number: str, labels: Sequence[str]) -> None:
        """Add."""
        self._steps.step("add")
        issue = self.issues[number]
        self.issues[number] = issue._replace(labels=tuple(dict.fromkeys((*issue.labels, *labels))))

    def remove_labels(self, number: str, labels: Sequence[str]) -> None:
        """Remove."""
        self._steps.step("remove")
        issue = self.issues[number]
        self.issues[number] = issue._replace(labels=tuple(label for label in issue.labels if label not in labels))

    def visibility(self) -> Visibility:
        """Private."""
        return Visibility.PRIVATE

    def person_closes(self, number: str, reason: StateReason) -> None:
        """A person closes an issue."""
        closed_at = stamp(self._clock())
        self.issues[number] = self.issues[number]._replace(
            state=State.CLOSED, state_reason=reason, closed_at=closed_at, by_person=True
        )

    def person_opens(self, number: str) -> None:
        """A person opens an issue again."""
        self.issues[number] = self.issues[number]._replace(state=State.OPEN, state_reason=None, closed_at="")

    def person_edits(self, number: str, **changes: str | tuple[str, ...]) -> None:
        """A person edits an issue."""
        self.issues[number] = self.issues[number]._replace(**changes)  # type: ignore[arg-type]

    def person_removes(self, number: str, why: str) -> None:
        """A person deletes or transfers an issue."""
        del self.issues[number]
        self.gone[number] = why

    def opened(self) -> list[Issue]:
        """The open issues."""
        return [issue for issue in self.issues.values() if issue.state is State.OPEN]

    def _change(
        self,
        number: str,
        *,
        title: str | None = None,
        body: str | None = None,
        state: State | None = None,
        reason: StateReason | None = None,
        by_person: bool | None = None,
    ) -> Issue:
        self._steps.step("change")
        issue = self.issues[number]
        if title is not None:
            issue = issue._replace(title=title)
        if body is not None:
            marker = identity.read(body)
            issue = issue._replace(body=body, key=marker.key if marker else "")
        if state is not None:
            closed_at = stamp(self._clock()) if state is State.CLOSED else ""
            issue = issue._replace(state=state, state_reason=reason, closed_at=closed_at, by_person=by_person)
        self.issues[number] = issue
        self._steps.step("changed")
        return issue


def place(lockfile: str = "Cargo.lock", ref: str = "main", version: str = "1.0.0", fixed: str = "1.0.1") -> Place:
    """An affected version in a lockfile."""
    return Place(ref, lockfile, "cargo", 7, version, Verdict.AFFECTED, fixed=(fixed,) if fixed else (), direct=False)


def advised(where: Place, **more: Any) -> Place:
    """The place with the update to its fix, as it was checked."""
    update = Update("crates.io", "tokio", where.version, where.fixed[0], "patch", ("RUSTSEC-2026-0001",), (), ())
    return where._replace(update=update._replace(**more))


def finding(
    *ids: str,
    package: str = "tokio",
    severity: Severity = Severity.HIGH,
    places: Sequence[Place] = (place(),),
    summary: str = "data race in the broadcast channel",
    **more: Any,
) -> Finding:
    """A finding with one witness for each id."""
    names = ids or ("RUSTSEC-2026-0001",)
    rating = Rating(severity, 7.5)
    witnesses = tuple(
        Witness("rustsec", name, Verdict.AFFECTED, Kind.VULNERABILITY, rating, ("1.0.1",)) for name in names
    )
    base = Finding(
        REPOSITORY, "crates.io", package, names[0], names, Kind.VULNERABILITY, rating, summary, witnesses, tuple(places)
    )
    return base._replace(**more)


def decision(scope: Scope = Scope.IN, rule: str = "runtime") -> Decision:
    """What a policy says."""
    return Decision(scope, rule, "it is reached by what we ship")


class Desk:
    """A tracker, an outbox and a clock, planned for and applied to."""

    def __init__(self, settings: Settings = Settings()) -> None:  # noqa: B008  (immutable)
        self.clock = Clock()
        self.steps = Steps()
        self.tracker = MemoryTracker(self.clock, self.steps)
        self.outbox = MemoryOutbox(self.clock, self.steps)
        self.settings = settings
        self.deadlines: Mapping[Subject, Sequence[Deadline]] = {}

    def plan(self, *decided: tuple[Finding, Decision], evidence: Evidence | None = None) -> Plan:
        """Plan with the same evidence for every open issue."""
        known = self.outbox.known()
        listing = state.read(self.tracker, known)
        shared = evidence or Evidence(closable=True, cause=Cause.FIXED)
        each = {t.key: shared for t in open_issues(REPOSITORY, listing, known, self.settings)}
        return plan(REPOSITORY, "memory", decided, listing, known, each, self.clock(), self.settings, self.deadlines)

    def apply(self, made: Plan) -> Applied:
        """Carry a plan out, without pauses."""
        return apply(made, self.tracker, self.outbox, self.clock, lambda _: None, Limits(0.0, 1000))

    def run(self, *decided: tuple[Finding, Decision], evidence: Evidence | None = None) -> Plan:
        """Plan and apply; what is planned after that must be nothing."""
        made = self.plan(*decided, evidence=evidence)
        result = self.apply(made)
        assert result.complete, result
        again = self.plan(*decided, evidence=evidence)
        assert again.actions == (), again.actions
        return made
