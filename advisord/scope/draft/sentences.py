"""Sentences of a block, with examples and other asides blanked: what is left is what the project states."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from advisord.scope.draft.text import Block


class Sentence(NamedTuple):
    """One sentence of a block. `text` is plain; `raw` has addresses and backticks; offsets are those of the passage."""

    block: Block
    text: str
    raw: str
    start: int

    def line_at(self, offset: int) -> int:
        """The source line of a character of the sentence."""
        return self.block.passage.line_at(self.start + offset)

    @property
    def line(self) -> int:
        """The source line where it begins."""
        return self.line_at(len(self.text) - len(self.text.lstrip()))


MAX_SENTENCE = 1_500
"""What is longer is no sentence of a person."""
_ASIDE = re.compile(r"\(\s*(?:e\.\s?g\.|i\.\s?e\.|for (?:example|instance)|such as|like|see)\b[^()]*\)", re.IGNORECASE)
_EXAMPLE = re.compile(r"\b(?:e\.\s?g\.|for example|for instance)[\s,:]+(?:[^.;)]|\.(?=\d))*", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:e\.\s?g|i\.\s?e|etc|vs|approx|max|min|no|cf|incl)\.", re.IGNORECASE)
_END = re.compile(r"[.!?…](?=[\"')\]]*\s+[\"'(\[]?[A-Z0-9✅❌]|\s*$)|\s+\?\s+")


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of a paragraph or list item."""
    raw = block.passage.text
    text = _blanked(block.passage.plain)
    guarded = _DOTTED.sub(lambda match: match[0].replace(".", "_"), text)
    start = 0
    for match in _END.finditer(guarded):
        if match.end() - start > MAX_SENTENCE:
            start = match.end()
            continue
        yield Sentence(block, text[start : match.end()], raw[start : match.end()], start)
        start = match.end()
    if text[start:].strip() and len(text) - start <= MAX_SENTENCE:
        yield Sentence(block, text[start:], raw[start:], start)


def _blanked(text: str) -> str:
    for pattern in (_ASIDE, _EXAMPLE):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text
