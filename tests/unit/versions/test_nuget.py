"""NuGet's versions."""

from collections.abc import Callable, Sequence

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import is_prerelease, key


def test_order(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Four numbers, a pre-release without letters' case, no metadata; long digits are words."""
    ascends(
        "NuGet",
        [
            "1.0.0-2147483647",
            "1.0.0-20240101120000",
            "1.0.0-3000000000",
            "1.0.0-Alpha = 1.0.0-ALPHA+meta",
            "1.0.0-alpha.1 = 1.0.0-alpha.01",
            "1.0.0-beta",
            "1.0.0-Beta2",
            "1.0.0 = 1 = 1.0 = 1.0.0.0 = v1.0.0+meta",
            "1.0.0.1-pre",
            "1.0.0.1",
            "1.0.1",
        ],
    )


@pytest.mark.parametrize("version", ["1.0.0.0.0", "1.0-", "1.0-a..b", "1.*", "[1.0]"])
def test_unreadable(version: str) -> None:
    """Ranges and floating versions are no versions."""
    with pytest.raises(InvalidVersion):
        key("NuGet", version)


def test_prerelease() -> None:
    """Only what follows a hyphen makes a pre-release."""
    assert is_prerelease("NuGet", "1.0-a")
    assert not is_prerelease("NuGet", "1.0+a-b")
