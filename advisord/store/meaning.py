"""What a record means to the join, and a hash of everything about it that a decision or an issue depends on. Pure."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from advisord.model.advisory import Advisory, Affected
from advisord.versions import base_ecosystem
from advisord.versions.ranges import Interval, intervals


class Named(NamedTuple):
    """One package of a record: the versions that it affects, and on what. Texts are as the table `affects` has them."""

    ecosystem: str
    name: str
    undecided: str
    os: str
    arch: str
    functions: str
    intervals: tuple[Interval, ...]
    listed: tuple[bytes, ...]


class Meaning(NamedTuple):
    """`digest` stays the same when a record is written anew without a change of its meaning."""

    packages: list[Named]
    alternatives: str
    digest: bytes


def meaning(advisory: Advisory) -> Meaning:
    """Evaluate a record. The digest leaves out `modified`, which also moves when OSV recomputes its own fields."""
    packages = _packages(advisory.affected)
    alternatives = json.dumps(advisory.alternatives) if advisory.alternatives else "[]"
    rating = advisory.rating
    said: list[object] = [
        sorted(advisory.aliases),
        advisory.kind.value,
        rating.severity.value,
        rating.score,
        rating.vector,
        advisory.withdrawn,
        alternatives,
    ]
    for package in packages:
        # Flat: texts of nested values take longer, those of named tuples are even made by Python.
        said += package[:6]
        said += chain.from_iterable(package.intervals)
        said += package.listed
    return Meaning(
        packages, alternatives, blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=12).digest()
    )


def _packages(affected: Sequence[Affected]) -> list[Named]:
    """One for each package, in a fixed order; several entries of one package are one set of intervals."""
    if len(affected) == 1:
        return [_named(affected[0])]
    by_package: dict[tuple[str, str], list[Affected]] = {}
    for entry in affected:
        by_package.setdefault((base_ecosystem(entry.ecosystem), entry.name), []).append(entry)
    return [_named(_whole(entries)) for _, entries in sorted(by_package.items())]


def _named(entry: Affected) -> Named:
    evaluated = intervals(entry.ecosystem, entry)
    return Named(
        base_ecosystem(entry.ecosystem),
        entry.name,
        " ".join(evaluated.undecided),
        "\n".join(entry.os),
        "\n".join(entry.arch),
        "\n".join(entry.functions),
        evaluated.intervals,
        tuple([key for key, _ in evaluated.listed]),
    )


def _whole(entries: Sequence[Affected]) -> Affected:
    if len(entries) == 1:
        return entries[0]
    return entries[0]._replace(
        ranges=tuple(item for entry in entries for item in entry.ranges),
        versions=tuple(dict.fromkeys(version for entry in entries for version in entry.versions)),
        functions=_union([entry.functions for entry in entries]),
        os=_union([entry.os for entry in entries]),
        arch=_union([entry.arch for entry in entries]),
    )


def _union(restrictions: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Union of restrictions, where an empty one means "all": then the union restricts nothing."""
    if not all(restrictions):
        return ()
    return tuple(sorted({value for values in restrictions for value in values}))
