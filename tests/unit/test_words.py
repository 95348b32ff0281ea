"""Words of sentences for people."""

import pytest

from advisord.words import counted, nearest


@pytest.mark.parametrize(
    ("count", "words", "expected"),
    [
        (1, ("record",), "1 record"),
        (0, ("record",), "0 records"),
        (2000, ("repository", "repositories"), "2,000 repositories"),
        (1, ("repository", "repositories"), "1 repository"),
    ],
)
def test_counted(count: int, words: tuple[str, ...], expected: str) -> None:
    """One of a thing has no s."""
    assert counted(count, *words) == expected


def test_nearest() -> None:
    """The likeliest of the known words; nothing where none is alike."""
    assert nearest("sariff", ("json", "sarif")) == "sarif"
    assert nearest("x", {"json": 1}) == ""
    assert nearest("gti", ("git", "ref")) == "git"
    assert nearest("nonsense", ("opensuse", "debian")) == ""
