"""conda-lock.yml and the `*-lock.yml` of mamba and micromamba (conda-lock's layout 1, flat or with lists per platform).

The category `main` has no group, the others are groups of their names. The file does not tell what is direct.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.conda import Entry, assemble, conda_entry, pypi_entry, texts
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.lockfiles.yaml_text import load
from advisord.model.inventory import Inventory
from advisord.model.problem import Problem

_KNOWN_VERSION = "1"
_DEFAULT = "main"


def parse(data: bytes) -> Inventory:
    """What a conda-lock.yml says. Raises LockfileError."""
    document = load(decode(data))
    top = expect(dict, document.value if document.value is not None else {}, "a lockfile of conda")
    if top and "package" not in top:
        raise LockfileError("has no `package`; that is no lockfile of conda-lock, mamba or micromamba")
    version = str(top.get("version") or _KNOWN_VERSION)
    problems: list[Problem] = []
    if version != _KNOWN_VERSION:
        message = f"is of version {version}; only {_KNOWN_VERSION} is known, so packages may have been missed"
        problems.append(Problem("unknown-lockfile-version", "", message))
    entries = []
    for table in _tables(top.get("package") or []):
        if entry := _entry(table, document.line(table)):
            entries.append(entry)
        else:
            message = f"line {document.line(table)}: has no name or version, or a manager other than conda and pip; it is not read"
            problems.append(Problem("unreadable-entry", "", message))
    return assemble("conda-lock", entries, problems)


def _tables(section: object) -> Iterator[dict[str, Any]]:
    """The package tables: a list of them, or such lists by platform."""
    if isinstance(section, dict):
        for part in section.values():
            yield from _tables(part)
    else:
        for table in expect(list, section, "`package`"):
            yield expect(dict, table, "every entry of `package`")


def _entry(table: Mapping[str, Any], line: int) -> Entry | None:
    manager = table.get("manager") or "conda"
    category = str(table.get("category") or _DEFAULT)
    held = frozenset({"" if category == _DEFAULT else category})
    dependencies = table.get("dependencies") or {}
    if isinstance(dependencies, dict):
        needs = tuple(f"{needed} {wanted or ''}".strip() for needed, wanted in dependencies.items())
    else:
        needs = texts(table, "dependencies")
    location = str(table.get("url") or "")
    if manager == "conda":
        return conda_entry(table, location, line, needs, held)
    return pypi_entry(table, location, line, needs, held) if manager == "pip" else None


FORMAT = Format("conda-lock", parse)
