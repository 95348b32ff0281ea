"""What is known now of a tracked issue: whether it may be closed, and what explains that its finding is gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from advisord import scan
from advisord.lockfiles.discovery import EXCLUDED
from advisord.lockfiles.uncovered import ecosystem_of, locked_by
from advisord.store import findings as finding_store
from advisord.store import grouping, matches
from advisord.store import lockfiles as store
from advisord.times import seconds_between
from advisord.tracking.inputs import Cause, Evidence, Sighting, Unlocked
from advisord.versions import normalise_name


class About(NamedTuple):
    """What an issue is about."""

    ecosystem: str
    package: str
    ids: tuple[str, ...]


class Sight:
    """What is known of one repository at a moment, looked up once for all its issues."""

    def __init__(self, db: Connection, repository: int, now: datetime, max_age: float) -> None:
        self._db = db
        self._repository = repository
        self._now = now
        self._max_age = max_age
        self._places = store.places(db, repository)
        self._unpinned = store.unpinned(db, repository)
        self._left_out = store.left_out(db, repository)
        self._bare = store.bare(db, repository)
        self._doubts: dict[str, str] = {}

    def evidence(self, about: About) -> Evidence:
        """Look at everything that could still affirm the finding (law 6: silence is never a clean bill)."""
        name = normalise_name(about.ecosystem, about.package)
        locked: dict[tuple[str, str], list[str]] = {}
        for ref, path, version in store.sightings(self._db, self._repository, about.ecosystem, name):
            locked.setdefault((ref, path), []).append(version)
        # An issue names the ids that affirmed it when it was last written, and what is remembered has the group's own.
        names = {*about.ids, *grouping.canonical(self._db, about.ids)}
        memories = finding_store.recall(self._db, self._repository, about.ecosystem, about.package, names)
        before = {place for memory in memories for place in memory.places}
        paths = {path for _, path, _ in before}
        sightings = tuple(
            Sighting(place.ref, place.path, tuple(locked.get((place.ref, place.path), ())), place.commit)
            for place in self._places
            if (place.ref, place.path) in locked or place.path in paths
        )
        named = self._unpinned.get((about.ecosystem, name), set())
        unpinned = tuple(
            Sighting(place.ref, place.path, (), place.commit, _not_pinned(place, about.package))
            for place in self._places
            if (place.ref, place.path) in named
        )
        unlocked = self._unlocked(before, about.ecosystem)
        cause = _cause(
            withdrawn=matches.withdrawn(self._db, about.ids),
            before=before,
            now={(ref, path, version) for (ref, path), versions in locked.items() for version in versions},
            gone={place for place in before if self._untracked(place)},
        )
        if cause in {Cause.FIXED, Cause.REMOVED} and (unlocked or self._let_go(before, named, bool(locked))):
            cause = None
        why_not = self._why_not(about.ecosystem)
        return Evidence(not why_not, why_not, cause, sightings, unpinned, unlocked)

    def whole(self) -> Evidence:
        """Whether every lockfile was read, and every feed is fresh that speaks of what was ever found here.

        After a database was lost that is not known: then of whatever is locked.
        """
        found = finding_store.ecosystems(self._db, self._repository) or store.ecosystems(self._db, self._repository)
        reasons = dict.fromkeys(reason for ecosystem in found for reason in self._reasons(ecosystem))
        return Evidence(not reasons, _sentence(list(reasons)))

    def _untracked(self, place: finding_store.Place) -> bool:
        """Whether the configuration does not name the branch any more, or leaves the lockfile out."""
        ref, path, _ = place
        left_out = self._left_out.get(ref)
        return left_out is None or any(one.code == EXCLUDED and one.subject == path for one in left_out)

    def _unlocked(self, before: set[finding_store.Place], ecosystem: str) -> tuple[Unlocked, ...]:
        """The finding's lockfiles that are gone while what they locked is still there: nobody knows what is used now.

        Where the finding was is not known after a database was lost: then any manifest of the ecosystem may be it.
        """
        if not before:
            return tuple(
                Unlocked(ref, "", manifest)
                for ref, manifests in self._bare.items()
                for manifest in manifests
                if ecosystem_of(manifest) == ecosystem
            )
        there = {(place.ref, place.path) for place in self._places}
        return tuple(
            Unlocked(ref, path, manifests[0])
            for ref, path in sorted({(ref, path) for ref, path, _ in before} - there)
            if (manifests := locked_by(path, self._bare.get(ref, ())))
        )

    def _let_go(self, before: set[finding_store.Place], named: set[tuple[str, str]], locked: bool) -> bool:
        """Whether nobody can say which version is used now where the finding was.

        A lockfile that never pinned the package says nothing of a finding in another one: it counts only where no version
        is `locked` at all any more, or where the finding's own lockfile is gone and may be that one under another name.
        """
        there = {(place.ref, place.path) for place in self._places}
        was = {(ref, path) for ref, path, _ in before}
        moved = {ref for ref, path in was - there}
        return any(not locked or place in was or place[0] in moved for place in named)

    def _why_not(self, ecosystem: str) -> str:
        """What is missing before anything about this ecosystem can be said to be gone; "" when nothing is."""
        if ecosystem not in self._doubts:
            self._doubts[ecosystem] = _sentence(self._reasons(ecosystem))
        return self._doubts[ecosystem]

    def _reasons(self, ecosystem: str) -> list[str]:
        state = store.state(self._db, self._repository)
        reasons = []
        if state.error_code:
            reasons.append(f"the repository could not be read: {state.error}")
        elif seconds_between(state.read_at, self._now) > self._max_age:
            reasons.append(f"the repository was last read at {state.read_at or 'no time'}")
        reasons += [
            f"{place.path} at {place.ref} can't be read: {place.error}" for place in self._places if place.error
        ]
        reasons += [
            f"{place.path} at {place.ref} can't be read completely: {problem.message}"
            for place in self._places
            for problem in place.problems
            if problem.blocking
        ]
        doubts, _ = scan.trust(self._db, [ecosystem], lambda moment: seconds_between(moment, self._now), self._max_age)
        return [*reasons, *(f"{doubt.subject}: {doubt.message}" for doubt in doubts)]


def _cause(
    *,
    withdrawn: bool,
    before: set[finding_store.Place],
    now: Iterable[finding_store.Place],
    gone: set[finding_store.Place],
) -> Cause | None:
    """Why a finding is gone; None when nothing that is remembered explains it. `gone` is where nobody looks any more."""
    current = set(now)
    if withdrawn:
        return Cause.WITHDRAWN
    if before and before <= current:
        return Cause.CORRECTED
    if before and before == gone:
        return Cause.UNTRACKED
    if not current:
        return Cause.REMOVED
    return Cause.FIXED if before else None


def _not_pinned(place: store.PlaceRow, package: str) -> str:
    """What the reader says of a package without a version, "" where it says nothing."""
    said = (problem.message for problem in place.problems if problem.code == "not-pinned")
    return next((message for message in said if package in message.split()), "")


def _sentence(reasons: Sequence[str]) -> str:
    more = f" (and {len(reasons) - 3} more reasons)" if len(reasons) > 3 else ""
    return "; ".join(reasons[:3]) + more
