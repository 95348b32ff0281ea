"""Who pulls in what among Python packages, where a dependency can ask for extras of another package.

An extra is a set of further dependencies of a package that holds only for those who ask for it: `uvicorn` and
`uvicorn[standard]` are two nodes of the true graph. An Inventory has one node per package, so the walk is done here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.python_requirement import extras_of, parse_requirement
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root

_MAX_STEPS = 2_000_000
"""Of a walk that carries groups along. The largest real lockfile needs some 10,000; two millions take seconds."""

_MAX_MEMBERSHIPS = 2_000_000_000
"""Packages times groups, a bit each."""

_TOO_LARGE = "holds more groups and dependencies than can be followed in reasonable time"

_Node = tuple[int, str]
"""A package's index, and one of its extras ("" for the package itself)."""


class Dep(NamedTuple):
    """A dependency of a package: on which one, with which extras of it, and under which own extra it holds."""

    to: int
    extras: tuple[str, ...] = ()
    when: str = ""
    requirement: str = ""


class Demand(NamedTuple):
    """A project's own dependency. `group` is "" for what every user of the project gets."""

    to: int
    extras: tuple[str, ...] = ()
    reach: Reach = Reach.RUNTIME
    group: str = ""
    requirement: str = ""


class Project(NamedTuple):
    """A root with its demands. `own` is the index of the package that is the project itself (-1: not in the file)."""

    path: str
    name: str
    demands: Sequence[Demand]
    own: int = -1


def connect(
    inventory: Inventory, deps: Sequence[Sequence[Dep]], projects: Sequence[Project], *, name_groups: bool = True
) -> Inventory:
    """The inventory with edges, requirements, roots, `direct`, and (with `name_groups`) the groups of each package.

    A package that some project gets without asking for a group has none. Where only a development group asks for an
    extra of a package that is there at runtime, what the extra adds becomes that project's own development dependency:
    as an edge of the package, of which there is one node, it would be there at runtime. Without projects every package
    counts as asked for, with the extras that other packages ask for. Raises LockfileError where it is all too large.
    """
    demands = [demand for project in projects for demand in project.demands]
    runtime = _closure(deps, (demand for demand in demands if demand.reach is Reach.RUNTIME))
    everything = _closure(deps, demands or (Demand(index) for index in range(len(deps))))
    edges: list[tuple[int, ...]] = []
    requirements: dict[tuple[int, int], str] = {}
    moved: list[tuple[_Node, int]] = []
    for index, row in enumerate(deps):
        targets: dict[int, list[str]] = {}
        for dep in row:
            node = (index, dep.when)
            if dep.when and node not in everything:
                continue
            if dep.when and node not in runtime and (index, "") in runtime and (dep.to, "") not in runtime:
                moved.append((node, dep.to))
                continue
            targets.setdefault(dep.to, []).append(dep.requirement)
        edges.append(tuple(targets))
        requirements.update(((index, to), text) for to, texts in targets.items() if (text := either(texts)))
    packages = inventory.packages
    roots = _roots(projects, deps, moved, packages)
    if projects:
        direct = {demand.to for project in projects for demand in project.demands if demand.to != project.own}
        groups = _groups(deps, projects) if name_groups else [package.groups for package in packages]
        packages = tuple(
            package._replace(direct=index in direct, groups=groups[index]) for index, package in enumerate(packages)
        )
    return inventory._replace(packages=packages, edges=edges, roots=roots or None, requirements=requirements)


def reached_by(deps: Sequence[Sequence[Dep]], demands: Mapping[str, Iterable[Demand]]) -> list[tuple[str, ...]]:
    """For each package the names, sorted, whose demands pull it in. Raises LockfileError where that takes too long."""
    names = sorted(demands)
    masks = _masks(deps, [demands[name] for name in names])
    decoded = {mask: tuple(name for bit, name in enumerate(names) if mask >> bit & 1) for mask in {0, *masks.values()}}
    return [decoded[masks.get((index, ""), 0)] for index in range(len(deps))]


def _closure(deps: Sequence[Sequence[Dep]], demands: Iterable[Demand]) -> set[_Node]:
    """Every package, and every extra of one, that the demands pull in."""
    return set(_masks(deps, [demands]))


def _masks(deps: Sequence[Sequence[Dep]], starts: Sequence[Iterable[Demand]]) -> dict[_Node, int]:
    """For every package and extra that some of the demands pull in, which of them do: bit n for the n-th demands."""
    if len(deps) * len(starts) > _MAX_MEMBERSHIPS:
        raise LockfileError(_TOO_LARGE)
    masks: dict[_Node, int] = {}
    todo: list[_Node] = []

    def pull(to: int, extras: Sequence[str], mask: int) -> None:
        for extra in ("", *extras):
            node = (to, extra)
            known = masks.get(node, 0)
            if known | mask != known:
                masks[node] = known | mask
                todo.append(node)

    for bit, demands in enumerate(starts):
        for demand in demands:
            pull(demand.to, demand.extras, 1 << bit)
    steps = 0
    while todo:
        index, extra = node = todo.pop()
        mask = masks[node]
        row = deps[index]
        steps += len(row)
        if steps > _MAX_STEPS:
            raise LockfileError(_TOO_LARGE)
        for dep in row:
            if dep.when == extra:
                pull(dep.to, dep.extras, mask)
    return masks


def _roots(
    projects: Sequence[Project],
    deps: Sequence[Sequence[Dep]],
    moved: Sequence[tuple[_Node, int]],
    packages: Sequence[Package],
) -> tuple[Root, ...]:
    development = [[demand for demand in project.demands if demand.reach is Reach.DEV] for project in projects]
    masks = _masks(deps, development) if moved else {}
    further: list[list[tuple[int, str]]] = [[] for _ in projects]
    count = 0
    for node, to in moved:
        mask = masks.get(node, 0)
        count += mask.bit_count()
        if count > _MAX_STEPS:
            raise LockfileError(_TOO_LARGE)
        while mask:
            further[mask.bit_length() - 1].append((to, f"{packages[node[0]].name}[{node[1]}]"))
            mask ^= 1 << mask.bit_length() - 1
    roots = []
    for project, added in zip(projects, further, strict=True):
        edges: dict[tuple[int, Reach], list[str]] = {}
        for demand in project.demands:
            if demand.to != project.own:
                edges.setdefault((demand.to, demand.reach), []).append(demand.requirement)
        for to, requirement in added:
            edges.setdefault((to, Reach.DEV), []).append(requirement)
        kept = tuple(Edge(to, reach, either(texts)) for (to, reach), texts in edges.items())
        roots.append(Root(project.path, project.name, kept))
    return tuple(roots)


def _groups(deps: Sequence[Sequence[Dep]], projects: Sequence[Project]) -> list[tuple[str, ...]]:
    """For each package the names of the groups that reach it; none where it is reached without any, or is a project."""
    by_group: dict[str, list[Demand]] = {}
    for project in projects:
        for demand in project.demands:
            by_group.setdefault(demand.group, []).append(demand)
    free = {index for index, _ in _closure(deps, by_group.pop("", ()))} | {project.own for project in projects}
    named = reached_by(deps, by_group)
    return [() if index in free else groups for index, groups in enumerate(named)]


_OR = " | "


def either(requirements: Sequence[str]) -> str:
    """Several requirements on one package, of which each holds in its own environment, as one text."""
    return _OR.join(dict.fromkeys(text for text in requirements if text))


def draw(inventory: Inventory, deps: Sequence[Sequence[Dep]]) -> Inventory:
    """The inventory with all dependencies as edges, also those that hold under an extra only.

    For a lockfile that does not know its project: which extras are asked for, only the manifest tells.
    """
    texts: dict[tuple[int, int], list[str]] = {}
    for index, row in enumerate(deps):
        for dep in row:
            texts.setdefault((index, dep.to), []).append(dep.requirement)
    edges = [tuple(dict.fromkeys(dep.to for dep in row)) for row in deps]
    return inventory._replace(edges=edges, requirements={edge: either(found) for edge, found in texts.items()})


def dependencies(inventory: Inventory) -> list[list[Dep]]:
    """What was drawn, read back from the requirements: the extras asked for, and the own extra."""
    rows: list[list[Dep]] = []
    for index, targets in enumerate(inventory.edges or ()):
        row = []
        for to in targets:
            for text in inventory.requirements.get((index, to), "").split(_OR):
                requirement = parse_requirement(text)
                extras = requirement.extras if requirement else ()
                whens = extras_of(requirement.marker) if requirement else ()
                row += [Dep(to, extras, when, text) for when in whens or ("",)]
        rows.append(row)
    return rows
