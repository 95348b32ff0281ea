"""Who is reached by whom in an inventory's graph, and how: what formats and matching share."""

from collections.abc import Iterable, Mapping

from advisord.model.inventory import Edge, Inventory, Reach

ORDER = (Reach.RUNTIME, Reach.UNKNOWN, Reach.BUILD, Reach.DEV)
"""Strongest first. Unknown comes second: it may be runtime, and it is no less than what is known to be weaker."""

_RANK = {reach: rank for rank, reach in enumerate(ORDER)}
_DEV = Reach.DEV  # an enumeration's member is slow to find, and there are many edges


def rank_of(inventory: Inventory, edge: Edge) -> int:
    """Where a root's edge stands in ORDER.

    One that is wanted for development may, without a graph, be needed by another package at runtime: how it is reached
    is then unknown, unless it has groups that say more.
    """
    known = edge.reach is not _DEV or inventory.edges is not None
    return _RANK[edge.reach if known or inventory.packages[edge.to].groups else Reach.UNKNOWN]


def walk(inventory: Inventory, edges: Iterable[Edge]) -> Mapping[int, Reach]:
    """Everything that is reached from these edges of one root, or of all roots, by its strongest reach.

    A package on the way that is a root itself hands on its runtime and build edges, not those for development.
    Without a graph only the ends of the given edges are reached.
    """
    ends = inventory.edges or [()] * len(inventory.packages)
    own = {
        root.package: [(_RANK[edge.reach], edge.to) for edge in root.edges if edge.reach is not Reach.DEV]
        for root in inventory.roots or ()
        if root.package is not None
    }
    starts = [(rank_of(inventory, edge), edge.to) for edge in edges]
    reach: dict[int, Reach] = {}
    for rank in sorted({rank for some in (starts, *own.values()) for rank, _ in some}):
        seen = {to for start, to in starts if start <= rank}
        level = list(seen)
        for package in level:  # grows while it is walked
            for to in [to for weight, to in own[package] if weight <= rank] if package in own else ends[package]:
                if to not in seen:
                    seen.add(to)
                    level.append(to)
        for package in seen:
            reach.setdefault(package, ORDER[rank])
    return reach


def strongest(inventory: Inventory) -> Mapping[int, Reach]:
    """The strongest reach of each package from all roots together; who is missing is reached by none."""
    return walk(inventory, [edge for root in inventory.roots or () for edge in root.edges])
