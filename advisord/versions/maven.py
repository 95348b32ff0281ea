"""Maven (`ComparableVersion` of Maven 3.9): nested lists of numbers and qualifiers.

Maven's own order runs in circles (`3.0` < `3.0-pre1` < `3.0.0.alpha.1.0` < `3.0`), so no bytes can express all of it. It
is exact as long as words stand only at the start of a list inside and no list inside starts with a list; `is_exact`
tells, and `compare` is Maven's own comparison for the rest.
"""

import re
from functools import lru_cache
from typing import TypeAlias

from advisord.versions.encoding import NUMBERS, number, text
from advisord.versions.interface import Scheme

Item: TypeAlias = int | str | list["Item"]
"""A number, a qualifier by its rank, or a list: what follows a hyphen or a change between digits and letters."""

_NUMERIC = re.compile(r"[0-9]+(?:\.[0-9]+)*").fullmatch
_SEPARATED = re.compile(r"([.-])").split
_RUNS = re.compile(r"[0-9]+|[^0-9]+").findall

_ALIASES = {"ga": "", "final": "", "release": "", "cr": "rc"}
_BEFORE_DIGIT = {"a": "alpha", "b": "beta", "m": "milestone"}
# Maven compares qualifiers as these texts; a qualifier it does not know is "7-" and its name.
_RANKS = {"alpha": "0", "beta": "1", "milestone": "2", "rc": "3", "snapshot": "4", "": "5", "sp": "6"}
_RELEASE = _RANKS[""]
_UNKNOWN = "7-"

_TAGS = {"0": b"\x02", "1": b"\x03", "2": b"\x04", "3": b"\x05", "4": b"\x06", "5": b"\x0a", "6": b"\x0b"}
_END = b"\x08"
_WORD = b"\x0c"
_HYPHEN_NUMBER = b"\x10"
_ZERO = number(0)


def key(version: str) -> bytes:
    """Position by position: words by rank with the end between `snapshot` and `sp`, `-number`, `.number`."""
    if _NUMERIC(version):
        codes = [NUMBERS[digits] for digits in version.split(".")]
        while codes and codes[-1] == _ZERO:
            codes.pop()
        return b"".join(codes) + _END
    codes = []
    todo: list[Item] | None = _parse(version)
    first = b""
    while todo:
        items, todo = todo, None
        for item in items:
            if isinstance(item, list):
                todo = item  # always the last one
            elif isinstance(item, int):
                codes.append(first + number(item))
            else:
                codes.append(_TAGS.get(item) or _WORD + text(item))
            first = b""
        first = _HYPHEN_NUMBER
    codes.append(_END)
    return b"".join(codes)


def is_exact(version: str) -> bool:
    """Whether the version belongs to the part of Maven's order that runs in no circle."""
    if _NUMERIC(version):
        return True
    items = _parse(version)
    root = True
    while True:
        words = [index for index, item in enumerate(items) if isinstance(item, str)]
        if words and (root or words != [0]):
            return False
        if not items or not isinstance(items[-1], list):
            return True
        if len(items) == 1 and not root:
            return False
        items, root = items[-1], False


def is_prerelease(version: str) -> bool:
    """Whether the version holds a qualifier below a release: alpha, beta, milestone, rc, snapshot."""
    items = _parse(version)
    while True:
        if any(isinstance(item, str) and item < _RELEASE for item in items):
            return True
        if not items or not isinstance(items[-1], list):
            return False
        items = items[-1]


def compare(a: str, b: str) -> int:
    """-1, 0 or 1 as Maven says."""
    return _compare(_parse(a), _parse(b))


@lru_cache(maxsize=4096)
def _parse(version: str) -> list[Item]:
    """The nested lists, normalised. Nobody changes them."""
    root: list[Item] = []
    lists = [root]

    def open_list() -> None:
        inner: list[Item] = []
        lists[-1].append(inner)
        lists.append(inner)

    pieces = _SEPARATED(version.lower())
    for position in range(0, len(pieces), 2):
        runs = _RUNS(pieces[position])
        last = position == len(pieces) - 1
        for index, run in enumerate(runs):
            ends = index == len(runs) - 1
            if run[0] in "0123456789":
                lists[-1].append(int(run))
            else:
                # `.x1` and a last `.x` are read as `-x1` and `-x`.
                if lists[-1] and (last or not ends):
                    open_list()
                lists[-1].append(_rank(run, before_digit=not ends))
            if not ends:
                open_list()
        if not last:
            if not runs:
                lists[-1].append(0)
            if pieces[position + 1] == "-":
                open_list()
    for items in reversed(lists):
        _normalise(items)
    return root


def _rank(word: str, *, before_digit: bool) -> str:
    if before_digit:
        word = _BEFORE_DIGIT.get(word, word)
    word = _ALIASES.get(word, word)
    return _RANKS.get(word) or _UNKNOWN + word


def _normalise(items: list[Item]) -> None:
    """Drop what says nothing (0, the release's qualifiers, empty lists) from the end, and before a list at the end."""
    for index in range(len(items) - 1, -1, -1):
        item = items[index]
        if item in (0, _RELEASE, []):
            del items[index]
        elif not isinstance(item, list):
            break


def _compare(a: Item | None, b: Item | None) -> int:
    """Words are below lists, lists below numbers; what is missing counts as 0 or as the release's qualifier."""
    if a is None:
        return 0 if b is None else -_compare(b, None)
    if isinstance(a, list):
        if isinstance(b, list):
            for index in range(max(len(a), len(b))):
                result = _compare(a[index] if index < len(a) else None, b[index] if index < len(b) else None)
                if result:
                    return result
            return 0
        if b is None:
            return next((result for result in (_compare(item, None) for item in a) if result), 0)
        return 1 if isinstance(b, str) else -1
    if isinstance(a, int):
        if b is None:
            b = 0
        return 1 if not isinstance(b, int) else (a > b) - (a < b)
    if b is None:
        b = _RELEASE
    return -1 if not isinstance(b, str) else (a > b) - (a < b)


SCHEME = Scheme(key, is_prerelease, is_exact, compare)
