"""Why a package is there: the components that pull it in, how, and on which path."""

import posixpath
from collections.abc import Container, Iterable, Iterator, Sequence

from advisord.model.finding import Via
from advisord.model.inventory import Inventory, Reach
from advisord.model.reach import ORDER, rank_of


def vias(inventory: Inventory, packages: Iterable[int], folder: str = ".") -> dict[int, tuple[Via, ...] | None]:
    """For each of these packages (indices), the components that reach it: by their strongest reach, on a shortest path.

    `folder` is the lockfile's folder in the repository. None says that it can't be known; an empty tuple, that no
    component reaches it. Without a graph the direct dependencies of the roots are known; all else belongs to the root
    where there is only one, by an unknown path and reach.
    """
    wanted = list(dict.fromkeys(packages))
    if inventory.roots is None:
        return dict.fromkeys(wanted)
    components = [
        (posixpath.normpath(posixpath.join(folder, root.path)) if root.path else "", root.name)
        for root in inventory.roots
    ]
    rest: tuple[Via, ...] | None = ()
    if inventory.edges is None:
        rest = (Via(*components[0], Reach.UNKNOWN, ()),) if len(components) == 1 else None
    found: dict[int, dict[int, Via]] = {package: {} for package in wanted}
    before, later = _backwards(inventory)
    for rank in sorted(later):
        for to, who in later[rank]:
            before[to].append(who)
        for package, by_root in found.items():
            if len(by_root) < len(components):
                for root, path in _ways(before, package, by_root):
                    steps = tuple([inventory.packages[step].name for step in path])
                    by_root[root] = Via(*components[root], ORDER[rank], steps)
    return {package: tuple(sorted(by_root.values())) or rest for package, by_root in found.items()}


def dependents(inventory: Inventory) -> list[list[int]]:
    """For each package the packages that need it; what those need that are roots stands in the roots' own edges."""
    own = {root.package for root in inventory.roots or ()}
    before: list[list[int]] = [[] for _ in inventory.packages]
    for package, ends in enumerate(inventory.edges or ()):
        if package not in own:
            for to in ends:
                before[to].append(package)
    return before


def _backwards(inventory: Inventory) -> tuple[list[list[int]], dict[int, list[tuple[int, int]]]]:
    """Who needs each package: packages, and by the edge's rank (package, who needs it), where roots do.

    A root is ~its number. One that is a package itself hands on its runtime and build edges, not those for development.
    """
    before = dependents(inventory)
    later: dict[int, list[tuple[int, int]]] = {}
    for number, root in enumerate(inventory.roots or ()):
        for edge in root.edges:
            needed = later.setdefault(rank_of(inventory, edge), [])
            needed.append((edge.to, ~number))
            if root.package is not None and edge.reach is not Reach.DEV:
                needed.append((edge.to, root.package))
    return before, later


def _ways(before: Sequence[Sequence[int]], package: int, known: Container[int]) -> Iterator[tuple[int, list[int]]]:
    """Breadth first from a package to the roots that are not known yet: (root's number, packages on a shortest path).

    A package has few ancestors even in a large lockfile; from each of many roots it would be far.
    """
    met: set[int] = set()
    after: dict[int, int | None] = {package: None}
    for step in (level := [package]):  # grows while it is walked
        for who in before[step]:
            if who >= 0:
                if who not in after:
                    after[who] = step
                    level.append(who)
            elif ~who not in known and who not in met:
                met.add(who)
                path: list[int] = []
                at: int | None = step
                while at is not None:
                    path.append(at)
                    at = after[at]
                yield ~who, path
