"""poetry.lock, from the first layout of 2018 to 2.1, and the pyproject.toml beside it.

The lockfile has the graph. Groups are in it up to poetry 1.4 (`category`) and from 2.0 on (`groups`); for those between
and for what is direct the project's pyproject.toml is read. Poetry's own groups besides `main` are development.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles import pyproject
from advisord.lockfiles.address import public, source_at
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.python_graph import Demand, Dep, Project, connect, dependencies, draw, reached_by
from advisord.lockfiles.python_requirement import extras_of, indexed, normalise, parse_requirement, write
from advisord.lockfiles.text import expect
from advisord.lockfiles.toml_packages import STRING, archives, load, name_of, tables, texts, version_of
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.problem import Problem

_ARCHIVES = archives(rf"(?:[A-Za-z0-9_-]++|{STRING})", rf"\{{file = {STRING}, hash = {STRING}\}}")
_KNOWN_VERSION = 2
_SOURCES = {"git": Source.GIT, "directory": Source.PATH, "file": Source.PATH, "url": Source.URL}
_OPTIONAL = "optional"
"""The group of an optional package of which the lockfile does not say which extra wants it."""


def parse(data: bytes) -> Inventory:
    """What a poetry.lock says. Raises LockfileError."""
    text, document = load(data, _ARCHIVES)
    if document and "package" not in document and "metadata" not in document:
        raise LockfileError("holds neither `package` nor `metadata`; that is no poetry.lock")
    rows = tables(text, document, "package")
    packages = tuple(_package(line, table) for line, table in rows)
    by_name = indexed((normalise(package.name), index) for index, package in enumerate(packages))
    deps = [list(_deps(table, by_name)) for _, table in rows]
    wanted = _table(document, "extras")
    extras = {
        extra: [Demand(index) for name in texts(wanted, extra) for index in by_name.get(normalise(_bare(name)), ())]
        for extra in wanted
    }
    packages = tuple(
        package._replace(groups=_groups(table, found))
        for package, (_, table), found in zip(packages, rows, reached_by(deps, extras), strict=True)
    )
    return draw(Inventory("poetry", packages, problems=_problems(document)), deps)


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds the root, what is direct, and the groups where the lockfile has none."""
    data = manifests.read("pyproject.toml")
    if data is None:
        return inventory
    manifest = pyproject.read(data)
    demands = list(pyproject.demands(manifest.wants, inventory.packages))
    named = {group for package in inventory.packages for group in package.groups} - manifest.extras - {_OPTIONAL}
    project = Project(".", manifest.name, demands)
    return connect(inventory, dependencies(inventory), [project], name_groups=not named)


def _problems(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    version = str(_table(document, "metadata").get("lock-version", "1.0"))
    major = version.partition(".")[0]
    if major.isdecimal() and int(major) <= _KNOWN_VERSION:
        return ()
    message = f"is of version {version}; up to {_KNOWN_VERSION} are known, so packages may have been missed"
    return (Problem("unknown-lockfile-version", "", message),)


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    return expect(dict, table.get(key, {}), f"`{key}`")


def _bare(text: object) -> str:
    """The name in an entry of an extra: `name` or `name (>=1.0)`."""
    requirement = parse_requirement(str(text))
    return requirement.name if requirement else str(text)


def _package(line: int, table: dict[str, Any]) -> Package:
    name = name_of(table, line)
    version = version_of(table, line, optional=False)
    source = _table(table, "source")
    kind = _SOURCES.get(str(source.get("type", "")), Source.REGISTRY)  # `legacy` is an index, most often a mirror
    if kind is Source.URL:
        kind = source_at(str(source.get("url", "")), version)
    locator = "" if kind is Source.REGISTRY else public(str(source.get("url", "")))
    commit = str(source.get("resolved_reference", source.get("reference", ""))) if kind is Source.GIT else ""
    return Package("PyPI", name, version, kind, locator, commit, line, marker=_marker(table))


def _marker(table: Mapping[str, Any]) -> str:
    markers = table.get("markers", table.get("marker", ""))  # `marker` until 1.0
    if not isinstance(markers, dict):
        return str(markers)
    found = list(dict.fromkeys(str(markers.get(group, "")) for group in texts(table, "groups") or markers))
    if not all(found):
        return ""
    return " or ".join(f"({marker})" for marker in found) if len(found) > 1 else "".join(found)


def _groups(table: Mapping[str, Any], extras: Sequence[str]) -> tuple[str, ...]:
    groups = set(texts(table, "groups")) or {str(table.get("category", "main"))}
    if "main" in groups:
        if table.get("optional") is not True:
            return ()
        groups = groups - {"main"} | set(extras or extras_of(_marker(table)) or (_OPTIONAL,))
    return tuple(sorted(groups))


def _deps(table: Mapping[str, Any], by_name: Mapping[str, Sequence[int]]) -> Iterator[Dep]:
    own_extras = _table(table, "extras")
    for name, value in _table(table, "dependencies").items():
        for spec in value if isinstance(value, list) else [value]:
            entry = spec if isinstance(spec, dict) else {"version": spec}
            marker = str(entry.get("markers", entry.get("python", "")))
            whens = extras_of(marker)
            if not whens and entry.get("optional") is True:
                wanted = normalise(name)
                whens = tuple(
                    e for e in own_extras if wanted in {normalise(_bare(text)) for text in texts(own_extras, e)}
                )
                marker = " or ".join(f'extra == "{extra}"' for extra in whens)
            extras = tuple(normalise(extra) for extra in texts(entry, "extras"))
            requirement = write(name, extras, str(entry.get("version", "")), marker)
            for to in by_name.get(normalise(name), ()):
                for when in whens or ("",):
                    yield Dep(to, extras, normalise(when), requirement)


FORMAT = Format("poetry", parse, annotate)
