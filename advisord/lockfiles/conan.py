"""Conan's conan.lock: the graph of Conan 1 (0.1 to 0.4) and the lists of Conan 2 (0.5)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles import json_text, unreadable
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem
from advisord.model.reach import walk

_REFERENCE = re.compile(r"([^/@#:%\s]+)/([^/@#:%\s]+)(?:@([^#:%\s]*))?(?:[#:%].*)?")
"""`name/version@user/channel#recipe-revision:package-id#package-revision%timestamp`, all but the first two optional."""
_NAME = re.compile(r"[^/@#:%\s]+")
_LISTS = {"requires": (), "build_requires": ("build",), "python_requires": ("build",), "config_requires": ("build",)}


def parse(data: bytes) -> Inventory:
    """Packages; those that only the build needs have the group `build`. Conan 2 has neither edges nor direct ones."""
    document = json_text.load(decode(data), 3)
    top = expect(dict, document.value, "a conan.lock")
    if "graph_lock" in top:
        graph = expect(dict, top["graph_lock"], "`graph_lock`")
        return _graph(document, expect(dict, graph.get("nodes", {}), "`nodes`"))
    if not any(key in top for key in _LISTS):
        raise LockfileError("has neither `graph_lock` (Conan 1) nor `requires` (Conan 2)")
    return _lists(document, top)


class _Table:
    """Packages by name, version, user and channel."""

    def __init__(self) -> None:
        self.packages: list[Package] = []
        self.problems: list[Problem] = []
        self.unpinned: list[tuple[str, str]] = []
        self._index: dict[tuple[str, str, str], int] = {}

    def add(self, reference: Any, line: int, groups: tuple[str, ...] = ()) -> int | None:
        """The package's index; None, and a problem, for what is no reference."""
        match = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
        if match is None:
            what = f"{str(reference)[:200]!r} is no `name/version`; no advisory can speak of it"
            unreadable.entry(self.problems, line, what, blocking=False)
            if isinstance(reference, str) and (named := _NAME.match(reference)):
                self.unpinned.append(("ConanCenter", named[0]))
            return None
        name, version, user = match.group(1), match.group(2), match.group(3) or ""
        user = "" if user == "_/_" else user
        index = self._index.setdefault((name, version, user), len(self.packages))
        if index == len(self.packages):
            source = Source.OTHER_REGISTRY if user else Source.REGISTRY
            self.packages.append(Package("ConanCenter", name, version, source, user, line=line, groups=groups))
        elif not groups:
            self.packages[index] = self.packages[index]._replace(groups=())
        return index


def _lists(document: json_text.Document, top: dict[str, Any]) -> Inventory:
    """With revisions of packages an element is a list: the reference, then what it holds."""
    table = _Table()
    for key, groups in _LISTS.items():
        listed = expect(list, top.get(key) or [], f"`{key}`")
        for index, element in enumerate(listed):
            reference = element[0] if isinstance(element, list) and element else element
            table.add(reference, document.line(listed, index), groups)
    return Inventory("conan", tuple(table.packages), problems=tuple(table.problems), unpinned=tuple(table.unpinned))


class _Node(NamedTuple):
    """One node of the graph: the package's index (None: a project, or unreadable), and its edges to other nodes."""

    package: int | None
    project: str | None
    needs: tuple[tuple[str, Reach], ...]


def _graph(document: json_text.Document, listed: dict[str, Any]) -> Inventory:
    """What a package is built with is not shipped with it: it is the build's, whichever package wants it."""
    table = _Table()
    nodes = {key: _node(table, raw, document.line(listed, key)) for key, raw in listed.items()}
    edges: list[dict[int, None]] = [{} for _ in table.packages]
    own: dict[int, Edge] = {}
    tools: dict[int, Edge] = {}
    for node in nodes.values():
        for key, reach in node.needs:
            to = nodes[key].package if key in nodes else None
            if to is None:
                continue
            if node.project is not None:
                own.setdefault(to, Edge(to, reach))
            elif node.package is not None and reach is Reach.RUNTIME:
                edges[node.package][to] = None
            else:
                tools.setdefault(to, Edge(to, reach))
    names = [node.project for node in nodes.values() if node.project is not None]
    inventory = Inventory(
        "conan",
        tuple(table.packages),
        tuple(map(tuple, edges)),
        problems=tuple(table.problems),
        unpinned=tuple(table.unpinned),
    )
    if not names:
        return inventory
    shipped = walk(inventory, (edge for edge in own.values() if edge.reach is Reach.RUNTIME))
    packages = tuple(
        package._replace(direct=index in own, groups=() if index in shipped else ("build",))
        for index, package in enumerate(table.packages)
    )
    return inventory._replace(packages=packages, roots=(Root(".", names[0], tuple({**tools, **own}.values())),))


def _node(table: _Table, raw: Any, line: int) -> _Node:
    """A node with a path, or without a reference, is a project; the others are packages."""
    fields = raw if isinstance(raw, dict) else {}
    reference = fields.get("ref") or fields.get("pref")
    needs = tuple(_needs(fields))
    scripts = fields.get("python_requires")
    for required in scripts if isinstance(scripts, list) else ():
        table.add(required, line, ("build",))
    if isinstance(fields.get("path"), str) or not reference:
        return _Node(None, str(reference or "").partition("/")[0], needs)
    return _Node(table.add(reference, line), None, needs)


def _needs(fields: dict[str, Any]) -> Iterator[tuple[str, Reach]]:
    """Keys of other nodes: a list, or (0.1) the values of a table by reference."""
    for key, reach in (("requires", Reach.RUNTIME), ("build_requires", Reach.BUILD)):
        listed = fields.get(key) or ()
        for node in listed.values() if isinstance(listed, dict) else listed if isinstance(listed, list) else ():
            if isinstance(node, str):
                yield node, reach


FORMAT = Format("conan", parse)
