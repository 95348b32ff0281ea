"""uv.lock, and the `*.py.lock` of a script (PEP 723). All dependencies, groups and roots stand in it.

The layout is what `uv lock` writes (versions 0 and 1); uv documents it as an implementation detail, so facts come from
real files. Extras of a workspace member are runtime dependencies under the extra's name, `dev-dependencies` are
development ones.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.address import public, source_at
from advisord.lockfiles.interface import Format
from advisord.lockfiles.python_graph import Demand, Dep, Project, connect, either
from advisord.lockfiles.python_requirement import extras_of, indexed, normalise, write
from advisord.lockfiles.text import expect
from advisord.lockfiles.toml_packages import NUMBER, STRING, archives, load, name_of, tables, texts, version_of
from advisord.model.inventory import Inventory, Package, Reach, Source
from advisord.model.problem import Problem

_ARCHIVE = (
    rf"\{{ (?:url|path|filename) = {STRING}(?:, hash = {STRING})?(?:, size = {NUMBER})?(?:, upload-time = {STRING})?"
    rf"(?:, zstd = \{{ hash = {STRING}, size = {NUMBER} \}})? \}}"
)
_ARCHIVES = archives("wheels|sdist", _ARCHIVE, _ARCHIVE)
_KNOWN_VERSION = 1
_PROJECTS = ("editable", "virtual", "directory")


class _Origin(NamedTuple):
    """A package's `source` table: which kind, and the address or path of it."""

    kind: str
    address: str


def parse(data: bytes) -> Inventory:
    """What a uv.lock says. Raises LockfileError."""
    text, document = load(data, _ARCHIVES)
    version = document.get("version", 0)
    key = "package" if "package" in document else "distribution"  # version 0 of 2024
    if document and "version" not in document and key not in document:
        raise LockfileError("holds neither `version` nor `package`; that is no uv.lock")
    problems: tuple[Problem, ...] = ()
    if not isinstance(version, int) or version > _KNOWN_VERSION:
        message = f"is of version {version}; up to {_KNOWN_VERSION} are known, so packages may have been missed"
        problems = (Problem("unknown-lockfile-version", "", message),)
    rows = tables(text, document, key)
    origins = [_origin(table) for _, table in rows]
    packages = tuple(_package(line, table, origin) for (line, table), origin in zip(rows, origins, strict=True))
    lookup = _Lookup(packages, origins)
    deps = [list(_deps(table, lookup)) for _, table in rows]
    projects = list(_projects([table for _, table in rows], origins, lookup))
    if manifest := _manifest(document, lookup):
        projects.insert(0, manifest)
    packages = tuple(
        package._replace(marker=package.marker or lookup.marker(index)) for index, package in enumerate(packages)
    )
    return connect(Inventory("uv", packages, problems=problems), deps, projects)


def _origin(table: dict[str, Any]) -> _Origin:
    source = table.get("source", {})
    if isinstance(source, str):  # version 0: `registry+https://…`
        kind, _, address = source.partition("+")
        return _Origin("url" if kind == "direct" else kind, address)
    for kind in ("registry", "git", "url", "path", *_PROJECTS):
        if kind in expect(dict, source, "`source`"):
            return _Origin(kind, str(source[kind]))
    return _Origin("registry", "")


def _package(line: int, table: dict[str, Any], origin: _Origin) -> Package:
    name = name_of(table, line)
    version = version_of(table, line, optional=origin.kind != "registry")
    marker = _either(texts(table, "resolution-markers"))
    if origin.kind == "registry":
        return Package("PyPI", name, version, line=line, marker=marker)
    if origin.kind == "git":
        address, _, commit = origin.address.partition("#")
        return Package("PyPI", name, version, Source.GIT, public(address.split("?")[0]), commit, line, marker=marker)
    source = source_at(origin.address, version) if origin.kind == "url" else Source.PATH
    locator = "" if source is Source.REGISTRY else public(origin.address)
    return Package("PyPI", name, version, source, locator, line=line, marker=marker)


class _Lookup:
    """Finds the package that a dependency table means: by name, and by version and source where several have it."""

    def __init__(self, packages: Sequence[Package], origins: Sequence[_Origin]) -> None:
        self._packages = packages
        self._origins = origins
        self._markers: list[list[str]] = [[] for _ in packages]
        self._by_name = indexed((package.name, index) for index, package in enumerate(packages))

    def find(self, table: dict[str, Any]) -> list[int]:
        """The indices: one, more where the table does not say which, none where the package is not in the file."""
        found = self._by_name.get(str(table.get("name", "")), [])
        if len(found) > 1 and "version" in table:
            found = [index for index in found if self._packages[index].version == table["version"]]
        if len(found) > 1 and "source" in table:
            found = [index for index in found if self._origins[index] == _origin(table)]
        for index in found:
            self._markers[index].append(str(table.get("marker", "")))
        return found

    def marker(self, index: int) -> str:
        """The marker without which nobody who has been looked up so far asks for the package; "" if there is none."""
        markers = self._markers[index]
        return _either(list(dict.fromkeys(markers))) if all(markers) else ""


def _either(markers: Sequence[str]) -> str:
    return " or ".join(f"({marker})" for marker in markers) if len(markers) > 1 else "".join(markers)


def _entries(value: object, what: str) -> list[dict[str, Any]]:
    return [expect(dict, entry, f"every entry of {what}") for entry in expect(list, value, what)]


def _extras(table: dict[str, Any]) -> tuple[str, ...]:
    """The extras that an entry asks for; `extra` was one text until version 1."""
    if isinstance(table.get("extra"), str):
        return (normalise(table["extra"]),)
    return tuple(normalise(extra) for extra in texts(table, "extra" if "extra" in table else "extras"))


def _deps(table: dict[str, Any], lookup: _Lookup) -> Iterator[Dep]:
    sections = {"": table.get("dependencies", [])} | _sections(table, "optional-dependencies")
    for extra, section in sections.items():
        for entry in _entries(section, "`dependencies`"):
            extras = _extras(entry)
            marker = str(entry.get("marker", ""))
            requirement = write(str(entry.get("name", "")), extras, "", marker) if extras or marker else ""
            for to in lookup.find(entry):
                yield Dep(to, extras, normalise(extra), requirement)


def _sections(table: dict[str, Any], key: str) -> dict[str, Any]:
    return expect(dict, table.get(key, {}), f"`{key}`")


def _projects(rows: Sequence[dict[str, Any]], origins: Sequence[_Origin], lookup: _Lookup) -> Iterator[Project]:
    for index, (table, origin) in enumerate(zip(rows, origins, strict=True)):
        if origin.kind not in _PROJECTS:
            continue
        metadata = _sections(table, "metadata")
        wanted: dict[str, list[dict[str, Any]]] = {}
        for entry in _entries(metadata.get("requires-dist", []), "`requires-dist`"):
            for extra in extras_of(str(entry.get("marker", ""))) or ("",):
                wanted.setdefault(extra, []).append(entry)
        demands = list(_demands(table.get("dependencies", []), lookup, Reach.RUNTIME, "", wanted.get("", ())))
        for extra, section in _sections(table, "optional-dependencies").items():
            demands += _demands(section, lookup, Reach.RUNTIME, extra, wanted.get(normalise(extra), ()))
        requires_dev = _sections(metadata, "requires-dev")
        for group, section in _sections(table, "dev-dependencies").items():
            in_group = _entries(requires_dev.get(group, []), "`requires-dev`")
            demands += _demands(section, lookup, Reach.DEV, group, in_group)
        yield Project(origin.address or ".", str(table["name"]), demands, index)


def _manifest(document: dict[str, Any], lookup: _Lookup) -> Project | None:
    """The root that is no package: a script, or a workspace whose top has no `[project]`."""
    manifest = _sections(document, "manifest")
    wanted = _entries(manifest.get("requirements", []), "`requirements`")
    demands = list(_demands(wanted, lookup, Reach.RUNTIME, "", wanted))
    for group, section in _sections(manifest, "dependency-groups").items():
        demands += _demands(section, lookup, Reach.DEV, group, _entries(section, "`dependency-groups`"))
    return Project(".", "", demands) if demands else None


def _demands(
    section: object, lookup: _Lookup, reach: Reach, group: str, wanted: Sequence[dict[str, Any]]
) -> Iterator[Demand]:
    """The demands of a section; `wanted` are the entries with the requirements as the project writes them."""
    requirements: dict[str, list[str]] = {}
    for entry in wanted:
        marker = str(entry.get("marker", ""))
        text = write(str(entry.get("name", "")), _extras(entry), str(entry.get("specifier", "")), marker)
        requirements.setdefault(str(entry.get("name", "")), []).append(text)
    for entry in _entries(section, f"the dependencies of {group or 'the project'}"):
        requirement = either(requirements.get(str(entry.get("name", "")), ()))
        for to in lookup.find(entry):
            yield Demand(to, _extras(entry), reach, group, requirement)


FORMAT = Format("uv", parse)
