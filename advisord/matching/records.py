"""What the store knows of one advisory about one package: the raw material of a witness."""

from typing import NamedTuple

from advisord.model.advisory import Kind, Rating
from advisord.versions.ranges import Interval


class Record(NamedTuple):
    """One feed's record, cut down to one package.

    `undecided` is the reason why part of its ranges could not be understood ("" when all were). `intervals` are sorted
    and apart, `listed` are keys of affected versions that no interval covers.
    """

    feed: str
    id: str
    vulnerability: str
    kind: Kind
    rating: Rating
    summary: str
    published: str
    modified: str
    withdrawn: str
    gone: str
    epss: float | None
    alternatives: tuple[str, ...]
    intervals: tuple[Interval, ...]
    listed: tuple[bytes, ...]
    undecided: str
    os: tuple[str, ...]
    arch: tuple[str, ...]
    functions: tuple[str, ...]
