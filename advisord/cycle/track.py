"""Step four: make a repository's tracker agree with its decisions."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from advisord.cycle.assess import Assessment
from advisord.cycle.due import due
from advisord.cycle.evidence import About, evidence
from advisord.model.plan import Plan
from advisord.model.problem import Problem
from advisord.scope.compiled import CompiledPolicy
from advisord.store import lockfiles as store
from advisord.store.outbox import Outbox
from advisord.tracking import apply as applying
from advisord.tracking import plan as planning
from advisord.tracking import state
from advisord.tracking.inputs import Settings
from advisord.tracking.interface import Tracker, Visibility


def plan(
    db: Connection,
    assessment: Assessment,
    policy: CompiledPolicy,
    tracker: Tracker,
    settings: Settings,
    now: datetime,
    max_age: float,
) -> tuple[Plan, Problem | None]:
    """What would make the tracker agree with the assessment. Reads the tracker; writes nothing.

    The problem says that the tracker's list could not be read completely: then nothing is opened or closed.
    """
    repository = store.repository_id(db, assessment.repository)
    known = Outbox(db, repository, tracker.name).known()
    listing = state.read(tracker, known)
    facts = {
        tracked.key: evidence(db, repository, About(tracked.ecosystem, tracked.package, tracked.ids), now, max_age)
        for tracked in planning.open_issues(assessment.repository, listing, known, settings)
    }
    decided = [(judged.finding, judged.decision) for judged in assessment.judged]
    made = planning.plan(
        assessment.repository,
        tracker.name,
        decided,
        listing,
        known,
        facts,
        now,
        settings,
        due(policy, assessment.judged),
        tracker.visibility() if settings.private else Visibility.UNKNOWN,
    )
    if listing.complete:
        return made, None
    subject = f"{assessment.repository} ({tracker.name})"
    return made, Problem("tracker-incomplete", subject, f"the list of issues is incomplete: {listing.problem}")


def apply(
    db: Connection,
    plan: Plan,
    tracker: Tracker,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
    limits: applying.Limits,
) -> applying.Applied:
    """Carry a plan out; what could not be done now is in the answer."""
    outbox = Outbox(db, store.repository_id(db, plan.repository), plan.tracker)
    return applying.apply(plan, tracker, outbox, clock, sleep, limits)
