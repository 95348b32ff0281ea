"""PHP's composer.lock of Composer 1 and 2, and of the first releases before 1.0."""

from collections.abc import Mapping
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles import json_text, limits, unreadable
from advisord.lockfiles.address import public
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (("packages", ()), ("packages-dev", ("dev",)))
_ARCHIVES = frozenset({"zip", "tar", "gzip", "xz", "rar", "phar"})


def parse(data: bytes) -> Inventory:
    """Packages of both sections with their edges. `replace` and `provide` lead an edge to whoever stands in."""
    document = json_text.load(decode(data), 2)
    top = expect(dict, document.value, "a composer.lock")
    if "packages" not in top:
        raise LockfileError("has no `packages`, which a composer.lock has")
    entries: list[tuple[dict[str, Any], tuple[str, ...], int]] = []
    for section, groups in _SECTIONS:
        listed = expect(list, top.get(section) or [], f"`{section}`")
        entries += ((entry, groups, document.line(listed, index)) for index, entry in enumerate(listed))
    packages: list[Package] = []
    kept: list[dict[str, Any]] = []
    problems: list[Problem] = []
    announced = any(isinstance(entry, dict) and entry.get("notification-url") for entry, _, _ in entries)
    for entry, groups, line in entries:
        package = _package(entry, groups, line, announced)
        if package is None:
            unreadable.entry(problems, line, "a package needs a name and a version, both as texts")
        else:
            packages.append(package)
            kept.append(entry)
    edges, requirements = _edges(packages, kept)
    return Inventory("composer", tuple(packages), edges, None, requirements, tuple(problems))


def _package(entry: Any, groups: tuple[str, ...], line: int, announced: bool) -> Package | None:
    if not isinstance(entry, dict):
        return None
    name, version = entry.get("name") or entry.get("package"), entry.get("version")
    if not isinstance(name, str) or not isinstance(version, str) or not name or not version:
        return None
    source, locator = _source(entry, announced)
    commit = _text(_table(entry, "source"), "reference") or _text(_table(entry, "dist"), "reference")
    return Package("Packagist", name, version, source, locator, commit, line, groups)


def _source(entry: Mapping[str, Any], announced: bool) -> tuple[Source, str]:
    """Where a package comes from. Registries give a `notification-url`; a repository in composer.json has none.

    Where no package has one, the lockfile is older than that key, and its absence says nothing.
    """
    dist = _table(entry, "dist")
    if dist.get("type") == "path":
        return Source.PATH, _text(dist, "url")
    if entry.get("notification-url") or not announced:
        return Source.REGISTRY, ""
    if url := _text(_table(entry, "source"), "url"):
        return Source.GIT, public(url)
    return (Source.URL, public(_text(dist, "url"))) if _text(dist, "type") in _ARCHIVES else (Source.REGISTRY, "")


def _table(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _edges(
    packages: list[Package], entries: list[dict[str, Any]]
) -> tuple[tuple[tuple[int, ...], ...], dict[tuple[int, int], str]]:
    """By name first, then by `replace`, then by `provide`. Composer locks a closed runtime set: no edge leaves it."""
    known: dict[str, list[int]] = {}
    for index, package in enumerate(packages):
        known.setdefault(package.name.lower(), []).append(index)
    for key in ("replace", "provide"):
        stand_ins: dict[str, list[int]] = {}
        for index, entry in enumerate(entries):
            if key in entry:
                for name in _table(entry, key):
                    stand_ins.setdefault(name.lower(), []).append(index)
        known = {**stand_ins, **known}
    first_of_dev = next((index for index, package in enumerate(packages) if package.groups), len(packages))
    count, edges = 0, list[tuple[int, ...]]()
    requirements: dict[tuple[int, int], str] = {}
    for index, entry in enumerate(entries):
        targets: dict[int, None] = {}
        in_dev = index >= first_of_dev
        for name, requirement in _table(entry, "require").items():
            for target in known.get(name.lower(), ()):
                if target != index and (in_dev or target < first_of_dev):
                    targets[target] = None
                    if isinstance(requirement, str):
                        requirements[index, target] = requirement
        edges.append(tuple(targets))
        count += len(targets)
        limits.check(len(packages), count)
    return tuple(edges), requirements


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds what composer.json requires: direct packages and the project's own edges."""
    manifest = manifests.read("composer.json")
    if manifest is None:
        return inventory
    top = expect(dict, json_text.load(decode(manifest), 0).value, "composer.json")
    by_name = {package.name.lower(): index for index, package in reversed(list(enumerate(inventory.packages)))}
    edges: dict[int, Edge] = {}
    for key, reach in (("require", Reach.RUNTIME), ("require-dev", Reach.DEV)):
        for name, requirement in _table(top, key).items():
            index = by_name.get(name.lower())
            if index is not None:
                edges.setdefault(index, Edge(index, reach, requirement if isinstance(requirement, str) else ""))
    packages = tuple(package._replace(direct=index in edges) for index, package in enumerate(inventory.packages))
    root = Root(".", _text(top, "name"), tuple(edges.values()))
    return inventory._replace(packages=packages, roots=(root,))


FORMAT = Format("composer", parse, annotate)
