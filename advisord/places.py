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

_Heard = list[tuple[str, str, object]]
"""How manifests were asked, for what, and the answer."""


class _Listener:
    """Manifests that remember what they were asked, and what they answered."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self.heard: _Heard = []

    def read(self, path: str) -> bytes | None:
        answer = self._manifests.read(path)
        self.heard.append(("read", path, answer))
        return answer

    def find(self, name: str) -> Sequence[str]:
        answer = self._manifests.find(name)
        self.heard.append(("find", name, answer))
        return answer


class _Looked(NamedTuple):
    """What was found out about some packages of a content, with these answers of the manifests; the ways to them."""

    heard: _Heard
    inventory: Inventory
    ways: dict[int, tuple[Via, ...] | None]


def annotated(read: Read) -> Inventory:
    """The whole inventory, with what the manifests beside the lockfile add."""
    return _annotated(read, None)[0]


def places_of(
    lockfiles: Sequence[Read], wanted: Mapping[int, Sequence[int]], inventories: dict[tuple[str, str], Inventory]
) -> dict[tuple[int, int], Place]:
    """Places without verdict and fixes, by (index of the lockfile, index of the package).

    Manifests and graphs are read only for lockfiles that have one; those inventories are put into `inventories`, whole
    for the wanted packages.
    """
    known: dict[tuple[int, tuple[int, ...]], _Looked] = {}
    places = {}
    for lockfile, indices in wanted.items():
        read = lockfiles[lockfile]
        asked = tuple(indices)
        content = (id(read.inventory), asked)
        looked = known[content] = _looked(read, asked, known.get(content))
        inventory = inventories[read.ref, read.path] = looked.inventory
        folder = dirname(read.place)
        ref, path, format_, commit = read.ref, read.path, read.format, read.commit
        for index in asked:
            package = inventory.packages[index]
            places[lockfile, index] = Place(
                ref, path, format_, package.line, package.version, Verdict.UNDECIDED, "", (), package.groups,
                package.direct, _within(folder, looked.ways[index]), commit,
            )  # fmt: skip
    return places


def _looked(read: Read, asked: Sequence[int], before: _Looked | None) -> _Looked:
    """A content with its manifests; what was found out before, when they answer as they did then."""
    if before and all(getattr(read.manifests, how)(what) == answer for how, what, answer in before.heard):
        return before
    inventory, heard = _annotated(read, asked)
    return _Looked(heard, inventory, vias(inventory, asked))


def _annotated(read: Read, wanted: Sequence[int] | None) -> tuple[Inventory, _Heard]:
    listener = _Listener(read.manifests)
    annotate = registry.load(read.format).annotate
    inventory = read.inventory.whole(wanted)
    if annotate:
        inventory = annotate(inventory, listener)
    if listener.heard and not any(answer for _, _, answer in listener.heard) and _homeless(inventory):
        message = f"no {listener.heard[0][1]} stands beside it: which folder below it pulls a package in is unknown"
        problem = Problem("no-manifest", "", message, blocking=False)
        inventory = inventory._replace(problems=(*inventory.problems, problem))
    return inventory, listener.heard


def _homeless(inventory: Inventory) -> bool:
    """Whether some root of it may stand anywhere below the lockfile."""
    return inventory.roots is None or not all(root.path for root in inventory.roots)


def _within(folder: str, ways: tuple[Via, ...] | None) -> tuple[Via, ...] | None:
    """With the components' folders relative to the repository; one that leads to the top is `.`, an unknown one "" still."""
    if not ways or not any(via.component for via in ways):
        return ways
    return tuple([v._replace(component=normpath(join(folder, v.component))) if v.component else v for v in ways])
