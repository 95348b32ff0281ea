"""Words of sentences for people: numbers with their nouns, and what was probably meant."""

from collections.abc import Iterable


def counted(count: int, one: str, many: str = "") -> str:
    """`1 record`, `2,000 records`: the number with the noun that goes with it (`many` is `one` with an s if not given)."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_ALIKE = 0.66
"""Two letters swapped in a word of three (`gti`) are a mistake, `nonsense` is not openSUSE; difflib's own 0.6 takes both."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Which of the known words was probably meant, "" for none of them."""
    from difflib import get_close_matches  # only for a mistake

    return next(iter(get_close_matches(word, known, 1, _ALIKE)), "")
