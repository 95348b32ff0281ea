"""`package-lock.json` and `npm-shrinkwrap.json` of npm, lockfileVersion 1 to 3 (docs.npmjs.com, "package-lock.json").

Version 1 is a tree of `dependencies` (npm 6 and older); 2 and 3 have `packages`, keyed by the folder in which a package
is installed. What a package requires is found as Node finds it: in its own `node_modules`, then in those above it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.javascript import (
    Identity,
    Member,
    Origin,
    Table,
    alias,
    direct,
    flattened,
    key_lines,
    origin,
    plain,
)
from advisord.lockfiles.package_json import Workspace, globs, needs, projects
from advisord.lockfiles.text import decode, expect, load_json
from advisord.model.inventory import Edge, Inventory, Package, Reach, Source

_FOLDER = "node_modules/"
_LONGEST = 4096
_SECTIONS = ("dependencies", "optionalDependencies", "peerDependencies")
_GROUPS = {(False, False): (), (True, False): ("dev",), (False, True): ("optional",), (True, True): ("dev", "optional")}

_Scope = dict[str, int]
"""What one `node_modules` holds: name → index of a package, or -1 - position of a workspace's member."""


_Node = tuple[int, Mapping[str, Any], Sequence[_Scope]]
"""An installed package, its entry, and the `node_modules` in which it looks for what it requires, nearest first."""

_Installed = tuple[Sequence[str], Sequence[Any], Sequence[dict[str, Any]]]
"""What is installed: keys (the last part of the folder), names, entries."""


def parse(data: bytes) -> Inventory:
    """Reads the lockfile alone. From version 2 on, roots and direct packages are known without a manifest."""
    text = decode(data)
    lock = expect(dict, load_json(text, unique=False), "the lockfile")
    if lock.get("packages") or ("packages" in lock and not lock.get("dependencies")):
        folders = _Folders(text, lock)
        whole: Callable[[], Inventory] = folders.inventory
        found, identity = _installed(lock["packages"]), folders.identity
    elif "dependencies" in lock or "lockfileVersion" in lock:
        whole = partial(_tree, text, lock)
        found, identity = _nested(lock.get("dependencies")), _tree_identity
    else:
        raise LockfileError("has neither `packages` nor `dependencies`: this is no lockfile of npm")
    packages = _distinct(found, identity) if found else ()
    return Inventory("npm", packages, rest=lambda _: whole()) if packages else whole()


def _installed(entries: Any) -> _Installed | None:
    """What version 2 and 3 install; None where a folder or a link is more than a member of the workspace."""
    if not _all_tables(entries) or max(map(len, entries)) > _LONGEST:
        return None
    keys: list[str] = []
    installed: list[dict[str, Any]] = []
    folders: list[str] = []
    links: list[Any] = []
    for location, entry in entries.items():
        at = location.rfind(_FOLDER)
        if at < 0:
            folders.append(location)
        elif "link" in entry:
            links.append(entry.get("resolved"))
        else:
            keys.append(location[at + 13 :])
            installed.append(entry)
    if links or len(folders) > 1:
        holds = Workspace(globs(entries.get("", {}))).holds
        if not (all(link in folders for link in links) and all(holds(folder) for folder in folders if folder)):
            return None
    get: Callable[..., Any] = dict.get
    return keys, list(map(get, installed, repeat("name"), keys)), installed


def _nested(entries: Any) -> _Installed | None:
    """What version 1 installs, in the order of the file; None where something else than tables stands there."""
    keys: list[str] = []
    installed: list[dict[str, Any]] = []
    todo = [entries]
    rest: list[Iterator[tuple[str, Any]]] = []
    while todo or rest:
        if todo:
            entries = todo.pop()
            if not _all_tables(entries):
                return None
            rest.append(iter(entries.items()))
        for key, entry in rest[-1]:
            keys.append(key)
            installed.append(entry)
            if "dependencies" in entry:
                todo.append(entry["dependencies"])
                break
        else:
            rest.pop()
    return keys, keys, installed


def _all_tables(entries: Any) -> bool:
    return type(entries) is dict and {dict, *map(type, entries.values())} == {dict}


def _distinct(found: _Installed, identity: Callable[[str, dict[str, Any], int], Identity]) -> tuple[Package, ...]:
    """The packages, each once.

    json.loads is so fast that whatever is done for each package shows. So all are looked at together, and `identity`
    is asked only about those that may be more than a version of the registry.
    """
    keys, names, entries = found
    get: Callable[..., Any] = dict.get
    versions = list(map(get, entries, repeat("version"), repeat("")))
    addresses = list(map(get, entries, repeat("resolved"), repeat("/-/")))
    identities: list[Identity] = list(zip(names, versions, repeat(None)))
    odd: Iterable[int] = range(len(keys))
    if {str, *map(type, names), *map(type, versions), *map(type, addresses)} == {str}:
        written = "\n".join(versions)
        if not (":" in written or "/" in written or ".t" in written):  # addresses, and archives (.tgz) beside it
            odd = [n for n, address in enumerate(addresses) if "/-/" not in address or "/-/archive/" in address]
    for number in odd:
        identities[number] = identity(keys[number], entries[number], 0)
    return plain(identities)


class _Folders:
    """Versions 2 and 3. A folder outside of every `node_modules` is a workspace's member, or a package by `file:`."""

    def __init__(self, text: str, lock: Mapping[str, Any]) -> None:
        self._entries: dict[str, Any] = expect(dict, lock["packages"], "`packages`")
        self._name = lock.get("name")
        self._line = key_lines(text, "packages", "{")
        self._table = Table()
        self._scopes: dict[str, _Scope] = {}  # "packages/a/" → what stands in packages/a/node_modules
        self._chains: dict[str, list[_Scope]] = {}
        self._addressed: set[str] | None = None

    def inventory(self) -> Inventory:
        """Packages first, then the links to folders, then who requires what."""
        installed: list[tuple[int, str, dict[str, Any]]] = []
        folders: dict[str, int] = {}
        links: list[tuple[str, str, str]] = []
        scopes, line_of = self._scopes, self._line
        for location, entry in self._entries.items():
            line = line_of(location, 2)
            if type(entry) is not dict or len(location) > _LONGEST:
                raise LockfileError(f"line {line}: {location[:200]!r} should be the folder of a package, with a table")
            at = location.rfind(_FOLDER)
            if at < 0:
                folders[location] = line
                continue
            key = location[at + 13 :]
            if entry.get("link"):
                links.append((location[:at], key, expect(str, entry.get("resolved"), f"`resolved` of {location!r}")))
                continue
            flagged = "dev" in entry or "optional" in entry or "devOptional" in entry
            index = self._table.add(*self.identity(key, entry, line), line, _groups(entry) if flagged else ())
            scope = scopes.get(location[:at])
            if scope is None:
                scope = scopes[location[:at]] = {}
            scope[key] = index
            installed.append((index, location, entry))

        projects, local = self._local(folders, links)
        installed += [(index, folder, self._entries[folder]) for folder, index in local.items()]
        nodes = ((index, entry, self._chain(f"{folder}/")) for index, folder, entry in installed)
        edges, requirements = _graph(nodes, len(self._table), _SECTIONS)
        if "" not in self._entries:
            return Inventory("npm", self._table.packages(None), edges, None, requirements)
        members = [self._member(folder, development=folder in local) for folder in projects]
        roots, problems = flattened(members)
        return Inventory("npm", self._table.packages(direct(members)), edges, roots, requirements, problems)

    def identity(self, key: str, entry: dict[str, Any], line: int) -> Identity:
        """Of a package that is installed under that key."""
        name, version, resolved = entry.get("name", key), entry.get("version", ""), entry.get("resolved")
        if type(name) is not str or type(version) is not str:
            raise LockfileError(f"line {line}: `name` and `version` of {key[:200]!r} should be texts")
        place = None
        if type(resolved) is str and ("/-/" not in resolved or "/-/archive/" in resolved):
            place = origin(resolved)
            if place and place.source is Source.URL and key not in self._by_address():
                place = None  # a registry whose addresses look different
        return name, version, place

    def _by_address(self) -> set[str]:
        """The names that someone requires by an address; only these are archives, and no packages of a registry."""
        if self._addressed is None:
            self._addressed = set()
            for entry in self._entries.values():
                for section in (*_SECTIONS, "devDependencies"):
                    required = entry.get(section) if type(entry) is dict else None
                    if type(required) is dict:
                        self._addressed.update(key for key, spec in required.items() if "://" in str(spec))
        return self._addressed

    def _local(
        self, folders: Mapping[str, int], links: Sequence[tuple[str, str, str]]
    ) -> tuple[list[str], dict[str, int]]:
        """The folders that are projects, and those that are packages (with their index): they may be both.

        A folder by `file:` is a package; it is a project only for its development dependencies, which npm installs.
        """
        workspace = Workspace(globs(self._entries.get("", {})))
        names = {target: key for _, key, target in links}
        places: dict[str, int] = {}
        projects: list[str] = []
        local: dict[str, int] = {}
        for folder, line in folders.items():
            entry = self._entries[folder]
            if folder and not workspace.holds(folder):
                name = expect(str, entry.get("name") or names.get(folder) or folder.rpartition("/")[2], "`name`")
                version = expect(str, entry.get("version") or "", f"`version` of {folder!r}")
                local[folder] = self._table.add(name, version, Origin(Source.PATH, folder), line, _groups(entry))
            if folder not in local or entry.get("devDependencies"):
                places[folder] = -1 - len(projects)
                projects.append(folder)
        places.update(local)
        for holder, key, target in links:
            index = places.get(target)
            if index is None:
                line = self._line(f"{holder}{_FOLDER}{key}", 2)
                index = self._table.add(key, "", Origin(Source.PATH, target), line)
            self._scopes.setdefault(holder, {})[key] = index
        return projects, local

    def _member(self, folder: str, *, development: bool) -> Member:
        entry = self._entries[folder]
        name = entry.get("name") or (self._name if not folder else "")
        edges, links = [], []
        chain = self._chain(f"{folder}/" if folder else "")
        for key, (requirement, reach) in needs(entry).items():
            target = next((scope[key] for scope in chain if key in scope), None)
            if target is None or (development and reach is not Reach.DEV):
                continue
            if target < 0:
                links.append((-1 - target, reach))
            else:
                edges.append(Edge(target, reach, requirement))
        return Member(folder or ".", name if isinstance(name, str) else "", edges, links)

    def _chain(self, prefix: str) -> list[_Scope]:
        """The `node_modules` that code in a folder (with its slash; "" for the top) looks in, nearest first."""
        own = self._scopes.get(prefix)
        if own is None and prefix:  # most packages have none of their own, and share the list of their neighbours
            at = prefix.rfind(_FOLDER)
            return self._chain(prefix[:at] if at >= 0 else prefix[: prefix.rfind("/", 0, -1) + 1])
        chain = self._chains.get(prefix)
        if chain is None:
            at = prefix.rfind(_FOLDER)
            above = prefix[:at] if at >= 0 else prefix[: prefix.rfind("/", 0, -1) + 1]
            chain = self._chains[prefix] = [own or {}, *(self._chain(above) if prefix else ())]
        return chain


def _tree(text: str, lock: Mapping[str, Any]) -> Inventory:
    """Version 1, and the shrinkwraps of still older npm, which don't say who requires what."""
    line_of = key_lines(text, "dependencies", "{")
    table = Table()
    nodes: list[_Node] = []
    top: _Scope = {}
    required = lock.get("requires") is True
    # Each step of the stack is the rest of one `dependencies` table, so that the order is the file's own.
    stack = [(iter(expect(dict, lock.get("dependencies") or {}, "`dependencies`").items()), [top])]
    while stack:
        entries, scopes = stack[-1]
        for key, entry in entries:
            line = line_of(key, 2 * len(stack))
            if type(entry) is not dict:
                raise LockfileError(f"line {line}: {key[:200]!r} should be a table")
            scopes[0][key] = index = table.add(*_tree_identity(key, entry, line), line, _groups(entry))
            inner = expect(dict, entry.get("dependencies") or {}, f"`dependencies` of {key[:200]!r}")
            below: list[_Scope] = [{}, *scopes] if inner else scopes
            requires = entry.get("requires")
            if type(requires) is dict:
                required = True
                nodes.append((index, entry, below))
            if inner:
                stack.append((iter(inner.items()), below))
                break
        else:
            stack.pop()
    edges, requirements = _graph(nodes, len(table), ("requires",)) if required else (None, {})
    return Inventory("npm", table.packages(None), edges, None, requirements, lookup=top)


def _tree_identity(key: str, entry: dict[str, Any], line: int) -> Identity:
    version, resolved = entry.get("version") or "", entry.get("resolved")
    if type(version) is not str:
        raise LockfileError(f"line {line}: `version` of {key[:200]!r} should be a text")
    if real := alias(version):
        return *real, None
    if place := origin(version):
        return key, "", place
    if type(resolved) is str and ("/-/" not in resolved or "/-/archive/" in resolved):
        place = origin(resolved)
        if place and place.source is Source.URL and "://" not in str(entry.get("from")):
            place = None  # a registry whose addresses look different
    return key, version, place


def _groups(entry: Mapping[str, Any]) -> tuple[str, ...]:
    both = bool(entry.get("devOptional"))
    return _GROUPS[both or bool(entry.get("dev")), both or bool(entry.get("optional"))]


def _graph(
    nodes: Iterable[_Node], count: int, sections: Sequence[str]
) -> tuple[list[list[int]], dict[tuple[int, int], str]]:
    """Who requires whom. What is not installed (an optional or peer dependency) has no edge."""
    edges: list[list[int]] = [[] for _ in range(count)]
    requirements: dict[tuple[int, int], str] = {}
    for index, entry, scopes in nodes:
        for section in sections:
            if section not in entry:
                continue
            for key, requirement in expect(dict, entry[section], f"`{section}`").items():
                for scope in scopes:
                    target = scope.get(key)
                    if target is not None:
                        edge = (index, target)
                        if target >= 0 and edge not in requirements:
                            requirements[edge] = requirement if type(requirement) is str else ""
                            edges[index].append(target)
                        break
    return edges, requirements


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Version 1 learns from `package.json` beside it what the project requires itself."""
    if inventory.roots is not None or not inventory.lookup:
        return inventory
    found, problems = projects(manifests)
    inventory = inventory._replace(problems=(*inventory.problems, *problems))
    if not found:
        return inventory
    wanted = ((inventory.lookup.get(key), need) for key, need in found[0].needs.items())
    edges = [Edge(index, reach, requirement) for index, (requirement, reach) in wanted if index is not None]
    members = [Member(".", found[0].name, edges)]
    near = direct(members)
    packages = (package._replace(direct=index in near) for index, package in enumerate(inventory.packages))
    return inventory._replace(packages=tuple(packages), roots=flattened(members)[0])


FORMAT = Format("npm", parse, annotate)
