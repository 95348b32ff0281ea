"""What only the Cargo.toml files of a workspace know: its members, and which dependencies are for build or development.

The rules are The Cargo Book's ("Workspaces", "Specifying Dependencies"): members by path or glob, path dependencies
inside the workspace's folder are members too, `exclude` takes folders out again, `workspace = true` inherits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from posixpath import join, normpath
from typing import Any, NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.cargo_requirement import admits
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.text import decode, load_toml
from advisord.model.inventory import Edge, Inventory, Reach, Root, Source
from advisord.model.problem import Problem
from advisord.model.reach import ORDER, strongest

_TABLES = (
    ("dependencies", Reach.RUNTIME),
    ("build-dependencies", Reach.BUILD),
    ("build_dependencies", Reach.BUILD),
    ("dev-dependencies", Reach.DEV),
    ("dev_dependencies", Reach.DEV),
)
_MOST_MEMBERS = 2000
_GROUPS = {Reach.BUILD: ("build",), Reach.DEV: ("dev",)}

_Table = Mapping[str, Any]


class _Need(NamedTuple):
    """One entry of a dependency table, with what it inherits. `path` is relative to the lockfile's folder."""

    name: str
    requirement: str
    reach: Reach
    path: str
    git: bool


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """The inventory with its workspace members as roots, the kinds of their edges, and groups `build` and `dev`.

    Without a manifest beside the lockfile nothing is known beyond it. A member whose manifest can't be read stays a
    root of which neither the folder nor the kinds of its edges are known.
    """
    if inventory.edges is None or inventory.roots is None:
        return inventory
    workspace = _Workspace(manifests)
    members = workspace.members()
    if not members and not workspace.problems:
        return inventory
    unclaimed = {root.package: root for root in inventory.roots if root.package is not None}
    local: dict[str, list[int]] = {}
    for package in unclaimed:
        local.setdefault(inventory.packages[package].name, []).append(package)
    roots: list[Root] = []
    for folder, manifest in members.items():
        name, version = workspace.identity(manifest)
        same = local.get(name, [])
        package = next((p for p in same if len(same) == 1 or inventory.packages[p].version == version), -1)
        if package not in unclaimed:
            message = "is a member of the workspace that its Cargo.lock does not hold: the lockfile is not up to date"
            workspace.problem("stale-lockfile", folder, message)
            continue
        del unclaimed[package]
        edges, missing = _edges(inventory, package, workspace.needs(folder, manifest))
        roots.append(Root(folder, inventory.packages[package].name, edges, package))
        if missing:
            message = f"requires {missing[0]}, which its Cargo.lock does not hold: the lockfile is not up to date"
            workspace.problem("stale-lockfile", folder, message)
    known = inventory._replace(roots=tuple(roots))
    if workspace.unreadable:
        lost = list(unclaimed.values())
    else:  # local packages outside the workspace are there for those inside
        reached = strongest(known)
        lost = [root for package, root in unclaimed.items() if package not in reached]
    return _grouped(known._replace(roots=(*roots, *lost), problems=(*inventory.problems, *workspace.problems)))


def _edges(inventory: Inventory, package: int, needs: Iterable[_Need]) -> tuple[tuple[Edge, ...], list[str]]:
    """The package's own edges, each by the strongest entry of its manifest that means it; names that have none."""
    ends = inventory.edges[package] if inventory.edges is not None else ()
    found = {to: Edge(to, Reach.UNKNOWN) for to in ends}
    named: dict[str, list[int]] = {inventory.packages[package].name: []}  # it may need itself, for its tests
    for to in ends:
        named.setdefault(inventory.packages[to].name, []).append(to)
    missing: list[str] = []
    for need in sorted(needs, key=lambda need: ORDER.index(need.reach), reverse=True):
        if need.name not in named:
            missing.append(need.name)
        for to in _meant(inventory, named.get(need.name, []), need):
            found[to] = Edge(to, need.reach, need.requirement)
    return tuple(found.values()), missing


def _meant(inventory: Inventory, named: list[int], need: _Need) -> list[int]:
    """Which of several packages of one name an entry means; all of them, where it does not tell."""
    packages = inventory.packages
    if len(named) > 1 and need.path:
        named = [to for to in named if packages[to].source is Source.PATH] or named
    if len(named) > 1 and need.git:
        named = [to for to in named if packages[to].source is Source.GIT] or named
    if len(named) > 1 and need.requirement:
        named = [to for to in named if admits(need.requirement, packages[to].version)] or named
    return named


def _grouped(inventory: Inventory) -> Inventory:
    reach = strongest(inventory)
    own = {root.package for root in inventory.roots or ()}
    direct = {edge.to for root in inventory.roots or () for edge in root.edges}
    packages = list(inventory.packages)
    for number, package in enumerate(packages):
        groups = () if number in own else _GROUPS.get(reach.get(number, Reach.UNKNOWN), ())
        if groups != package.groups or package.direct != (number in direct):
            packages[number] = package._replace(groups=groups, direct=number in direct)
    return inventory._replace(packages=tuple(packages))


class _Workspace:
    """The manifests of one workspace (or of a single project), read as they are needed."""

    def __init__(self, manifests: Manifests) -> None:
        self.problems: list[Problem] = []
        self.unreadable = False
        self._manifests = manifests
        self._top: _Table = self._read(".") or {}
        self._own: _Table | None = _table(self._top, "workspace") if "workspace" in self._top else None

    def members(self) -> dict[str, _Table]:
        """Folder → manifest of every member, the top one included."""
        found: dict[str, _Table] = {}
        asked = [(".", False), *[(folder, True) for folder in self._listed()]]
        seen: set[str] = set()
        for folder, must in asked:
            if folder in seen or (folder != "." and self._excluded(folder)):
                continue
            if len(seen) == _MOST_MEMBERS:
                self._lost(folder, f"is one of more than {_MOST_MEMBERS} members; no more are read")
                break
            seen.add(folder)
            manifest = self._top if folder == "." else self._read(folder, must=must)
            if manifest is None or not _package(manifest):
                continue
            found[folder] = manifest
            if self._own is not None:
                below = [need.path for need in self.needs(folder, manifest) if need.path]
                asked += [(path, True) for path in below if not path.startswith("../")]
        return found

    def identity(self, manifest: _Table) -> tuple[str, str]:
        """The name and the version of a member's own package."""
        table = _package(manifest)
        inherits = isinstance(table.get("version"), dict)
        version = _text(_table(self._own or {}, "package") if inherits else table, "version")
        return _text(table, "name"), version or "0.0.0"

    def needs(self, folder: str, manifest: _Table) -> Iterator[_Need]:
        """Every entry of the manifest's dependency tables, for every target."""
        targets = [table for table in _table(manifest, "target").values() if isinstance(table, dict)]
        for part in (manifest, *targets):
            for key, reach in _TABLES:
                for alias, entry in _table(part, key).items():
                    yield self._need(folder, alias, entry, reach)

    def problem(self, code: str, folder: str, message: str) -> None:
        """Note what is wrong with a manifest."""
        self.problems.append(Problem(code, normpath(join(folder, "Cargo.toml")), message, blocking=False))

    def _need(self, folder: str, alias: str, entry: Any, reach: Reach) -> _Need:
        if isinstance(entry, dict) and entry.get("workspace") is True:
            folder, entry = ".", _table(self._own or {}, "dependencies").get(alias)
        details = entry if isinstance(entry, dict) else {"version": entry}
        path = _text(details, "path")
        return _Need(
            _text(details, "package") or alias,
            _text(details, "version"),
            reach,
            normpath(join(folder, path)) if path else "",
            bool(_text(details, "git")),
        )

    def _listed(self) -> list[str]:
        folders: list[str] = []
        all_folders: list[str] | None = None
        for pattern in _texts(self._own or {}, "members"):
            if not any(sign in pattern for sign in "*?["):
                folders.append(normpath(pattern))
                continue
            parts = normpath(pattern).split("/")
            if all_folders is None:
                all_folders = [path.rpartition("/")[0] for path in self._manifests.find("Cargo.toml")]
            folders += [folder for folder in all_folders if folder and _fits(parts, folder.split("/"))]
        return folders

    def _excluded(self, folder: str) -> bool:
        if any(_inside(folder, normpath(path)) for path in _texts(self._own or {}, "members")):
            return False
        return any(_inside(folder, normpath(path)) for path in _texts(self._own or {}, "exclude"))

    def _read(self, folder: str, *, must: bool = False) -> _Table | None:
        data = self._manifests.read(normpath(join(folder, "Cargo.toml")))
        if data is None:
            if must:
                self._lost(folder, "is not there, but a manifest names its folder: its reach is unknown")
            return None
        try:
            return load_toml(decode(data))
        except LockfileError as exc:
            self._lost(folder, f"{exc.message}: its reach is unknown")
        return None

    def _lost(self, folder: str, message: str) -> None:
        self.unreadable = True
        self.problem("unreadable-manifest", folder, message)


def _fits(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a path's parts fit a glob's; `**` stands for any number of parts. Linear in each, no recursion."""
    at, back, resume = 0, -1, 0
    place = 0
    while place < len(path):
        if at < len(pattern) and pattern[at] == "**":
            back, resume, at = at, place, at + 1
        elif at < len(pattern) and fnmatchcase(path[place], pattern[at]):
            at, place = at + 1, place + 1
        elif back >= 0:
            resume += 1
            at, place = back + 1, resume
        else:
            return False
    return all(part == "**" for part in pattern[at:])


def _inside(folder: str, above: str) -> bool:
    return folder == above or folder.startswith(f"{above}/")


def _package(manifest: _Table) -> _Table:
    return _table(manifest, "package") or _table(manifest, "project")  # its name before 2015, still understood


def _table(table: _Table, key: str) -> _Table:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _text(table: _Table, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _texts(table: _Table, key: str) -> list[str]:
    value = table.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
