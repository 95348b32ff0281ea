"""Dart's and Flutter's pubspec.lock, from pub's first releases on."""

import re
from posixpath import normpath
from typing import Any

from advisord.lockfiles import unreadable, yaml_text
from advisord.lockfiles.address import public
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

_PUBLIC = ("https://pub.dev", "https://pub.dartlang.org", "http://pub.dartlang.org", "https://pub-web.flutter-io.cn")
_MAX_MEMBERS = 1000
_KINDS = {
    "direct main": ((), True, Reach.RUNTIME),
    "direct dev": (("dev",), True, Reach.UNKNOWN),
    "direct overridden": ((), True, Reach.UNKNOWN),
    "transitive": ((), False, None),
}
"""What `dependency` says: groups, direct, and the project's own edge.

A development dependency may be needed at runtime by another package as well, which a file without edges can't tell; an
override can stand for either kind. The reach of both is unknown.
"""


def parse(data: bytes) -> Inventory:
    """Packages with the direct ones and their kind. The format has no edges, and nothing about a transitive's group."""
    document = yaml_text.load(decode(data))
    top = expect(dict, {} if document.value is None else document.value, "a pubspec.lock")
    listed = expect(dict, top.get("packages") or {}, "`packages`")
    official = any(_address(entry) in _PUBLIC for entry in listed.values())
    packages: list[Package] = []
    edges: list[Edge] = []
    problems: list[Problem] = []
    for name, entry in listed.items():
        line = document.line(listed, name)
        if not name or not isinstance(entry, dict) or not isinstance(entry.get("version"), str):
            unreadable.entry(problems, line, f"package {name[:200]!r} has no version")
            continue
        groups, direct, reach = _KINDS.get(str(entry.get("dependency")), ((), None, None))
        if reach is not None:
            edges.append(Edge(len(packages), reach))
        source, locator, commit = _source(entry, official)
        packages.append(Package("Pub", name, entry["version"], source, locator, commit, line, groups, direct))
    known = all(package.direct is not None for package in packages)
    roots = (Root("", "", tuple(edges)),) if known else None  # whether a workspace stands below, pubspec.yaml tells
    return Inventory("pub", tuple(packages), None, roots, {}, tuple(problems))


def _address(entry: Any) -> str:
    """The server of a hosted package, "" for others and for the first releases, which had one server only."""
    description = entry.get("description") if isinstance(entry, dict) else None
    if not isinstance(description, dict) or entry.get("source") != "hosted":
        return ""
    return str(description.get("url") or "").rstrip("/")


def _source(entry: dict[str, Any], official: bool) -> tuple[Source, str, str]:
    """A server beside pub.dev is a private one; one that stands alone is a mirror of it, as far as anyone knows."""
    kind, described = entry.get("source"), entry.get("description")
    description = described if isinstance(described, dict) else {"url": described, "path": described}
    if kind == "git":
        return Source.GIT, public(str(description.get("url") or "")), str(description.get("resolved-ref") or "")
    if kind == "path":
        return Source.PATH, str(description.get("path") or ""), ""
    if kind == "sdk":
        return Source.OTHER_REGISTRY, f"sdk:{described}", ""
    address = _address(entry)
    if official and address and address not in _PUBLIC:
        return Source.OTHER_REGISTRY, public(address), ""
    return Source.REGISTRY, "", ""


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Of a workspace (Dart 3.6) the lockfile tells only what its top package needs: `direct` comes from all members.

    Who of them needs what besides, and how, can't be known without a graph.
    """
    top = _pubspec(manifests, ".")
    if not top.get("workspace"):
        roots = tuple([root._replace(path=".") for root in inventory.roots or () if top])
        return inventory._replace(roots=roots) if roots else inventory
    folders, seen, known = ["."], {"."}, set[str]()
    for folder in folders:  # grows while it is walked
        if len(folders) > _MAX_MEMBERS:
            return inventory._replace(roots=None)
        pubspec = top if folder == "." else _pubspec(manifests, folder)
        for key in ("dependencies", "dev_dependencies"):
            known.update(pubspec.get(key) or {})
        new = dict.fromkeys(inner for inner in _members(manifests, folder, pubspec) if inner not in seen)
        folders += new
        seen.update(new)
    packages = (package._replace(direct=package.name in known, groups=()) for package in inventory.packages)
    return inventory._replace(packages=tuple(packages), roots=None)


def _pubspec(manifests: Manifests, folder: str) -> dict[str, Any]:
    data = manifests.read(normpath(f"{folder}/pubspec.yaml"))
    return expect(dict, yaml_text.load(decode(data)).value, "pubspec.yaml") if data is not None else {}


def _members(manifests: Manifests, folder: str, pubspec: dict[str, Any]) -> list[str]:
    """The folders that `workspace` lists; one with `*` stands for all folders that it matches."""
    listed = pubspec.get("workspace")
    listed = listed[: _MAX_MEMBERS + 1] if isinstance(listed, list) else []
    paths = [normpath(f"{folder}/{path}") for path in listed if isinstance(path, str)]
    wild = re.compile("|".join(re.escape(path).replace(r"\*", "[^/]*") for path in paths if "*" in path) or "(?!)")
    found = [path.rpartition("/")[0] for path in manifests.find("pubspec.yaml")] if wild.pattern != "(?!)" else []
    return [path for path in paths if "*" not in path] + [path for path in found if wild.fullmatch(path)]


FORMAT = Format("pub", parse, annotate)
