"""Semantic versions of crates.io, npm, Hex, SwiftURL and GitHub Actions."""

from collections.abc import Callable, Sequence

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import compare, is_prerelease, key

ECOSYSTEMS = ["crates.io", "npm", "Hex", "SwiftURL", "GitHub Actions"]


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_precedence(ecosystem: str, ascends: Callable[[str, Sequence[str]], None]) -> None:
    """The specification's own ladder (item 11), with lenient spellings of the same versions."""
    ascends(
        ecosystem,
        [
            "0.0.0-0",
            "0.0.0 = 0",
            "0.9.10",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0--",
            "1.0.0-Alpha",
            "1.0.0-alpha = 1.0.0alpha = v1-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1 = 1.0.0-rc.1+build.5",
            "1.0.0 = 1 = v1 = V1.0 = =1.0.0 = 1.0.0+20130313144700 = 01.00.0 = 1.0.0.7 = 1.0.0.7-beta",
            "1.0.1",
            "1.0.176",
            "1.0.255",
            "1.0.256",
            "1.0.65536",
            "1.0.99999999999999999999999999999999999999999999998",
            "1.0.99999999999999999999999999999999999999999999999",
            "1.10.0",
            "2.0.0-0",
            "2.0.0",
        ],
    )


@pytest.mark.parametrize(
    "version",
    [
        "",
        "  ",
        "x",
        "1.x",
        "1..2",
        "1.2.",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3-a_b",
        "1.22-",
        "1.2.3.beta",
        "^1.2.3",
        "1.2.3 beta",
    ],
)
def test_unreadable(version: str) -> None:
    """What no semantic version looks like is an error with a sentence, never a guess."""
    with pytest.raises(InvalidVersion, match="is not a version"):
        key("npm", version)


def test_ecosystems_agree() -> None:
    """A suffix of the ecosystem says nothing about the order."""
    assert compare("npm:whatever", "1.0.0", "1.0.0-rc.1") == 1


def test_prerelease() -> None:
    """Only what follows a hyphen (or stands for it) makes a pre-release."""
    assert is_prerelease("npm", "1.0.0-rc.1")
    assert is_prerelease("crates.io", "1.0.0rc1")
    assert not is_prerelease("npm", "1.0.0+rc-1")
