"""ConanCenter's versions."""

from collections.abc import Callable, Sequence

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import is_prerelease, key


def test_order(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Numbers with a letter behind them follow their number; words are above numbers; a build is above none."""
    ascends(
        "ConanCenter",
        [
            "1.0-alpha.1 = 1-alpha.1",
            "1.0-alpha.1+b",
            "1.0-beta = 1.0-BETA",
            "1.0 = 1 = 1.0.0",
            "1.0+b",
            "1.0.2",
            "1.1.1",
            "1.1.1.1",
            "1.1.1a",
            "1.1.1w",
            "1.1.2",
            "1.1.10",
            "3.0",
            "20240116.1",
            "cci.20200203",
            "cci.20210118",
            "system",
        ],
    )


def test_unreadable() -> None:
    """A version range is no version."""
    for version in ("[>=1.0 <2]", "1.0@user/channel"):
        with pytest.raises(InvalidVersion):
            key("ConanCenter", version)


def test_prerelease() -> None:
    """Only what follows a hyphen before the build makes a pre-release."""
    assert is_prerelease("ConanCenter", "1.0-rc1")
    assert not is_prerelease("ConanCenter", "1.0+a-b")
