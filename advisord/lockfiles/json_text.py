"""JSON that knows its lines: the outer levels are walked by hand, everything below them is left to the json module."""

import json
import re
from collections.abc import Iterable, Sized
from typing import Any, NamedTuple, NoReturn

from advisord.errors import LockfileError

MAX_MEMBERS = 1_000_000
"""Of one of the outer containers; the largest lockfiles that people commit have some ten thousand."""


class Document(NamedTuple):
    """One JSON text: its value, and the lines of what stands in its outer containers (by identity).

    Of an object it knows the 1-based line of each key, of an array the line of each element (of an element that is an
    object: the line of its first key, which is where a person looks for it).
    """

    value: Any
    lines: dict[int, dict[Any, int]]

    def line(self, container: Any, key: str | int) -> int:
        """The line of a key or an index of a container, 0 when it is deeper than was asked for."""
        return self.lines.get(id(container), {}).get(key, 0)


def load(text: str, depth: int) -> Document:
    """The value of a JSON text (RFC 8259) with the lines of its outermost `depth` levels of containers.

    Raises LockfileError for anything that is not JSON, and for a key that stands twice in an object of those levels:
    which of the two would count depends on the reader.
    """
    reader = _Reader(text)
    try:
        value, end = reader.value(_space(text, 0), depth)
    except json.JSONDecodeError as exc:
        raise LockfileError(f"line {exc.lineno}: is not JSON: {exc.msg}") from exc
    except RecursionError as exc:
        raise LockfileError("is nested too deep for a lockfile") from exc
    except ValueError as exc:  # a number of more digits than int() takes
        raise LockfileError("a number of thousands of digits stands in it; that is no lockfile") from exc
    if _space(text, end) != len(text):
        raise LockfileError(f"line {reader.line(end)}: is not JSON: something stands after the end of the value")
    return Document(value, reader.lines)


_BLANKS = re.compile(r"[ \t\n\r]*")


def _space(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def _no_constant(name: str) -> NoReturn:
    raise LockfileError(f"is not JSON: {name} is no JSON value")


_decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[int, dict[Any, int]] = {}
        self._line, self._counted = 1, 0

    def line(self, position: int) -> int:
        """The line of a position; positions only ever grow, so that every newline is counted once."""
        self._line += self.text.count("\n", self._counted, position)
        self._counted = position
        return self._line

    def value(self, position: int, depth: int) -> tuple[Any, int]:
        """The value at a position and where it ends."""
        opening = self.text[position : position + 1] if depth else ""
        if opening == "{":
            return (self._indented(position, '"') if depth == 1 else None) or self._object(position, depth)
        if opening == "[":
            return (self._indented(position, "{") if depth == 1 else None) or self._array(position, depth)
        return _decode(self.text, position)

    def _indented(self, position: int, first: str) -> tuple[Any, int] | None:
        """An object whose keys, or an array whose objects, each begin a line of their own: decoded in one piece.

        So every tool writes them. They are what stands behind exactly the first one's indentation. Where their number
        is not the decoded one (a key stands twice, somebody edited by hand) the answer is None.
        """
        text = self.text
        start = text[position + 1 : _space(text, position + 1) + 1]
        if start.count("\n") != 1 or not (start.startswith("\n") and start.endswith(first)):
            return None
        members, end = _decode(text, position)
        if len(members) > MAX_MEMBERS:
            return None
        lines: dict[Any, int] = {}
        line, place = self.line(position), position + 1
        keys: Iterable[Any] = range(len(members)) if first == "{" else members
        for key in keys:
            begin = text.find(start, place, end)
            if begin < 0:
                return None
            behind = _space(text, begin + len(start)) if first == "{" else begin + 1
            line += text.count("\n", place, behind)
            lines[key] = line
            place = behind
        if text.find(start, place, end) >= 0:
            return None
        self.lines[id(members)] = lines
        return members, end

    def _object(self, position: int, depth: int) -> tuple[dict[str, Any], int]:
        text = self.text
        members: dict[str, Any] = {}
        lines = self.lines[id(members)] = {}
        position = _space(text, position + 1)
        if text[position : position + 1] == "}":
            return members, position + 1
        while True:
            if text[position : position + 1] != '"':
                raise json.JSONDecodeError("a key in double quotes is expected", text, position)
            key, end = _decode(text, position)
            if key in members:
                raise LockfileError(f"line {self.line(position)}: the key {key[:200]!r} stands twice in one object")
            lines[key] = self._member(lines, position)
            position = _space(text, end)
            if text[position : position + 1] != ":":
                raise json.JSONDecodeError("a colon is expected", text, position)
            members[key], position = self.value(_space(text, position + 1), depth - 1)
            position, closed = self._next(position, "}")
            if closed:
                return members, position

    def _array(self, position: int, depth: int) -> tuple[list[Any], int]:
        text = self.text
        elements: list[Any] = []
        lines = self.lines[id(elements)] = {}
        position = _space(text, position + 1)
        if text[position : position + 1] == "]":
            return elements, position + 1
        while True:
            first = _space(text, position + 1) if text[position : position + 1] == "{" else position
            lines[len(elements)] = self._member(lines, position) + text.count("\n", position, first)
            element, position = self.value(position, depth - 1)
            elements.append(element)
            position, closed = self._next(position, "]")
            if closed:
                return elements, position

    def _member(self, lines: Sized, position: int) -> int:
        """The line of the next member of a container."""
        if len(lines) == MAX_MEMBERS:
            raise LockfileError(f"line {self.line(position)}: more than {MAX_MEMBERS} members in one list or object")
        return self.line(position)

    def _next(self, position: int, closing: str) -> tuple[int, bool]:
        """Past the comma or the closing bracket after a member, and which of them it was."""
        position = _space(self.text, position)
        found = self.text[position : position + 1]
        if found == ",":
            return _space(self.text, position + 1), False
        if found == closing:
            return position + 1, True
        raise json.JSONDecodeError(f"a comma or {closing} is expected", self.text, position)
