"""Lines of a terminal: wrapping at its width, and colour where it is wanted."""

from collections.abc import Iterator
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

    def wrapped(self, head: str, text: str, indent: int, shown: str = "", *, clauses: bool = False) -> Iterator[str]:
        """`head` and the text behind it, further lines indented; `shown` is the head with its colours. Long words stay whole.

        With `clauses` only commas and semicolons end a line: what people search for (`1 accepted`) stays together.
        """
        words = text.replace(", ", ",\n").replace("; ", ";\n").split("\n") if clauses else text.split()
        line = head
        empty = True
        for word in words:
            if not empty and len(line) + 1 + len(word) > self.width:
                yield _coloured(line, head, shown)
                line, empty = " " * indent, True
            line += word if empty else f" {word}"
            empty = False
        yield _coloured(line, head, shown).rstrip()


def _coloured(line: str, head: str, shown: str) -> str:
    return shown + line[len(head) :] if shown and line.startswith(head) else line
