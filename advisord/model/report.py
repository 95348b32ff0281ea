"""What a scan hands to the reports."""

from collections.abc import Mapping
from typing import NamedTuple

from advisord.model.decision import Decision
from advisord.model.finding import Finding
from advisord.model.inventory import Inventory
from advisord.model.problem import Problem
from advisord.model.update import Update


class Judged(NamedTuple):
    """A finding and what the policy says of it.

    `introduced` says whether the change under review brought it (None: nothing to compare with was named). `failing`
    says whether it makes the scan fail by the options of this run.
    """

    finding: Finding
    decision: Decision
    introduced: bool | None = None
    failing: bool = False


class FeedData(NamedTuple):
    """Where an answer's data come from: as of when the feed is (RFC 3339), its source, its number of records."""

    as_of: str
    source: str
    records: int
    newest: str


class Scanned(NamedTuple):
    """One lockfile that was read, by the path that reports show."""

    path: str
    inventory: Inventory


class Report(NamedTuple):
    """The whole answer of a scan. Each finding has exactly one place. `packages` counts distinct locked packages.

    `moment` is when the scan was made (RFC 3339). `base` names the commit that the findings were compared with ("":
    none was), `since` what a person calls it, `resolved` are the findings there that are gone. `updates` say what to do
    about the tracked findings. `origin` is where the data were asked ("": nowhere).
    """

    findings: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    data: Mapping[str, FeedData]
    lockfiles: int
    packages: int
    moment: str = ""
    inventories: tuple[Scanned, ...] = ()
    base: str = ""
    resolved: tuple[Judged, ...] = ()
    updates: tuple[Update, ...] = ()
    since: str = ""
    origin: str = ""

    @property
    def trusted(self) -> bool:
        """Whether the answer can be trusted: nothing that it needs was missing, stale or unreadable."""
        return not any(problem.blocking for problem in self.problems)
