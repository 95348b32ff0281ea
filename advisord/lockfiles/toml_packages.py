"""Reading TOML lockfiles that are one array of package tables: quickly, and with the line of every package.

Nine tenths of such a file are addresses and hashes of archives, which nobody here reads, and tomllib takes its time for
each. Where they stand exactly as the tool itself writes them, their arrays are emptied before tomllib sees the text.
"""

import re
from collections.abc import Mapping
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.text import decode, expect, lines_of, load_toml

STRING = r'"[^"\\\x00-\x1f\x7f]*+"'
"""A basic string without escapes (TOML 1.0, "String")."""

NUMBER = r"(?:0|[1-9][0-9]{0,17}+)"
"""A decimal integer (TOML 1.0, "Integer")."""


def archives(key: str, array: str, single: str = "(?!)") -> re.Pattern[str]:
    """The pattern of what a tool writes about archives: an array with one inline table a line, or a single one.

    The patterns given must match nothing but valid TOML without duplicate keys: then emptying what they match can't turn
    a text that is no TOML into one that is.
    """
    return re.compile(rf"^({key}) = (?:(\[)(?:\n(?:    {array},\n)*+|{array})\]|{single})$", re.MULTILINE)


def emptied(text: str, pattern: re.Pattern[str]) -> str:
    """The text with empty arrays and tables for archives; the text itself where it has multi-line strings."""
    if '"""' in text or "'''" in text:
        return text
    return pattern.sub(lambda match: f"{match[1]} = []" if match[2] else f"{match[1]} = {{}}", text)


def load(data: bytes, pattern: re.Pattern[str]) -> tuple[str, dict[str, Any]]:
    """The decoded text, and its TOML without archives. Raises LockfileError."""
    text = decode(data)
    slim = emptied(text, pattern)
    try:
        return text, load_toml(slim)
    except LockfileError:
        return text, load_toml(text)  # fails as well, and names the line in the real text


def tables(text: str, document: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    """The tables of the array `key`, each with the line of its header (0 where headers and tables don't agree)."""
    found = expect(list, document.get(key, []), f"`{key}`")
    lines = lines_of(text, re.compile(rf"^[ \t]*\[\[[ \t]*{key}[ \t]*\]\]", re.MULTILINE))
    if len(lines) != len(found):  # in one another way, or inside a multi-line string
        lines = [0] * len(found)
    return [(line, expect(dict, table, f"every `{key}`")) for line, table in zip(lines, found, strict=True)]


def name_of(table: Mapping[str, Any], line: int) -> str:
    """The name of a package table. Raises LockfileError where it has none."""
    name = table.get("name")
    if isinstance(name, str) and name:
        return name
    raise LockfileError(f"line {line}: the package that begins here has no `name`")


def version_of(table: Mapping[str, Any], line: int, *, optional: bool) -> str:
    """The version of a package table; "" where it has none and may (a folder whose version is computed).

    Raises LockfileError where it has none and must: without a version nothing can be said of a package.
    """
    version = table.get("version", "" if optional else None)
    return expect(str, version, f"line {line}: the version of {table.get('name')}")


def texts(table: Mapping[str, Any], key: str) -> list[str]:
    """A list of texts of a table, which may be absent. Raises LockfileError where it is no list."""
    return [str(text) for text in expect(list, table.get(key, []), f"`{key}`")]
