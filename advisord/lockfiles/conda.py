"""What the lockfiles of conda's tools share: entries per platform become packages, with PyPI's names where they say so.

OSV has no ecosystem for conda. A conda package that carries the purl of a PyPI package is that package; any other one
has the ecosystem `conda`, for which there are no advisories.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from advisord.lockfiles.address import public
from advisord.lockfiles.python_requirement import extras_of, indexed, normalise, parse_requirement
from advisord.lockfiles.text import expect
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.problem import Problem

_PURL = re.compile(r"pkg:pypi/([^@?#/\s]+)(?:@([^?#\s]+))?")
_ARCHIVES = (".conda", ".tar.bz2")
_CONDA_NAME = re.compile(r"(?:[^\s:]*::)?([^\s\[=<>!~]+)")


class Entry(NamedTuple):
    """One entry: its name among conda or PyPI packages, the packages it stands for, and the requirements it writes.

    `groups` are the environments or categories that hold it; "" is the default one.
    """

    name: str
    pypi: bool
    packages: tuple[Package, ...]
    needs: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset({""})


def conda_entry(
    table: Mapping[str, Any], location: str, line: int, needs: tuple[str, ...], groups: frozenset[str]
) -> Entry | None:
    """A conda package: the PyPI packages of its purls, else itself; None where it has no name.

    Name and version stand in the table or in the archive's file name (`name-version-build.conda`).
    """
    file = re.split(r"[?#]", location, maxsplit=1)[0].rpartition("/")[2]
    stem = next((file.removesuffix(ending) for ending in _ARCHIVES if file.endswith(ending)), "")
    from_file = stem.rsplit("-", 2)[:2] if stem.count("-") > 1 else ["", ""]
    name = table.get("name") or from_file[0]
    version = table.get("version") or from_file[1]
    if not isinstance(name, str) or not isinstance(version, str) or not name:
        return None
    purls = table.get("purls", table.get("purl"))
    written = [purls] if isinstance(purls, str) else purls if isinstance(purls, list) else []
    found = [match for text in written if isinstance(text, str) and (match := _PURL.match(text))]
    if found and not version:
        return None
    if found:
        pins = {match[1]: (match[2] or version).replace("%2B", "+").replace("%21", "!") for match in found}
        packages = tuple(Package("PyPI", pypi, pinned, line=line) for pypi, pinned in pins.items())
    elif stem or "://" in location or not location:
        packages = (Package("conda", name, version, line=line),)
    else:
        packages = (Package("conda", name, version, Source.PATH, location, line=line),)
    return Entry(name, False, packages, needs, groups)


def pypi_entry(
    table: Mapping[str, Any], location: str, line: int, needs: tuple[str, ...], groups: frozenset[str]
) -> Entry | None:
    """A package that pip installs: from the index, a repository, or a folder; None where it has no name or version.

    An address alone can't tell a private index. A folder's version may be computed.
    """
    name, version = table.get("name"), table.get("version") or ""
    if not isinstance(name, str) or not isinstance(version, str) or not name:
        return None
    if location.startswith("git+"):
        address, _, commit = location.removeprefix("git+").partition("#")
        package = Package("PyPI", name, version, Source.GIT, public(address.split("?")[0]), commit, line)
    elif location and "://" not in location:
        package = Package("PyPI", name, version, Source.PATH, location, line=line)
    elif version:
        package = Package("PyPI", name, version, line=line)
    else:
        return None
    return Entry(normalise(name), True, (package,), needs, groups)


def texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts of an entry, which may be absent."""
    return tuple(str(text) for text in expect(list, entry.get(key) or [], f"`{key}`"))


def assemble(format_: str, entries: Sequence[Entry], problems: Iterable[Problem]) -> Inventory:
    """One package for all platforms that hold it in the same version, and edges by name."""
    packages: list[Package] = []
    groups: list[set[str]] = []
    indices: dict[tuple[str, ...], int] = {}
    names: list[tuple[tuple[bool, str], int]] = []
    own: list[list[int]] = []
    for entry in entries:
        row = []
        for package in entry.packages:
            key = (package.ecosystem, package.name, package.version, package.locator, package.commit)
            index = indices.setdefault(key, len(packages))
            if index == len(packages):
                packages.append(package)
                groups.append(set())
            groups[index] |= entry.groups
            row.append(index)
            names.append(((entry.pypi, entry.name), index))
            if package.ecosystem == "PyPI":
                names.append(((True, normalise(package.name)), index))
        own.append(row)
    by_name = indexed(names)
    edges: list[dict[int, None]] = [{} for _ in packages]
    requirements: dict[tuple[int, int], str] = {}
    for entry, row in zip(entries, own, strict=True):
        for text in entry.needs:
            for to in by_name.get((entry.pypi, _needed(text, entry.pypi)), ()):
                for index in row:
                    if index != to:
                        edges[index][to] = None
                        requirements.setdefault((index, to), text)
    named = tuple(
        package._replace(groups=() if "" in found else tuple(sorted(found)))
        for package, found in zip(packages, groups, strict=True)
    )
    return Inventory(format_, named, [tuple(row) for row in edges], None, requirements, tuple(problems))


def _needed(text: str, pypi: bool) -> str:
    """The name in a requirement; "" where only an extra needs it: the file does not tell which extras are asked for."""
    if pypi:
        requirement = parse_requirement(text)
        return normalise(requirement.name) if requirement and not extras_of(requirement.marker) else ""
    match = _CONDA_NAME.match(text)
    return match[1] if match else ""
