"""Who is reached by whom in an inventory's graph, and how: the walk that formats and matching share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from advisord.model.inventory import Edge, Inventory, Reach

ORDER = (Reach.RUNTIME, Reach.UNKNOWN, Reach.BUILD, Reach.DEV)
"""Strongest first. Unknown comes second: it may be runtime, and it is no less than what is known to be weaker."""

_FEW = 6
"""So many roots are walked from faster than a graph is cut down for them."""

_RANK = {reach: rank for rank, reach in enumerate(ORDER)}


class Walk(NamedTuple):
    """What is reached from some edges: each package by its strongest reach; who is missing is not reached.

    `parents` holds the way back for each reach: package → the package before it, None at the path's start.
    """

    reach: Mapping[int, Reach]
    parents: Mapping[Reach, Mapping[int, int | None]]

    def path(self, package: int) -> tuple[int, ...]:
        """A shortest path for the package's strongest reach, from the given edge's end to the package itself."""
        parents = self.parents[self.reach[package]]
        path: list[int] = []
        step: int | None = package
        while step is not None:
            path.append(step)
            step = parents[step]
        return tuple(reversed(path))


class Walker:
    """Walks through one inventory, from different starts.

    With `wanted`, a walk goes only as far as it must to find these packages: a few packages of a large lockfile have
    few ancestors, and each of many roots is walked from.
    """

    def __init__(self, inventory: Inventory, wanted: Iterable[int] | None = None) -> None:
        self._inventory = inventory
        self._ends = inventory.edges or [()] * len(inventory.packages)
        self._own = {
            root.package: [(_RANK[edge.reach], edge.to) for edge in root.edges if edge.reach is not Reach.DEV]
            for root in inventory.roots or ()
            if root.package is not None
        }
        self._handed_on = {rank for ends in self._own.values() for rank, _ in ends}
        self._wanted = None if wanted is None else frozenset(wanted)
        self._within: set[int] | None = None
        if self._wanted is not None and len(inventory.roots or ()) > _FEW:
            self._keep_to(self._wanted)

    def walk(self, edges: Iterable[Edge]) -> Walk:
        """Everything (or everything wanted) that is reached from these edges of one root, or of all roots.

        A package on the way that is a root itself hands on its runtime and build edges, not those for development.
        Without a graph only the ends of the given edges are reached. One that is wanted for development may then be
        needed by another package at runtime: how it is reached is unknown, unless it has groups that say more.
        """
        starts = [(self._rank(edge), edge.to) for edge in edges if self._within is None or edge.to in self._within]
        reach: dict[int, Reach] = {}
        parents: dict[Reach, Mapping[int, int | None]] = {}
        for rank in sorted(self._handed_on.union([rank for rank, _ in starts])):
            if self._wanted is not None and self._wanted <= reach.keys():
                break
            spread = self._spread([to for start, to in starts if start <= rank], rank)
            parents[ORDER[rank]] = spread
            for package in spread:
                reach.setdefault(package, ORDER[rank])
        return Walk(reach, parents)

    def _rank(self, edge: Edge) -> int:
        known = edge.reach is not Reach.DEV or self._inventory.edges is not None
        return _RANK[edge.reach if known or self._inventory.packages[edge.to].groups else Reach.UNKNOWN]

    def _spread(self, starts: Iterable[int], weakest: int) -> dict[int, int | None]:
        """Breadth first over the edges of that rank or a stronger one: package → the one before it."""
        parents: dict[int, int | None] = dict.fromkeys(starts)
        level = list(parents)
        while level:
            further: list[int] = []
            for package in level:
                own = self._own.get(package)
                ends = self._ends[package] if own is None else [to for rank, to in own if rank <= weakest]
                for to in ends:
                    if to not in parents:
                        parents[to] = package
                        further.append(to)
            level = further
        return parents

    def _keep_to(self, wanted: Iterable[int]) -> None:
        """Forget all edges but those that lead to one of these packages."""
        before: dict[int, list[int]] = {}
        for package, ends in enumerate(self._ends):
            own = self._own.get(package)
            for to in ends if own is None else [to for _, to in own]:
                before.setdefault(to, []).append(package)
        within = set(wanted)
        level = list(within)
        while level:
            level = list({above for package in level for above in before.get(package, ())} - within)
            within.update(level)
        kept: list[Sequence[int]] = [()] * len(self._ends)
        for package in within:
            kept[package] = [to for to in self._ends[package] if to in within]
            if package in self._own:
                self._own[package] = [(rank, to) for rank, to in self._own[package] if to in within]
        self._ends, self._within = kept, within


def walk(inventory: Inventory, edges: Iterable[Edge]) -> Walk:
    """A single walk to everything; see `Walker.walk`."""
    return Walker(inventory).walk(edges)


def strongest(inventory: Inventory) -> Mapping[int, Reach]:
    """The strongest reach of each package from all roots together; who is missing is reached by none."""
    return walk(inventory, [edge for root in inventory.roots or () for edge in root.edges]).reach
