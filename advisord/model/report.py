"""What a scan hands to the reports."""

from collections.abc import Mapping
from typing import NamedTuple

from advisord.model.decision import Decision
from advisord.model.finding import Finding
from advisord.model.problem import Problem


class Judged(NamedTuple):
    """A finding and what the policy says of it."""

    finding: Finding
    decision: Decision


class FeedData(NamedTuple):
    """Where an answer's data come from: as of when the feed is (RFC 3339), its source, its number of records."""

    as_of: str
    source: str
    records: int
    newest: str


class Report(NamedTuple):
    """The whole answer of a scan. Each finding has exactly one place. `packages` counts distinct locked packages."""

    findings: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    data: Mapping[str, FeedData]
    lockfiles: int
    packages: int

    @property
    def trusted(self) -> bool:
        """Whether the answer can be trusted: nothing that it needs was missing, stale or unreadable."""
        return not any(problem.blocking for problem in self.problems)
