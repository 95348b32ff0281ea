"""`yarn.lock`: yarn 1's own format ("classic"), and the YAML of yarn 2 and later ("berry", with `__metadata`).

Both map descriptors (`name@range`, several to an entry) to what they resolved to. Neither says what is for development:
that is in the `package.json` of the project and its workspaces. Classic does not even name the project's own needs.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.javascript import (
    Member,
    Origin,
    Table,
    alias,
    completed,
    development,
    direct,
    flattened,
    origin,
    split,
)
from advisord.lockfiles.package_json import Project, projects, read
from advisord.lockfiles.text import decode, expect
from advisord.lockfiles.yaml_text import load
from advisord.model.inventory import Edge, Inventory, Reach, Source
from advisord.model.problem import Problem

_BERRY = re.compile(r"""^(["']?)__metadata\1:""", re.MULTILINE)
_DESCRIPTOR = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)')
_MAX_CANDIDATES = 20
_LOCAL_VERSION = "0.0.0-use.local"


class _Entry(NamedTuple):
    """One entry: `resolved` is classic's address, or berry's `resolution`; `name` is "" where the descriptors tell it."""

    line: int
    descriptors: Sequence[str]
    version: str
    resolved: str
    requires: Mapping[str, str]
    name: str = ""


def parse(data: bytes) -> Inventory:
    """Reads the lockfile alone: packages and who requires whom; for berry also the workspaces, as roots."""
    text = decode(data)
    return _berry(text) if _BERRY.search(text) else _classic(text)


def _classic(text: str) -> Inventory:
    table = Table()
    found: list[tuple[int, _Entry]] = []
    lookup: dict[str, int] = {}
    for entry in _classic_entries(text):
        name, asked = split(entry.descriptors[0])
        real = alias(asked)
        index = table.add(entry.name or (real[0] if real else name), entry.version, _classic_origin(entry), entry.line)
        lookup |= dict.fromkeys(entry.descriptors, index)
        found.append((index, entry))
    edges, requirements = _graph(found, _Finder(lookup), len(table))
    return Inventory("yarn", table.packages(None), edges, None, requirements, lookup=lookup)


def _classic_entries(text: str) -> Iterable[_Entry]:
    """Entries as classic writes them: a line of descriptors, fields indented by two, tables in them by four."""
    entry: _Entry | None = None
    fields: dict[str, str] = {}
    requires: dict[str, str] = {}
    table: dict[str, str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line[0] == "#" or line.isspace():
            continue
        if line[0] != " ":
            if entry:
                yield _finished(entry, fields, requires)
            fields, requires, table = {}, {}, None
            entry = _Entry(number, _descriptors(line, number), "", "", {})
        elif entry is None or not (line.startswith("  ") and line[2:].strip()):
            raise LockfileError(f"line {number}: {line[:100]!r} stands outside of every entry of yarn.lock")
        elif line[2] != " ":
            key, value = _pair(line.strip(), number)
            if value == ":" or (not value and key.endswith(":")):
                table = requires if key.rstrip(":") in {"dependencies", "optionalDependencies"} else None
            else:
                fields[key], table = value, None
        elif line[4:5].strip():
            if table is not None:
                name, value = _pair(line.strip(), number)
                table[name] = value
        else:
            raise LockfileError(f"line {number}: {line[:100]!r} is not indented as in a yarn.lock")
    if entry:
        yield _finished(entry, fields, requires)


def _finished(entry: _Entry, fields: Mapping[str, str], requires: dict[str, str]) -> _Entry:
    if not fields.get("version"):
        raise LockfileError(f"line {entry.line}: the entry {entry.descriptors[0][:200]!r} has no `version`")
    resolved, name = fields.get("resolved", ""), fields.get("name", "")
    return entry._replace(version=fields["version"], resolved=resolved, requires=requires, name=name)


def _descriptors(line: str, number: int) -> list[str]:
    body = line.rstrip()
    if not body.endswith(":"):
        raise LockfileError(f"line {number}: {line[:100]!r} is neither an entry nor a field of a yarn.lock")
    body = body[:-1]
    if '"' not in body:
        return [part.strip() for part in body.split(",") if part.strip()] or [body]
    found = []
    position = 0
    while position < len(body):
        match = _DESCRIPTOR.match(body, position)
        if match is None:
            raise LockfileError(f"line {number}: {line[:100]!r} is no list of descriptors")
        found.append(_unquoted(f'"{match[1]}"', number) if match[1] is not None else match[2])
        position = match.end()
    return found


def _pair(text: str, number: int) -> tuple[str, str]:
    """`name range`, each in double quotes where it needs them."""
    if text.startswith('"'):
        end = text.find('"', 1)
        return text[1:end], _unquoted(text[end + 1 :].strip(), number)
    name, _, value = text.partition(" ")
    return name, _unquoted(value, number)


def _unquoted(text: str, number: int) -> str:
    if not text.startswith('"'):
        return text
    if "\\" not in text:
        if len(text) < 2 or not text.endswith('"'):
            raise LockfileError(f"line {number}: {text[:100]!r} has no closing quote")
        return text[1:-1]
    try:
        return expect(str, json.loads(text), f"line {number}: {text[:100]!r}")
    except ValueError as exc:
        raise LockfileError(f"line {number}: {text[:100]!r} is not a text in double quotes") from exc


def _classic_origin(entry: _Entry) -> Origin | None:
    """A descriptor with a plain range is the registry's, whatever address its archive has; git is told by `resolved`."""
    resolved = origin(entry.resolved)
    if resolved and resolved.source is Source.GIT:
        return resolved
    asked = [origin(split(descriptor)[1]) for descriptor in entry.descriptors if not alias(split(descriptor)[1])]
    if len(asked) < len(entry.descriptors) or None in asked:
        return None
    return resolved if resolved and resolved.source is Source.URL else asked[0]


def _berry(text: str) -> Inventory:
    document = load(text)
    lock = expect(dict, document.value, "the lockfile")
    table = Table()
    found: list[tuple[int, _Entry]] = []
    members: list[tuple[str, str, _Entry]] = []
    lookup: dict[str, int] = {}
    for key, value in lock.items():
        line = document.line(lock, key)
        if key == "__metadata":
            continue
        fields = expect(dict, value, f"line {line}: {key[:200]!r}")
        requires = expect(dict, fields.get("dependencies") or {}, f"line {line}: `dependencies`")
        version = expect(str, fields.get("version") or "", f"line {line}: `version`")
        resolution = expect(str, fields.get("resolution"), f"line {line}: `resolution`")
        entry = _Entry(line, key.split(", "), version, resolution, {n: str(r or "") for n, r in requires.items()})
        name, reference = split(resolution)
        if reference.startswith("workspace:"):
            members.append((name, reference[10:], entry))
            index = -len(members)
        else:
            name, version, place = _berry_identity(name, reference, version)
            if not name or (not version and place is None):
                raise LockfileError(f"line {line}: {key[:200]!r} has no version")
            index = table.add(name, version, place, line)
            found.append((index, entry))
        lookup |= dict.fromkeys(entry.descriptors, index)
    finder = _Finder(lookup)
    edges, requirements = _graph(found, finder, len(table))
    roots = [_member(name, path, entry, finder) for name, path, entry in members]
    flat, problems = flattened(roots)
    packages = table.packages(direct(roots))
    return Inventory("yarn", packages, edges, completed(flat, edges), requirements, problems, lookup)


def _berry_identity(name: str, reference: str, version: str) -> tuple[str, str, Origin | None]:
    """Name, version and origin of a locator (yarnpkg.com, "Protocols"); a patched package is what it patches."""
    from urllib.parse import unquote

    reference = reference.partition("::")[0]
    while reference.startswith("patch:"):
        inner = unquote(reference[6:].partition("#")[0])
        name, reference = split(inner)
    if reference.startswith("npm:"):
        return name, version or reference[4:], None
    if real := alias(reference):
        return real[0], version or real[1], None
    version = "" if version == _LOCAL_VERSION else version
    place = origin(reference.partition("#")[0] if reference.startswith(("file:", "portal:", "link:")) else reference)
    return name, version, place or Origin(Source.URL, reference)


def _member(name: str, path: str, entry: _Entry, finder: "_Finder") -> Member:
    """A workspace as the lockfile knows it: its needs of all kinds in one table, so that their reach is unknown."""
    edges, links = [], []
    for key, requirement in entry.requires.items():
        for target in finder.find(key, requirement):
            if target < 0:
                links.append((-1 - target, Reach.UNKNOWN))
            else:
                edges.append(Edge(target, Reach.UNKNOWN, requirement))
    return Member(path, name, edges, links)


class _Finder:
    """Finds what a requirement resolved to. Members of the workspace are negative: -1 - their position."""

    def __init__(self, lookup: Mapping[str, int]) -> None:
        self._lookup = lookup
        self._by_name: dict[str, dict[int, None]] = {}
        for descriptor, index in lookup.items():
            self._by_name.setdefault(split(descriptor)[0], {})[index] = None

    def find(self, name: str, requirement: str) -> Sequence[int]:
        """Usually one. `resolutions` replace ranges that no descriptor shows: then all versions of that name may be it."""
        for descriptor in (f"{name}@{requirement}", f"{name}@npm:{requirement}", name):
            index = self._lookup.get(descriptor)
            if index is not None:
                return (index,)
        candidates = tuple(self._by_name.get(name, ()))
        return candidates if len(candidates) <= _MAX_CANDIDATES else ()


def _graph(
    found: Iterable[tuple[int, _Entry]], finder: _Finder, count: int
) -> tuple[list[list[int]], dict[tuple[int, int], str]]:
    edges: list[list[int]] = [[] for _ in range(count)]
    requirements: dict[tuple[int, int], str] = {}
    for index, entry in found:
        for name, requirement in entry.requires.items():
            for target in finder.find(name, requirement):
                if target >= 0 and (index, target) not in requirements:
                    requirements[index, target] = requirement
                    edges[index].append(target)
    return edges, requirements


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds what `package.json` of the project and of its workspaces know: roots, direct packages, development."""
    problems: list[Problem] = []
    if inventory.roots is None:
        found, problems = projects(manifests)
    else:
        read_all = [read(manifests, root.path, problems) for root in inventory.roots]
        found = [
            project or Project(root.path, root.name, {})
            for project, root in zip(read_all, inventory.roots, strict=True)
        ]
        if not any(read_all):
            found = []
    inventory = inventory._replace(problems=(*inventory.problems, *problems))
    if not found:
        return inventory
    finder = _Finder(inventory.lookup)
    positions = {project.name: position for position, project in enumerate(found) if project.name}
    members = [_needed(project, finder, positions) for project in found]
    if inventory.roots is not None:  # a workspace whose manifest can't be read stays as the lockfile knows it
        known = zip(members, inventory.roots, read_all, strict=True)
        members = [member if project else Member(root.path, root.name, root.edges) for member, root, project in known]
    roots, more = flattened(members)
    roots = completed(roots, inventory.edges or ())  # yarn's package extensions leave no trace in the file
    near, groups = direct(members), development(roots, inventory.edges or ())
    packages = tuple(
        package._replace(direct=index in near, groups=groups.get(index, ()))
        for index, package in enumerate(inventory.packages)
    )
    return inventory._replace(packages=packages, roots=roots, problems=(*inventory.problems, *more))


def _needed(project: Project, finder: _Finder, positions: Mapping[str, int]) -> Member:
    edges: list[Edge] = []
    links: list[tuple[int, Reach]] = []
    for name, (requirement, reach) in project.needs.items():
        targets = () if requirement.startswith("workspace:") else finder.find(name, requirement)
        packages = [target for target in targets if target >= 0]
        edges += [Edge(target, reach, requirement) for target in packages]
        if not packages and name in positions:
            links.append((positions[name], reach))
    return Member(project.path, project.name, edges, links)


FORMAT = Format("yarn", parse, annotate)
