"""Dart's and Flutter's pubspec.lock, from pub's first releases on."""

from typing import Any

from advisord.lockfiles import unreadable, yaml_text
from advisord.lockfiles.address import public
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

_PUBLIC = ("https://pub.dev", "https://pub.dartlang.org", "http://pub.dartlang.org", "https://pub-web.flutter-io.cn")
_KINDS = {
    "direct main": ((), True, Reach.RUNTIME),
    "direct dev": (("dev",), True, Reach.DEV),
    "direct overridden": ((), True, Reach.UNKNOWN),
    "transitive": ((), False, None),
}
"""What `dependency` says: groups, direct, and the project's own edge. An override can stand for either kind."""


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
        if not isinstance(entry, dict) or not isinstance(entry.get("version"), str):
            unreadable.entry(problems, line, f"package {name[:200]!r} has no version")
            continue
        groups, direct, reach = _KINDS.get(str(entry.get("dependency")), ((), None, None))
        if reach is not None:
            edges.append(Edge(len(packages), reach))
        source, locator, commit = _source(entry, official)
        packages.append(Package("Pub", name, entry["version"], source, locator, commit, line, groups, direct))
    known = all(package.direct is not None for package in packages)
    roots = (Root(".", "", tuple(edges)),) if known else None
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


FORMAT = Format("pub", parse)
