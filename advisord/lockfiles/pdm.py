"""pdm.lock of pdm 1 and 2, and the pyproject.toml beside it.

The lockfile has the graph and, since pdm 2.9, the groups of every package (`inherit_metadata`). A package with extras
stands twice: as itself and as `name[extra]` with what the extra adds; the two are one package here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles import pyproject
from advisord.lockfiles.address import public, source_at
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.python_graph import Dep, Project, connect, dependencies, draw
from advisord.lockfiles.python_requirement import indexed, normalise, parse_requirement, write
from advisord.lockfiles.text import expect
from advisord.lockfiles.toml_packages import STRING, archives, load, name_of, tables, texts, version_of
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.problem import Problem

_ARCHIVES = archives(rf"(?:[A-Za-z0-9_-]++|{STRING})", rf"\{{(?:file|url) = {STRING}, hash = {STRING}\}}")
_KNOWN_VERSION = 4
_DEFAULT = "default"


def parse(data: bytes) -> Inventory:
    """What a pdm.lock says. Raises LockfileError."""
    text, document = load(data, _ARCHIVES)
    if document and "package" not in document and "metadata" not in document:
        raise LockfileError("holds neither `package` nor `metadata`; that is no pdm.lock")
    rows = tables(text, document, "package")
    packages: list[Package] = []
    groups: list[set[str]] = []
    places: dict[tuple[str, ...], int] = {}
    index_of: list[int] = []
    for line, table in rows:
        package = _package(line, table)
        key = (normalise(package.name), package.version, package.locator, package.commit)
        index = places.setdefault(key, len(packages))
        if index == len(packages):
            packages.append(package)
            groups.append(set())
        groups[index].update(_groups(table))
        index_of.append(index)
    by_name = indexed((normalise(package.name), index) for index, package in enumerate(packages))
    deps: list[list[Dep]] = [[] for _ in packages]
    for index, (_, table) in zip(index_of, rows, strict=True):
        deps[index] += [dep for dep in _deps(table, by_name) if dep.to != index]
    named = tuple(
        package._replace(groups=() if _DEFAULT in found else tuple(sorted(found)))
        for package, found in zip(packages, groups, strict=True)
    )
    return draw(Inventory("pdm", named, problems=_problems(document)), deps)


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds the root, what is direct, and the groups where the lockfile has none."""
    data = manifests.read("pyproject.toml")
    if data is None:
        return inventory
    manifest = pyproject.read(data)
    project = Project(".", manifest.name, list(pyproject.demands(manifest.wants, inventory.packages)))
    named = any(package.groups for package in inventory.packages)
    return connect(inventory, dependencies(inventory), [project], name_groups=not named)


def _problems(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    metadata = expect(dict, document.get("metadata", {}), "`metadata`")
    version = str(metadata.get("lock_version", _KNOWN_VERSION))
    major = version.partition(".")[0]
    if major.isdecimal() and int(major) <= _KNOWN_VERSION:
        return ()
    message = f"is of version {version}; up to {_KNOWN_VERSION} are known, so packages may have been missed"
    return (Problem("unknown-lockfile-version", "", message),)


def _package(line: int, table: Mapping[str, Any]) -> Package:
    name = name_of(table, line)
    version = version_of(table, line, optional=not {"git", "path", "url"}.isdisjoint(table))
    marker = str(table.get("marker", ""))
    for key, source in (("git", Source.GIT), ("path", Source.PATH), ("url", Source.URL)):
        if key in table:
            address = str(table[key])
            commit = str(table.get("revision", "")) if source is Source.GIT else ""
            kind = source_at(address, version) if source is Source.URL else source
            locator = "" if kind is Source.REGISTRY else public(address)
            return Package("PyPI", name, version, kind, locator, commit, line, marker=marker)
    return Package("PyPI", name, version, line=line, marker=marker)


def _groups(table: Mapping[str, Any]) -> list[str]:
    return texts(table, "groups" if "groups" in table else "sections") or [_DEFAULT]  # `sections` in pdm 1


def _deps(table: Mapping[str, Any], by_name: Mapping[str, Sequence[int]]) -> Iterator[Dep]:
    own_extras = [normalise(extra) for extra in texts(table, "extras")]
    for text in texts(table, "dependencies"):
        requirement = parse_requirement(text)
        if not requirement:
            continue
        name, extras, specifier, _, marker = requirement
        for own in own_extras or [""]:
            condition = f'extra == "{own}"' if own else ""
            both = f"({marker}) and {condition}" if marker and condition else marker or condition
            for to in by_name.get(normalise(name), ()):
                yield Dep(to, extras, own, write(name, extras, specifier, both))


FORMAT = Format("pdm", parse, annotate)
