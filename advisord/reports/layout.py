"""Lines of a terminal: wrapping at its width, and colour where it is wanted."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

WIDTH = 100


class Ink(NamedTuple):
    """Colours by what they mean, and the width to wrap at; without `colour` every text stays as it is."""

    colour: bool = False
    width: int = WIDTH

    def strong(self, text: str) -> str:
        """What the eye should find first."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def bad(self, text: str) -> str:
        """Something to act on."""
        return f"\x1b[1;31m{text}\x1b[0m" if self.colour else text

    def doubtful(self, text: str) -> str:
        """Something to look at."""
        return f"\x1b[33m{text}\x1b[0m" if self.colour else text

    def good(self, text: str) -> str:
        """A way out."""
        return f"\x1b[32m{text}\x1b[0m" if self.colour else text

    def wrapped(
        self,
        head: str,
        text: str,
        indent: int,
        shown: str = "",
        paint: Callable[[str], str] = str,
        *,
        clauses: bool = False,
    ) -> Iterator[str]:
        """`head` and the text behind it, further lines indented; `shown` is the head with its colours, `paint` colours the text.

        Words that are longer than a line stay whole, but for scripts that write no spaces. With `clauses` only commas and semicolons end a line:
        what people search for (`1 accepted`) stays together.
        """
        clause = text.replace(", ", ",\n").replace("; ", ";\n").split("\n") if clauses else ()
        line, taken, start = "", columns(head), shown or head
        for space, word in ((" ", part) for part in clause) if clauses else _words(text):
            room = columns(word) + (len(space) if line else 0)
            if taken + room > self.width and (line or (taken > indent and indent + room <= self.width)):
                yield start + paint(line) if line else start.rstrip()
                line, taken, start = "", indent, " " * indent
                room = columns(word)
            line += space + word if line else word
            taken += room
        yield (start + paint(line)) if line else start.rstrip()


def columns(text: str) -> int:
    """How many columns a text takes: wide characters of East Asia and pictures two, marks on a letter none (Unicode UAX #11)."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # only here: nearly all text is ASCII

    return sum(0 if category(c) in {"Mn", "Me"} else 1 + (east_asian_width(c) in {"W", "F"}) for c in text)


def _words(text: str) -> Iterator[tuple[str, str]]:
    """(what stands before it, the word). Between two wide characters a line may end, without a space."""
    for word in text.split():
        space, start = " ", 0
        if columns(word) > len(word):
            for at in range(1, len(word)):
                if columns(word[at]) == columns(word[at - 1]) == 2:
                    yield space, word[start:at]
                    space, start = "", at
        yield space, word[start:]
