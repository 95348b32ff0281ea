"""pixi.lock, layouts 1 to 7: conda and PyPI packages per environment and platform.

Up to layout 3 it is a flat list like conda-lock's; from 4 on environments refer to packages by their location. The
environment `default` has no group, the others are groups of their names.
"""

from collections.abc import Mapping
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.conda import Entry, assemble, conda_entry, pypi_entry, texts
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.lockfiles.yaml_text import load
from advisord.model.inventory import Inventory
from advisord.model.problem import Problem

_KNOWN_VERSION = 7


def parse(data: bytes) -> Inventory:
    """What a pixi.lock says. Raises LockfileError."""
    document = load(decode(data))
    top = expect(dict, document.value if document.value is not None else {}, "a pixi.lock")
    if top and "version" not in top:
        raise LockfileError("has no `version`; that is no pixi.lock")
    version = str(top.get("version", ""))
    problems: list[Problem] = []
    if top and not (version.isdecimal() and int(version) <= _KNOWN_VERSION):
        message = f"is of version {version}; up to {_KNOWN_VERSION} are known, so packages may have been missed"
        problems.append(Problem("unknown-lockfile-version", "", message))
    groups = _groups(top)
    entries = []
    for item in expect(list, top.get("packages") or top.get("package") or [], "`packages`"):
        table = expect(dict, item, "every entry of `packages`")
        entry = _entry(table, document.line(table), groups)
        if entry:
            entries.append(entry)
        else:
            message = f"line {document.line(table)}: is neither a conda nor a PyPI package with name and version; it is not read"
            problems.append(Problem("unreadable-entry", "", message))
    return assemble("pixi", entries, problems)


def _groups(top: Mapping[str, Any]) -> dict[str, set[str]]:
    """For each location the environments that refer to it, "" for the default one."""
    groups: dict[str, set[str]] = {}
    for name, environment in expect(dict, top.get("environments") or {}, "`environments`").items():
        platforms = expect(dict, expect(dict, environment, f"environment {name}").get("packages") or {}, "`packages`")
        for platform, references in platforms.items():
            for reference in expect(list, references, f"the packages of {name} on {platform}"):
                for location in expect(dict, reference, f"every package of {name} on {platform}").values():
                    groups.setdefault(str(location), set()).add("" if name == "default" else name)
    return groups


def _entry(table: Mapping[str, Any], line: int, groups: Mapping[str, set[str]]) -> Entry | None:
    kind = str(table.get("kind") or table.get("manager") or ("conda" if "conda" in table else "pypi"))
    location = str(table.get(kind) or table.get("url") or table.get("path") or "")
    held = frozenset(groups.get(location) or {""})
    if kind == "conda":
        needs = texts(table, "depends" if "depends" in table else "dependencies")
        return conda_entry(table, location, line, needs, held)
    return pypi_entry(table, location, line, texts(table, "requires_dist"), held) if kind in {"pypi", "pip"} else None


FORMAT = Format("pixi", parse)
