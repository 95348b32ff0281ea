"""NuGet's packages.lock.json, versions 1 and 2 (2: with centrally managed transitive packages)."""

from typing import Any, NamedTuple

from advisord.lockfiles import json_text, unreadable
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem


class _Entry(NamedTuple):
    """One package of one target: its place among all packages, its kind and what it needs."""

    place: int
    kind: str
    requested: str
    needs: dict[str, Any]


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
        self._problems: list[Problem] = []
        self._entries: dict[int, dict[str, _Entry]] = {}

    def take(self, target: str, listed: dict[str, Any], framework: dict[str, Any] | None) -> None:
        """One target: its packages, then the edges, which may lead into the framework's own section."""
        lines = self._document.lines[id(listed)]
        found = (self._entry(target, name, raw, lines[name]) for name, raw in listed.items())
        entries = {name.lower(): entry for name, entry in zip(listed, found, strict=True) if entry}
        self._entries[id(listed)] = entries
        reachable = {**self._entries.get(id(framework), {}), **entries}
        needed_by_projects: set[int] = set()
        for index, kind, _, needs in entries.values():
            edges = self._edges[index]
            for name, requirement in needs.items():
                to = reachable.get(name.lower())
                if to is None or to.place == index:
                    continue
                edges[to.place] = None
                if isinstance(requirement, str):
                    self._requirements[index, to.place] = requirement
                if kind == to.kind == "project":
                    needed_by_projects.add(to.place)
        for index, kind, requested, _ in entries.values():
            if kind == "direct" or (kind == "project" and index not in needed_by_projects):
                self._roots.setdefault(index, Edge(index, Reach.RUNTIME, requested))

    def _entry(self, target: str, name: str, raw: Any, line: int) -> _Entry | None:
        fields = raw if isinstance(raw, dict) else {}
        kind, version = str(fields.get("type", "")).lower(), fields.get("resolved")
        if not isinstance(version, str) or not version:
            if kind != "project":
                what = f"package {name[:200]!r} of target {target[:200]!r} has no resolved version"
                unreadable.entry(self._problems, line, what)
                return None
            version = ""
        index = self._indices.setdefault((name.lower(), version), len(self._found))
        if index == len(self._found):
            self._found.append((name, version, Source.PATH if kind == "project" else Source.REGISTRY, line))
            self._edges.append({})
        requested, needs = fields.get("requested"), fields.get("dependencies")
        return _Entry(
            index, kind, requested if isinstance(requested, str) else "", needs if isinstance(needs, dict) else {}
        )

    def inventory(self) -> Inventory:
        packages = tuple(
            Package("NuGet", name, version, source, line=line, direct=index in self._roots)
            for index, (name, version, source, line) in enumerate(self._found)
        )
        root = Root(".", "", tuple(self._roots.values()))
        edges = tuple(tuple(targets) for targets in self._edges)
        return Inventory("nuget", packages, edges, (root,), self._requirements, tuple(self._problems))


FORMAT = Format("nuget", parse)
