"""Groups of transitive packages, for formats that tell the groups of direct dependencies only."""

from collections.abc import Iterable

from advisord.model.inventory import Edge, Inventory, Package, Reach
from advisord.model.reach import walk

MAX_STEPS = 10_000_000


def spread(inventory: Inventory, starts: Iterable[tuple[int, tuple[str, ...]]]) -> tuple[Package, ...]:
    """The packages, each with the groups of every direct dependency that reaches it.

    `starts` are the direct dependencies with their groups. A start without groups is in the default set, and so is all
    that it reaches: a package of the default set has no groups, whoever else needs it. A package that no start reaches
    keeps the groups that it has; so do all where the walks would take more than MAX_STEPS.
    """
    edges: dict[str, list[Edge]] = {}
    for index, groups in starts:
        for group in groups or ("",):
            edges.setdefault(group, []).append(Edge(index, Reach.RUNTIME))
    if len(edges) * (len(inventory.packages) + sum(map(len, inventory.edges or ()))) > MAX_STEPS:
        return inventory.packages  # nobody has thousands of groups
    found: list[set[str]] = [set() for _ in inventory.packages]
    for group, begin in edges.items():
        for index in walk(inventory, begin):
            found[index].add(group)
    return tuple(
        package._replace(groups=() if "" in groups else tuple(sorted(groups))) if groups else package
        for package, groups in zip(inventory.packages, found, strict=True)
    )
