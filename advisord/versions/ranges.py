"""Which versions an advisory is about, as intervals of version keys (OSV schema, section "Evaluation").

The schema's algorithm asks one version at a time; here its events are swept once, so that a database can answer for all
versions by comparing bytes.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from advisord.errors import InvalidVersion
from advisord.model.advisory import Affected, Event, Range
from advisord.versions.encoding import HIGHEST, LOWEST
from advisord.versions.registry import is_exact, is_known, key, keys

_FEW = 4
_AFTER = b"\x00"  # no key lies between a key and the key with this behind it


class Interval(NamedTuple):
    """The versions whose key is at least `lo` and below `hi`.

    `hi` is `HIGHEST` where nothing ends the interval. `fixed` is the fixed version that ends it, or the next one after the
    `last_affected` that ends it, as written; "" where none is named.
    """

    lo: bytes
    hi: bytes
    fixed: str


class Evaluated(NamedTuple):
    """What an `affected` entry says of versions.

    `intervals` are sorted and don't overlap or touch. `listed` are the key and text of those `versions` that lie in no
    interval, sorted. `undecided` are sentences that say what of the entry could not be understood: every version that
    is not affected by the rest is undecided because of each. `unplaced` are those of the remaining `versions` that have
    no definite place in the ecosystem's order: they equal no version that has one, and a locked version without one is
    undecided by itself.
    """

    intervals: tuple[Interval, ...] = ()
    listed: tuple[tuple[bytes, str], ...] = ()
    undecided: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()


def intervals(ecosystem: str, affected: Affected) -> Evaluated:
    """Evaluate one entry of a record; never raises.

    Ranges of type GIT speak of commits, which no lockfile of a registry's packages can answer: they are set aside when
    anything else is given. An entry with neither ranges nor versions affects nothing by the schema's algorithm, but it
    names a package and not its versions: undecided.
    """
    found: list[Interval] = []
    undecided: list[str] = []
    judged = False
    for item in affected.ranges:
        if item.type == "GIT":
            continue
        judged = True
        try:
            found += _range(ecosystem, item)
        except InvalidVersion as error:
            undecided.append(error.message)
    listed: tuple[tuple[bytes, str], ...] = ()
    unplaced: tuple[str, ...] = ()
    merged = tuple(found) if len(found) < 2 else _merge(found)
    if affected.versions:
        if is_known(ecosystem):
            listed, unplaced = _listed(ecosystem, affected.versions, merged)
        else:
            undecided.append(f"The listed versions can't be compared: no order is known for '{ecosystem[:60]}'.")
    elif not judged:
        undecided.append(
            "Only git commits are given, no versions." if affected.ranges else "The record names no affected versions."
        )
    return Evaluated(merged, listed, tuple(undecided), unplaced)


def within(merged: tuple[Interval, ...], at: bytes) -> bool:
    """Whether one of these intervals, sorted and apart, holds the key."""
    from bisect import bisect_right  # only here: most scans have no findings

    before = bisect_right(merged, at, key=_start)
    return before > 0 and at < merged[before - 1].hi


def _start(interval: Interval) -> bytes:
    return interval.lo


def _range(ecosystem: str, item: Range) -> list[Interval]:
    """The intervals of one range; raises InvalidVersion with a sentence when any part of it can't be understood."""
    if item.unreadable:
        raise InvalidVersion(f"A range can't be read: {item.unreadable}")
    order = _order(ecosystem, item.type)
    events = item.events
    if events and len(events) < 3 and events[0].kind == "introduced":  # how nearly every range looks
        lo = _introduced(order, events[0].version)
        if len(events) == 1:
            return [Interval(lo, HIGHEST, "")]
        if events[1].kind == "fixed":
            fixed = events[1].version
            hi = _bound(order, fixed)
            if lo < hi:
                return [Interval(lo, hi, fixed)]
    return _sweep(order, events)


def _order(ecosystem: str, kind: str) -> str:
    if kind not in {"ECOSYSTEM", "SEMVER"}:
        raise InvalidVersion(f"A range of the unknown type '{kind[:40]}' can't be judged.")
    if is_known(ecosystem):
        return ecosystem
    if kind == "SEMVER":
        return "npm"  # semantic versions in their plainest use
    raise InvalidVersion(f"A range can't be judged: no order of versions is known for '{ecosystem[:60]}'.")


def _bound(order: str, version: str) -> bytes:
    try:
        bound = key(order, version)
    except InvalidVersion as error:
        raise InvalidVersion(f"A range's bound can't be read: {error.message}") from error
    if not is_exact(order, version):
        raise InvalidVersion(f"A range's bound has no definite place in the order of versions: '{version}'.")
    return bound


def _introduced(order: str, version: str) -> bytes:
    return LOWEST if version == "0" else _bound(order, version)


def _sweep(order: str, events: Iterable[Event]) -> list[Interval]:
    """Walk the sorted events once. At one version an introduction comes first, so that a fix there has the last word."""
    steps: list[tuple[bytes, int, str]] = []
    limits: list[bytes] = []
    for kind, version in events:
        if kind == "introduced":
            steps.append((_introduced(order, version), 0, ""))
        elif kind == "introduced_after":
            steps.append((_bound(order, version) + _AFTER, 0, ""))
        elif kind == "fixed":
            steps.append((_bound(order, version), 1, version))
        elif kind == "last_affected":
            steps.append((_bound(order, version) + _AFTER, 1, ""))
        elif kind == "limit":
            limits.append(HIGHEST if "*" in version else _bound(order, version))
        else:
            raise InvalidVersion(f"A range has an event of the unknown kind '{kind[:40]}'.")
    if not any(rank == 0 for _, rank, _ in steps):
        raise InvalidVersion("A range can't be judged: it has no 'introduced' event.")
    end = max(limits, default=HIGHEST)
    found: list[Interval] = []
    lo: bytes | None = None
    for at, rank, fixed in sorted(steps):
        if rank == 0:
            lo = at if lo is None else lo
        elif lo is not None:
            found.append(_cut(lo, at, fixed, end))
            lo = None
        elif fixed and found and not found[-1].fixed and found[-1].hi < end:
            found[-1] = found[-1]._replace(fixed=fixed)  # the fix that was released after the last affected version
    if lo is not None:
        found.append(Interval(lo, end, ""))
    return [interval for interval in found if interval.lo < interval.hi]


def _cut(lo: bytes, hi: bytes, fixed: str, end: bytes) -> Interval:
    return Interval(lo, hi, fixed) if hi <= end else Interval(lo, end, "")


def _merge(found: list[Interval]) -> tuple[Interval, ...]:
    """Join what overlaps or touches; the fix that ends the joined interval stays."""
    found.sort()
    merged: list[Interval] = [found[0]]
    for interval in found[1:]:
        last = merged[-1]
        if interval.lo > last.hi:
            merged.append(interval)
        elif interval.hi > last.hi or (interval.hi == last.hi and not last.fixed):
            merged[-1] = Interval(last.lo, interval.hi, interval.fixed)
    return tuple(merged)


def _listed(
    ecosystem: str, versions: Iterable[str], merged: tuple[Interval, ...]
) -> tuple[tuple[tuple[bytes, str], ...], tuple[str, ...]]:
    """The listed versions that no interval covers, and those that have no definite place in the order."""
    unplaced: list[str] = []
    try:
        known = keys(ecosystem)
        placed = [(known[version], version) for version in versions]
    except InvalidVersion:
        placed = list(_placed(ecosystem, versions, unplaced))
    for lo, hi, _ in merged[:_FEW]:  # there are many versions, and nearly all of them lie in the first interval
        placed = [(at, version) for at, version in placed if not lo <= at < hi]
    if len(merged) > _FEW:  # a record with many of both must not take for ever
        placed = [(at, version) for at, version in placed if not within(merged, at)]
    extra = dict(reversed(placed))
    for at, version in list(extra.items()):
        if not is_exact(ecosystem, version):
            unplaced.append(version)
            del extra[at]
    return tuple(sorted(extra.items())), tuple(unplaced)


def _placed(ecosystem: str, versions: Iterable[str], unplaced: list[str]) -> Iterator[tuple[bytes, str]]:
    """Key and text of each version that has a key; the others are put down."""
    for version in versions:
        try:
            yield key(ecosystem, version), version
        except InvalidVersion:
            unplaced.append(version)
