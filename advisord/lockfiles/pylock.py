"""pylock.toml and pylock.*.toml (PEP 751), and the pyproject.toml beside it.

Dependencies between packages are optional in this format, and written by few tools. Which extra or group a package
belongs to stands in its marker; groups that are installed by default (`default-groups`) are the project's own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles import pyproject
from advisord.lockfiles.address import public, source_at
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.python_graph import Dep, Project, connect, dependencies, draw
from advisord.lockfiles.python_requirement import indexed, normalise
from advisord.lockfiles.text import expect
from advisord.lockfiles.toml_packages import NUMBER, STRING, archives, load, name_of, tables, texts, version_of
from advisord.model.inventory import Edge, Inventory, Package, Root, Source
from advisord.model.problem import Problem

_DAY = r"20[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_TIME = rf"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,9}})?Z"
_ARCHIVE = (
    rf"\{{ ?(?:name = {STRING}, ?)?url = {STRING}(?:, upload-time = {_TIME})?(?:, size = {NUMBER})?"
    rf", hashes = \{{ ?sha256 = {STRING} ?\}} ?\}}"
)
_ARCHIVES = archives("wheels|sdist", _ARCHIVE, _ARCHIVE)
_MEMBER = re.compile(r"""['"]([^'"]*)['"]\s+in\s+(?:dependency_groups|extras)\b""")


def parse(data: bytes) -> Inventory:
    """What a pylock.toml says. Raises LockfileError."""
    text, document = load(data, _ARCHIVES)
    if document and "lock-version" not in document and "packages" not in document:
        raise LockfileError("holds neither `lock-version` nor `packages`; that is no pylock.toml")
    rows = tables(text, document, "packages")
    defaults = {normalise(group) for group in texts(document, "default-groups")}
    packages = tuple(_package(line, table, defaults) for line, table in rows)
    inventory = Inventory("pylock", packages, problems=_problems(document))
    if not any("dependencies" in table for _, table in rows):
        return inventory
    by_name = indexed((normalise(package.name), index) for index, package in enumerate(packages))
    return draw(inventory, [_deps(table, packages, by_name) for _, table in rows])


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds the root and what is direct, and the groups where the lockfile has a graph and names none."""
    data = manifests.read("pyproject.toml")
    if data is None:
        return inventory
    manifest = pyproject.read(data)
    demands = list(pyproject.demands(manifest.wants, inventory.packages))
    if inventory.edges is not None:
        named = any(package.groups for package in inventory.packages)
        project = Project(".", manifest.name, demands)
        return connect(inventory, dependencies(inventory), [project], name_groups=not named)
    root = Root(".", manifest.name, tuple(Edge(demand.to, demand.reach, demand.requirement) for demand in demands))
    direct = {demand.to for demand in demands}
    packages = tuple(package._replace(direct=index in direct) for index, package in enumerate(inventory.packages))
    return inventory._replace(packages=packages, roots=(root,))


def _problems(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    version = str(document.get("lock-version", "1.0"))
    if version.partition(".")[0] == "1":
        return ()
    message = f"is of version {version}; only 1 is known, so packages may have been missed"
    return (Problem("unknown-lockfile-version", "", message),)


def _package(line: int, table: Mapping[str, Any], defaults: set[str]) -> Package:
    name = name_of(table, line)
    marker = str(table.get("marker", ""))
    members = {normalise(member) for member in _MEMBER.findall(marker)}
    groups = () if members & defaults else tuple(sorted(members))
    version = version_of(table, line, optional=not {"vcs", "directory", "archive"}.isdisjoint(table))
    source, locator, commit = _origin(table, line, version)
    return Package("PyPI", name, version, source, locator, commit, line, groups, None, marker)


def _origin(table: Mapping[str, Any], line: int, version: str) -> tuple[Source, str, str]:
    """The kind of source, its address or path, and the commit."""
    for key in ("vcs", "directory", "archive"):
        if key in table:
            place = expect(dict, table[key], f"line {line}: `{key}`")
            address = str(place.get("url", place.get("path", "")))
            source = Source.GIT if key == "vcs" else Source.PATH
            if key == "archive" and "url" in place:
                source = source_at(address, version)
            locator = "" if source is Source.REGISTRY else public(address)
            return source, locator, str(place.get("commit-id", ""))
    return Source.REGISTRY, "", ""


def _deps(table: Mapping[str, Any], packages: Sequence[Package], by_name: Mapping[str, Sequence[int]]) -> list[Dep]:
    """PEP 751: a dependency repeats as many of the package's keys as are needed to tell which one is meant."""
    deps = []
    for entry in expect(list, table.get("dependencies", []), "`dependencies`"):
        wanted = expect(dict, entry, "every entry of `dependencies`")
        found = by_name.get(normalise(str(wanted.get("name", ""))), [])
        if len(found) > 1 and "version" in wanted:
            found = [index for index in found if packages[index].version == wanted["version"]]
        deps += [Dep(index) for index in found]
    return deps


FORMAT = Format("pylock", parse, annotate)
