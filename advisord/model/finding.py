"""A vulnerability in a package of a repository, with every place where it shows and everyone who says so."""

from enum import StrEnum
from typing import NamedTuple

from advisord.model.advisory import Kind, Rating
from advisord.model.inventory import Reach
from advisord.model.update import Update


class Verdict(StrEnum):
    """What can be said of a locked version. There is no "safe": a version that no advisory names has no finding."""

    AFFECTED = "affected"
    UNDECIDED = "undecided"
    """The version or the range can't be understood. Never safe."""
    UNAFFECTED = "unaffected"
    """Only of one witness among several: this feed's record does not cover the version."""
    WITHDRAWN = "withdrawn"
    """Only of one witness among several: this feed took its record back."""


class Witness(NamedTuple):
    """What one record of one feed says about the package of a finding.

    `fixed` are the versions that this record names as fixed, lowest first. `reason` says why it is undecided.
    """

    feed: str
    id: str
    verdict: Verdict
    kind: Kind
    rating: Rating
    fixed: tuple[str, ...] = ()
    reason: str = ""
    published: str = ""
    modified: str = ""
    withdrawn: str = ""


class Via(NamedTuple):
    """One component (a root of the lockfile) that pulls the package in.

    `component` is the component's folder relative to the repository (`.` for the top, "" where it is unknown). `path`
    are package names from the component's direct dependency to the package itself, a shortest one (empty: unknown).
    """

    component: str
    name: str
    reach: Reach
    path: tuple[str, ...]


def start(via: Via) -> str:
    """How a path from this component begins: its folder; its name at the top of the repository or where none is known."""
    return via.name if via.component in {"", "."} and via.name else via.component


class Place(NamedTuple):
    """One lockfile at one ref that holds an affected version. `ref` is "" for a working tree.

    `via` is None where the lockfile and its manifests can't tell who pulls the package in; an empty tuple means that
    no component does. `fixed` are the versions to update to from here: affected by no witness that knows a fix, lowest
    first; empty where no fix exists. `commit` is the commit that was read. `update` is what to do, checked against the
    other advisories of the package (None: not looked at, as for what can't be decided).
    """

    ref: str
    lockfile: str
    format: str
    line: int
    version: str
    verdict: Verdict
    reason: str = ""
    fixed: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    direct: bool | None = None
    via: tuple[Via, ...] | None = None
    commit: str = ""
    update: Update | None = None

    @property
    def to(self) -> str:
        """The version to update to: the checked one, else the lowest that the records name; "" where none is known."""
        if self.update is not None:
            return self.update.to
        return self.fixed[0] if self.fixed else ""


class Finding(NamedTuple):
    """Repository, vulnerability and package, with every place.

    `id` is the canonical id, the best ranked of the records that affirm the finding; `ids` are all ids that it is known
    by, that one first; `elsewhere` are members of the same alias group whose records speak of other packages or deny
    that the version is affected. `rating` is the worst that an affirming witness gives. `published` is the earliest
    date that one gives ("" when none does). `os` and `arch` restrict the targets as the record of the canonical id does
    (empty: all). `vulnerability` is the canonical id of the whole alias group, the same for all packages.
    """

    repository: str
    ecosystem: str
    package: str
    id: str
    ids: tuple[str, ...]
    kind: Kind
    rating: Rating
    summary: str
    witnesses: tuple[Witness, ...]
    places: tuple[Place, ...]
    elsewhere: tuple[str, ...] = ()
    published: str = ""
    os: tuple[str, ...] = ()
    arch: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    epss: float | None = None
    known_exploited: bool | None = None
    alternatives: tuple[str, ...] = ()
    first_seen: str = ""
    vulnerability: str = ""

    def at(self, place: Place) -> "Finding":
        """The same finding at one other place, whose verdict and fixes are those of the first place here."""
        there = Place._make(place[:5] + self.places[0][5:8] + place[8:])
        return Finding._make((*self[:9], (there,), *self[10:]))

    @property
    def verdict(self) -> Verdict:
        """Affected if any place is, else undecided."""
        for place in self.places:
            if place.verdict is Verdict.AFFECTED:
                return Verdict.AFFECTED
        return Verdict.UNDECIDED

    @property
    def sources(self) -> tuple[str, ...]:
        """The feeds whose records affirm the finding, sorted."""
        denying = (Verdict.UNAFFECTED, Verdict.WITHDRAWN)
        return tuple(sorted({witness.feed for witness in self.witnesses if witness.verdict not in denying}))
