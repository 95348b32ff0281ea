"""What a project asks for in its pyproject.toml: PEP 621, dependency groups (PEP 735), and the tables of tools.

Read are `project`, `dependency-groups`, and of `tool`: `poetry` (dependencies, dev-dependencies, extras, group), `pdm`
and `uv` (dev-dependencies). Extras are runtime dependencies under the extra's name, groups are development ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisord.lockfiles.python_graph import Demand
from advisord.lockfiles.python_requirement import Requirement, indexed, normalise, parse_requirement, write
from advisord.lockfiles.text import decode, load_toml
from advisord.model.inventory import Package, Reach

_MAX_INCLUDES = 50
_EDITABLE = re.compile(r"\s*-e\s+([^\s#]+)#(?:[^\s#]*&)?egg=([^\s#&]+).*", re.DOTALL)
"""How pdm writes an editable dependency: as pip does, by an address that ends with the name."""


class Want(NamedTuple):
    """One dependency of a project. `group` is "" for what every user of the project gets."""

    requirement: Requirement
    text: str
    reach: Reach
    group: str


class Manifest(NamedTuple):
    """A project's name ("" where it has none), what it wants, and the names of its extras."""

    name: str
    wants: tuple[Want, ...]
    extras: frozenset[str]


def read(data: bytes) -> Manifest:
    """What a pyproject.toml says. Raises LockfileError where it is no TOML; what has another shape is passed over."""
    document = load_toml(decode(data))
    project, tool = _table(document, "project"), _table(document, "tool")
    poetry = _table(tool, "poetry")
    wants = list(_project(project))
    known = {normalise(want.requirement.name) for want in wants}
    # beside `project` poetry's own table only says more about the same dependencies
    wants += [want for want in _poetry_main(poetry) if normalise(want.requirement.name) not in known]
    wants += _poetry_groups(poetry)
    wants += _dependency_groups(_table(document, "dependency-groups"))
    for group, texts in _table(_table(tool, "pdm"), "dev-dependencies").items():
        named = [_EDITABLE.sub(r"\2 @ \1", str(text)) for text in texts] if isinstance(texts, list) else []
        wants += _texts(named, Reach.DEV, group)
    wants += _texts(_table(tool, "uv").get("dev-dependencies"), Reach.DEV, "dev")
    name = project.get("name", poetry.get("name", ""))
    extras = frozenset({*_table(project, "optional-dependencies"), *_table(poetry, "extras")})
    return Manifest(name if isinstance(name, str) else "", tuple(wants), extras)


def demands(wants: Sequence[Want], packages: Sequence[Package]) -> Iterator[Demand]:
    """What is wanted, as far as it is among the packages; every version where there are several."""
    by_name = indexed((normalise(package.name), index) for index, package in enumerate(packages))
    for want in wants:
        for index in by_name.get(normalise(want.requirement.name), ()):
            yield Demand(index, want.requirement.extras, want.reach, want.group, want.text)


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _texts(texts: object, reach: Reach, group: str = "") -> Iterator[Want]:
    for text in texts if isinstance(texts, list) else ():
        if isinstance(text, str) and (requirement := parse_requirement(text)):
            yield Want(requirement, text, reach, group)


def _project(project: Mapping[str, Any]) -> Iterator[Want]:
    yield from _texts(project.get("dependencies"), Reach.RUNTIME)
    for extra, texts in _table(project, "optional-dependencies").items():
        yield from _texts(texts, Reach.RUNTIME, extra)


def _dependency_groups(groups: Mapping[str, Any]) -> Iterator[Want]:
    entries = {normalise(group): value if isinstance(value, list) else [] for group, value in groups.items()}
    includes = {
        group: [normalise(str(entry.get("include-group"))) for entry in value if isinstance(entry, dict)]
        for group, value in entries.items()
    }
    for group in groups:
        for name in _included(normalise(group), includes):
            yield from _texts(entries.get(name), Reach.DEV, group)


def _included(group: str, includes: Mapping[str, Sequence[str]]) -> list[str]:
    """The group and all that it includes, also through others."""
    found = [group]
    for name in found:
        if len(found) > _MAX_INCLUDES:
            break
        found += [other for other in includes.get(name, ()) if other not in found]
    return found


def _poetry_main(poetry: Mapping[str, Any]) -> Iterator[Want]:
    by_name: dict[str, list[str]] = {}
    for extra, names in _table(poetry, "extras").items():
        for name in names if isinstance(names, list) else ():
            by_name.setdefault(normalise(str(name)), []).append(extra)
    for name, value in _table(poetry, "dependencies").items():
        optional = any(isinstance(spec, dict) and spec.get("optional") is True for spec in _specs(value))
        for group in by_name.get(normalise(name), ["optional"]) if optional else [""]:
            yield from _poetry_wants(name, value, Reach.RUNTIME, group)


def _poetry_groups(poetry: Mapping[str, Any]) -> Iterator[Want]:
    for name, value in _table(poetry, "dev-dependencies").items():
        yield from _poetry_wants(name, value, Reach.DEV, "dev")
    groups = {name: group for name, group in _table(poetry, "group").items() if isinstance(group, dict)}
    includes = {
        name: [str(other) for other in others] if isinstance(others := group.get("include-groups"), list) else []
        for name, group in groups.items()
    }
    for group in groups:
        reach = Reach.RUNTIME if group == "main" else Reach.DEV
        for included in _included(group, includes):
            for name, value in _table(groups.get(included, {}), "dependencies").items():
                yield from _poetry_wants(name, value, reach, "" if group == "main" else group)


def _poetry_wants(name: str, value: object, reach: Reach, group: str) -> Iterator[Want]:
    if normalise(name) == "python":
        return
    for spec in _specs(value):
        table = spec if isinstance(spec, dict) else {"version": spec}
        extras = table.get("extras", [])
        names = tuple(normalise(str(extra)) for extra in extras) if isinstance(extras, list) else ()
        specifier, marker = str(table.get("version", "")), str(table.get("markers", ""))
        text = write(name, names, specifier, marker)
        yield Want(Requirement(name, names, specifier, "", marker), text, reach, group)


def _specs(value: object) -> list[Any]:
    """A dependency in poetry's notation can be a list: one entry for each environment."""
    return value if isinstance(value, list) else [value]
