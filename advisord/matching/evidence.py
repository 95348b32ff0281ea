"""Why a package is there: the components that pull it in, how, and on which path."""

import posixpath
from collections.abc import Iterable

from advisord.model.finding import Via
from advisord.model.inventory import Inventory, Reach
from advisord.model.reach import Walker


def vias(inventory: Inventory, packages: Iterable[int], folder: str = ".") -> dict[int, tuple[Via, ...] | None]:
    """For each of these packages (indices), the components that reach it: by their strongest reach, on a shortest path.

    `folder` is the lockfile's folder in the repository. None says that it can't be known; an empty tuple, that no
    component reaches it. Without a graph the direct dependencies of the roots are known; all else belongs to the root
    where there is only one, by an unknown path and reach.
    """
    found: dict[int, list[Via]] = {package: [] for package in packages}
    if inventory.roots is None:
        return dict.fromkeys(found)
    component = ""
    walker = Walker(inventory, found)
    for root in inventory.roots:
        reached = walker.walk(root.edges)
        component = posixpath.normpath(posixpath.join(folder, root.path)) if root.path else ""
        for package in found.keys() & reached.reach.keys():
            path = tuple([inventory.packages[step].name for step in reached.path(package)])
            found[package].append(Via(component, root.name, reached.reach[package], path))
    rest: tuple[Via, ...] | None = ()
    if inventory.edges is None:
        only = len(inventory.roots) == 1
        rest = (Via(component, inventory.roots[0].name, Reach.UNKNOWN, ()),) if only else None
    return {package: tuple(sorted(via)) or rest for package, via in found.items()}
