"""The digest issue: one issue for the findings that have none of their own, grouped by package. Pure."""

from collections import Counter
from collections.abc import Sequence

from advisord.defuse import advisory, code, prose
from advisord.model.advisory import Severity
from advisord.model.finding import Finding
from advisord.model.plan import Action, Issue, StateReason, Verb
from advisord.tracking import identity
from advisord.tracking.identity import Facts, Marker
from advisord.tracking.lifecycle import Context, Step
from advisord.tracking.pairing import Tracked
from advisord.tracking.render import framed
from advisord.words import counted

_ROWS = 400
_SEVERITIES = tuple(Severity)
TITLE = "Vulnerable dependencies without an issue of their own"


def rank(finding: Finding) -> tuple[int, str, str, str]:
    """A key that sorts the worst first."""
    return (-_SEVERITIES.index(finding.rating.severity), finding.ecosystem, finding.package, finding.id)


def opened(context: Context, findings: Sequence[Finding], since: str, after: str) -> Action:
    """A new digest issue."""
    key = identity.new_key(context.repository, "", "", "digest", after)
    labels = tuple(sorted(context.settings.labels))
    facts = Facts(total=len(findings))
    marker = Marker(
        key,
        context.repository,
        "digest",
        title=identity.digest(TITLE),
        labels=labels,
        since=since,
        after=after,
        facts=facts,
    )
    body = _block(context, findings, marker)
    reason = f"{counted(len(findings), 'finding has', 'findings have')} no issue of their own"
    return Action(Verb.OPEN, key, reason, title=TITLE, body=body, add_labels=labels)


def kept_up(context: Context, findings: Sequence[Finding], tracked: Tracked, old: Marker) -> Step:
    """The open digest issue, with what belongs in it now."""
    marker = old._replace(repository=context.repository, said=(), facts=Facts(total=len(findings)))
    if identity.digest(_block(context, findings, marker)) == identity.digest(identity.block_of(tracked.issue.body)):
        return Step()
    body = _block(context, findings, marker._replace(rev=old.rev + 1))
    return Step(Action(Verb.UPDATE, old.key, "its list is not up to date", tracked.issue.number, body=body))


def reopened(context: Context, findings: Sequence[Finding], issue: Issue, old: Marker) -> Step:
    """The digest issue that we closed when it was empty."""
    marker = old._replace(repository=context.repository, said=(), rev=old.rev + 1, facts=Facts(total=len(findings)))
    reason = f"{counted(len(findings), 'finding has', 'findings have')} no issue of their own"
    return Step(Action(Verb.REOPEN, old.key, reason, issue.number, body=_block(context, findings, marker)))


def closed(tracked: Tracked, old: Marker, text: str, duplicate_of: str = "") -> Action:
    """Close a digest issue that is empty, or one too many."""
    marker = old._replace(rev=old.rev + 1, said=("closed",))
    return Action(
        Verb.CLOSE,
        old.key,
        "there are two digest issues" if duplicate_of else "it has become empty",
        tracked.issue.number,
        body=identity.remarked(identity.block_of(tracked.issue.body), marker),
        comment=identity.signed(text, old.key, str(marker.rev), Verb.CLOSE),
        state_reason=StateReason.DUPLICATE if duplicate_of else StateReason.COMPLETED,
        duplicate_of=duplicate_of,
    )


def _block(context: Context, findings: Sequence[Finding], marker: Marker) -> str:
    rows = _ROWS
    while True:
        text = _written(findings, marker, rows)
        if len(text) <= context.settings.body_limit or rows == 0:
            return text
        rows //= 2


def _written(findings: Sequence[Finding], marker: Marker, rows: int) -> str:
    by_package: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=rank):
        by_package.setdefault((finding.ecosystem, finding.package), []).append(finding)
    counts = Counter(finding.rating.severity for finding in findings)
    totals = ", ".join(f"{counts[severity]} {severity}" for severity in reversed(_SEVERITIES) if counts[severity])
    lines = ["| Package | Worst | Advisories | Lockfiles |", "| --- | --- | --- | --- |"]
    lines += [_row(name, members) for name, members in list(by_package.items())[:rows]]
    more = len(by_package) - rows
    parts = (
        f"{counted(len(findings), 'finding')} in {counted(len(by_package), 'package')} without an issue of their own: {totals}.",
        "\n".join(lines),
        f"… and {counted(more, 'more package')}; `advisord scan` lists them all." if more > 0 else "",
        (
            "A finding leaves this list when it is fixed, when it is out of scope, and when it gets its own issue: when "
            "it becomes severe enough, or when there is room for more issues."
        ),
    )
    return framed(marker, parts)


def _row(name: tuple[str, str], members: Sequence[Finding]) -> str:
    links = ", ".join(advisory(finding.id) for finding in members[:3])
    more = f" and {len(members) - 3} more" if len(members) > 3 else ""
    lockfiles = sorted({(place.ref, place.lockfile) for finding in members for place in finding.places})
    first = code(lockfiles[0][1], 80) if lockfiles else "-"
    others = f" and {len(lockfiles) - 1} more" if len(lockfiles) > 1 else ""
    worst = members[0].rating.severity.value
    return f"| {code(name[1], 80)} ({prose(name[0], 30)}) | {worst} | {links}{more} | {first}{others} |"
