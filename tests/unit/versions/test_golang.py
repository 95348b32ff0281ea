"""Go's module versions and its toolchain's."""

from collections.abc import Callable, Sequence

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import compare, is_prerelease, key


def test_modules(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Pseudo-versions stand where their base and time stamp put them; `+incompatible` says nothing."""
    ascends(
        "Go",
        [
            "v0.0.0-20190101000000-0123456789ab = 0.0.0-20190101000000-0123456789ab",
            "v0.0.0-20191109021931-daa7c04131f5",
            "v0.0.0",
            "v1.2.3-pre",
            "v1.2.3-pre.0.20200101000000-0123456789ab",
            "v1.2.3 = 1.2.3",
            "v1.2.4-0.20200101000000-0123456789ab",
            "v1.2.4",
            "v2.0.0+incompatible = 2.0.0",
        ],
    )


def test_toolchain(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """The toolchain's spelling equals the one of the Go vulnerability database."""
    ascends(
        "Go",
        [
            "1.20 = go1.20 = 1.20.0",
            "1.20.14 = go1.20.14 = go1.20.14-custom = go1.20.14 X:boringcrypto",
            "1.21.0-0",
            "1.21beta1 = go1.21beta1 = 1.21.0-beta.1",
            "1.21rc2 = 1.21.0-rc.2",
            "1.21rc10 = go1.21rc10",
            "1.21.0 = 1.21 = go1.21.0",
            "go1.21.3",
        ],
    )


def test_unreadable() -> None:
    """An unreleased toolchain is no version."""
    for version in ("(devel)", "devel go1.22-abcdef", "go", "go1.x"):
        with pytest.raises(InvalidVersion):
            key("Go", version)


def test_prerelease() -> None:
    """Release candidates and pseudo-versions are pre-releases."""
    assert is_prerelease("Go", "go1.21rc2")
    assert is_prerelease("Go", "v0.0.0-20191109021931-daa7c04131f5")
    assert not is_prerelease("Go", "go1.21.3-custom")
    assert compare("Go", "go1.21.3-custom", "1.21.3") == 0
