"""Carrying out a plan: intent before action, one writer, slowly, and from where it stopped.

Every step looks before it writes and can be repeated: an issue is opened unless its key is in the tracker, a comment
added unless it is there, a body and a state are written together. So a process may die anywhere: the next plan holds
what is left, and the marker keeps it from doing anything twice.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from advisord.errors import TrackerError, TransportError
from advisord.model.plan import Action, Issue, Known, Plan, StateReason, Verb
from advisord.times import seconds_between, stamp
from advisord.tracking import identity, news, state
from advisord.tracking.interface import Absent, Listing, More, Outbox, Tracker
from advisord.tracking.pairing import recognise
from advisord.tracking.plan import seen
from advisord.words import counted

_LEASE = 120.0
_SETTLE = 60.0
"""Seconds in which an issue that was filed may not yet be in the tracker's list."""


class Status(StrEnum):
    """How one action ended."""

    DONE = "done"
    SKIPPED = "skipped"
    """Not done, for a good reason: someone was there before, or has changed the issue."""
    FAILED = "failed"
    """The tracker refuses it."""
    WAITS = "waits"
    """To be done later: a budget, a limit, a failure that passes."""


class Outcome(NamedTuple):
    """What became of one action; `number` and `url` name the issue when it is known."""

    action: Action
    status: Status
    detail: str = ""
    number: str = ""
    url: str = ""


class Applied(NamedTuple):
    """What became of a plan. `stopped` says why not all of it was carried out, `retry_after` in how many seconds more."""

    outcomes: tuple[Outcome, ...] = ()
    stopped: str = ""
    retry_after: float | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing waits and nothing failed."""
        bad = (Status.WAITS, Status.FAILED)
        return not self.stopped and not any(outcome.status in bad for outcome in self.outcomes)


class Limits(NamedTuple):
    """How carefully to write: `pause` seconds between two writes, at most `hourly` new issues in an hour."""

    pause: float = 3.0
    hourly: int = 100


class _Stop(Exception):  # noqa: N818  (no error: the rest continues later)
    def __init__(self, why: str, retry_after: float | None, *, unsure: bool) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after
        self.unsure = unsure


def apply(
    plan: Plan,
    tracker: Tracker,
    outbox: Outbox,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
    limits: Limits = Limits(),  # noqa: B008  (immutable)
    only: Callable[[Action], bool] | None = None,
) -> Applied:
    """Carry out the plan, or the actions that `only` picks.

    Nothing is done when another process holds the lease, or when the tracker is not in the state that the plan was made
    for. No error of the tracker escapes: what it stopped is said in the result.
    """
    if not outbox.claim(_LEASE):
        return _nothing(plan, "another process is writing to this tracker")
    try:
        known = outbox.known()
        listing = state.read(tracker, known)
        found = recognise(listing, known, (plan.repository, *plan.formerly))
        if listing.complete and seen(found) != plan.seen:
            return _nothing(plan, "the tracker has changed since the plan was made: plan again")
        _remember(listing, known, outbox)
        worker = _Worker(plan, tracker, outbox, clock, sleep, limits, listing)
        worker.recover()
        return worker.run([action for action in plan.actions if only is None or only(action)])
    finally:
        outbox.release()


def _nothing(plan: Plan, why: str) -> Applied:
    return Applied(tuple(Outcome(action, Status.WAITS, why) for action in plan.actions), why)


def _remember(listing: Listing, known: Mapping[str, Known], outbox: Outbox) -> None:
    """Put down what was found: this is how a lost database is rebuilt."""
    by_number = {row.number: row for row in known.values()}
    for issue in listing.issues:
        row = state.known_of(issue, by_number.get(issue.number))
        kept = row and known.get(row.key)
        if row is not None and row != kept and (kept is None or kept.number == row.number):
            outbox.remember(row)


class _Worker:
    """One run of `apply`."""

    def __init__(
        self,
        plan: Plan,
        tracker: Tracker,
        outbox: Outbox,
        clock: Callable[[], datetime],
        sleep: Callable[[float], object],
        limits: Limits,
        listing: Listing,
    ) -> None:
        self._tracker = tracker
        self._outbox = outbox
        self._clock = clock
        self._sleep = sleep
        self._limits = limits
        self._seen = dict(plan.seen)
        self._complete = listing.complete
        self._keys = {issue.key: issue for issue in reversed(listing.issues) if issue.key}
        self._known = {row.number: row for row in outbox.known().values()}
        self._unsettled: set[str] = set()
        self._wrote = False

    def recover(self) -> None:
        """Settle what an earlier run left behind. The plan was made after it, so only new issues need care."""
        now = self._clock()
        for intent in self._outbox.pending():
            action = intent.action
            if action.verb is Verb.OPEN and action.key in self._keys:
                self._finish(intent.id, "done", self._keys[action.key])
            elif action.verb is Verb.OPEN and not (self._complete and seconds_between(intent.at, now) > _SETTLE):
                self._unsettled.add(action.key)
            else:
                self._outbox.finish(intent.id, "failed: no outcome was recorded", stamp(now))

    def run(self, actions: list[Action]) -> Applied:
        """Do one action after the other until something says stop."""
        outcomes: list[Outcome] = []
        for position, action in enumerate(actions):
            if not self._outbox.claim(_LEASE):
                return self._stopped(outcomes, actions[position:], "another process took over", None)
            try:
                outcomes.append(self._open(action) if action.verb is Verb.OPEN else self._change(action))
            except _Stop as stop:
                return self._stopped(outcomes, actions[position:], stop.why, stop.retry_after)
        return Applied(tuple(outcomes))

    @staticmethod
    def _stopped(outcomes: list[Outcome], left: list[Action], why: str, retry_after: float | None) -> Applied:
        waiting = [Outcome(action, Status.WAITS, why, action.number) for action in left]
        return Applied((*outcomes, *waiting), f"{why}; {counted(len(left), 'action')} to continue later", retry_after)

    def _open(self, action: Action) -> Outcome:
        if not self._complete:
            return Outcome(action, Status.WAITS, "the list of issues is incomplete")
        if action.key in self._keys:
            issue = self._keys[action.key]
            return Outcome(action, Status.SKIPPED, "it is there already", issue.number, issue.url)
        if action.key in self._unsettled:
            return Outcome(action, Status.WAITS, "an earlier attempt may still show up in the tracker's list")
        since = stamp(self._clock() - timedelta(hours=1))
        if self._outbox.created_since(since) >= self._limits.hourly:
            return Outcome(action, Status.WAITS, f"{self._limits.hourly} issues were opened within an hour")
        body = f"{action.body}\n"
        if len(body) > self._tracker.body_limit:
            return Outcome(action, Status.FAILED, f"the text has {len(body)} characters; the tracker takes fewer")
        self._pace()
        intent = self._outbox.begin(action, stamp(self._clock()))
        try:
            with _explained():
                title = action.title[: self._tracker.title_limit]
                more = More(action.assignees, action.milestone, action.parent)
                issue = self._tracker.create(title, body, action.add_labels, more)
        except _Stop as stop:
            if not stop.unsure:
                self._outbox.finish(intent, f"failed: {stop.why}", stamp(self._clock()))
            raise
        except TrackerError as error:
            self._outbox.finish(intent, f"failed: {error}", stamp(self._clock()))
            return Outcome(action, Status.FAILED, str(error))
        self._finish(intent, "done", issue)
        self._link(action, issue.number)
        return Outcome(action, Status.DONE, _dropped(action, issue), issue.number, issue.url)

    def _link(self, action: Action, number: str) -> None:
        """Tell the issue that the new one continues. The new one names it anyway, so that no failure here counts."""
        if action.after:
            comment = identity.signed(news.followed(number), action.key, action.after, number)
            with suppress(TrackerError, TransportError):
                if not isinstance(self._tracker.get(action.after), Absent):
                    self._pace()
                    self._tracker.comment(action.after, comment, identity.comment_marker(comment))

    def _change(self, action: Action) -> Outcome:
        number = action.number
        if not self._complete and action.verb not in {Verb.UPDATE, Verb.RELABEL}:
            return Outcome(action, Status.WAITS, "the list of issues is incomplete", number)
        try:
            with _explained():
                issue = self._tracker.get(number)
        except TrackerError as error:
            return Outcome(action, Status.FAILED, str(error), number)
        if isinstance(issue, Absent):
            return Outcome(action, Status.SKIPPED, f"the issue was {issue.why}", number, issue.url)
        if identity.fingerprint(issue) != self._seen.get(number):
            return Outcome(
                action, Status.SKIPPED, "someone changed the issue since the plan was made", number, issue.url
            )
        body = identity.splice(issue.body, action.body) if action.body else None
        if body is not None and len(body) > self._tracker.body_limit:
            detail = f"with the text around ours the body has {len(body)} characters; the tracker takes fewer"
            return Outcome(action, Status.FAILED, detail, number, issue.url)
        intent = self._outbox.begin(action, stamp(self._clock()))
        try:
            with _explained():
                after = self._write(action, issue, body)
        except _Stop as stop:
            self._outbox.finish(intent, f"failed: {stop.why}", stamp(self._clock()))
            raise
        except TrackerError as error:
            self._outbox.finish(intent, f"failed: {error}", stamp(self._clock()))
            return Outcome(action, Status.FAILED, str(error), number, issue.url)
        self._finish(intent, "done", after)
        return Outcome(action, Status.DONE, "", number, after.url)

    def _write(self, action: Action, issue: Issue, body: str | None) -> Issue:
        """The comment and the labels first: what comes last makes the plan see the action as done."""
        tracker, number = self._tracker, action.number
        if action.comment:
            self._pace()
            tracker.comment(number, action.comment, identity.comment_marker(action.comment))
        if action.add_labels:
            self._pace()
            tracker.add_labels(number, action.add_labels)
        if action.remove_labels:
            self._pace()
            tracker.remove_labels(number, action.remove_labels)
        title = action.title[: tracker.title_limit] or None
        if action.verb is Verb.CLOSE:
            self._pace()
            reason = action.state_reason or StateReason.COMPLETED
            return tracker.close(number, reason, body=body, duplicate_of=action.duplicate_of)
        if action.verb is Verb.REOPEN:
            self._pace()
            issue = tracker.reopen(number, body=body)
            body = None
        if title is not None or body is not None:
            self._pace()
            issue = tracker.update(number, title=title, body=body)
        return issue

    def _finish(self, intent: int, outcome: str, issue: Issue) -> None:
        row = state.known_of(issue, self._known.get(issue.number))
        self._outbox.finish(intent, outcome, stamp(self._clock()), row)

    def _pace(self) -> None:
        if self._wrote and self._limits.pause:
            self._sleep(self._limits.pause)
        self._wrote = True


def _dropped(action: Action, issue: Issue) -> str:
    """What the tracker left out of a new issue, in a sentence."""
    wished = (
        ("labels", action.add_labels, issue.labels),
        ("people", action.assignees, issue.assignees),
        ("milestone", (action.milestone,) if action.milestone else (), (issue.milestone,)),
    )
    left = []
    for what, names, made in wished:
        have = {name.casefold() for name in made}
        missing = [name for name in names if name.casefold() not in have]
        left += [f"the {what} {', '.join(missing)}"] if missing else []
    return f"the tracker dropped {' and '.join(left)}: does the token have write access?" if left else ""


@contextmanager
def _explained() -> Iterator[None]:
    """Tell what concerns one action (TrackerError) from what concerns all that follow (_Stop)."""
    try:
        yield
    except TransportError as error:
        unsure = error.status is None or error.status >= 500
        raise _Stop(str(error), error.retry_after, unsure=unsure) from error
    except TrackerError as error:
        if error.retryable or error.code == "denied":
            raise _Stop(str(error), None, unsure=False) from error
        raise
