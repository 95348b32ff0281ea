"""The smallest update of a package that removes its findings, and whether those who require it let it happen. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord.errors import InvalidVersion
from advisord.matching.findings import Group, fixes, judge
from advisord.matching.records import Record
from advisord.model.finding import Verdict
from advisord.versions import is_prerelease
from advisord.versions.encoding import HIGHEST


class Remedy(NamedTuple):
    """A version to update to (`to` is "" where none is known), and which alias groups it removes and leaves.

    `meets` are the alias groups that it runs into instead, where no version is known that runs into none.
    """

    to: str
    key: bytes
    removes: tuple[str, ...]
    leaves: tuple[str, ...]
    meets: tuple[str, ...] = ()


def remedy(ecosystem: str, locked: bytes, groups: Sequence[Group], others: Sequence[Group] = ()) -> Remedy:
    """The lowest version that removes as many of the groups as any version does.

    `groups` affirm the locked version; `others` are further ones of the same package, which must not come instead: a
    version that meets one is taken only where every version does. What is there already (nobody acts on it) may stay.
    Only versions that a record names as a fix are known to exist; a pre-release is taken where nothing else removes as
    much.
    """
    best: Remedy | None = None
    fresh = [group for group in others if not _affects(group.records, locked)]
    for at, text in _candidates(ecosystem, locked, (*groups, *others)):
        removed = tuple(group.vulnerability for group in groups if _removes(group, locked, at))
        met = tuple(group.vulnerability for group in fresh if _affects(group.records, at))
        if removed and (best is None or (-len(met), len(removed)) > (-len(best.meets), len(best.removes))):
            left = tuple(group.vulnerability for group in groups if group.vulnerability not in removed)
            best = Remedy(text, at, removed, left, met)
    return best or Remedy("", b"", (), tuple(group.vulnerability for group in groups))


def _candidates(ecosystem: str, locked: bytes, groups: Iterable[Group]) -> list[tuple[bytes, str]]:
    found: dict[bytes, str] = {}
    for group in groups:
        for record in group.records:
            if not (record.withdrawn or record.gone):
                found.update(fixes(record, ecosystem, locked))
    return sorted(found.items(), key=lambda pair: (_prerelease(ecosystem, pair[1]), pair[0]))


def _prerelease(ecosystem: str, version: str) -> bool:
    try:
        return is_prerelease(ecosystem, version)
    except InvalidVersion:
        return True


def _removes(group: Group, locked: bytes, at: bytes) -> bool:
    """Whether the version is outside what every record says that knows an end; without such a record nothing is known."""
    affirming = [record for record in group.records if judge(record, locked, "")[0] is Verdict.AFFECTED]
    knowing = [record for record in affirming if _knows_an_end(record)]
    return bool(knowing) and not _affects(knowing, at)


def _knows_an_end(record: Record) -> bool:
    return any(span.hi != HIGHEST for span in record.intervals) or bool(record.listed and not record.intervals)


def _affects(records: Iterable[Record], at: bytes) -> bool:
    return any(judge(record, at, "")[0] is Verdict.AFFECTED for record in records)


def step(version: str, to: str) -> str:
    """How large an update is: `patch`, `minor` or `major`, by the first number that differs; "" where there is none."""
    old, new = (_numbers(text) for text in (version, to))
    for place, name in enumerate(("major", "minor", "patch")):
        if old[place : place + 1] != new[place : place + 1]:
            return name
    return "patch" if to else ""


def _numbers(text: str) -> list[str]:
    release = text.lstrip("vV=").partition("+")[0].partition("-")[0]
    return [part.lstrip("0") or "0" for part in release.split(".")]
