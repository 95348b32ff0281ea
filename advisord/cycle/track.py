"""Step four: make a repository's tracker agree with its decisions."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from advisord.cycle.assess import Assessment
from advisord.cycle.evidence import About, evidence
from advisord.model.plan import Plan
from advisord.store import lockfiles as store
from advisord.store.outbox import Outbox
from advisord.tracking import apply as applying
from advisord.tracking import plan as planning
from advisord.tracking import state
from advisord.tracking.inputs import Settings
from advisord.tracking.interface import Tracker


def plan(
    db: Connection, assessment: Assessment, tracker: Tracker, settings: Settings, now: datetime, max_age: float
) -> Plan:
    """What would make the tracker agree with the assessment. Reads the tracker; writes nothing."""
    repository = store.repository_id(db, assessment.repository)
    known = Outbox(db, repository, tracker.name).known()
    listing = state.read(tracker, known)
    facts = {
        tracked.key: evidence(db, repository, About(tracked.ecosystem, tracked.package, tracked.ids), now, max_age)
        for tracked in planning.open_issues(assessment.repository, listing, known, settings)
    }
    return planning.plan(assessment.repository, tracker.name, assessment.judged, listing, known, facts, now, settings)


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
