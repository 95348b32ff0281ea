"""Which issue belongs to which finding. Pure, and independent of the order of both.

An issue belongs to a finding of its repository when ecosystem and package are equal and the ids overlap: so it survives
another canonical id, other aliases, a lost database. Where several could pair, an open issue goes before a closed one,
among open ones the lowest number, among closed ones the latest; and a finding with the id that the issue's key was made
from goes before another.
"""

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from advisord.model.finding import Finding
from advisord.model.plan import Issue, Known, State, StateReason
from advisord.tracking import identity
from advisord.tracking.identity import Marker
from advisord.tracking.inputs import Subject
from advisord.tracking.interface import Absent, Listing


class Tracked(NamedTuple):
    """An issue of ours, and what it is about. `marker` is None when a person took our block away."""

    issue: Issue
    key: str
    ecosystem: str
    package: str
    ids: tuple[str, ...]
    marker: Marker | None


class Recognised(NamedTuple):
    """What a listing holds for one repository: issues, digest issues, and issues of other repositories."""

    issues: tuple[Tracked, ...]
    digests: tuple[Tracked, ...]
    foreign: tuple[str, ...]


class Pairs(NamedTuple):
    """`issue` by finding; open `duplicates` with the issue that stays; issues without a finding."""

    issue: Mapping[Subject, Tracked]
    duplicates: tuple[tuple[Tracked, Tracked], ...]
    unpaired: tuple[Tracked, ...]


def subject(finding: Finding) -> Subject:
    """What the finding is called within its repository."""
    return (finding.ecosystem, finding.package, finding.id)


def order(number: str) -> tuple[int, str]:
    """A key that sorts numbers of issues as numbers."""
    return (int(number), "") if number.isdecimal() and len(number) < 19 else (10**19, number)


def recognise(listing: Listing, known: Mapping[str, Known], names: Sequence[str]) -> Recognised:
    """Find the issues of the repository that has, or had, these names."""
    by_number = {row.number: row for row in known.values()}
    issues: list[Tracked] = []
    digests: list[Tracked] = []
    foreign: set[str] = set()
    for issue in sorted(listing.issues, key=lambda i: order(i.number)):
        marker = identity.read(issue.body)
        if marker is None:
            row = by_number.get(issue.number)
            if row is not None and row.ids:
                issues.append(Tracked(issue, row.key, row.ecosystem, row.package, row.ids, None))
        elif marker.repository not in names:
            foreign.add(marker.repository)
        else:
            found = Tracked(issue, marker.key, marker.ecosystem, marker.package, marker.ids, marker)
            (digests if marker.kind == "digest" else issues).append(found)
    return Recognised(tuple(issues), tuple(digests), tuple(sorted(foreign)))


def matches(finding: Finding, ecosystem: str, package: str, ids: Sequence[str]) -> bool:
    """Whether something about this package and these ids is about the finding."""
    about = (identity.short(finding.ecosystem), identity.short(finding.package)) == (ecosystem, package)
    return about and not set(ids).isdisjoint(identity.bounded_ids(finding.ids))


def pair(
    findings: Sequence[Finding], issues: Sequence[Tracked], names: Sequence[str], wanted: Container[Subject] = ()
) -> Pairs:
    """Give every finding at most one issue and every issue at most one finding; `wanted` ones come before others."""
    by_package: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        about = (identity.short(finding.ecosystem), identity.short(finding.package))
        by_package.setdefault(about, []).append(finding)
    candidates = [
        (_rank(issue, finding, names, wanted), finding, issue)
        for issue in issues
        for finding in by_package.get((issue.ecosystem, issue.package), ())
        if matches(finding, issue.ecosystem, issue.package, issue.ids)
    ]
    ranked = sorted(candidates, key=lambda candidate: candidate[0])
    issue_of: dict[Subject, Tracked] = {}
    taken: dict[str, Tracked] = {}
    for _, finding, issue in ranked:
        if subject(finding) not in issue_of and issue.issue.number not in taken:
            issue_of[subject(finding)] = taken[issue.issue.number] = issue
    duplicates: dict[str, tuple[Tracked, Tracked]] = {}
    for _, finding, issue in ranked:
        number = issue.issue.number
        if number not in taken and number not in duplicates:
            duplicates[number] = (issue, issue_of[subject(finding)])
    return Pairs(
        issue_of,
        tuple(both for both in duplicates.values() if both[0].issue.state is State.OPEN),
        tuple(i for i in issues if i.issue.number not in taken and i.issue.number not in duplicates),
    )


def lost(finding: Finding, listing: Listing, known: Mapping[str, Known]) -> tuple[Absent, ...]:
    """The issues of a finding that we knew and that are not in the tracker any more, latest last."""
    rows = {row.number: row for row in known.values() if matches(finding, row.ecosystem, row.package, row.ids)}
    return tuple(sorted((gone for gone in listing.absent if gone.number in rows), key=lambda gone: order(gone.number)))


def _rank(
    tracked: Tracked, finding: Finding, names: Sequence[str], wanted: Container[Subject]
) -> tuple[bool, bool, tuple[int, str], bool, bool, Subject]:
    issue = tracked.issue
    opened = issue.state is State.OPEN
    position = order(issue.number)
    keyed = any(
        tracked.key == identity.new_key(name, finding.ecosystem, finding.package, identifier)
        for name in names
        for identifier in finding.ids
    )
    return (
        not opened,
        not opened and issue.state_reason is StateReason.DUPLICATE,
        position if opened else (-position[0], position[1]),
        subject(finding) not in wanted,
        not keyed,
        subject(finding),
    )
