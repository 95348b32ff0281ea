"""`package.json` beside a lockfile: what a project requires itself, and which folders are its workspace's members."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.text import decode, expect, refuse_halves
from advisord.model.inventory import Reach
from advisord.model.problem import Problem

MAX_GLOBS = 1000
MAX_PATTERN = 200
MAX_PARTS = 20
MAX_TESTS = 300_000
"""How often a folder may be held against a pattern with wildcards: a thousand folders, and hundreds of patterns."""
_BRACES = re.compile(r"\{([^{}]*)\}")


class Project(NamedTuple):
    """One `package.json`. `needs` maps a dependency's key to the requirement as written and the kind of edge."""

    path: str
    name: str
    needs: Mapping[str, tuple[str, Reach]]
    workspaces: tuple[str, ...] = ()


def needs(table: Mapping[str, Any]) -> dict[str, tuple[str, Reach]]:
    """What a `package.json`, or its copy in a lockfile, requires.

    A peer dependency that is a development dependency as well is one for development (npm and pnpm read it so); what
    is both a dependency and a development dependency counts as the former. Raises LockfileError for other layouts.
    """
    found: dict[str, tuple[str, Reach]] = {}
    for section, reach in (
        ("peerDependencies", Reach.RUNTIME),
        ("devDependencies", Reach.DEV),
        ("dependencies", Reach.RUNTIME),
        ("optionalDependencies", Reach.RUNTIME),
    ):
        for name, requirement in expect(dict, table.get(section) or {}, section).items():
            found[name] = (requirement if isinstance(requirement, str) else "", reach)
    return found


def globs(table: Mapping[str, Any]) -> tuple[str, ...]:
    """The `workspaces` of a `package.json`: a list, or yarn's table with the list under `packages`."""
    value = table.get("workspaces") or []
    if isinstance(value, dict):
        value = value.get("packages") or []
    return tuple(str(glob) for glob in expect(list, value, "workspaces")[:MAX_GLOBS])


class Workspace:
    """Which folders are members: the last pattern that fits decides, `!` in front of it excludes."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises LockfileError for patterns that nobody writes by hand."""
        self._exact: dict[str, tuple[int, bool]] = {}
        self._patterns: list[tuple[int, bool, list[str]]] = []
        self._budget = MAX_TESTS
        for rank, pattern in enumerate(patterns):
            member = not pattern.startswith("!")
            for plain in _expanded(pattern.removeprefix("!")):
                parts = [part for part in plain.split("/") if part not in {"", "."}]
                if len(plain) > MAX_PATTERN or len(parts) > MAX_PARTS:
                    raise LockfileError(f"the workspace pattern {plain[:50]!r} is too long")
                if "*" in plain or "?" in plain or "[" in plain:
                    self._patterns.append((rank, member, parts))
                else:
                    self._exact["/".join(parts)] = (rank, member)

    def holds(self, path: str) -> bool:
        """Whether the folder is a member. Raises LockfileError when far too much was asked for."""
        best, member = self._exact.get(path, (-1, False))
        self._budget -= len(self._patterns)
        if self._budget < 0:
            raise LockfileError("has too many workspace patterns for its many folders")
        parts = path.split("/")
        for rank, including, pattern in reversed(self._patterns):
            if rank > best and len(parts) <= MAX_PARTS and _fits(parts, pattern):
                return including
        return member


def _expanded(pattern: str) -> list[str]:
    """A pattern with `{a,b}` as one pattern each (one pair of braces, as in practice)."""
    match = _BRACES.search(pattern[: MAX_PATTERN + 1])
    if not match:
        return [pattern]
    return [pattern[: match.start()] + choice + pattern[match.end() :] for choice in match[1].split(",")]


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Folder names against a pattern's, where `**` stands for any number of them."""
    reachable = {0}  # how many parts the pattern so far can have used up
    for piece in pattern:
        if piece == "**":
            reachable = set(range(min(reachable), len(parts) + 1))
        else:
            reachable = {at + 1 for at in reachable if at < len(parts) and fnmatchcase(parts[at], piece)}
        if not reachable:
            return False
    return len(parts) in reachable


def project(data: bytes, path: str) -> Project:
    """Reads a `package.json` of the folder `path`. Raises LockfileError."""
    try:
        table = expect(dict, json.loads(decode(data)), "package.json")
    except (ValueError, RecursionError) as exc:
        raise LockfileError("is not JSON") from exc
    name = table.get("name")
    found = Project(path, name if isinstance(name, str) else "", needs(table), globs(table))
    refuse_halves(data, found)
    return found


def projects(manifests: Manifests) -> tuple[list[Project], list[Problem]]:
    """The project beside the lockfile and its workspace's members, in this order; nothing without a `package.json`."""
    problems: list[Problem] = []
    top = read(manifests, ".", problems)
    if top is None:
        return [], problems
    found = [top]
    if top.workspaces:
        try:
            workspace = Workspace(top.workspaces)
            folders = [path for path in _folders(manifests.find("package.json")) if workspace.holds(path)]
        except LockfileError as exc:
            problems.append(Problem("unreadable-manifest", "package.json", str(exc), blocking=False))
            return [], problems
        found += [member for path in folders if (member := read(manifests, path, problems))]
    return found, problems


def _folders(paths: Iterable[str]) -> list[str]:
    folders = [path.removesuffix("/package.json") for path in paths if path.endswith("/package.json")]
    return sorted(folder for folder in folders if "node_modules" not in folder.split("/"))


def read(manifests: Manifests, folder: str, problems: list[Problem]) -> Project | None:
    """The project of a folder, None without a readable `package.json`; an unreadable one becomes a problem."""
    path = "package.json" if folder == "." else f"{folder}/package.json"
    data = manifests.read(path)
    if data is None:
        return None
    try:
        return project(data, folder)
    except LockfileError as exc:
        problems.append(Problem("unreadable-manifest", path, f"{exc}: who requires what is unknown", blocking=False))
        return None
