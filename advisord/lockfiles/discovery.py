"""Which files of a tree are lockfiles to be read, which are left out, and why."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord.lockfiles import registry
from advisord.lockfiles.uncovered import uncovered
from advisord.model.problem import Problem

EXCLUDE = (
    "node_modules",
    "vendor",
    "third_party",
    ".venv",
    "venv",
    "testdata",
    "fixtures",
    "__fixtures__",
)
"""Folder names whose lockfiles belong to somebody else, or to a test."""


EXCLUDED = "excluded"
"""The code of a problem: a lockfile below a folder that is left out."""

NOT_COVERED = "not-covered"
"""The code of a problem: a manifest that no lockfile covers."""


class Discovered(NamedTuple):
    """`lockfiles` are (path, format name), sorted; `problems` say what was left out (none of them is blocking)."""

    lockfiles: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


def discover(paths: Iterable[str], exclude: Sequence[str] = EXCLUDE) -> Discovered:
    """Find the lockfiles among the paths of a tree (relative to its top, with `/`)."""
    excluded = frozenset(exclude)
    found: dict[str, str] = {}
    problems = []
    kept = []
    for path in paths:
        hidden = excluded.intersection(path.split("/")[:-1])
        format_ = registry.recognise(path)
        if hidden:
            if format_:
                message = f"is not read: folders named {min(hidden)!r} are excluded"
                problems.append(Problem(EXCLUDED, path, message, blocking=False))
            continue
        kept.append(path)
        if format_:
            found[path] = format_
        elif unread := registry.UNREAD.get(path[path.rfind("/") + 1 :]):
            problems.append(Problem("unread-lockfile", path, unread, blocking=False))
    for manifest, wanted in uncovered(kept):
        message = f"is not covered: no {wanted} is committed for it"
        problems.append(Problem(NOT_COVERED, manifest, message, blocking=False))
    for path, winner in registry.shadowed(found).items():
        del found[path]
        problems.append(Problem("shadowed", path, f"is not read: its tool reads {winner} instead", blocking=False))
    return Discovered(tuple(sorted(found.items())), tuple(sorted(problems)))
