"""What a person proposes by closing an issue as not planned, as an acceptance; and when it is over. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from advisord.model.advisory import Severity
from advisord.model.decision import ON_ISSUE
from advisord.model.finding import Finding
from advisord.model.plan import Proposal, State, StateReason
from advisord.scope.compiled import Acceptance, Until
from advisord.scope.globs import is_glob
from advisord.tracking.interface import Listing

_ABOVE = {Severity.UNKNOWN.value: Severity.NONE.value, Severity.CRITICAL.value: ""}
"""The level that is accepted, where it is not the severity itself: above the highest there is nothing."""


def acceptances(proposals: Iterable[Proposal], findings: Sequence[Finding]) -> tuple[Acceptance, ...]:
    """One acceptance for each finding that a proposal is about.

    It ends with its date, and when the risk gets worse or a fix appears that was not there. Ids and packages that would
    be read as patterns get none: then only the issue stays closed.
    """
    return tuple(
        _acceptance(proposal, finding.id)
        for proposal in proposals
        for finding in findings
        if (finding.ecosystem, finding.package) == (proposal.ecosystem, proposal.package)
        and not set(proposal.ids).isdisjoint(finding.ids)
        and not is_glob(finding.id)
        and not is_glob(finding.package)
    )


def idle(proposals: Iterable[Proposal], made: Iterable[Acceptance]) -> tuple[Acceptance, ...]:
    """Those proposals of which nothing is found any more, beside the acceptances that were made."""
    known = {(one.origin, one.ecosystem, one.package) for one in made}
    found = (_acceptance(proposal, next(iter(proposal.ids), "")) for proposal in proposals)
    return tuple(one for one in found if (one.origin, one.ecosystem, one.package) not in known)


def _acceptance(proposal: Proposal, advisory: str) -> Acceptance:
    return Acceptance(
        advisory=advisory,
        package=proposal.package,
        ecosystem=proposal.ecosystem,
        who="a person in the issue tracker",
        why=f"A person closed issue #{proposal.number} as not planned.",
        since=proposal.since[:10],
        until=Until(
            date=proposal.until[:10],
            fix=not proposal.fixed,
            severity_above=_ABOVE.get(proposal.severity, proposal.severity),
            exploited=not proposal.exploited,
        ),
        origin=f"{ON_ISSUE}{proposal.number}",
    )


def over(proposals: Iterable[Proposal], listing: Listing) -> Mapping[str, str]:
    """Which proposals do not stand any more, by key, and why: a person's later action counts."""
    issues = {issue.number: issue for issue in listing.issues}
    found = {}
    for proposal in proposals:
        issue = issues.get(proposal.number)
        if issue is None:
            if listing.complete:
                found[proposal.key] = "the issue is not in the tracker any more"
        elif issue.state is State.OPEN:
            found[proposal.key] = "the issue is open again"
        elif issue.state_reason is not StateReason.NOT_PLANNED:
            found[proposal.key] = "the issue is closed for another reason"
    return found
