"""What a tracker holds now: its list, completed by the issues that we know by number and that are not in it."""

from collections.abc import Mapping

from advisord.errors import TrackerError, TransportError
from advisord.model.plan import Issue, Known, State
from advisord.tracking import identity
from advisord.tracking.interface import Absent, Listing, Tracker


def read(tracker: Tracker, known: Mapping[str, Known]) -> Listing:
    """List our issues. One that is known as open and not in a list is asked for: people relabel, move and delete.

    A tracker that does not answer gives an incomplete listing, which opens and closes nothing.
    """
    try:
        listing = tracker.list_issues()
    except (TrackerError, TransportError) as error:
        return Listing((), complete=False, problem=str(error))
    listed = {issue.number for issue in listing.issues}
    missing = [row.number for row in known.values() if row.state is State.OPEN and row.number not in listed]
    issues = list(listing.issues)
    absent: list[Absent] = []
    for number in missing if listing.complete else ():
        try:
            found = tracker.get(number)
        except (TrackerError, TransportError) as error:
            return listing._replace(complete=False, problem=f"#{number}: {error}")
        if isinstance(found, Absent):
            absent.append(found)
        else:
            issues.append(found)
    return listing._replace(issues=tuple(issues), absent=tuple(absent))


def known_of(issue: Issue, before: Known | None = None) -> Known | None:
    """What is to be remembered of an issue; `before` is the row of an issue whose marker is gone."""
    marker = identity.read(issue.body)
    if marker is None:
        return None if before is None else before._replace(state=issue.state, url=issue.url)
    block = identity.digest(identity.block_of(issue.body))
    return Known(marker.key, issue.number, marker.ecosystem, marker.package, marker.ids, block, issue.state, issue.url)
