"""Reading Elixir terms as text: what `mix.lock` is made of, and the literal part of `mix.exs`. Nothing is evaluated."""

import re
from typing import Any, NamedTuple

from advisord.errors import LockfileError

MAX_DEPTH = 50
MAX_TOKENS = 2_000_000
"""The largest lockfiles that people commit have some ten thousand."""


class Atom(str):
    """`:name` or `:"name"`."""

    __slots__ = ()


class Word(str):
    """A bare word: `true`, `nil`, a module's name, a function that is called."""

    __slots__ = ()


class Pair(NamedTuple):
    """One entry of a keyword list or a map: `key: value` or `key => value`, and the 1-based line of the key."""

    key: str
    value: Any
    line: int


class Braces(list[Any]):
    """A tuple `{…}`, as distinct from a list `[…]` or the entries of a map `%{…}`."""


_TOKEN = re.compile(
    r"""(?P<skip>(?:[ \t\r,]++|\#[^\n]*+)++)
      | (?P<line>\n)
      | "(?P<text>(?:[^"\\]++|\\.)*+)"(?P<key>:(?!:))?
      | :"(?P<quoted>(?:[^"\\]++|\\.)*+)"
      | :(?P<atom>[A-Za-z_][\w@]*+[?!]?)
      | (?P<word>[A-Za-z_][\w@.]*+[?!]?)(?P<wordkey>:(?![:\w]))?
      | (?P<number>-?[0-9][\w.]*+)
      | (?P<open>%\{|\{|\[)
      | (?P<close>\}|\])
      | (?P<arrow>=>)
      | (?P<code>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def read(text: str, position: int = 0, *, program: bool = False) -> tuple[Any, int]:
    """The term that begins at a position, and where it ends.

    A string is a `str`, a number its text, an atom an `Atom`, a tuple `Braces`, a list or a map a `list`, in which the
    entries of maps and keyword lists are `Pair`. In a `program` None stands for every sign that is no part of a literal
    term. Raises LockfileError for what is no literal term otherwise, or is nested deeper than MAX_DEPTH.
    """
    reader = _Reader(text, position, program)
    return reader.value(reader.token(), 0), reader.position


class _Reader:
    def __init__(self, text: str, position: int, program: bool) -> None:
        self.position = position
        self._program = program
        self._tokens = 0
        self._text = text
        self._line = text.count("\n", 0, position) + 1

    def token(self) -> re.Match[str]:
        """The next token that is no blank, comma, comment or line end: the brackets alone carry the structure."""
        while match := _TOKEN.match(self._text, self.position):
            self.position = match.end()
            if match.lastgroup == "line":
                self._line += 1
            elif match.lastgroup == "code" and not self._program:
                raise LockfileError(f"line {self._line}: {match[0]!r} is no part of a literal Elixir term")
            elif match.lastgroup != "skip":
                self._tokens += 1
                if self._tokens > MAX_TOKENS:
                    raise LockfileError(f"line {self._line}: more than {MAX_TOKENS} Elixir terms; that is no lockfile")
                return match
        raise LockfileError(f"line {self._line}: the Elixir term does not end")

    def value(self, match: re.Match[str], depth: int) -> Any:
        """The term that begins with this token."""
        kind = match.lastgroup
        if kind == "text":
            self._line += match["text"].count("\n")
            return _ESCAPE.sub(r"\1", match["text"])
        if kind == "open":
            if depth == MAX_DEPTH:
                raise LockfileError(f"line {self._line}: nested deeper than {MAX_DEPTH} levels")
            items = self._items("]" if match["open"] == "[" else "}", depth + 1)
            return Braces(items) if match["open"] == "{" else items
        if kind in {"atom", "quoted"}:
            return Atom(match[kind])
        if kind == "word":
            return Word(match["word"])
        if kind == "number":
            return match["number"]
        if kind == "code":
            return None
        raise LockfileError(f"line {self._line}: {match[0]!r} stands where a term is expected")

    def _items(self, closing: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            match = self.token()
            kind, line = match.lastgroup, self._line
            if kind == "close" and match["close"] == closing:
                return items
            if kind in {"key", "wordkey"}:
                key = match["text"] if kind == "key" else match["word"]
                items.append(Pair(_ESCAPE.sub(r"\1", key), self.value(self.token(), depth), line))
            elif kind == "arrow" and items and isinstance(items[-1], str):
                key = items.pop()
                items.append(Pair(key, self.value(self.token(), depth), line))
            else:
                items.append(self.value(match, depth))
