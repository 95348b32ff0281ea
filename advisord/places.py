"""Where the affected packages of a scan stand, and who pulls them in. What several lockfiles share is looked at once."""

from collections.abc import Mapping, Sequence
from posixpath import dirname, join, normpath
from typing import NamedTuple

from advisord.lockfiles import registry
from advisord.lockfiles.interface import Manifests, Read
from advisord.matching.evidence import vias
from advisord.model.finding import Place, Verdict, Via
from advisord.model.inventory import Inventory
from advisord.model.problem import Problem


class _Listener:
    """Manifests that remember what they were asked, and what they answered."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self.heard: list[tuple[str, str, object]] = []

    def read(self, path: str) -> bytes | None:
        answer = self._manifests.read(path)
        self.heard.append(("read", path, answer))
        return answer

    def find(self, name: str) -> Sequence[str]:
        answer = self._manifests.find(name)
        self.heard.append(("find", name, answer))
        return answer


class _Looked(NamedTuple):
    """What was found out about a content: with these answers of the manifests; the ways to some of its packages."""

    heard: list[tuple[str, str, object]]
    inventory: Inventory
    ways: dict[tuple[int, ...], dict[int, tuple[Via, ...] | None]]


def annotated(read: Read) -> Inventory:
    """The whole inventory, with what the manifests beside the lockfile add."""
    return _looked(read, {}).inventory


def places_of(
    lockfiles: Sequence[Read], wanted: Mapping[int, Sequence[int]], inventories: dict[tuple[str, str], Inventory]
) -> dict[tuple[int, int], Place]:
    """Places without verdict and fixes, by (index of the lockfile, index of the package).

    Manifests and graphs are read only for lockfiles that have one; those inventories are put into `inventories`.
    """
    known: dict[int, _Looked] = {}
    places = {}
    for lockfile, indices in wanted.items():
        read = lockfiles[lockfile]
        looked = known[id(read.inventory)] = _looked(read, known)
        inventory = inventories[read.ref, read.path] = looked.inventory
        asked = tuple(indices)
        if asked not in looked.ways:
            looked.ways[asked] = vias(inventory, asked)
        ways = looked.ways[asked]
        folder = dirname(read.place)
        ref, path, format_, commit = read.ref, read.path, read.format, read.commit
        for index in asked:
            package = inventory.packages[index]
            places[lockfile, index] = Place(
                ref, path, format_, package.line, package.version, Verdict.UNDECIDED, "", (), package.groups,
                package.direct, _within(folder, ways[index]), commit,
            )  # fmt: skip
    return places


def _looked(read: Read, known: Mapping[int, _Looked]) -> _Looked:
    """A content with its manifests; what was found out before, when they answer as they did then."""
    before = known.get(id(read.inventory))
    if before and all(getattr(read.manifests, how)(what) == answer for how, what, answer in before.heard):
        return before
    listener = _Listener(read.manifests)
    annotate = registry.load(read.format).annotate
    inventory = annotate(read.inventory, listener) if annotate else read.inventory.whole()
    if listener.heard and not any(answer for _, _, answer in listener.heard) and _homeless(inventory):
        message = f"no {listener.heard[0][1]} stands beside it: which folder below it pulls a package in is unknown"
        problem = Problem("no-manifest", "", message, blocking=False)
        inventory = inventory._replace(problems=(*inventory.problems, problem))
    return _Looked(listener.heard, inventory, {})


def _homeless(inventory: Inventory) -> bool:
    """Whether some root of it may stand anywhere below the lockfile."""
    return inventory.roots is None or not all(root.path for root in inventory.roots)


def _within(folder: str, ways: tuple[Via, ...] | None) -> tuple[Via, ...] | None:
    """With the components' folders relative to the repository; one that leads to the top is `.`, an unknown one "" still."""
    if not ways or not any(via.component for via in ways):
        return ways
    return tuple([v._replace(component=normpath(join(folder, v.component))) if v.component else v for v in ways])
