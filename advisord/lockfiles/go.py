"""go.mod (Go Modules Reference, "go.mod files"): since Go 1.17 it lists every module of the build, so it is the lockfile.

go.sum holds hashes of many modules that are not in the build; it is read only to complete a go.mod of before 1.17,
which leaves out what its requirements require.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

INCOMPLETE = "incomplete-lockfile"
STANDARD_LIBRARY = ("stdlib",)
"""The group of the package `stdlib`: whether it counts is the policy's choice, for the build image decides."""

_TOKEN = re.compile(r'"([^"\n]*)"|`([^`\n]*)`|(//.*|=>|[()]|(?:[^\s()"`/]++|/(?!/))++)')
_VERBS = frozenset(
    {"module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"}
)
_RELEASE = re.compile(r"(?:go)?(\d+(?:\.\d+)*(?:(?:rc|beta)\d+)?)")
_SUM = re.compile(r"^(\S+) (v[^\s/]+) h1:", re.MULTILINE)
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?")


class _Line(NamedTuple):
    """One directive; the lines of a block have their block's verb. `comment` is what follows `//`."""

    verb: str
    words: Sequence[str]
    comment: str
    number: int


def parse(data: bytes) -> Inventory:
    """The modules of a go.mod, replaced ones as what replaces them. Versions are without the leading `v`, as in OSV.

    The module itself is the root. Which of its requirements only tests need is not in the file.
    """
    lines = list(_lines(decode(data)))
    packages = _required(lines)
    edges = tuple([Edge(index, Reach.UNKNOWN) for index, package in enumerate(packages) if package.direct])
    problems: tuple[Problem, ...] = ()
    if packages and _number(lines, "go") < (1, 17):
        message = (
            "is of a Go before 1.17: modules that its requirements require are only in go.sum, which does not say what is"
            " built; they are shown and not matched (`go mod tidy -go=1.17` lists them)"
        )
        problems = (Problem(INCOMPLETE, "", message, blocking=False),)
    name = next((line.words[0] for line in lines if line.verb == "module"), "")
    roots = (Root(".", name, edges),) if name else None
    names = {package.name for package in packages}  # a fork that replaces a module is at no version of that module
    unpinned = tuple([("Go", line.words[0]) for line in lines if line.verb == "require" and line.words[0] not in names])
    return Inventory("go", (*packages, *_standard_library(lines)), None, roots, problems=problems, unpinned=unpinned)


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """For a go.mod of before Go 1.17: the modules besides that go.sum holds the code of, in their highest version.

    The go command takes the highest version that anyone requires ("Minimal version selection").
    """
    if not any(problem.code == INCOMPLETE for problem in inventory.problems):
        return inventory
    data = manifests.read("go.sum")
    if data is None:
        return inventory
    known = {package.name for package in inventory.packages}
    highest: dict[str, str] = {}
    for name, version in _SUM.findall(decode(data)):
        if name not in known and (name not in highest or _order(version) > _order(highest[name])):
            highest[name] = version
    more = [Package("Go", name, _bare(version), direct=False) for name, version in sorted(highest.items())]
    problems = tuple([problem for problem in inventory.problems if problem.code != INCOMPLETE])
    return inventory._replace(packages=(*inventory.packages, *more), problems=problems)


def _lines(text: str) -> Iterator[_Line]:
    block = ""
    for number, line in enumerate(text.split("\n"), 1):
        words: list[str] = []
        comment = ""
        for quoted, raw, plain in _TOKEN.findall(line):
            if plain.startswith("//"):
                comment = plain[2:].strip()
            else:
                words.append(quoted or raw or plain)
        if not words:
            continue
        if "" in words:
            raise LockfileError(f"line {number}: an empty text stands in it")
        if block:
            if words == [")"]:
                block = ""
            else:
                yield _Line(block, words, comment, number)
        elif words[0] not in _VERBS:
            raise LockfileError(f"line {number}: a directive of go.mod should stand here, not {words[0][:40]!r}")
        elif words[1:] == ["("]:
            block = words[0]
        elif len(words) > 1:
            yield _Line(words[0], words[1:], comment, number)
        else:
            raise LockfileError(f"line {number}: `{words[0]}` needs a value")
    if block:
        raise LockfileError(f"the block `{block} (` is not closed")


def _required(lines: Sequence[_Line]) -> list[Package]:
    replaced = dict(_replacement(line) for line in lines if line.verb == "replace")
    packages: dict[tuple[str, str], Package] = {}
    for line in lines:
        if line.verb != "require":
            continue
        if len(line.words) != 2:
            raise LockfileError(f"line {line.number}: `require` needs a module and a version")
        name, version = line.words
        source, locator = Source.REGISTRY, ""
        new = replaced.get((name, version)) or replaced.get((name, ""))
        if new and new[1]:
            name, version = new
        elif new:
            source, locator = Source.PATH, new[0]
        direct = line.comment.split(";")[0].strip() != "indirect"
        package = Package("Go", name, _bare(version), source, locator, line=line.number, direct=direct)
        packages.setdefault((name, version), package)
    return list(packages.values())


def _replacement(line: _Line) -> tuple[tuple[str, str], tuple[str, str]]:
    """(module, version or "" for all) → (module or folder, version or "" for a folder)."""
    words = line.words
    arrow = words.index("=>") if "=>" in words else 0
    if arrow not in {1, 2} or len(words) - arrow not in {2, 3}:
        raise LockfileError(
            f"line {line.number}: `replace` should be `module [version] => module version`, or a folder"
        )
    return (words[0], words[1] if arrow == 2 else ""), (words[arrow + 1], words[-1] if len(words) - arrow == 3 else "")


def _standard_library(lines: Sequence[_Line]) -> tuple[Package, ...]:
    """`stdlib` at the toolchain's version, else at the language's (both directives name a Go release)."""
    for verb in ("toolchain", "go"):
        for line in lines:
            if line.verb == verb and (match := _RELEASE.match(line.words[0])):
                return (Package("Go", "stdlib", match[1], line=line.number, groups=STANDARD_LIBRARY),)
    return ()


def _number(lines: Sequence[_Line], verb: str) -> tuple[int, ...]:
    for line in lines:
        if line.verb == verb and (match := _RELEASE.match(line.words[0])):
            return tuple([int(part) for part in re.findall(r"\d{1,9}", match[1])])
    return ()


def _bare(version: str) -> str:
    return version[1:] if _VERSION.match(version) else version


def _order(version: str) -> tuple[object, ...]:
    """A key for versions of one module (Semantic Versioning 2.0.0, section 11)."""
    match = _VERSION.match(version)
    if match is None:
        return (-1,)
    identifiers = (match[4] or "").lstrip("-").split(".")
    pre = [(0, int(item[:18]), "") if item.isdigit() else (1, 0, item) for item in identifiers]
    return (int(match[1][:18]), int(match[2][:18]), int(match[3][:18]), match[4] is None, pre)


FORMAT = Format("go", parse, annotate)
