"""What a step did and could not do, as sentences and as problems."""

from collections.abc import Sequence

from advisord.cycle.assess import NEVER_READ, Assessment
from advisord.cycle.collect import Collected
from advisord.cycle.poll import Polled
from advisord.errors import AdvisordError, SettingsError, TrackerError, TransportError
from advisord.model.plan import Plan
from advisord.model.problem import SUSPECT, Problem
from advisord.store.trouble import State, Trouble
from advisord.tracking.apply import Applied, Status
from advisord.words import counted

UNFINISHED = "tracker-unfinished"
"""The code of a problem: something of a plan is still to be done."""
INCOMPLETE = "tracker-incomplete"
"""The code of a problem: a tracker's list of issues could not be read to its end."""
NO_TRACKER = "tracker-unusable"
"""The code of a problem: a tracker can't be asked at all."""
TRACKING = frozenset((UNFINISHED, INCOMPLETE, NO_TRACKER))
"""The codes of what keeps issues from being true."""
_ELSEWHERE = TRACKING | {SUSPECT, "clock", "stale-data", NEVER_READ}
"""What is no matter of judging one repository: its tracker, how old a feed is, that nothing was read."""


def as_problem(exc: AdvisordError, subject: str) -> Problem:
    """An error of one item, as data: the others go on."""
    message = exc.message
    if isinstance(exc, SettingsError) and exc.problems:
        message = "; ".join(f"{where}: {what}" for where, what in exc.problems)
    return Problem(exc.code, exc.subject or subject, f"{message}; {exc.hint}" if exc.hint else message)


def applied_problems(plan: Plan, applied: Applied) -> Sequence[Problem]:
    """Why not all of a plan was carried out."""
    if applied.complete:
        return []
    subject = f"{plan.repository} ({plan.tracker})"
    failed = [outcome for outcome in applied.outcomes if outcome.status is Status.FAILED]
    why = applied.stopped or (failed[0].detail if failed else "some actions wait")
    return [Problem(UNFINISHED, subject, why, blocking=bool(applied.stopped or failed))]


def applied_sentences(name: str, applied: Applied) -> list[str]:
    """One line for each action that was tried."""
    lines = []
    for outcome in applied.outcomes:
        what = f"#{outcome.number}" if outcome.number else outcome.action.title
        detail = f" ({outcome.detail})" if outcome.detail else ""
        verb = outcome.action.verb.value
        level = "error: " if outcome.status is Status.FAILED else ""
        lines.append(f"{level}{name}: {outcome.status.value}: {verb} {what}: {outcome.action.reason}{detail}")
    return lines


def polled_sentence(polled: Polled, source: str) -> str:
    """One line about a poll."""
    numbers = (
        (polled.new, "new"),
        (polled.changed, "changed"),
        (polled.gone, "vanished"),
        (polled.rejected, "unreadable"),
    )
    said = ", ".join(f"{number} {word}" for number, word in numbers if number) or "nothing new"
    if polled.problem:
        return f"{polled.feed}: {said}, then: {polled.problem.message} [{polled.problem.code}]"
    return f"{polled.feed}: {said} (from {source})"


def collected_sentence(collected: Collected) -> str:
    """One line about a repository that was read."""
    if not collected.changed:
        return f"{collected.repository}: unchanged"
    return f"{collected.repository}: read, {counted(collected.parsed, 'new lockfile content')} parsed"


def trouble(assessment: Assessment, problems: Sequence[Problem]) -> Trouble | None:
    """What stands in the way of a repository whose step ended with these problems: the gravest. None: nothing.

    How its own reading ended is stored with it, and how old a feed is with the feed.
    """
    judging = [one for one in assessment.problems if one.code not in _ELSEWHERE and one not in assessment.unread]
    for state, causes in (
        (State.UNTRACKED, [one for one in problems if one.code in TRACKING]),
        (State.UNREAD, assessment.unread),
        (State.UNJUDGED, judging),
    ):
        blocking = [one for one in causes if one.blocking]
        if blocking:
            return _trouble(state, assessment.repository, blocking[0], len(blocking) - 1)
    return None


def stopped(name: str, exc: AdvisordError) -> Trouble:
    """What stands in the way of a repository whose step was broken off."""
    state = State.UNTRACKED if isinstance(exc, TrackerError | TransportError) else State.UNJUDGED
    return _trouble(state, name, as_problem(exc, name))


def _trouble(state: State, name: str, first: Problem, others: int = 0) -> Trouble:
    about = first.subject.removeprefix(name).strip()
    more = f" (and {others:,} more)" if others else ""
    return Trouble(state, first.code, f"{about}: {first.message}{more}".removeprefix(": "))


def summary(assessment: Assessment, done: Sequence[Applied]) -> str:
    """One line about what a repository's findings are and what was done; what was not read is no "no findings"."""
    if assessment.never_read:
        return f"{assessment.repository}: not read"
    counts: dict[str, int] = {}
    for judged in assessment.judged:
        counts[judged.decision.scope.value] = counts.get(judged.decision.scope.value, 0) + 1
    found = ", ".join(f"{number} {scope}" for scope, number in sorted(counts.items())) or "no findings"
    if assessment.unread:
        found += f", {counted(len(assessment.unread), 'lockfile')} could not be read"
    actions = sum(outcome.status is Status.DONE for applied in done for outcome in applied.outcomes)
    return f"{assessment.repository}: {found}; {counted(actions, 'action')} on the tracker"
