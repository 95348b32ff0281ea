"""Who is reached by whom in an inventory's graph, and how: the walk that formats and matching share."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisord.model.inventory import Edge, Inventory, Reach, Root

ORDER = (Reach.RUNTIME, Reach.UNKNOWN, Reach.BUILD, Reach.DEV)
"""Strongest first. Unknown comes second: it may be runtime, and it is no less than what is known to be weaker."""

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


def walk(inventory: Inventory, edges: Iterable[Edge]) -> Walk:
    """Everything that is reached from these edges of one root, or of all roots.

    A package on the way that is a root itself hands on its runtime and build edges, not those for development. Without
    a graph only the ends of the given edges are reached.
    """
    roots = {root.package: root for root in inventory.roots or () if root.package is not None}
    starts = [(_RANK[edge.reach], edge.to) for edge in edges]
    handed_on = {_RANK[edge.reach] for root in roots.values() for edge in root.edges if edge.reach is not Reach.DEV}
    reach: dict[int, Reach] = {}
    parents: dict[Reach, Mapping[int, int | None]] = {}
    for rank in sorted(handed_on.union([rank for rank, _ in starts])):
        spread = _spread(inventory, roots, [to for start, to in starts if start <= rank], rank)
        parents[ORDER[rank]] = spread
        for package in spread:
            reach.setdefault(package, ORDER[rank])
    return Walk(reach, parents)


def _spread(
    inventory: Inventory, roots: Mapping[int, Root], starts: Iterable[int], weakest: int
) -> dict[int, int | None]:
    """Breadth first over the edges of that rank or a stronger one: package → the one before it."""
    parents: dict[int, int | None] = dict.fromkeys(starts)
    level = list(parents)
    while level:
        further: list[int] = []
        for package in level:
            if root := roots.get(package):
                ends = [e.to for e in root.edges if e.reach is not Reach.DEV and _RANK[e.reach] <= weakest]
            else:
                ends = list(inventory.edges[package]) if inventory.edges is not None else []
            for to in ends:
                if to not in parents:
                    parents[to] = package
                    further.append(to)
        level = further
    return parents


def towards(inventory: Inventory, packages: Iterable[int]) -> Inventory:
    """The same inventory without the edges that lead to none of these packages: walks to them find the same paths.

    A few packages of a large lockfile have few ancestors, and each of many roots is walked from.
    """
    if inventory.edges is None:
        return inventory
    before: dict[int, list[int]] = {}
    for package, ends in enumerate(inventory.edges):
        for to in ends:
            before.setdefault(to, []).append(package)
    for root in inventory.roots or ():
        if root.package is not None:
            for edge in root.edges:
                before.setdefault(edge.to, []).append(root.package)
    leading = set(packages)
    level = list(leading)
    while level:
        level = list({above for package in level for above in before.get(package, ())} - leading)
        leading.update(level)
    return inventory._replace(
        edges=[
            [to for to in ends if to in leading] if package in leading else ()
            for package, ends in enumerate(inventory.edges)
        ],
        roots=inventory.roots
        and tuple(root._replace(edges=tuple([e for e in root.edges if e.to in leading])) for root in inventory.roots),
    )


def strongest(inventory: Inventory) -> Mapping[int, Reach]:
    """The strongest reach of each package from all roots together; who is missing is reached by none."""
    return walk(inventory, [edge for root in inventory.roots or () for edge in root.edges]).reach
