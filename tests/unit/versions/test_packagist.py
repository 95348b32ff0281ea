"""Packagist's versions, as Composer normalises them."""

from collections.abc import Callable, Sequence

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import is_prerelease, key


def test_composer(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Stability words in their order, whatever their spelling, around the release."""
    ascends(
        "Packagist",
        [
            "1.0-dev = 1.0.0-dev = 1.0dev",
            "1.0-alpha = 1.0a = 1.0.0.0-ALPHA",
            "1.0-alpha1-dev",
            "1.0-alpha1 = 1.0a1 = 1.0.alpha.1",
            "1.0-alpha10",
            "1.0-beta = 1.0b",
            "1.0-beta2.1 = 1.0.0b2-1",
            "1.0-RC1 = 1.0rc1",
            "1.0 = 1.0.0 = 1 = v1.0 = V1.0.0.0 = 1.0.0+build.5 = 1.0-stable = 1.0.0-Stable",
            "1.0-patch = 1.0-p = 1.0pl",
            "1.0-p1",
            "1.0.0.1",
            "1.0.1",
            "1.10",
            "1.x-dev = 1.*.x-dev",
            "2.0",
            "20100102",
            "20100103-beta1",
            "20100103 = 20100103-stable",
        ],
    )


def test_beyond_composer(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """What Composer would refuse is taken apart as PHP does: unknown words are lowest, numbers above the end."""
    ascends(
        "Packagist",
        [
            "1.0-foo = 1.0.0-xyz",
            "1.0-beta1.foo",
            "1.0-beta1",
            "1.0 = 1.0.0.#",
            "1.0.0.0.1",
            "1.0-post1",
            "1.0.0.1",
            "1.2-3",
            "2010-01-02",
            "99999999999999999999999999999.1",
        ],
    )


@pytest.mark.parametrize("version", ["dev-main", "main", "#abc", "²", "feature-dev"])
def test_unreadable(version: str) -> None:
    """A branch has no place among versions."""
    with pytest.raises(InvalidVersion, match="starts with a number"):
        key("Packagist", version)


def test_prerelease() -> None:
    """Whatever Composer's stability ranks below stable."""
    for version in ("1.0-beta1", "1.0-dev", "1.x-dev", "1.0RC1", "1.0-foo"):
        assert is_prerelease("Packagist", version), version
    for version in ("1.0", "1.0-p1", "1.0-stable", "1.0+beta"):
        assert not is_prerelease("Packagist", version), version
