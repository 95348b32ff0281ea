"""Globs over names and over paths, compiled once.

Names: `*` and `?`, nothing else is special. Paths: `*` and `?` stay within one folder, `**` crosses folders, and a pattern
covers everything below what it names (`crates/` covers `crates/mango`); `.` is the top folder alone.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby

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
    return _source(pattern, ".")


@lru_cache(maxsize=4096)
def path_glob(pattern: str) -> Callable[[str], object]:
    """A test of a path relative to the repository, with `/`; `.` is the top."""
    parts = [part for part in pattern.replace("\\", "/").split("/") if part not in {"", "."}]
    if not parts:
        return re.compile(r"\.?").fullmatch
    while len(parts) > 1 and parts[-1] == "**":
        parts.pop()
    if parts == ["**"]:
        return re.compile(".*", re.DOTALL).fullmatch
    chunks = [
        "/".join(_source(part, "[^/]") for part in chunk)
        for across, chunk in groupby(parts, lambda part: part == "**")
        if not across
    ]
    source = "" if parts[0] == "**" else chunks.pop(0)
    if chunks:
        folders = "(?:[^/]+/)"
        source += "/" if source else ""
        source += "".join(f"(?>{folders}*?{chunk}/)" for chunk in chunks[:-1]) + f"{folders}*{chunks[-1]}"
    return re.compile(f"{source}(?:/.*)?", re.DOTALL).fullmatch


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


def _source(pattern: str, one: str) -> str:
    """A glob whose wildcards stand for characters of the class `one`, as a regular expression.

    What follows a star is looked for once, and where it comes first (an atomic group): a glob that finds no match that
    way has none, and one such as `*a*a*a*a*b` must not cost exponential time.
    """
    first, *others = ("".join(one if c == "?" else re.escape(c) for c in part) for part in pattern.split("*"))
    if not others:
        return first
    return first + "".join(f"(?>{one}*?{part})" for part in others[:-1] if part) + f"{one}*{others[-1]}"
