"""`pnpm-lock.yaml`, lockfileVersion 5 to 9 (github.com/pnpm/spec, "lockfile").

A package's key is its name, version and resolved peers: `/name/1.0.0_peer@2.0.0` (5), `/name@1.0.0(peer@2.0.0)` (6),
`name@1.0.0(peer@2.0.0)` (9, in `snapshots`; `packages` has it without the peers). What does not come from the registry
has an address in place of the version. Variants that differ by their peers are one package here.
"""

import re
from collections.abc import Mapping
from posixpath import normpath
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.address import public
from advisord.lockfiles.interface import Format
from advisord.lockfiles.javascript import (
    Member,
    Origin,
    Table,
    alias,
    development,
    direct,
    flattened,
    origin,
    split,
)
from advisord.lockfiles.text import decode, expect
from advisord.lockfiles.yaml_text import Document, load_all
from advisord.model.inventory import Edge, Inventory, Reach, Source

_NEWEST = 9
_PEERS_APART = 7  # from here on `packages` and `snapshots` are two tables
_SECTIONS = {
    "dependencies": Reach.RUNTIME,
    "optionalDependencies": Reach.RUNTIME,
    "devDependencies": Reach.DEV,
    "configDependencies": Reach.DEV,
    "packageManagerDependencies": Reach.DEV,
}
_VERSION = re.compile(r"\d+\.\d+\.[\w.+-]+")
_GROUPS = {(False, False): (), (True, False): ("dev",), (False, True): ("optional",), (True, True): ("dev", "optional")}


def parse(data: bytes) -> Inventory:
    """Reads the lockfile alone; it knows its roots (`importers`) and who requires whom."""
    reader = _Reader()
    documents = [document for document in load_all(decode(data)) if document.value is not None]
    if not documents:
        raise LockfileError("is empty: it has no `lockfileVersion`")
    for document in documents:  # newer pnpm keeps its own tools in a document before the project's
        reader.read(document)
    return reader.inventory()


class _Reader:
    def __init__(self) -> None:
        self._table = Table()
        self._edges: dict[int, dict[int, None]] = {}
        self._members: dict[str, Member] = {}
        self._linked: dict[tuple[str, str], None] = {}
        self._flagged = True  # whether the packages say themselves that they are for development only

    def read(self, document: Document) -> None:
        """Adds one document of the file."""
        lock = expect(dict, document.value, "the lockfile")
        major = str(lock.get("lockfileVersion", "")).partition(".")[0]
        if not major.isdecimal() or int(major) > _NEWEST:
            raise LockfileError(
                f"line {document.line(lock, 'lockfileVersion')}: no known `lockfileVersion` stands in it"
            )
        modern = int(major) >= _PEERS_APART
        self._flagged = self._flagged and not modern
        packages = expect(dict, lock.get("packages") or {}, "`packages`")
        snapshots = expect(dict, lock.get("snapshots") or {}, "`snapshots`") if modern else packages
        identities: dict[str, tuple[str, str, Origin | None, int]] = {}
        for key, value in packages.items():
            line = document.line(packages, key)
            entry = expect(dict, value or {}, f"line {line}: {key[:200]!r}")
            identities[key] = (*_identity(key, entry, line, modern=modern), line)
        keys: dict[str, int] = {}
        found: list[tuple[int, Mapping[str, Any]]] = []
        for key, value in snapshots.items():
            line = document.line(snapshots, key)
            snapshot: Mapping[str, Any] = expect(dict, value or {}, f"line {line}: {key[:200]!r}")
            base = _without_peers(key) if modern else key
            identity = identities.get(base) or (*_identity(base, {}, line, modern=modern), line)
            groups = _GROUPS[snapshot.get("dev") == "true" and not modern, snapshot.get("optional") == "true"]
            keys[key] = keys[base] = index = self._table.add(*identity, groups)
            found.append((index, snapshot))
        for key, identity in identities.items():
            if key not in keys:
                keys[key] = self._table.add(*identity)
        for index, requiring in found:
            targets = self._edges.setdefault(index, {})
            for section in ("dependencies", "optionalDependencies"):
                for name, reference in expect(dict, requiring.get(section) or {}, f"`{section}`").items():
                    target = _target(keys, name, reference)
                    if target is not None:
                        targets[target] = None
        self._importers(lock, keys)

    def _importers(self, lock: Mapping[str, Any], keys: Mapping[str, int]) -> None:
        """The roots. A lockfile of one project (until version 6) has their tables at its top."""
        importers = expect(dict, lock.get("importers") or {".": lock}, "`importers`")
        catalogs = expect(dict, lock.get("catalogs") or {}, "`catalogs`")
        position = {
            path: at for at, path in enumerate((*self._members, *(p for p in importers if p not in self._members)))
        }
        for path, value in importers.items():
            importer = expect(dict, value or {}, f"the importer {path[:200]!r}")
            specifiers = expect(dict, importer.get("specifiers") or {}, "`specifiers`")
            known = self._members.get(path)
            edges, links = (list(known.edges), list(known.links)) if known else ([], [])
            for section, reach in _SECTIONS.items():
                for name, locked in expect(dict, importer.get(section) or {}, f"`{section}`").items():
                    if isinstance(locked, dict):
                        reference, requirement = locked.get("version"), locked.get("specifier")
                    else:
                        reference, requirement = locked, specifiers.get(name)
                    if isinstance(reference, str) and reference.startswith("link:"):
                        self._linked["npm", name] = None
                        folder = normpath(f"{path}/{reference[5:]}")
                        if folder in position:
                            links.append((position[folder], reach))
                    elif (target := _target(keys, name, reference)) is not None:
                        edges.append(Edge(target, reach, _requirement(catalogs, name, requirement)))
            self._members[path] = Member(path, "", edges, links)

    def inventory(self) -> Inventory:
        """What all documents say together."""
        members = list(self._members.values())
        roots, problems = flattened(members)
        edges = [list(self._edges.get(index, ())) for index in range(len(self._table))]
        groups = None if self._flagged else development(roots, edges)
        packages = self._table.packages(direct(members), groups)
        return Inventory("pnpm", packages, edges, roots, problems=problems, unpinned=tuple(self._linked))


def _target(keys: Mapping[str, int], name: str, reference: Any) -> int | None:
    """The package that a reference names: a version (with peers), or a whole key for aliases and other addresses."""
    if not isinstance(reference, str):
        return None
    for key in (f"{name}@{reference}", f"/{name}@{reference}", f"/{name}/{reference}", reference):
        if key in keys:
            return keys[key]
    return None


def _requirement(catalogs: Mapping[str, Any], name: str, specifier: Any) -> str:
    """The specifier as the manifest has it, or what its catalog says."""
    if not isinstance(specifier, str):
        return ""
    if not specifier.startswith("catalog:"):
        return specifier
    catalog = catalogs.get(specifier[8:] or "default")
    entry = catalog.get(name) if isinstance(catalog, dict) else None
    found = entry.get("specifier") if isinstance(entry, dict) else None
    return found if isinstance(found, str) else specifier


def _without_peers(key: str) -> str:
    """A key of version 9 without what follows in brackets. A folder's name may hold brackets, too."""
    at = key.find("(")
    if at < 0 or not key.endswith(")"):
        return key
    if ":" not in key[:at]:
        return key[:at]
    depth = 0
    for position in range(len(key) - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(key[position], 0)
        if depth == 0 and key[position - 1] != ")":
            return key[:position]
    return key


def _identity(key: str, entry: Mapping[str, Any], line: int, *, modern: bool) -> tuple[str, str, Origin | None]:
    """Name, version and origin of a package: from its key, or from its own fields where the key is an address."""
    if modern:
        name, rest = split(key)
        registry = _version(rest)
    else:
        name, rest = _legacy(key)
        registry = _version(rest.partition("(")[0].partition("_")[0].partition("/")[0])
    resolution = expect(dict, entry.get("resolution") or {}, f"line {line}: `resolution` of {key[:200]!r}")
    if not registry and (real := alias(str(resolution.get("tarball", "")))):
        return *real, None  # asked for by the address of an archive in the registry
    place = None if registry else _origin(resolution, rest if modern else key)
    name = expect(str, entry.get("name") or name, f"line {line}: `name`")
    version = expect(str, entry.get("version") or registry, f"line {line}: `version`")
    if not name or (not registry and place is None):
        raise LockfileError(f"line {line}: {key[:200]!r} is not the key of a package")
    return name, version, place


def _version(text: str) -> str:
    return text if _VERSION.fullmatch(text) else ""


def _legacy(key: str) -> tuple[str, str]:
    """Name and rest of a key before version 9, where a host may stand in front: `/name/1.0.0`, `host/@s/name@1.0.0`."""
    if key.startswith("file:"):
        folder = key[5:].partition("(")[0].rstrip("/")
        return folder[folder.rfind("/") + 1 :], ""
    path = key[key.find("/") + 1 :] if "/" in key else key
    scope, slash, path = path.partition("/") if path.startswith("@") else ("", "", path)
    name, at, rest = path.partition("@")
    if "/" in name or not at:
        name, _, rest = path.partition("/")
    return f"{scope}{slash}{name}", rest


def _origin(resolution: Mapping[str, Any], address: str) -> Origin | None:
    """Where a package that is not from the registry comes from: by its `resolution`, or by the address in its key."""
    texts = {key: value for key, value in resolution.items() if isinstance(value, str)}
    if "commit" in texts and "repo" in texts:
        return Origin(Source.GIT, public(texts["repo"]), texts["commit"])
    if "directory" in texts:
        return Origin(Source.PATH, texts["directory"])
    if "tarball" in texts:
        return origin(texts["tarball"])
    return origin(address) or (Origin(Source.URL, address) if ":" in address else None)


FORMAT = Format("pnpm", parse)
