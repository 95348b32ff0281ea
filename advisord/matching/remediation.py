"""The smallest update of a package that removes its findings, and whether those who require it let it happen. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from advisord.errors import InvalidVersion
from advisord.matching.findings import Group, fixes, judge
from advisord.matching.records import Record
from advisord.model.finding import Verdict
from advisord.versions import is_prerelease
from advisord.versions.encoding import HIGHEST

_STEPS = ("patch", "minor", "major")


class Remedy(NamedTuple):
    """A version to update to (`to` is "" where none is known), and which alias groups it removes and leaves.

    `meets` are the alias groups that it runs into instead, where no version is known that runs into none. `early` says
    that it is a pre-release.
    """

    to: str
    key: bytes
    removes: tuple[str, ...]
    leaves: tuple[str, ...]
    meets: tuple[str, ...] = ()
    early: bool = False


def remedies(
    ecosystem: str, version: str, locked: bytes, groups: Sequence[Group], others: Sequence[Group] = ()
) -> tuple[Remedy, ...]:
    """The lowest version that removes as many of the groups as any version does, last; before it the smaller updates.

    `version` is the locked one, `locked` its key. A smaller update is a patch, or else a minor one, that removes a part
    and runs into nothing. `groups` affirm the locked version; `others` are further ones of the same package, which must
    not come instead: a version that meets one is taken only where every version does. What is there already (nobody
    acts on it) may stay. Only versions that a record names as a fix are known to exist; a pre-release is taken where
    nothing else removes as much.
    """
    fresh = [group for group in others if not _affects(group.records, locked)]
    ends = [(group.vulnerability, _knowing(group, locked)) for group in groups]
    found: list[tuple[int, Remedy]] = []
    for early, at, text, size in _ordered(ecosystem, version, candidates(ecosystem, locked, (*groups, *others))):
        removed = tuple(name for name, records in ends if records and not _affects(records, at))
        if removed:
            left = tuple(name for name, _ in ends if name not in removed)
            met = tuple(group.vulnerability for group in fresh if _affects(group.records, at))
            found.append((size, Remedy(text, at, removed, left, met, early)))
    if not found:
        return (Remedy("", b"", (), tuple(name for name, _ in ends)),)
    size, last = max(found, key=_worth)
    chosen = [last]
    size = len(_STEPS) if last.early else size
    while smaller := [
        (step, one)
        for step, one in found
        if step < size and one.key < chosen[0].key and not (one.early or one.meets) and _part(one, chosen[0])
    ]:
        size, best = max(smaller, key=_worth)
        chosen.insert(0, best)
    return tuple(chosen)


def _part(one: Remedy, whole: Remedy) -> bool:
    return set(one.removes) < set(whole.removes)


def _worth(found: tuple[int, Remedy]) -> tuple[int, int]:
    """What runs into least comes first, then what removes most; of equals `max` takes the first."""
    return -len(found[1].meets), len(found[1].removes)


def candidates(ecosystem: str, locked: bytes, groups: Iterable[Group]) -> dict[bytes, str]:
    """The versions above the locked one that any record names as a fix: key → text."""
    found: dict[bytes, str] = {}
    for group in groups:
        for record in group.records:
            if not (record.withdrawn or record.gone):
                found.update(fixes(record, ecosystem, locked))
    return found


def _ordered(ecosystem: str, version: str, found: Mapping[bytes, str]) -> list[tuple[bool, bytes, str, int]]:
    """The candidates, lowest first, pre-releases last, with the size of the step there."""
    return sorted(
        (_prerelease(ecosystem, text), at, text, _STEPS.index(step(version, text))) for at, text in found.items()
    )


def _prerelease(ecosystem: str, version: str) -> bool:
    try:
        return is_prerelease(ecosystem, version) and not (ecosystem == "Go" and _names_a_commit(version))
    except InvalidVersion:
        return True


def _names_a_commit(version: str) -> bool:
    """Whether it is a Go pseudo-version, which stands for a commit where there is no release: no early form of one."""
    return re.search(r"[-.]\d{14}-[0-9a-f]{12}(?:\+incompatible)?$", version) is not None


def _knowing(group: Group, locked: bytes) -> list[Record]:
    """The records that affirm the locked version and know an end: outside of all of them the finding is gone."""
    return [
        record for record in group.records if judge(record, locked, "")[0] is Verdict.AFFECTED and _knows_an_end(record)
    ]


def _knows_an_end(record: Record) -> bool:
    return any(span.hi != HIGHEST for span in record.intervals) or bool(record.listed and not record.intervals)


def _affects(records: Iterable[Record], at: bytes) -> bool:
    return any(judge(record, at, "")[0] is Verdict.AFFECTED for record in records)


@lru_cache(maxsize=1 << 10)
def step(version: str, to: str) -> str:
    """How large an update is: `patch`, `minor` or `major`, by the first number that differs; "" where there is none."""
    old, new = (_numbers(text) for text in (version, to))
    for place, name in enumerate(("major", "minor", "patch")):
        if (old[place : place + 1] or ["0"]) != (new[place : place + 1] or ["0"]):
            return name
    return "patch" if to else ""


@lru_cache(maxsize=1 << 10)
def breaking(version: str, to: str) -> bool:
    """Whether semantic versioning lets the update break its users: the first number that is not 0 is another one."""
    old, new = (_numbers(text) for text in (version, to))
    first = next((place for place, number in enumerate(old) if number != "0"), len(old) - 1)
    return old[: first + 1] != [*new, "0", "0"][: first + 1]


def _numbers(text: str) -> list[str]:
    release = text.lstrip("vV=").partition("+")[0].partition("-")[0]
    return [part.lstrip("0") or "0" for part in release.split(".")]
