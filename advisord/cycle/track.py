"""Step four: make a repository's trackers agree with its decisions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from advisord.cycle.assess import Assessment
from advisord.cycle.due import due
from advisord.cycle.evidence import About, Sight
from advisord.cycle.said import INCOMPLETE
from advisord.model.plan import Action, Known, Plan, Proposal
from advisord.model.problem import Problem
from advisord.scope.compiled import CompiledPolicy
from advisord.store import lockfiles as store
from advisord.store import proposals
from advisord.store.outbox import Outbox, trackers_of
from advisord.times import stamp
from advisord.tracking import accepting, state
from advisord.tracking import apply as applying
from advisord.tracking import plan as planning
from advisord.tracking.apply import Status
from advisord.tracking.inputs import Settings
from advisord.tracking.interface import Listing, Tracker, Visibility


class Desk(NamedTuple):
    """A tracker with what it holds of a repository now."""

    tracker: Tracker
    known: Mapping[str, Known]
    listing: Listing


def names(db: Connection, repository: str, own: str, policy: CompiledPolicy) -> list[str]:
    """The trackers of a repository: its own, those of the policy's routes, those that hold issues of it."""
    routed = [route.tracker for route in policy.routes if route.tracker]
    return list(dict.fromkeys([own, *routed, *trackers_of(db, store.repository_id(db, repository))]))


def look(db: Connection, repository: str, tracker: Tracker, now: datetime) -> Desk:
    """Read a tracker, and take back what people do not accept any more: an issue that is open again, or gone."""
    number = store.repository_id(db, repository)
    known = Outbox(db, number, tracker.name).known()
    listing = state.read(tracker, known)
    held = [proposal for name, proposal in proposals.held(db, number) if name == tracker.name]
    proposals.withdraw(db, number, tracker.name, accepting.over(held, listing), stamp(now))
    return Desk(tracker, known, listing)


def accepted(db: Connection, repository: str) -> tuple[Proposal, ...]:
    """The risks that people accepted in the trackers of a repository."""
    return tuple(proposal for _, proposal in proposals.held(db, store.repository_id(db, repository)))


def plan(
    db: Connection,
    assessment: Assessment,
    policy: CompiledPolicy,
    desk: Desk,
    settings: Settings,
    now: datetime,
    max_age: float,
) -> tuple[Plan, Problem | None]:
    """What would make the tracker agree with the assessment. Writes nothing to it.

    The problem says that the tracker's list could not be read completely: then nothing is opened or closed.
    """
    tracker, known, listing = desk
    repository = store.repository_id(db, assessment.repository)
    sight = Sight(db, repository, now, max_age)
    facts = {
        tracked.key: sight.evidence(About(tracked.ecosystem, tracked.package, tracked.ids))
        if tracked.package
        else sight.whole()
        for tracked in planning.open_issues(assessment.repository, listing, known, settings)
    }
    private = settings.private or any(route.private for route in settings.routes.values())
    made = planning.plan(
        assessment.repository,
        tracker.name,
        [(judged.finding, judged.decision) for judged in assessment.judged],
        listing,
        known,
        facts,
        now,
        settings,
        due(policy, assessment.judged),
        tracker.visibility() if private else Visibility.UNKNOWN,
    )
    if listing.complete:
        return made, None
    subject = f"{assessment.repository} ({tracker.name})"
    return made, Problem(INCOMPLETE, subject, f"the list of issues is incomplete: {listing.problem}")


def apply(
    db: Connection,
    plan: Plan,
    tracker: Tracker,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
    limits: applying.Limits,
    only: Iterable[str] = (),
) -> applying.Applied:
    """Carry a plan out, or what `only` names of it; what could not be done now is in the answer.

    What people accepted counts from the moment at which they were told so.
    """
    repository = store.repository_id(db, plan.repository)
    outbox = Outbox(db, repository, plan.tracker)
    wanted = set(only)
    applied = applying.apply(
        plan, tracker, outbox, clock, sleep, limits, (lambda one: bool(wanted & called(one))) if wanted else None
    )
    if not applied.stopped:
        told = {one.action.key for one in applied.outcomes if one.status is Status.DONE}
        told |= {one.key for one in plan.proposals} - {action.key for action in plan.actions}
        proposals.keep(db, repository, plan.tracker, [one for one in plan.proposals if one.key in told], stamp(clock()))
    return applied


def called(action: Action) -> set[str]:
    """What an action can be picked by: its issue's key or number, or its verb."""
    return {action.key, action.verb.value} | ({action.number, f"#{action.number}"} if action.number else set())


def unknown(only: Sequence[str], plans: Iterable[Plan]) -> list[str]:
    """What is picked and in none of the plans."""
    there = {name for one in plans for action in one.actions for name in called(action)}
    return [name for name in only if name not in there]
