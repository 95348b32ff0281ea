"""Entries of a lockfile that can't be read, while the others can: problems, up to a number that no lockfile has."""

from advisord.errors import LockfileError
from advisord.model.problem import Problem

MAX_ENTRIES = 100
"""A file with more of them is not the lockfile that its name says."""


def entry(problems: list[Problem], line: int, what: str, *, blocking: bool = True) -> None:
    """Adds one. Blocking: something is locked there, and nobody knows what. Raises LockfileError for one too many."""
    if len(problems) == MAX_ENTRIES:
        raise LockfileError(f"line {line}: {what}; more than {MAX_ENTRIES} entries can't be read")
    problems.append(Problem("unreadable-entry", "", f"line {line}: {what}", blocking))
