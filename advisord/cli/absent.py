"""What to say where nothing was found: that there is nothing, or that git does not keep what is there yet."""

import os
from collections.abc import Sequence

from advisord import policies
from advisord.lockfiles.discovery import EXCLUDE, discover
from advisord.model.problem import Problem
from advisord.net import worktree
from advisord.words import counted

_FOREIGN = frozenset(EXCLUDE)


def no_lockfile(paths: Sequence[str], exclude: Sequence[str] | None) -> Problem:
    """The problem that none of the paths holds a lockfile that counts."""
    waiting = [name for path in paths for name, _ in discover(_untracked(path), exclude or EXCLUDE).lockfiles]
    if not waiting:
        return Problem("no-lockfile", " ".join(paths), "holds no lockfile that advisord reads")
    message = f"{counted(len(waiting), 'lockfile')} here {_not_kept(waiting)} or name what to read"
    return Problem("no-lockfile", " ".join(paths), message)


def ignore_files(path: str, allowed: Sequence[str] = ()) -> list[Problem]:
    """A note where other tools' ignore files stand that git does not keep: they accept nothing.

    With `allowed` it is about those that a policy lets accept, wherever they stand in the tree that holds the path.
    """
    waiting = policies.names_of_ignore_files(
        name
        for name in (worktree.untracked(worktree.top_of(path)) if allowed else _untracked(path))
        if not _FOREIGN.intersection(name.split("/")[:-1])
    )
    if allowed:
        waiting = policies.accepting(waiting, allowed)
    if not waiting:
        return []
    message = f"{counted(len(waiting), 'ignore file')} here {_not_kept(waiting)} until then nothing in it counts"
    return [Problem("untracked", path, message, blocking=False)]


def _untracked(path: str) -> Sequence[str]:
    top = worktree.top_of(path)
    below = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    return worktree.untracked(top, "" if below == "." else below)


def _not_kept(names: Sequence[str]) -> str:
    one = len(names) == 1
    return f"{'is' if one else 'are'} neither committed nor staged ({', '.join(names[:3])}{', …' if names[3:] else ''}): `git add` {'it' if one else 'them'},"
