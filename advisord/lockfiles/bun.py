"""`bun.lock`, bun's text lockfile: JSON with trailing commas (bun.sh/docs, "Lockfile").

`workspaces` are the roots, with their needs by kind. The keys of `packages` are paths of names: what `a` requires is
`a/b` if that exists, else `b`. A value is a list: `name@version`, the registry, facts, checksum.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format
from advisord.lockfiles.javascript import (
    Identity,
    Member,
    Origin,
    Table,
    alias,
    development,
    direct,
    flattened,
    key_lines,
    origin,
    plain,
    split,
)
from advisord.lockfiles.package_json import needs
from advisord.lockfiles.text import decode, expect, load_json
from advisord.model.inventory import Edge, Inventory, Package, Reach, Source

_LONGEST = 4096
_DEEPEST = 50
_SECTIONS = ("dependencies", "optionalDependencies", "peerDependencies")
_TRAILING = re.compile(r",(?=[ \t]*\n\s*[}\]])")  # no text of JSON holds a line break: these commas stand in none
_COMMENT_OR_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


def parse(data: bytes) -> Inventory:
    """Reads the lockfile alone; it knows its roots, who requires whom, and so what is for development only."""
    text = decode(data)
    lock = expect(dict, _load(text), "the lockfile")
    if "lockfileVersion" not in lock:
        raise LockfileError("has no `lockfileVersion`: this is no lockfile of bun")
    reader = _Reader(text, lock)
    packages = reader.plain()
    return Inventory("bun", packages, rest=lambda _: reader.inventory()) if packages else reader.inventory()


def _load(text: str) -> Any:
    plain = _TRAILING.sub("", text)
    try:
        return load_json(plain, unique=False)
    except LockfileError:
        without = _COMMENT_OR_COMMA.sub(lambda match: match[1] or " ", text)
        if without == plain:
            raise
        return load_json(_COMMENT_OR_COMMA.sub(lambda match: match[1] or " ", without), unique=False)


class _Reader:
    def __init__(self, text: str, lock: Mapping[str, Any]) -> None:
        self._packages: dict[str, Any] = expect(dict, lock.get("packages") or {}, "`packages`")
        self._workspaces: dict[str, Any] = expect(dict, lock.get("workspaces") or {}, "`workspaces`")
        catalogs = expect(dict, lock.get("catalogs") or {}, "`catalogs`")
        self._catalogs = {"": lock.get("catalog"), **catalogs}
        self._line = key_lines(text, "packages", "[")
        self._table = Table()
        self._keys: dict[str, int] = {}  # key → index of the package, or -1 - position of the workspace
        self._folders: dict[int, tuple[str, str]] = {}  # packages by `file:`: name and folder
        self._holders: set[str] = set()  # keys that others are below of

    def plain(self) -> tuple[Package, ...]:
        """The packages alone; none where anything is odd."""
        values = list(self._packages.values())
        if (
            {list, *map(type, values)} != {list}
            or not all(values)
            or max(map(len, self._packages), default=0) > _LONGEST
        ):
            return ()
        specs = [value[0] for value in values]
        if {str, *map(type, specs)} != {str}:
            return ()
        identities = [_identity(spec) for spec in dict.fromkeys(specs)]
        if any(not name or not (version or place) for name, version, place in filter(None, identities)):
            return ()
        return plain(filter(None, identities))

    def inventory(self) -> Inventory:
        """Packages first, then who requires whom, then the roots."""
        positions = {path: position for position, path in enumerate(self._workspaces)}
        found: list[tuple[int, str, dict[str, Any]]] = []
        for key, value in self._packages.items():
            line = self._line(key, 2)
            if type(value) is not list or not value or type(value[0]) is not str:
                raise LockfileError(f"line {line}: {key[:200]!r} should be a list that begins with `name@version`")
            if len(key) > _LONGEST or key.count("/") > _DEEPEST:
                raise LockfileError(f"line {line}: {key[:200]!r} is too long for the path of a package")
            identity = _identity(value[0])
            if identity is None:
                path = value[0].partition(":")[2]
                if path in positions:
                    self._keys[key] = -1 - positions[path]
                continue
            name, version, place = identity
            if not name or (not version and place is None):
                raise LockfileError(f"line {line}: {value[0][:200]!r} is not the name and version of a package")
            self._keys[key] = index = self._table.add(name, version, place, line)
            if place and place.source is Source.PATH:
                self._folders[index] = (name, place.locator)
            found.append((index, key, next(filter(_is_table, value), {})))
        self._holders = {parent for key in self._packages if "/" in key for parent in _parents(key)}

        edges: list[list[int]] = [[] for _ in range(len(self._table))]
        requirements: dict[tuple[int, int], str] = {}
        for index, key, facts in found:
            for section in _SECTIONS:
                if section not in facts:
                    continue
                scopes = self._scopes(key)
                for name, requirement in expect(dict, facts[section], f"`{section}` of {key[:200]!r}").items():
                    target = self._find(scopes, name)
                    if target is not None and target >= 0 and (index, target) not in requirements:
                        requirements[index, target] = requirement if type(requirement) is str else ""
                        edges[index].append(target)
        members = [self._member(path) for path in self._workspaces]
        members += [self._folder(index, key, facts) for index, key, facts in found if facts.get("devDependencies")]
        roots, problems = flattened(members)
        packages = self._table.packages(direct(members), development(roots, edges))
        return Inventory("bun", packages, edges, roots if members else None, requirements, problems)

    def _scopes(self, key: str) -> list[str]:
        """The prefixes under which a package looks for what it requires, nearest first."""
        if "/" not in key:
            return [f"{key}/", ""] if key in self._holders else [""]
        return [f"{holder}/" for holder in (key, *_parents(key)) if holder in self._holders] + [""]

    def _find(self, scopes: Sequence[str], name: str) -> int | None:
        """What a requirement leads to, if it is installed."""
        for scope in scopes:
            if (index := self._keys.get(scope + name)) is not None:
                return index
        return None

    def _member(self, path: str) -> Member:
        entry = expect(dict, self._workspaces[path], f"the workspace {path[:200]!r}")
        name = expect(str, entry.get("name") or "", "`name` of a workspace")
        scopes = self._scopes(name) if path else [""]
        return self._needing(path or ".", name, needs(entry), scopes)

    def _folder(self, index: int, key: str, facts: Mapping[str, Any]) -> Member:
        """A package by `file:`, of which bun installs the development dependencies as well: for these it is a root."""
        development_only = needs({"devDependencies": facts["devDependencies"]})
        name, path = self._folders.get(index, (key, key))
        return self._needing(path, name, development_only, self._scopes(key))

    def _needing(
        self, path: str, name: str, required: Mapping[str, tuple[str, Reach]], scopes: Sequence[str]
    ) -> Member:
        edges: list[Edge] = []
        links: list[tuple[int, Reach]] = []
        for key, (requirement, reach) in required.items():
            target = self._find(scopes, key)
            if target is not None and target < 0:
                links.append((-1 - target, reach))
            elif target is not None:
                edges.append(Edge(target, reach, self._requirement(key, requirement)))
        return Member(path, name, edges, links)

    def _requirement(self, name: str, requirement: Any) -> str:
        """The requirement as the manifest has it, or what its catalog says."""
        if not isinstance(requirement, str):
            return ""
        catalog = self._catalogs.get(requirement[8:]) if requirement.startswith("catalog:") else None
        found = catalog.get(name) if isinstance(catalog, dict) else None
        return found if isinstance(found, str) else requirement


def _identity(spec: str) -> Identity | None:
    """Of `name@version`, or `name@` and where an archive or folder comes from; None for a member of the workspace."""
    name, rest = split(spec)
    if not (":" in rest or "/" in rest or ".t" in rest):
        return name, rest, None
    if rest.startswith(("workspace:", "root:")):
        return None
    if real := alias(rest):
        return *real, None
    place = origin(rest) or (Origin(Source.URL, rest) if ":" in rest or "/" in rest else None)
    return name, "" if place else rest, place


def _parents(key: str) -> list[str]:
    """`a/@s/b/c` → `a/@s/b`, `a`: the packages in whose folder a package stands, nearest first."""
    names: list[str] = []
    for part in key.split("/"):
        if names and names[-1].startswith("@") and "/" not in names[-1]:
            names[-1] += f"/{part}"
        else:
            names.append(part)
    return ["/".join(names[:count]) for count in range(len(names) - 1, 0, -1)]


def _is_table(part: object) -> bool:
    return type(part) is dict


FORMAT = Format("bun", parse)
