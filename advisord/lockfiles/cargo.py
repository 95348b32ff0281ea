"""Cargo.lock, versions 1 to 4 (The Cargo Book, "Cargo.toml vs Cargo.lock"; the layout is cargo's own encoder's).

Cargo writes one canonical layout. It is read by a regular expression whose matches must tile the whole text; anything
else (edited by hand, another tool's, broken) goes to a TOML parser, which decides.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode, expect, lines_of, load_toml
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

NEWEST = 4
"""The newest layout that is known."""

_CRATES_IO = frozenset({"registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"})
_TEXT = r'"([^"\\\x00-\x1f\x7f]+)"'
_ANY = r'"[^"\\\x00-\x1f\x7f]*"'
_HEAD = re.compile(r"(?:#[^\x00-\x1f\x7f]*\n|\n)*+(?:version = ([1-9][0-9]{0,3})\n\n*+)?(?=\[\[package\]\]\n)")
_BLOCK = re.compile(
    rf"(\[\[package\]\]\nname = {_TEXT}\nversion = {_TEXT}\n(?:source = {_TEXT}\n)?(?:checksum = {_ANY}\n)?"
    # What stands in the list is checked by looking up each item among the packages.
    rf'(?:dependencies = \[\n "([^\]]*)",\n\]\n)?(?:\n|\Z))'
)
_CHECKSUM = re.compile(rf"({_ANY}) = {_ANY}\n")
_METADATA = re.compile(rf"\[metadata\]\n(?:{_CHECKSUM.pattern})+")
_HEADER = r"(?m)^[ \t]*\[\[[ \t]*package[ \t]*\]\]"
_ROOT = r"(?m)^[ \t]*\[[ \t]*root[ \t]*\]"
_KEYS = frozenset({"version", "package", "root", "metadata", "patch"})


_Row = tuple[str, str, str, Sequence[str], int]
"""One `[[package]]`, whichever way it was read: name, version, source, the items of `dependencies`, line."""


def parse(data: bytes) -> Inventory:
    """What a Cargo.lock holds.

    The packages without a source are its roots; where they lie and which of their dependencies are for development is
    not in the file.
    """
    text = decode(data)
    return _canonical(text) or _by_toml(text)


def _canonical(text: str) -> Inventory | None:
    """The lockfile in cargo's own layout, or None where anything at all is otherwise."""
    head = _HEAD.match(text)
    if head is None:
        return None
    start, end = head.end(), len(text)
    if (metadata := text.find("\n[metadata]\n", start)) >= 0:
        end = metadata + 1
        keys = _CHECKSUM.findall(text, end)
        if not _METADATA.fullmatch(text, end) or len(set(keys)) != len(keys):
            return None
    blocks = _BLOCK.findall(text, start, end)
    if sum([len(block[0]) for block in blocks]) != end - start:
        return None
    rows: list[_Row] = []
    line = text.count("\n", 0, start) + 1
    for block, name, version, source, requires in blocks:
        rows.append((name, version, source, requires.split('",\n "') if requires else (), line))
        line += block.count("\n")
    edges = _edges(rows)
    return None if edges is None else _inventory(rows, edges, int(head[1] or 1))


def _by_toml(text: str) -> Inventory:
    document = load_toml(text)
    tables = expect(list, document.get("package", []), "`package`")
    lines = lines_of(text, re.compile(_HEADER))
    if len(lines) != len(tables):
        lines = [0] * len(tables)
    if "root" in document:  # written by cargo before 2017
        header = lines_of(text, re.compile(_ROOT))
        tables, lines = [document["root"], *tables], [header[0] if header else 0, *lines]
    if not tables and not _KEYS.issuperset(document):
        raise LockfileError("holds no `[[package]]`, and other keys than a Cargo.lock has")
    rows = [_row(table, line) for table, line in zip(tables, lines, strict=True)]
    return _inventory(rows, _edges(rows), expect(int, document.get("version", 1), "`version`"))


def _row(table: Any, line: int) -> _Row:
    where = f"line {line}: `[[package]]`"
    package = expect(dict, table, where)
    name = expect(str, package.get("name"), f"{where}: `name`")
    version = expect(str, package.get("version"), f"{where}: `version`")
    if not name or not version:
        raise LockfileError(f"{where} has an empty `name` or `version`")
    requires = [
        expect(str, item, f"{where}: `dependencies` of {name}")
        for item in expect(list, package.get("dependencies", []), f"{where}: `dependencies`")
    ]
    if "replace" in package:
        requires.append(expect(str, package["replace"], f"{where}: `replace`"))
    return name, version, expect(str, package.get("source", ""), f"{where}: `source`"), requires, line


def _edges(rows: Sequence[_Row]) -> list[tuple[int, ...]] | None:
    """The graph; None where an item of `dependencies` names no package, or more than one.

    An item is `name`, `name version` or `name version (source)`: as much as is needed to tell packages apart.
    """
    names = [row[0] for row in rows]
    index = dict(zip(names, range(len(names)), strict=True))
    if len(index) < len(names):
        counts = Counter(names)
        index = {name: number for name, number in index.items() if counts[name] == 1} | _by_version(rows)
    try:
        return _resolve(rows, index)
    except KeyError:  # an older layout, which writes everything out, or two sources of one version
        index |= _by_version(rows) | _by_source(rows)
    try:
        return _resolve(rows, index)
    except KeyError:
        return None


def _resolve(rows: Sequence[_Row], index: dict[str, int]) -> list[tuple[int, ...]]:
    return [tuple([index[item] for item in requires]) if requires else () for _, _, _, requires, _ in rows]


def _by_version(rows: Sequence[_Row]) -> dict[str, int]:
    """`name version` → row. Where several sources have that version, the local one is meant."""
    index: dict[str, int] = {}
    several: set[str] = set()
    for number, (name, version, *_) in enumerate(rows):
        item = f"{name} {version}"
        if index.setdefault(item, number) != number:
            several.add(item)
    if several:
        index = {item: number for item, number in index.items() if item not in several}
        index |= {f"{name} {version}": n for n, (name, version, source, *_) in enumerate(rows) if not source}
    return index


def _by_source(rows: Sequence[_Row]) -> dict[str, int]:
    """`name version (source)` → row. The source stands there with or without its locked commit."""
    index: dict[str, int] = {}
    for number, (name, version, source, *_) in enumerate(rows):
        index[f"{name} {version} ({source})"] = number
        index[f"{name} {version} ({source.partition('#')[0]})"] = number
    return index


def _inventory(rows: Sequence[_Row], edges: list[tuple[int, ...]] | None, version: int) -> Inventory:
    problems: list[Problem] = []
    if version > NEWEST:
        message = f"has version {version}; the newest known one is {NEWEST}, and it was read like that"
        problems.append(Problem("newer-lockfile", "", message, blocking=False))
    direct: set[int] | None = None
    roots: tuple[Root, ...] | None = None
    if edges is None:
        message = "a package depends on one that is not in it: who needs what is unknown"
        problems.append(Problem("broken-graph", "", message, blocking=False))
    elif local := [number for number, row in enumerate(rows) if not row[2]]:
        direct = {to for number in local for to in edges[number]}
        roots = tuple(
            [Root("", rows[n][0], tuple([Edge(to, Reach.UNKNOWN) for to in edges[n]]), package=n) for n in local]
        )
    origins = {source: _origin(source) for source in {row[2] for row in rows}}
    packages = [
        Package("crates.io", name, text, *origins[source], line, (), None if direct is None else number in direct)
        for number, (name, text, source, _, line) in enumerate(rows)
    ]
    return Inventory("cargo", tuple(packages), edges, roots, problems=tuple(problems))


def _origin(source: str) -> tuple[Source, str, str]:
    """Kind, locator and commit of a source (The Cargo Book, "Package ID Specifications": kinds and addresses)."""
    if not source:
        return Source.PATH, "", ""
    if source in _CRATES_IO:
        return Source.REGISTRY, "", ""
    kind, _, address = source.partition("+")
    if kind == "git":
        address, _, commit = address.partition("#")
        return Source.GIT, address.partition("?")[0], commit
    return (Source.PATH if kind == "path" else Source.OTHER_REGISTRY), address, ""


def _annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    # Only for lockfiles with findings: the others need nothing of their manifests.
    from advisord.lockfiles.cargo_manifests import annotate

    return annotate(inventory, manifests)


FORMAT = Format("cargo", parse, _annotate)
