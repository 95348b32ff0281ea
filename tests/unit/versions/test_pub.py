"""Dart's Pub."""

from collections.abc import Callable, Sequence

from advisord.versions import is_prerelease


def test_builds_are_ordered(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """A build stands above its absence, and builds are compared like pre-releases."""
    ascends(
        "Pub",
        [
            "1.0.0-pre",
            "1.0.0-pre+build",
            "1.0.0-pre.1",
            "1.0.0 = v1.0.0 = 1.0",
            "1.0.0+2",
            "1.0.0+2.a",
            "1.0.0+10 = 1.0.0.10",
            "1.0.0+9d",
            "1.0.0+a",
            "1.0.0+a.1",
            "1.0.0+é",
            "1.0.1",
        ],
    )


def test_prerelease() -> None:
    """A build alone is no pre-release."""
    assert is_prerelease("Pub", "1.0.0-dev.1+2")
    assert not is_prerelease("Pub", "1.0.0+2")
