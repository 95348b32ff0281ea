"""XML of unknown origin: well-formed or a LockfileError, never a document type, bounded in depth."""

import re
from collections.abc import Callable
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles.text import MAX_BYTES

_DECLARED = re.compile(
    rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']((?:gb|big5|euc-|shift_jis|windows-31j)[\w-]*)""", re.IGNORECASE
)
"""Encodings of several bytes a character, which expat does not know."""

MAX_DEPTH = 100
MAX_ELEMENTS = 1_000_000


class Element:
    """One element: its name without prefix, the line where it begins, its text without its children's, its children."""

    __slots__ = ("children", "line", "parts", "tag")

    def __init__(self, tag: str, line: int) -> None:
        self.tag = tag
        self.line = line
        self.parts: list[str] = []
        self.children: list[Element] = []

    @property
    def text(self) -> str:
        """The element's own text, without blanks around it."""
        return "".join(self.parts).strip()

    def child(self, tag: str) -> "Element | None":
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, *path: str) -> "list[Element]":
        """The elements that this path of names leads to."""
        found = [self]
        for tag in path:
            found = [child for element in found for child in element.children if child.tag == tag]
        return found

    def value(self, tag: str) -> str:
        """The text of the first child of that name; "" where there is none."""
        child = self.child(tag)
        return child.text if child else ""


def scan(
    data: bytes,
    start: Callable[[str, dict[str, str], int], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Calls `start` with name, attributes and line of each element, `end` and `text` likewise. Raises LockfileError.

    A document type declaration is refused: without one there are no entities, and so nothing to expand or to fetch.
    """
    from xml.parsers import expat

    if len(data) > MAX_BYTES:
        raise LockfileError(f"has {len(data)} bytes; lockfiles of more than {MAX_BYTES} bytes are not read")
    data, encoding = _readable(data)
    parser = expat.ParserCreate(encoding)

    def refuse(*_: object) -> None:
        line = parser.CurrentLineNumber
        raise LockfileError(f"line {line}: has a document type declaration, which no file of this kind needs")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as exc:
        raise LockfileError(f"line {exc.lineno}: is not XML: {expat.ErrorString(exc.code)}") from exc
    except (LookupError, ValueError) as exc:
        raise LockfileError(f"is in an encoding that is not read ({exc})") from exc


def _readable(data: bytes) -> tuple[bytes, str | None]:
    """The document as expat can read it, and the encoding that it then has whatever is declared in it."""
    declared = _DECLARED.match(data)
    if declared is None:
        return data, None
    name = declared[1].decode()
    try:
        return data.decode(name).encode(), "utf-8"
    except (LookupError, UnicodeError) as exc:
        raise LockfileError(f"is not text in the encoding {name}, which it declares") from exc


def read(data: bytes) -> Element:
    """The root element. Raises LockfileError, also for nesting deeper than MAX_DEPTH and more than MAX_ELEMENTS."""
    top = Element("", 0)
    stack = [top]
    count = 0

    def start(tag: str, _: dict[str, Any], line: int) -> None:
        if len(stack) > MAX_DEPTH:
            raise LockfileError(f"line {line}: nested deeper than {MAX_DEPTH} levels")
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS:
            raise LockfileError(f"line {line}: holds more than {MAX_ELEMENTS} elements")
        element = Element(tag.rpartition(":")[2], line)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].parts.append(data)

    scan(data, start, end, text)
    return top.children[0]
