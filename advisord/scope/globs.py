"""Globs over names and over paths, compiled once.

Names: `*` and `?`, nothing else is special. Paths: `*` and `?` stay within one folder, `**` crosses folders, and a pattern
covers everything below what it names (`crates/` covers `crates/mango`); `.` is the top folder alone.
"""

import re
from collections.abc import Callable
from functools import lru_cache

SPECIAL = ("*", "?")


def is_glob(text: str) -> bool:
    """Whether the text holds a wildcard."""
    return any(character in text for character in SPECIAL)


@lru_cache(maxsize=4096)
def name_glob(pattern: str) -> Callable[[str], object]:
    """A test of a whole name, without regard to case."""
    return re.compile(name_pattern(pattern), re.IGNORECASE | re.DOTALL).fullmatch


def name_pattern(pattern: str) -> str:
    """A name glob as the source of a regular expression."""
    return "".join(_NAME.get(character) or re.escape(character) for character in _squeezed(pattern))


@lru_cache(maxsize=4096)
def path_glob(pattern: str) -> Callable[[str], object]:
    """A test of a path relative to the repository, with `/`; `.` is the top."""
    parts = [part for part in pattern.replace("\\", "/").split("/") if part not in {"", "."}]
    if not parts:
        return re.compile(r"\.?").fullmatch
    if len(parts) > 1 and parts[-1] == "**":
        parts.pop()
    source = ""
    for number, part in enumerate(parts):
        if part == "**":
            source += "(?:[^/]+/)*" if number < len(parts) - 1 else ".*"
            continue
        source += "".join(_PATH.get(character) or re.escape(character) for character in _squeezed(part))
        source += "/" if number < len(parts) - 1 else "(?:/.*)?"
    return re.compile(source, re.DOTALL).fullmatch


def is_top(pattern: str) -> bool:
    """Whether the pattern is `.`: the top folder, and nothing below it."""
    return not any(part not in {"", "."} for part in pattern.replace("\\", "/").split("/"))


def base(pattern: str) -> str:
    """The folder without wildcards that a path pattern stands under (`apps/*/web` → `apps`, `**` → `.`)."""
    parts: list[str] = []
    for part in pattern.replace("\\", "/").split("/"):
        if is_glob(part):
            break
        if part not in {"", "."}:
            parts.append(part)
    return "/".join(parts) or "."


def below(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or stands below it."""
    return folder in {".", path} or path.startswith(folder + "/")


def _squeezed(pattern: str) -> str:
    """Runs of stars as one: a pattern such as `*****a` must not cost exponential time."""
    return re.sub(r"\*{2,}", "*", pattern)


_NAME = {"*": ".*", "?": "."}
_PATH = {"*": "[^/]*", "?": "[^/]"}
