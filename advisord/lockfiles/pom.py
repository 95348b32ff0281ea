"""Maven's pom.xml: the dependencies whose version stands there, or in a parent of the same repository.

A pom.xml is no lockfile: transitive dependencies are not in it. The rules are those of Maven's "POM Reference" and
"Introduction to the Dependency Mechanism".
"""

from collections.abc import Sequence
from posixpath import dirname, join, normpath

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.maven_model import Declared, Model
from advisord.lockfiles.xml_text import Element, read
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem
from advisord.model.reach import ORDER

_MAX_PARENTS = 20
_NAMED = 3
_NOT_VERSIONS = frozenset({"LATEST", "RELEASE"})


def parse(data: bytes) -> Inventory:
    """The project's own dependencies with an exact version; those without one are problems that don't block."""
    return _inventory(Model(_project(data)))


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """The same, with the properties and managed versions of the parents that stand in the repository.

    What is not pinned then says where its version may come from.
    """
    data = manifests.read("pom.xml")
    if data is None:
        return inventory
    model, path = Model(_project(data)), "pom.xml"
    chain = [model]
    while len(chain) <= _MAX_PARENTS and (place := chain[-1].parent_path()):
        path = normpath(join(dirname(path), place))
        data = manifests.read(path if path.endswith(".xml") else f"{path}/pom.xml")
        above = Model(_project(data)) if data is not None else None
        if above is None or not chain[-1].is_child_of(above):
            break
        chain.append(above)
    return _inventory(Model(model.project, chain[1:]), _elsewhere(chain))


def _elsewhere(chain: Sequence[Model]) -> str:
    """Which projects may hold versions and are not at hand: the last parent's own, and those that are imported."""
    named = [name for model in chain for name in model.imports()]
    named = ([parent] if (parent := chain[-1].parent_name()) else []) + named
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"; it may stand in {', '.join(named[:_NAMED])}{more}, which is not read" if named else ""


def _project(data: bytes) -> Element:
    root = read(data)
    if root.tag != "project":
        raise LockfileError(f"is no Maven project: its root element is <{root.tag}>")
    return root


def _inventory(model: Model, elsewhere: str = "") -> Inventory:
    packages: dict[tuple[str, str], Package] = {}
    edges: dict[tuple[str, str], Edge] = {}
    problems: list[Problem] = []
    unpinned: list[tuple[str, str]] = []
    for declared in model.dependencies():
        name = f"{declared.group}:{declared.artifact}"
        version = _exact(declared.version)
        if not declared.group or not declared.artifact or "${" in name:
            problems.append(_problem(declared, "a dependency needs a group and an artifact"))
        elif not version:
            found = f"{declared.version!r} is no exact version" if declared.version else "there is no version here"
            problems.append(_problem(declared, f"{name} is not pinned: {found}{elsewhere}"))
            unpinned.append(("Maven", name))
        else:
            key = (name, version)
            package, edge = _package(declared, name, version), Edge(len(edges), _reach(declared), declared.written)
            if key in packages:  # once more with another type, classifier or profile
                package, edge = _stronger((packages[key], edges[key]), (package, edge))
            packages[key], edges[key] = package, edge
    root = Root(".", model.name(), tuple(edges.values()))
    return Inventory("pom", tuple(packages.values()), None, (root,), problems=tuple(problems), unpinned=tuple(unpinned))


def _problem(declared: Declared, what: str) -> Problem:
    return Problem("not-pinned", "", f"line {declared.line}: {what}", blocking=False)


def _package(declared: Declared, name: str, version: str) -> Package:
    groups = tuple(sorted({declared.scope, declared.profile} - {"", "compile", "runtime", "system"}))
    source = Source.PATH if declared.scope == "system" else Source.REGISTRY
    return Package("Maven", name, version, source, declared.path, "", declared.line, groups, direct=True)


def _stronger(one: tuple[Package, Edge], other: tuple[Package, Edge]) -> tuple[Package, Edge]:
    """What is in the default set once is in it; reach and requirement are those of the stronger edge."""
    (package, edge), (again, further) = one, other
    groups = tuple(sorted({*package.groups, *again.groups})) if package.groups and again.groups else ()
    best = edge if ORDER.index(edge.reach) <= ORDER.index(further.reach) else further._replace(to=edge.to)
    return package._replace(groups=groups), best


def _reach(declared: Declared) -> Reach:
    if declared.scope == "test":
        return Reach.DEV
    return Reach.UNKNOWN if declared.profile else Reach.RUNTIME


def _exact(version: str) -> str:
    """The version if it is one: `1.0`, `[1.0]`; "" for a range, a property that nobody knows, or none at all."""
    low, comma, high = version.removeprefix("[").removesuffix("]").partition(",")
    if version.startswith("[") and version.endswith("]") and (not comma or low.strip() == high.strip()):
        version = low.strip()
    return "" if version in _NOT_VERSIONS or any(sign in version for sign in "[](), $") else version


FORMAT = Format("pom", parse, annotate)
