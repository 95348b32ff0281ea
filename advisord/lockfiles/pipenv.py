"""Pipfile.lock, and the Pipfile beside it. The lockfile has no graph; `direct` and the root come from the Pipfile."""

from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles import json_text
from advisord.lockfiles.address import public, source_at
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.python_requirement import normalise
from advisord.lockfiles.text import decode, expect, load_toml
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

_GROUPS = {"default": (), "develop": ("dev",)}
_MANIFEST_GROUPS = {"packages": (), "dev-packages": ("dev",)}
_SETTINGS = frozenset({"source", "requires", "scripts", "pipenv", "pipfile"})
"""Sections of a Pipfile that hold no packages; every other one is a group of its own (pipenv 2022.10)."""


def parse(data: bytes) -> Inventory:
    """What a Pipfile.lock says. A package of `default` has no groups, wherever else it stands. Raises LockfileError."""
    text = decode(data)
    if not text.strip():
        return Inventory("pipenv", ())
    document = json_text.load(text, 2)
    top = expect(dict, document.value, "a Pipfile.lock")
    if "_meta" not in top and "default" not in top:
        raise LockfileError("holds neither `_meta` nor `default`; that is no Pipfile.lock")
    packages: dict[tuple[str, str, str, str], Package] = {}
    problems: list[Problem] = []
    unpinned: list[tuple[str, str]] = []
    for section in sorted(top.keys() - {"_meta"}, key=lambda name: (name != "default", list(top).index(name))):
        entries = expect(dict, top[section], f"`{section}`")
        groups = _GROUPS.get(section, (section,))
        for name, entry in entries.items():
            line = document.line(entries, name)
            package = _package(name, expect(dict, entry, f"line {line}: {name}"), line, groups)
            if not package:
                message = f"line {line}: {name} is locked to no version, commit or file"
                problems.append(Problem("not-pinned", "", message, blocking=False))
                unpinned.append(("PyPI", name))
                continue
            key = (normalise(name), package.version, package.locator, package.commit)
            known = packages.get(key)
            merged = tuple(sorted({*known.groups, *groups})) if known and known.groups else ()
            packages[key] = known._replace(groups=merged) if known else package
    return Inventory("pipenv", tuple(packages.values()), problems=tuple(problems), unpinned=tuple(unpinned))


def _package(name: str, entry: dict[str, Any], line: int, groups: tuple[str, ...]) -> Package | None:
    marker = str(entry.get("markers", ""))
    version = str(entry.get("version", ""))
    version = version.lstrip("=").strip() if version.startswith("==") and "*" not in version else ""
    if "git" in entry:
        commit = str(entry.get("ref", ""))
        return Package("PyPI", name, version, Source.GIT, public(str(entry["git"])), commit, line, groups, None, marker)
    for key in ("path", "file"):
        if key in entry:
            locator = public(str(entry[key]))
            source = (
                source_at(locator, version) if "://" in locator and not locator.startswith("file:") else Source.PATH
            )
            locator = "" if source is Source.REGISTRY else locator
            return Package("PyPI", name, version, source, locator, "", line, groups, None, marker)
    return Package("PyPI", name, version, line=line, groups=groups, marker=marker) if version else None


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds the root and what is direct from the Pipfile."""
    data = manifests.read("Pipfile")
    if data is None:
        return inventory
    wanted = {
        (normalise(name), group)
        for section, table in load_toml(decode(data)).items()
        if section not in _SETTINGS and isinstance(table, dict)
        for name in table
        for group in _MANIFEST_GROUPS.get(section, (section,)) or ("",)
    }
    edges = []
    for index, package in enumerate(inventory.packages):
        name = normalise(package.name)
        if (name, "") in wanted and not package.groups:
            edges.append(Edge(index, Reach.RUNTIME))
        elif any((name, group) in wanted for group in package.groups or ("dev",)):
            edges.append(Edge(index, Reach.DEV))
    direct = {edge.to for edge in edges}
    packages = tuple(package._replace(direct=index in direct) for index, package in enumerate(inventory.packages))
    return inventory._replace(packages=packages, roots=(Root(".", "", tuple(edges)),))


FORMAT = Format("pipenv", parse, annotate)
