"""The plan: what would make a repository's tracker agree with its decisions. Pure; applied and planned again, it is empty.

Laws 5, 6 and 8 of the design are kept here: nothing is done twice, nothing is closed because of silence, and a person's
action is a fact.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from advisord.model.advisory import Severity
from advisord.model.decision import Decision
from advisord.model.finding import Finding
from advisord.model.plan import Action, Known, Plan, Proposal, State, StateReason, Verb
from advisord.times import stamp
from advisord.tracking import bundle, grouping, identity, lifecycle, news
from advisord.tracking.inputs import Deadline, Evidence, Group, Settings, Subject, Texts
from advisord.tracking.interface import Listing, Visibility
from advisord.tracking.lifecycle import UNKNOWN, WANTED, Context, Step
from advisord.tracking.pairing import Recognised, Tracked, lost, order, pair, recognise, subject
from advisord.words import counted

_ORDER = (Verb.CLOSE, Verb.REOPEN, Verb.OPEN, Verb.UPDATE, Verb.RELABEL, Verb.COMMENT)
_SEVERITIES = tuple(Severity)
Decided = tuple[Finding, Decision]


class _New(NamedTuple):
    """A finding that needs an issue; `after` is the number of the one that it had."""

    finding: Finding
    decision: Decision
    after: str


def plan(
    repository: str,
    tracker: str,
    decided: Sequence[Decided],
    listing: Listing,
    known: Mapping[str, Known],
    evidence: Mapping[str, Evidence],
    now: datetime,
    settings: Settings = Settings(),  # noqa: B008  (immutable)
    deadlines: Mapping[Subject, Sequence[Deadline]] | None = None,
    visibility: Visibility = Visibility.UNKNOWN,
) -> Plan:
    """Compare what is decided with what the tracker holds.

    `decided` are all findings of the repository, those out of scope too. `known` are the rows of the outbox. `evidence`
    is by the key of each open issue (`open_issues` names them): what it lacks is not closed. `visibility` is what the
    tracker said of itself; it decides only when `settings.private`, or for findings of a private route.
    """
    decided, deadlines = grouping.grouped(decided, deadlines or {}, settings, tracker)
    context = Context(repository, settings, now, evidence, deadlines)
    names = (repository, *settings.formerly)
    found = recognise(listing, known, names)
    private = visibility is Visibility.PRIVATE
    hidden = 0
    decision_of = {subject(finding): (finding, decision) for finding, decision in decided}
    here = {
        name
        for name, (_, decision) in decision_of.items()
        if decision.scope in WANTED and grouping.home(settings, decision, tracker) == tracker
    }
    pairs = pair([finding for finding, _ in decided], found.issues, names, here)
    steps: list[Step] = []
    wanted: list[_New] = []
    for name, (finding, decision) in sorted(decision_of.items()):
        tracked = pairs.issue.get(name)
        if decision.scope not in WANTED:
            if tracked is not None and tracked.issue.state is State.OPEN:
                steps.append(lifecycle.ruled_out(context, decision, tracked))
        elif name not in here:
            if tracked is not None and tracked.issue.state is State.OPEN:
                steps.append(lifecycle.routed(context, tracked, grouping.home(settings, decision, tracker)))
        elif settings.route(decision).private and not private:
            hidden += 1
        elif tracked is None:
            step = _unfiled(finding, listing, known)
            if step.note:
                steps.append(step)
            else:
                wanted.append(_New(finding, decision, step.successor))
        else:
            opened = tracked.issue.state is State.OPEN
            step = (lifecycle.kept_up if opened else lifecycle.still_wanted)(context, finding, decision, tracked)
            if step.successor:
                wanted.append(_New(finding, decision, step.successor))
            else:
                steps.append(step)
    for extra, keeper in pairs.duplicates:
        number = keeper.issue.number
        steps.append(
            lifecycle.closing(
                extra, news.duplicate(number), StateReason.DUPLICATE, f"#{number} is about the same", number
            )
        )
    steps += [lifecycle.gone(context, issue) for issue in pairs.unpaired if issue.issue.state is State.OPEN]
    if hidden:
        note = f"{counted(hidden, 'finding is private by its route', 'findings are private by their route')}, and the tracker is not: nothing is written of that"
        steps.append(Step(note=note))
    steps += _file(context, wanted, found, not (found.issues or found.digests or known))
    return _assembled(context, tracker, steps, listing, found, visibility)


def open_issues(
    repository: str,
    listing: Listing,
    known: Mapping[str, Known],
    settings: Settings = Settings(),  # noqa: B008
) -> tuple[Tracked, ...]:
    """The open issues of the repository: `plan` wants evidence for each of them, by `key`. A digest is about no package."""
    found = recognise(listing, known, (repository, *settings.formerly))
    return tuple(tracked for tracked in (*found.issues, *found.digests) if tracked.issue.state is State.OPEN)


def seen(found: Recognised) -> tuple[tuple[str, str], ...]:
    """The state of the tracker as far as a plan relies on it: number and fingerprint of each issue."""
    issues = sorted((*found.issues, *found.digests), key=lambda tracked: order(tracked.issue.number))
    return tuple((tracked.issue.number, identity.fingerprint(tracked.issue)) for tracked in issues)


def _unfiled(finding: Finding, listing: Listing, known: Mapping[str, Known]) -> Step:
    """A finding without an issue: has it had one?"""
    before = lost(finding, listing, known)
    if not before:
        return Step()
    last = before[-1]
    if last.why == "transferred":
        where = f" to {last.url}" if last.url else ""
        return Step(note=f"#{last.number}: a person moved it{where}, so no new issue is opened for {finding.id}")
    if len(before) > 1:
        return Step(note=f"#{last.number}: a person deleted the issue of {finding.id} again, so no new one is opened")
    return Step(successor=last.number)


def _file(context: Context, wanted: Sequence[_New], found: Recognised, first: bool) -> list[Step]:
    """Open issues within the budgets; the rest waits, or goes into the digest issue."""
    settings = context.settings
    digest = next(iter(found.digests), None)
    since = digest.marker.since if digest and digest.marker else ""
    if first and len(wanted) > settings.baseline_above:
        since = stamp(context.now)
    ordered = sorted(wanted, key=lambda new: bundle.rank(new.finding))
    own: list[_New] = []
    listed: list[_New] = []
    for new in ordered:
        digested = settings.route(new.decision).group is Group.DIGEST
        (listed if digested or _is_old(new.finding, since, settings.baseline_from) else own).append(new)
    room = max(0, settings.open_limit - sum(t.issue.state is State.OPEN for t in found.issues))
    listed += own[room:]
    own = own[:room]
    keys = {t.key: t.issue.number for t in (*found.issues, *found.digests)}
    parent = digest.issue.number if digest and digest.issue.state is State.OPEN else ""
    steps = []
    for new in own[: settings.creates]:
        key, after = _free(context.repository, new, keys)
        action = lifecycle.opened(context, new.finding, new.decision, key, after)
        steps.append(Step(action._replace(parent=parent)))
    if len(own) > settings.creates:
        steps.append(
            Step(note=f"{len(own) - settings.creates} more issues are opened later: {settings.creates} at a time")
        )
    return steps + _digest(context, [new.finding for new in listed], since, found.digests)


def _is_old(finding: Finding, since: str, individually: Severity) -> bool:
    """Whether the finding was there at the first contact, and is not bad enough for an issue of its own."""
    worse = _SEVERITIES.index(finding.rating.severity) >= _SEVERITIES.index(individually)
    return bool(since) and finding.first_seen <= since and not worse


def _free(repository: str, new: _New, keys: Mapping[str, str]) -> tuple[str, str]:
    """A key that no issue has, and the number of the issue before."""
    after = new.after
    while True:
        finding = new.finding
        key = identity.new_key(repository, finding.ecosystem, finding.package, finding.id, after)
        if key not in keys:
            return key, after
        after = keys[key]


def _digest(context: Context, findings: Sequence[Finding], since: str, digests: Sequence[Tracked]) -> list[Step]:
    """Keep the one digest issue: the open one with the lowest number, else the latest."""
    ours = sorted(digests, key=lambda t: (t.issue.state is not State.OPEN, order(t.issue.number)))
    keeper = ours[0] if ours else None
    steps = []
    for extra in ours[1:]:
        if extra.issue.state is State.OPEN and extra.marker is not None and keeper is not None:
            number = keeper.issue.number
            steps.append(Step(bundle.closed(extra, extra.marker, f"#{number} is the digest issue that stays.", number)))
    if keeper is None or keeper.marker is None:
        return [*steps, Step(bundle.opened(context, findings, since, ""))] if findings else steps
    if keeper.issue.state is State.OPEN:
        known = context.evidence.get(keeper.key, UNKNOWN)
        if not known.closable and (not findings or len(findings) < keeper.marker.facts.total):
            why = known.why_not or "not everything was read"
            return [*steps, Step(note=f"#{keeper.issue.number}: no finding is taken off the list, because {why}")]
        if findings:
            return [*steps, bundle.kept_up(context, findings, keeper, keeper.marker)]
        return [
            *steps,
            Step(bundle.closed(keeper, keeper.marker, "Every finding of the list is gone or has its own issue.")),
        ]
    if findings and "closed" in keeper.marker.said and keeper.issue.by_person is not True:
        return [*steps, bundle.reopened(context, findings, keeper.issue, keeper.marker)]
    if findings:
        number = keeper.issue.number
        return [
            *steps,
            Step(
                note=f"#{number}: a person closed the digest issue; {counted(len(findings), 'finding has', 'findings have')} no issue"
            ),
        ]
    return steps


def _assembled(
    context: Context, tracker: str, steps: Sequence[Step], listing: Listing, found: Recognised, visibility: Visibility
) -> Plan:
    actions = [step.action for step in steps if step.action is not None]
    notes = [step.note for step in steps if step.note]
    proposals: list[Proposal] = [step.proposal for step in steps if step.proposal is not None]
    if not listing.complete:
        open_now = {t.issue.number for t in (*found.issues, *found.digests) if t.issue.state is State.OPEN}
        harmless = [a for a in actions if a.verb in {Verb.UPDATE, Verb.RELABEL} and a.number in open_now]
        left = len(actions) - len(harmless)
        why = listing.problem or "a part of it is missing"
        notes.insert(
            0,
            f"the list of issues is incomplete ({why}): nothing is opened or closed, {counted(left, 'action')} put off",
        )
        actions = harmless
    if context.settings.private and visibility is not Visibility.PRIVATE:
        who = "public" if visibility is Visibility.PUBLIC else "perhaps public"
        notes.insert(0, f"the repository is private and the tracker is {who}: nothing is written to it")
        actions = []
    if found.foreign:
        notes.append(f"the tracker also holds issues of {', '.join(found.foreign[:5])}: left alone")
    actions = [_reworded(action, context.settings.texts) for action in actions]
    actions.sort(key=lambda action: _ORDER.index(action.verb))
    return Plan(
        context.repository,
        tracker,
        tuple(actions),
        tuple(notes),
        seen(found),
        tuple(proposals),
        context.settings.formerly,
    )


def _reworded(action: Action, texts: Texts | None) -> Action:
    """The action with its comment in the user's words; the hidden marker of the occasion stays."""
    mark = identity.comment_marker(action.comment)
    if texts is None or not mark:
        return action
    built_in = action.comment.replace(mark, "").rstrip()
    own = texts.comment(action.verb.value, action.reason, built_in)
    return action._replace(comment=f"{own}\n\n{mark}") if own else action
