"""NuGet's packages.lock.json, versions 1 and 2 (2: with centrally managed transitive packages)."""

from collections.abc import Iterable
from typing import Any

from advisord.lockfiles import json_text, unreadable
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem


def parse(data: bytes) -> Inventory:
    """Packages of all targets (`net8.0`, `net8.0/linux-x64`); the same version of two targets is one package.

    A referenced project is a package from a path without a version. It is direct unless another project brings it in.
    """
    document = json_text.load(decode(data), 3)
    top = expect(dict, document.value, "a packages.lock.json")
    targets = expect(dict, top.get("dependencies"), "`dependencies`")
    reader = _Reader(document)
    for target, listed in targets.items():
        # a runtime's own section holds only what differs from its framework's
        framework = targets.get(target.partition("/")[0])
        reader.take(target, expect(dict, listed, f"target {target!r}"), framework if framework is not listed else None)
    return reader.inventory()


class _Reader:
    def __init__(self, document: json_text.Document) -> None:
        self._document = document
        self._indices: dict[tuple[str, str], int] = {}
        self._found: list[tuple[str, str, Source, int]] = []
        self._edges: list[dict[int, None]] = []
        self._requirements: dict[tuple[int, int], str] = {}
        self._roots: dict[int, Edge] = {}
        self._projects: set[int] = set()
        self._problems: list[Problem] = []
        self._places: dict[int, dict[str, int]] = {}

    def take(self, target: str, listed: dict[str, Any], framework: dict[str, Any] | None) -> None:
        """One target: its packages, then the edges, which may lead into the framework's own section."""
        lines = self._document.lines[id(listed)]
        places: dict[str, int] = {}
        found: list[tuple[int, dict[str, Any]]] = []
        for name, raw in listed.items():
            index = self._package(target, name, raw, lines[name])
            if index is not None:
                places[name.lower()] = index
                found.append((index, raw))
        self._places[id(listed)] = places
        above = self._places.get(id(framework), {})
        reachable = {**above, **places}
        for name, raw in (framework or {}).items():  # what needs them may stand in the framework's section only
            index, needs = above.get(name.lower()), raw.get("dependencies") if isinstance(raw, dict) else None
            if index is not None and isinstance(needs, dict):
                self._connect(index, needs, places)
        needed_by_projects: set[int] = set()
        for index, raw in found:
            needs = raw.get("dependencies")
            targets = self._connect(index, needs, reachable) if isinstance(needs, dict) else ()
            if index in self._projects:
                needed_by_projects.update(targets)
        for index, raw in found:
            if index in self._roots:
                continue
            is_project = index in self._projects
            if not is_project if raw.get("type") == "Direct" else is_project and index not in needed_by_projects:
                requested = raw.get("requested")
                self._roots[index] = Edge(index, Reach.RUNTIME, requested if isinstance(requested, str) else "")

    def _connect(self, index: int, needs: dict[str, Any], reachable: dict[str, int]) -> Iterable[int]:
        targets: dict[int, None] = {}
        known = self._edges[index]
        for name, requirement in needs.items():
            to = reachable.get(name.lower())
            if to is None or to == index:
                continue
            targets[to] = None
            if to not in known and isinstance(requirement, str):
                self._requirements[index, to] = requirement
        known.update(targets)
        return targets

    def _package(self, target: str, name: str, raw: Any, line: int) -> int | None:
        fields = raw if isinstance(raw, dict) else {}
        is_project, version = fields.get("type") == "Project", fields.get("resolved")
        if not isinstance(version, str) or not version or not name:
            if not name or not is_project:
                what = f"package {name[:200]!r} of target {target[:200]!r} has no resolved version"
                unreadable.entry(self._problems, line, what)
                return None
            version = ""
        key = (name.lower(), version)
        index = self._indices.get(key)
        if index is None:
            index = self._indices[key] = len(self._found)
            self._found.append((name, version, Source.PATH if is_project else Source.REGISTRY, line))
            self._edges.append({})
            if is_project:
                self._projects.add(index)
        return index

    def inventory(self) -> Inventory:
        packages = tuple(
            Package("NuGet", name, version, source, line=line, direct=index in self._roots)
            for index, (name, version, source, line) in enumerate(self._found)
        )
        root = Root(".", "", tuple(self._roots.values()))
        edges = tuple(tuple(targets) for targets in self._edges)
        return Inventory("nuget", packages, edges, (root,), self._requirements, tuple(self._problems))


FORMAT = Format("nuget", parse)
