"""Cargo.lock, versions 1 to 4 (The Cargo Book, "Cargo.toml vs Cargo.lock"; the layout is cargo's own encoder's).

Cargo writes one canonical layout. It is read block by block, by a regular expression that has to match each as a whole;
anything else (edited by hand, another tool's, broken) goes to a TOML parser, which decides. The lockfiles of a repository
share most of their blocks, so a block that was met before is not read again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode, expect, lines_of, load_toml
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

NEWEST = 4
"""The newest layout that is known."""

_CRATES_IO = frozenset({"registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"})
_TEXT = r'"([^"\\\x00-\x1f\x7f]++)"'
_ANY = r'"[^"\\\x00-\x1f\x7f]*+"'
_HEAD = re.compile(r"(?:#[^\x00-\x1f\x7f]*\n|\n)*+(?:version = ([1-9][0-9]{0,3})\n\n*+)?(?=\[\[package\]\]\n)")
_BLOCK = re.compile(
    rf"name = {_TEXT}\nversion = {_TEXT}\n(?:source = {_TEXT}\n)?+(?:checksum = {_ANY}\n)?+"
    rf"(?:dependencies = \[\n((?: {_ANY},\n)++)\]\n)?+\n?+"
)
_BEFORE = "[[package]]\n"
_BETWEEN = '",\n "'
_CHECKSUM = re.compile(rf"({_ANY}) = {_ANY}")
_METADATA = "[metadata]\n"
_HEADER = r"(?m)^[ \t]*\[\[[ \t]*package[ \t]*\]\]"
_ROOT = r"(?m)^[ \t]*\[[ \t]*root[ \t]*\]"
_KEYS = frozenset({"version", "package", "root", "metadata", "patch"})


_Row = tuple[Package, str, tuple[str, ...], int, str]
"""One `[[package]]`, whichever way it was read, as far as it is the same wherever it stands.

The package, its source as written, the items of `dependencies`, how many lines it takes, the item that names it in full.
"""


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
    blocks = text[head.end() :].split(_BEFORE)[1:]
    blocks[-1], metadata, checksums = blocks[-1].partition(_METADATA)
    if metadata:
        *lines, last = checksums.split("\n")
        keys = [_checksum(line) for line in lines]
        if last or "" in keys or len(set(keys)) < len(keys):
            return None
    rows = [_block(block) for block in blocks]
    read = [row for row in rows if row]
    if len(read) < len(rows):
        return None

    first = text.count("\n", 0, head.end()) + 1
    problems = _newer(int(head[1] or 1))

    def rest(wanted: Iterable[int] | None) -> Inventory:
        return _inventory(read, list(accumulate([row[3] for row in read], initial=first)), problems, wanted)

    return Inventory("cargo", tuple([row[0] for row in read]), problems=problems, rest=rest)


@lru_cache(maxsize=1 << 13)
def _block(text: str) -> _Row | None:
    """One block without its header, or None where it is not as cargo writes it."""
    match = _BLOCK.fullmatch(text)
    if match is None:
        return None
    name, version, source, requires = match.groups("")
    items = tuple(requires[2:-3].split(_BETWEEN)) if requires else ()
    return _made(name, version, source, items, text.count("\n") + 1)


def _made(name: str, version: str, source: str, requires: tuple[str, ...], lines: int) -> _Row:
    full = f"{name} {version} ({source})" if source else f"{name} {version}"
    return Package("crates.io", name, version, *_origin(source)), source, requires, lines, full


@lru_cache(maxsize=1 << 13)
def _checksum(line: str) -> str:
    """The key of a line of `[metadata]`, or "" where it is not as cargo writes it."""
    match = _CHECKSUM.fullmatch(line)
    return match[1] if match else ""


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
    return _inventory(rows, lines, _newer(expect(int, document.get("version", 1), "`version`")))


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
    source = expect(str, package.get("source", ""), f"{where}: `source`")
    return _made(name, version, source, tuple(requires), 0)


def _edges(rows: Sequence[_Row]) -> list[tuple[int, ...]] | None:
    """The graph; None where an item of `dependencies` names no package, or more than one.

    An item is `name`, `name version` or `name version (source)`: as much as is needed to tell packages apart.
    """
    first = next((row[2][0] for row in rows if row[2]), "")
    if first.endswith(")"):  # an older layout, which writes everything out
        with suppress(KeyError):
            return _resolve(rows, _by_source(rows))
    names = [row[0].name for row in rows]
    index = dict(zip(names, range(len(names)), strict=True))
    if len(index) < len(names):
        counts = Counter(names)
        several = [(number, row) for number, row in enumerate(rows) if counts[names[number]] > 1]
        index = {name: number for name, number in index.items() if counts[name] == 1} | _by_version(several)
    with suppress(KeyError):
        return _resolve(rows, index)
    index |= _by_version(list(enumerate(rows))) | _by_source(rows)  # two sources of one version, or layouts mixed
    with suppress(KeyError):
        return _resolve(rows, index)
    return None


def _resolve(rows: Sequence[_Row], index: dict[str, int]) -> list[tuple[int, ...]]:
    number = index.__getitem__
    return [tuple(map(number, row[2])) for row in rows]


def _by_version(rows: Sequence[tuple[int, _Row]]) -> dict[str, int]:
    """`name version` → row. Where several sources have that version, the local one is meant."""
    index: dict[str, int] = {}
    several: set[str] = set()
    items = [(number, f"{package.name} {package.version}", source) for number, (package, source, *_) in rows]
    for number, item, _ in items:
        if index.setdefault(item, number) != number:
            several.add(item)
    if several:
        index = {item: number for item, number in index.items() if item not in several}
        index |= {item: number for number, item, source in items if not source}
    return index


def _by_source(rows: Sequence[_Row]) -> dict[str, int]:
    """`name version (source)` → row. The source stands there with or without its locked commit, and not where there is none."""
    locked = [(number, row[0], row[1].partition("#")[0]) for number, row in enumerate(rows) if "#" in row[1]]
    index = dict(zip([row[4] for row in rows], range(len(rows)), strict=True))
    return index | {f"{package.name} {package.version} ({source})": number for number, package, source in locked}


def _newer(version: int) -> tuple[Problem, ...]:
    if version <= NEWEST:
        return ()
    message = f"has version {version}; the newest known one is {NEWEST}, and it was read like that"
    return (Problem("newer-lockfile", "", message, blocking=False),)


def _inventory(
    rows: Sequence[_Row], lines: Sequence[int], problems: tuple[Problem, ...], wanted: Iterable[int] | None = None
) -> Inventory:
    edges = _edges(rows)
    direct: set[int] | None = None
    roots: tuple[Root, ...] | None = None
    if edges is None:
        message = "a package depends on one that is not in it: who needs what is unknown"
        problems = (*problems, Problem("broken-graph", "", message, blocking=False))
    elif local := [(number, row[0].name) for number, row in enumerate(rows) if not row[1]]:
        direct = {to for number, _ in local for to in edges[number]}
        edge = {to: Edge(to, Reach.UNKNOWN) for to in direct}
        roots = tuple([Root("", name, tuple([edge[to] for to in edges[n]]), package=n) for n, name in local])
    packages = [row[0] for row in rows]
    for number in range(len(rows)) if wanted is None else wanted:
        known = None if direct is None else number in direct
        packages[number] = tuple.__new__(Package, (*packages[number][:6], lines[number], (), known, ""))
    return Inventory("cargo", tuple(packages), edges, roots, problems=problems)


@lru_cache(maxsize=1 << 10)
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
