"""RubyGems' versions."""

from collections.abc import Callable, Sequence

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import is_prerelease, key


def test_order(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Words are below the end, which counts as endless zeros."""
    ascends(
        "RubyGems",
        [
            "0.a = 0.0.a",
            "0 = 0.0",
            "0.1",
            "1.A",
            "1.a.b",
            "1.a.0.b",
            "1.a.0.0.b",
            "1.a = 1.0.0.a = 1a = 1.a.0",
            "1.a.0.0.1",
            "1.a.0.1",
            "1.a.9 = 1.a9",
            "1.a10 = 1.a.10",
            "1.b",
            "1.0-1 = 1.pre.1",
            "1 = 1.0.0 = 01.0",
            "1.0.0.1.a",
            "1.0.0.1",
            "1.0.1",
            "1.2.9",
            "1.2.10",
            "1.2.300",
        ],
    )


@pytest.mark.parametrize("version", ["a", "1..2", "1.2.", "1.0-x86_64-linux", "v1.0", "1.0 beta"])
def test_unreadable(version: str) -> None:
    """What `Gem::Version` calls malformed is an error; a platform's name is no part of a version."""
    with pytest.raises(InvalidVersion):
        key("RubyGems", version)


def test_prerelease() -> None:
    """Any letter makes a pre-release, and so does a hyphen."""
    assert is_prerelease("RubyGems", "1.0.rc1")
    assert is_prerelease("RubyGems", "1.0-1")
    assert not is_prerelease("RubyGems", "1.0.0.1")
