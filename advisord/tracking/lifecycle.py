"""What one issue needs: the life of an issue as rules. Pure.

What is said or done once stands in the marker (`Marker.said`), in the same write as the change itself:
`closed` we closed it, and `ruled` it was by a rule or an acceptance; `kept` a person opened it again after that, and was
told; `accepted|…` a person closed it as not planned, and was told until when that holds; `still|…` a person closed it as
completed, and was told that it is still there; `overruled` we opened it again, once, after that; `unpinned`, `unlocked`
readers were told that nobody can say which version is used: it is only named, its lockfile is gone; `soon|…` and `over|…`
a deadline was reminded of, and was missed. An issue that is closed without `closed` was closed by a person.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.model.plan import Action, Proposal, StateReason, Verb
from advisord.times import FORMAT, stamp
from advisord.tracking import identity, news, render
from advisord.tracking.identity import Facts, Marker
from advisord.tracking.inputs import Cause, Deadline, Evidence, Group, Settings, Subject
from advisord.tracking.pairing import Tracked, subject

RULED = "ruled"
WANTED = (Scope.IN, Scope.REGULAR)
UNKNOWN = Evidence(closable=False)
_REASONS = {Cause.FIXED: StateReason.COMPLETED, Cause.REMOVED: StateReason.COMPLETED}


class Context(NamedTuple):
    """What the rules need to know besides the issue. `evidence` is by key, `deadlines` by subject."""

    repository: str
    settings: Settings
    now: datetime
    evidence: Mapping[str, Evidence]
    deadlines: Mapping[Subject, Sequence[Deadline]]


class Step(NamedTuple):
    """What follows for one issue. `successor` asks for a new issue after the one with this number."""

    action: Action | None = None
    note: str = ""
    proposal: Proposal | None = None
    successor: str = ""


def opened(context: Context, finding: Finding, decision: Decision, key: str, after: str) -> Action:
    """A new issue."""
    title = _words(context, finding, decision)
    labels = _wanted_labels(context, finding, decision)
    marker = Marker(
        key,
        context.repository,
        ecosystem=identity.short(finding.ecosystem),
        package=identity.short(finding.package),
        ids=identity.bounded_ids(finding.ids),
        title=identity.digest(title),
        labels=labels,
        said=tuple(_dates(context, finding)),
        after=after,
        facts=render.facts(finding, decision, context.deadlines.get(subject(finding), ())),
    )
    reason = f"{finding.id} affects {finding.package} and is tracked by rule {decision.rule}"
    route = context.settings.route(decision)
    return Action(
        Verb.OPEN,
        key,
        reason,
        title=title,
        body=_block(context, finding, decision, marker),
        add_labels=labels,
        after=after if after.isdecimal() else "",
        assignees=route.assignees,
        milestone=route.milestone,
    )


def kept_up(context: Context, finding: Finding, decision: Decision, tracked: Tracked) -> Step:
    """An open issue of a finding that is there."""
    issue, old = tracked.issue, tracked.marker
    if old is None:
        return Step(note=f"#{issue.number}: its text of ours was taken away, so it is left alone")
    marker = _renewed(context, finding, decision, tracked, old)
    if _shrunk(old.facts, marker.facts) and not _closable(context, tracked.key):
        return Step(note=f"#{issue.number}: no place is taken off the list, because {_why_not(context, tracked.key)}")
    add, remove = _labels(tracked, old, marker)
    title = _title(context, finding, decision, tracked, old)
    block = _block(context, finding, decision, marker)
    if identity.digest(block) == identity.digest(identity.block_of(issue.body)) and not (add or remove or title):
        return Step()
    marker = marker._replace(rev=old.rev + 1)
    members = news.members(old.ids, finding) if context.settings.route(decision).group is Group.PACKAGE else ""
    evidence = context.evidence.get(tracked.key, UNKNOWN)
    changes = news.changes(old.facts, marker.facts, finding, decision, evidence)
    said = "\n".join(filter(None, (members, changes, *_reminders(context, finding, old))))
    only_labels = old.facts == marker.facts and (add or remove) and not (title or said)
    return Step(
        Action(
            Verb.RELABEL if only_labels else Verb.UPDATE,
            tracked.key,
            f"{finding.package}, {finding.id}: {'its labels change' if only_labels else _outdated(old.facts, marker.facts)}",
            issue.number,
            title=title,
            body=_block(context, finding, decision, marker),
            comment=_comment(said, marker, said),
            add_labels=add,
            remove_labels=remove,
        )
    )


def _outdated(told: identity.Facts, now: identity.Facts) -> str:
    """Why an issue is written again."""
    names = {"due": "deadlines", "total": "number of places", "fixed": "fixed versions", "exploited": "exploitation"}
    changed = [names.get(name, name) for name in now._fields if getattr(told, name) != getattr(now, name)]
    return f"what it says of its {', '.join(changed)} is not up to date" if changed else "its text is not up to date"


def still_wanted(context: Context, finding: Finding, decision: Decision, tracked: Tracked) -> Step:
    """A closed issue of a finding that is there."""
    issue, old, settings = tracked.issue, tracked.marker, context.settings
    if old is None:
        return Step(note=f"#{issue.number}: closed, and its text of ours was taken away, so it is left alone")
    closed = moment(issue.closed_at, context.now)
    if "closed" in old.said and issue.by_person is not True:
        if context.now - closed > settings.reopen_within:
            return Step(successor=issue.number)
        if RULED in old.said or decision.lapsed:
            why = "its acceptance ended" if decision.lapsed else f"it is in scope again by {decision.by}"
            return _reopened(context, finding, decision, tracked, old, news.ruled_in(finding, decision), why)
        return _reopened(context, finding, decision, tracked, old, news.back(finding), "it is back")
    if issue.state_reason is StateReason.DUPLICATE:
        return Step(note=f"#{issue.number}: a person closed it as a duplicate, so it is left alone")
    if context.now - closed < settings.settle:
        return Step(note=f"#{issue.number}: a person closed it a moment ago")
    if issue.state_reason is StateReason.NOT_PLANNED:
        return _not_planned(context, finding, decision, tracked, old, closed)
    return _completed(context, finding, decision, tracked, old, closed)


def gone(context: Context, tracked: Tracked) -> Step:
    """An open issue whose finding is not there any more: closed on evidence only (law 6)."""
    number = tracked.issue.number
    evidence = context.evidence.get(tracked.key, UNKNOWN)
    if not evidence.closable or evidence.cause is None:
        if evidence.closable and (evidence.unpinned or evidence.unlocked):
            return _left_open(tracked, news.doubt(tracked.package, evidence))
        why = evidence.why_not or "nothing explains why the finding is gone"
        return Step(note=f"#{number}: stays open, because {why}")
    reason = _REASONS.get(evidence.cause, StateReason.NOT_PLANNED)
    return closing(tracked, news.cleared(tracked.package, evidence), reason, f"it is {evidence.cause}")


def _left_open(tracked: Tracked, doubt: news.Doubt) -> Step:
    """An open issue of which nobody can say any more which version is used: said once."""
    issue, old = tracked.issue, tracked.marker
    note = f"#{issue.number}: stays open, because {doubt.why}"
    if old is None or not {doubt.code, "closed", "kept"}.isdisjoint(old.said):
        return Step(note=note)
    marker = old._replace(rev=old.rev + 1, said=(*_lasting(old), doubt.code))
    return Step(_said(tracked, doubt.text, marker, "nobody can say any more which version is used"), note)


def routed(context: Context, tracked: Tracked, tracker: str) -> Step:
    """An open issue of a finding that the policy's route gives to another tracker."""
    if not _closable(context, tracked.key):
        return Step(note=f"#{tracked.issue.number}: stays open, because {_why_not(context, tracked.key)}")
    return closing(tracked, news.routed(tracker), StateReason.NOT_PLANNED, f"it is tracked in {tracker} now")


def ruled_out(context: Context, decision: Decision, tracked: Tracked) -> Step:
    """An open issue of a finding that is there, but out of scope or accepted."""
    if not _closable(context, tracked.key):
        return Step(note=f"#{tracked.issue.number}: stays open, because {_why_not(context, tracked.key)}")
    said = "accepted" if decision.scope is Scope.ACCEPTED else "out of scope"
    reason = f"it is {said} by {decision.by}"
    return closing(tracked, news.ruled_out(decision), StateReason.NOT_PLANNED, reason, said=("closed", RULED))


def closing(
    tracked: Tracked,
    text: str,
    state_reason: StateReason,
    reason: str,
    duplicate_of: str = "",
    said: tuple[str, ...] = ("closed",),
) -> Step:
    """Close, unless a person opened the issue again after we had closed it: that is said once and respected."""
    issue, old = tracked.issue, tracked.marker
    if old is None:
        comment = identity.signed(text, tracked.key, issue.number, Verb.CLOSE)
        return Step(_close(tracked, reason, comment, "", state_reason, duplicate_of))
    if "kept" in old.said:
        return Step(note=f"#{issue.number}: a person opened it again, so it stays open")
    if "closed" in old.said:
        marker = old._replace(rev=old.rev + 1, said=(*old.said, "kept"))
        return Step(_said(tracked, news.kept_open(text), marker, "a person opened it again after it was closed"))
    marker = old._replace(rev=old.rev + 1, said=(*_lasting(old), *said))
    body = identity.remarked(identity.block_of(issue.body), marker)
    return Step(_close(tracked, reason, _comment(text, marker, Verb.CLOSE), body, state_reason, duplicate_of))


def moment(text: str, default: datetime) -> datetime:
    """A time of a tracker; `default` when there is none or it can't be read."""
    try:
        return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return default


def _not_planned(
    context: Context, finding: Finding, decision: Decision, tracked: Tracked, old: Marker, closed: datetime
) -> Step:
    issue = tracked.issue
    until = closed + context.settings.acceptance
    worse = news.worse(old.facts, render.facts(finding, decision))
    if worse or context.now >= until:
        why = worse or f"the risk was taken as accepted until {news.day(until)}"
        return _reopened(context, finding, decision, tracked, old, news.acceptance_over(why), why)
    proposal = Proposal(
        tracked.key,
        issue.number,
        finding.ecosystem,
        finding.package,
        finding.ids,
        stamp(closed),
        stamp(until),
        old.facts.severity,
        old.facts.fixed,
        old.facts.exploited,
    )
    note = f"#{issue.number}: a person closed it as not planned; taken as accepted until {news.day(until)}"
    code = f"accepted|{issue.closed_at}"
    if code in old.said:
        return Step(note=note, proposal=proposal)
    marker = old._replace(rev=old.rev + 1, said=(*_lasting(old), code))
    action = _said(tracked, news.proposal(until), marker, "a person closed it as not planned")
    return Step(action, note, proposal)


def _completed(
    context: Context, finding: Finding, decision: Decision, tracked: Tracked, old: Marker, closed: datetime
) -> Step:
    issue, settings = tracked.issue, context.settings
    overrule = settings.overrule and "overruled" not in old.said
    note = f"#{issue.number}: a person closed it as completed, but it is still there"
    code = f"still|{issue.closed_at}|"
    told = next((said for said in old.said if said.startswith(code)), "")
    if not told:
        until = max(closed, context.now) + settings.grace
        marker = old._replace(rev=old.rev + 1, said=(*_lasting(old), code + stamp(until)))
        text = news.still_there(finding, until, overrule=overrule)
        return Step(_said(tracked, text, marker, "a person closed it, but it is still there"), note)
    if not overrule or context.now < moment(told.removeprefix(code), context.now + timedelta(days=1)):
        return Step(note=note)
    old = old._replace(said=(*_lasting(old), "overruled"))
    return _reopened(context, finding, decision, tracked, old, news.overruled(finding), "it is still there")


def _reopened(
    context: Context, finding: Finding, decision: Decision, tracked: Tracked, old: Marker, text: str, reason: str
) -> Step:
    marker = _renewed(context, finding, decision, tracked, old)._replace(rev=old.rev + 1)
    add, remove = _labels(tracked, old, marker)
    return Step(
        Action(
            Verb.REOPEN,
            tracked.key,
            reason,
            tracked.issue.number,
            title=_title(context, finding, decision, tracked, old),
            body=_block(context, finding, decision, marker),
            comment=_comment(text, marker, Verb.REOPEN),
            add_labels=add,
            remove_labels=remove,
        )
    )


def _renewed(context: Context, finding: Finding, decision: Decision, tracked: Tracked, old: Marker) -> Marker:
    """The marker as it should be for an issue that is open."""
    wanted = _wanted_labels(context, finding, decision)
    present = {label.casefold() for label in tracked.issue.labels}
    kept = tuple(label for label in wanted if label in old.labels or label.casefold() not in present)
    ours = identity.digest(tracked.issue.title) == old.title
    written = identity.digest(_words(context, finding, decision)) if ours else old.title
    return old._replace(
        repository=context.repository,
        ids=identity.bounded_ids(finding.ids),
        title=written,
        labels=kept,
        said=tuple(dict.fromkeys((*_lasting(old), *_dates(context, finding)))),
        facts=render.facts(finding, decision, context.deadlines.get(subject(finding), ())),
    )


def _lasting(marker: Marker) -> tuple[str, ...]:
    return tuple(said for said in marker.said if said == "overruled" or said.startswith(("soon|", "over|")))[-20:]


def _wanted_labels(context: Context, finding: Finding, decision: Decision) -> tuple[str, ...]:
    """Our labels: those of every issue, of the scope, of the route, and of a missed deadline."""
    settings = context.settings
    names = {*settings.labels, *settings.scope_labels.get(decision.scope, ()), *settings.route(decision).labels}
    if any(code.startswith("over|") for code in _dates(context, finding)):
        names.add(settings.overdue_label)
    return tuple(sorted(names))


def _dates(context: Context, finding: Finding) -> dict[str, str]:
    """The deadlines that are near or past: what is said once of each, by its code."""
    said = {}
    for deadline in context.deadlines.get(subject(finding), ()):
        at = moment(deadline.at, datetime.max.replace(tzinfo=UTC))
        over = context.now >= at
        if over or at - context.now <= context.settings.remind:
            code = identity.short(f"{'over' if over else 'soon'}|{deadline.label}|{deadline.due}")
            said[code] = news.deadline(deadline.label, deadline.due, over=over)
    return said


def _reminders(context: Context, finding: Finding, old: Marker) -> list[str]:
    return [f"- {text}" for code, text in _dates(context, finding).items() if code not in old.said]


def _labels(tracked: Tracked, old: Marker, new: Marker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels to add and to remove: one of ours that a person took away is not put back, one of theirs not taken."""
    present = {label.casefold() for label in tracked.issue.labels}
    add = tuple(label for label in new.labels if label not in old.labels)
    remove = tuple(label for label in old.labels if label not in new.labels and label.casefold() in present)
    return add, remove


def _words(context: Context, finding: Finding, decision: Decision) -> str:
    """The title as it should be."""
    built_in, texts = render.title(finding), context.settings.texts
    return (texts.title(finding, decision, built_in) if texts else "") or built_in


def _title(context: Context, finding: Finding, decision: Decision, tracked: Tracked, old: Marker) -> str:
    """The new title, "" when it stays: a title that a person wrote is theirs."""
    title = _words(context, finding, decision)
    written = identity.digest(tracked.issue.title)
    return title if written == old.title and identity.digest(title) != written else ""


def _block(context: Context, finding: Finding, decision: Decision, marker: Marker) -> str:
    due = context.deadlines.get(subject(finding), ())
    settings = context.settings
    if settings.texts:
        own = settings.texts.body(finding, decision, due, render.sections(finding, decision, marker, due))
        text = render.framed(marker, (own,))
        if own and len(text) <= settings.body_limit:
            return text
    return render.block(finding, decision, marker, settings.body_limit, due)


def _comment(text: str, marker: Marker, occasion: str) -> str:
    return identity.signed(text, marker.key, str(marker.rev), occasion) if text else ""


def _said(tracked: Tracked, text: str, marker: Marker, reason: str) -> Action:
    body = identity.remarked(identity.block_of(tracked.issue.body), marker)
    return Action(
        Verb.COMMENT, tracked.key, reason, tracked.issue.number, body=body, comment=_comment(text, marker, reason)
    )


def _close(
    tracked: Tracked, reason: str, comment: str, body: str, state_reason: StateReason, duplicate_of: str
) -> Action:
    return Action(
        Verb.CLOSE,
        tracked.key,
        reason,
        tracked.issue.number,
        body=body,
        comment=comment,
        state_reason=state_reason,
        duplicate_of=duplicate_of,
    )


def _closable(context: Context, key: str) -> bool:
    return context.evidence.get(key, UNKNOWN).closable


def _why_not(context: Context, key: str) -> str:
    return context.evidence.get(key, UNKNOWN).why_not or "not everything was read"


def _shrunk(old: Facts, new: Facts) -> bool:
    """Whether a place is gone from the list."""
    if len(old.places) == old.total and len(new.places) == new.total:
        return not set(old.places) <= set(new.places)
    return new.total < old.total
