"""The primitives of keys."""

import pytest

from advisord.errors import InvalidVersion
from advisord.versions.encoding import HIGHEST, MAX_LENGTH, NUMBERS, number, printable, text


def test_small_numbers_take_a_byte() -> None:
    """Nearly every number of a real version is one byte of its key."""
    assert [len(number(value)) for value in (0, 175, 176, 255, 256, 2**128 - 1, 2**128)] == [1, 1, 2, 2, 3, 17, 19]


def test_the_longest_number_fits() -> None:
    """As many digits as a version may have."""
    assert NUMBERS["9" * MAX_LENGTH] > NUMBERS["9" * (MAX_LENGTH - 1)]
    assert NUMBERS["9" * MAX_LENGTH] < HIGHEST


def test_text_ends_with_nul() -> None:
    """A text that is the beginning of another is lower, whatever follows."""
    assert text("a") + HIGHEST < text("ab")


@pytest.mark.parametrize("version", ["", " \t", "1.0\x00", "1.0\n2.0", "1.0\ud800", "\u200b1", "1" * (MAX_LENGTH + 1)])
def test_what_is_no_version_anywhere(version: str) -> None:
    """Empty, overlong and unprintable texts are refused before any scheme sees them."""
    with pytest.raises(InvalidVersion) as caught:
        printable(version)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000


def test_white_space_around_is_no_part() -> None:
    """A trailing newline of a careless reader does no harm."""
    assert printable(" 1.0\n") == "1.0"
